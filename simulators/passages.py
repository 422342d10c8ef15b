"""Bags carried through a portal: who is read crosses, who is not is left behind and passed again by staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from plant.model import Portal
from rfid.messages import Direction
from simulators.chance import draw
from simulators.floor import Bag, TagState
from simulators.radio.passes import PASS_S, TagRead, is_missed, second_side_after, side_reads
from simulators.scene import RedLamp, Scene

AGAIN_AFTER: Final = timedelta(minutes=10)
_TRIES: Final = 3
_SET_ASIDE: Final = "dispatch/reject"


class Passage(msgspec.Struct):
    """A packing of bags on its way through a portal; `ends` is when the last antenna is behind it."""

    portal: str
    direction: Direction
    bags: list[str]
    from_place: str
    to_place: str
    ends: datetime
    tries: int = 0
    shipment: str | None = None
    hospital: str | None = None


def sides(scene: Scene, portal: Portal, direction: Direction) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Antennas met first and met last, as (reader, port)."""
    found: dict[str, list[tuple[str, int]]] = {"outside": [], "inside": []}
    for reader in scene.plant.readers:
        for antenna in reader.antennas:
            if antenna.portal == portal.id and antenna.side in found:
                found[antenna.side].append((reader.id, antenna.port))
    return (found["outside"], found["inside"]) if direction is Direction.IN else (found["inside"], found["outside"])


def pass_now(scene: Scene, passage: Passage) -> Passage | None:
    """Carry the packing through: bags that were read arrive, the rest is returned as the next try, if any.

    A bag counts as read only when somebody heard it on both sides: the light of the portal turns green for it then.
    """
    portal = next(portal for portal in scene.plant.portals if portal.id == passage.portal)
    first, last = sides(scene, portal, passage.direction)
    starts = passage.ends - timedelta(seconds=PASS_S)
    packing = f"{passage.portal}/{passage.ends.isoformat()}"
    left = []
    for name in passage.bags:
        bag = scene.floor.bags.get(name)
        if bag is None or bag.place != passage.from_place:  # somebody took it away in the meantime
            continue
        if read_bag(scene, bag, packing, len(passage.bags), first, last, starts):
            scene.floor.put(bag, passage.to_place)
            _note_crossing(scene, passage, bag, crossed=True)
        else:
            _note_crossing(scene, passage, bag, crossed=False)
            left.append(name)
    if not left:
        return None
    if (
        passage.shipment is not None
        and passage.tries + 1 >= _TRIES
        and any(scene.floor.bags[n].tag is TagState.DEAD for n in left)
    ):
        left = _set_aside(scene, left)
    if not left:
        return None
    return msgspec.structs.replace(passage, bags=left, ends=passage.ends + AGAIN_AFTER, tries=passage.tries + 1)


def read_through(
    scene: Scene, portal: str, direction: Direction, bags: Sequence[str], packing: str, starts: datetime
) -> None:
    """Bags that a machine carries through a portal, read or not; people see its red lamp (`people.staff`)."""
    entry = next(known for known in scene.plant.portals if known.id == portal)
    first, last = sides(scene, entry, direction)
    place = entry.inside if direction is Direction.IN else entry.outside
    for name in bags:
        bag = scene.floor.bags[name]
        was_read = read_bag(scene, bag, packing, len(bags), first, last, starts)
        details = {"bag": name, "epc": bag.epc, "portal": portal, "direction": direction, "place": place}
        outcome = "crossed" if was_read else "unread"
        if not was_read:
            scene.red_lamps.append(RedLamp(portal, direction, name))
        scene.note("crossing", starts + timedelta(seconds=PASS_S), **details, outcome=outcome, shipment=None)


def read_bag(
    scene: Scene,
    bag: Bag,
    packing: str,
    bags: int,
    first: list[tuple[str, int]],
    last: list[tuple[str, int]],
    starts: datetime,
) -> bool:
    """Let one bag of a packing of so many pass the antennas; True when somebody heard it on both sides."""
    if bag.tag is TagState.DEAD or is_missed(scene.seed, packing, bag.epc, bags):
        return False
    chance = draw(scene.seed, "pass", packing, bag.epc)
    heard = []
    for side, enters in ((first, starts), (last, second_side_after(starts))):
        reads: list[TagRead] = []
        for reader, antenna in side:
            reads += side_reads(chance, reader=reader, antenna=antenna, epc=bag.epc, starts=enters)
        heard.append(scene.hear(reads))
    return all(heard)


def _note_crossing(scene: Scene, passage: Passage, bag: Bag, *, crossed: bool) -> None:
    outcome = "crossed" if crossed else "left_behind"
    details = {
        "bag": bag.id,
        "epc": bag.epc,
        "portal": passage.portal,
        "direction": passage.direction,
        "outcome": outcome,
    }
    scene.note("crossing", passage.ends, **details, place=bag.place, shipment=passage.shipment)
    if crossed and passage.direction is Direction.IN:
        scene.note("arrived_dock", passage.ends, bag=bag.id, place=bag.place)


def _set_aside(scene: Scene, names: list[str]) -> list[str]:
    """Staff give up on tags that never answer: those bags do not leave unread."""
    for name in [name for name in names if scene.floor.bags[name].tag is TagState.DEAD]:
        scene.floor.put(scene.floor.bags[name], _SET_ASIDE)
        scene.note("fault", bag=name, fault="unreadable_tag", place=_SET_ASIDE)
        names = [other for other in names if other != name]
    return names
