"""The box tunnel: a closed box stands in it and is read; with a tag missed, staff turn it and it is read again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from plant.model import Portal, PortalKind
from simulators.boxes import TransportBox
from simulators.chance import draw
from simulators.floor import TagState
from simulators.machines.dispatch_lock import DispatchLock, LockState
from simulators.radio.passes import is_missed, standing_read
from simulators.scene import Listening, Scene

TRIES: Final = 3
TURNED_AFTER: Final = timedelta(seconds=90)
ROLLS_AFTER: Final = timedelta(seconds=45)
"""A box that was wholly read stands so long before it rolls on: the reader has fallen silent by then."""
_ANTENNAS: Final = 4  # world.md 3.2: a box that stands is turned under its antenna and read from four sides
_READS: Final = 3
_READ_EVERY: Final = timedelta(milliseconds=600)


class Tunnel(msgspec.Struct):
    """State of one tunnel: the box in it, how often it was read, and when something happens next.

    ``read_all`` tells that every tag in the box was read in one pass.
    """

    portal: str
    box: str | None = None
    closed: int = 0
    tries: int = 0
    next_at: datetime | None = None
    read_all: bool = False


def step(scene: Scene, tunnel: Tunnel, locks: dict[str, DispatchLock]) -> None:
    """Look at the box that stands in a tunnel up to the scene's time."""
    portal = next(known for known in scene.plant.portals if known.id == tunnel.portal)
    box = next((box for box in scene.boxes.values() if box.place == portal.inside and box.body is not None), None)
    if box is None:
        tunnel.box = None
        return
    if tunnel.box != box.id or tunnel.closed != box.closed:
        tunnel.box, tunnel.closed, tunnel.tries = box.id, box.closed, 0
        tunnel.next_at, tunnel.read_all = scene.now, False
    if tunnel.next_at is None or tunnel.next_at > scene.now:
        return
    if tunnel.read_all:
        roll_on(portal, box, locks)
    elif _is_lit(scene, portal):
        tunnel.tries += 1
        tunnel.read_all = _read(scene, portal, box, tunnel.tries)
        wait = ROLLS_AFTER if tunnel.read_all else TURNED_AFTER
        tunnel.next_at = scene.now + wait if tunnel.read_all or tunnel.tries < TRIES else None


def roll_on(portal: Portal, box: TransportBox, locks: dict[str, DispatchLock]) -> None:
    """Roll a box into the lock, unless that stands open for a shipment."""
    if all(lock.state is LockState.SHUT for lock in locks.values() if lock.place == portal.outside):
        box.place = portal.outside


def new_tunnels(portals: tuple[Portal, ...]) -> dict[str, Tunnel]:
    """Every tunnel of a plant, empty."""
    return {portal.id: Tunnel(portal.id) for portal in portals if portal.kind is PortalKind.TUNNEL}


def _read(scene: Scene, portal: Portal, box: TransportBox, number: int) -> bool:
    """One account of a box; True when every tag in it was heard."""
    bags = scene.floor.at(box.inside)
    packing = f"{portal.id}/{box.id}/{box.closed}/{number}"
    looks = [scene.now - _READ_EVERY * back for back in reversed(range(_READS))]
    heard = []
    for bag in bags:
        if bag.tag is TagState.DEAD or is_missed(scene.seed, packing, bag.epc, len(bags), _ANTENNAS):
            continue
        chance = draw(scene.seed, "tunnel", packing, bag.epc)
        reads = [
            standing_read(chance, reader=reader.id, antenna=antenna.port, epc=bag.epc, at=at)
            for reader in scene.plant.readers
            for antenna in reader.antennas
            if antenna.portal == portal.id
            for at in looks
        ]
        if scene.hear(reads):
            heard.append(bag.id)
    missed = [bag.id for bag in bags if bag.id not in heard]
    scene.note("tunnel", box=box.id, portal=portal.id, number=number, read=len(heard), missed=missed)
    return not missed


def _is_lit(scene: Scene, portal: Portal) -> bool:
    readers = {reader.id for reader in scene.plant.readers for one in reader.antennas if one.portal == portal.id}
    return all(scene.listening[reader] is Listening.YES for reader in readers)
