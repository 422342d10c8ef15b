"""People on the floor of the centre: they act on what they see there, and know nothing of the software.

A lamp that stayed red, a bag that nobody fetches, a box that stands in the tunnel: each is put right by hand, so that
a machine or an antenna sees the bag again. What a tag that never answers needs is a scanner, and that is not theirs.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from plant.model import PlaceKind, Plant, PortalKind
from rfid.messages import Direction
from simulators.chance import draw
from simulators.machines.carrier import Carrier
from simulators.passages import read_bag, sides
from simulators.radio.passes import PASS_S
from simulators.scene import Listening, RedLamp, Scene
from simulators.tunnel import TRIES, Tunnel

PASSES: Final = 3
"""How often a bag with a red lamp is carried through the portal again before people leave it to the scanner."""
PASS_AFTER_MIN: Final = (20.0, 30.0)
"""Minutes until somebody has seen the lamp and found the bag; the warehouse asks for it before that."""
FORGOTTEN_AFTER: Final = timedelta(minutes=90)
"""A bag that lies so long on a belt or in an aisle, with every machine there at rest, waits for nobody."""
ROUND_EVERY: Final = timedelta(minutes=5)
"""How often somebody walks along belts and aisles."""
TURN_AFTER: Final = timedelta(minutes=6)
TURNS: Final = 3


class RedBag(msgspec.Struct):
    """A bag whose lamp stayed red: at `next_at` somebody takes it from `place` through the portal and back there."""

    portal: str
    direction: Direction
    place: str
    next_at: datetime
    passes: int = 0


class LyingBag(msgspec.Struct):
    """A bag on a belt or in an aisle, and since when it has been seen there."""

    place: str
    since: datetime


class StandingBox(msgspec.Struct):
    """A box that stood in a tunnel unread in its own tries: its closing, when it is turned, and how often it was."""

    box: str
    closed: int
    next_at: datetime
    turns: int = 0


class Staff(msgspec.Struct):
    """What the people on the floor have in mind: red bags, bags lying about (by bag), standing boxes (by portal)."""

    red: dict[str, RedBag] = {}
    lying: dict[str, LyingBag] = {}
    boxes: dict[str, StandingBox] = {}
    round_at: datetime | None = None


def step(scene: Scene, staff: Staff, carriers: dict[str, Carrier], tunnels: dict[str, Tunnel]) -> None:
    """Look around up to the scene's time and do by hand what is due."""
    for lamp in scene.red_lamps:
        _see_red(scene, staff, lamp)
    scene.red_lamps.clear()
    for name in [name for name, red in staff.red.items() if red.next_at <= scene.now]:
        _pass_again(scene, staff, name)
    for each in tunnels.values():
        _turn_again(scene, staff, each)
    if staff.round_at is None or staff.round_at <= scene.now:
        staff.round_at = scene.now + ROUND_EVERY
        _walk_round(scene, staff, carriers)


# ---- red lamps -------------------------------------------------------------------------------------------------------


def _see_red(scene: Scene, staff: Staff, lamp: RedLamp) -> None:
    place = scene.floor.bags[lamp.bag].place
    at = scene.now + _some_minutes(scene, lamp.bag, 0)
    staff.red[lamp.bag] = RedBag(lamp.portal, lamp.direction, place, at)


def _pass_again(scene: Scene, staff: Staff, name: str) -> None:
    """Carry one bag through the portal by itself and lay it where it lay, unless it has gone on meanwhile."""
    red, bag = staff.red[name], scene.floor.bags.get(name)
    if bag is None or bag.place != red.place:
        del staff.red[name]
        return
    if not _is_lit(scene, red.portal):
        red.next_at = scene.now + ROUND_EVERY
        return
    red.passes += 1
    portal = next(known for known in scene.plant.portals if known.id == red.portal)
    first, last = sides(scene, portal, red.direction)
    packing = f"staff/{red.portal}/{scene.now.isoformat()}"
    was_read = read_bag(scene, bag, packing, 1, first, last, scene.now - timedelta(seconds=PASS_S))
    outcome = "read" if was_read else "unread"
    scene.note("passed_again", bag=name, portal=red.portal, number=red.passes, outcome=outcome, place=bag.place)
    if was_read or red.passes >= PASSES:
        del staff.red[name]
    else:
        red.next_at = scene.now + _some_minutes(scene, name, red.passes)


def _some_minutes(scene: Scene, *names: Any) -> timedelta:
    return timedelta(minutes=draw(scene.seed, "staff", *names).uniform(*PASS_AFTER_MIN))


# ---- bags that nobody fetches ----------------------------------------------------------------------------------------


def _walk_round(scene: Scene, staff: Staff, carriers: dict[str, Carrier]) -> None:
    """Remember who lies where on belts and in aisles; take who is forgotten there past an antenna."""
    wanted = {load.bag for one in carriers.values() for load in _loads(one)}
    seen: dict[str, LyingBag] = {}
    for path in _open_ground(scene.plant):
        stands = any(
            carriers[route.device].unit.is_halted
            for route in scene.plant.routes
            if route.device in carriers and path in {route.from_place, route.to_place}
        )
        for bag in scene.floor.at(path):
            before = staff.lying.get(bag.id)
            is_new = before is None or before.place != path or stands or bag.id in wanted
            seen[bag.id] = LyingBag(path, scene.now) if before is None or is_new else before
    staff.lying = seen
    for name in [name for name, lying in seen.items() if scene.now - lying.since >= FORGOTTEN_AFTER]:
        _take_to_stock_portal(scene, staff, name)


def _loads(carrier: Carrier) -> list[Any]:
    jobs = carrier.unit.queue if carrier.unit.job is None else [carrier.unit.job, *carrier.unit.queue]
    return [load for job in jobs for load in job.command.loads]


def _take_to_stock_portal(scene: Scene, staff: Staff, name: str) -> None:
    """Lay a forgotten bag inside the portal between the halls, through its antennas: its way begins anew there."""
    portal = next((one for one in scene.plant.portals if _is_indoors(scene.plant, one.outside, one.kind)), None)
    if portal is None or not _is_lit(scene, portal.id):
        return
    inside = scene.plant.place_of(portal.inside)
    if inside.capacity is not None and len(scene.floor.at(portal.inside)) >= inside.capacity:
        return
    bag = scene.floor.bags[name]
    first, last = sides(scene, portal, Direction.IN)
    packing = f"staff/{portal.id}/{scene.now.isoformat()}"
    was_read = read_bag(scene, bag, packing, 1, first, last, scene.now - timedelta(seconds=PASS_S))
    staff.lying[name].since = scene.now
    if was_read:
        scene.note("picked_up", bag=name, from_place=bag.place, portal=portal.id, place=portal.inside)
        scene.floor.put(bag, portal.inside)


def _open_ground(plant: Plant) -> list[str]:
    """Places where a bag lies for anybody to see and no machine works on it: belts, and the aisles of stores."""
    return [place.path for place in plant.places if place.kind in {PlaceKind.BELT, PlaceKind.STORE}]


def _is_indoors(plant: Plant, outside: str, kind: PortalKind) -> bool:
    return kind is PortalKind.PASSAGE and plant.place_of(outside).kind is not PlaceKind.OUTSIDE


# ---- boxes in the tunnel ---------------------------------------------------------------------------------------------


def _turn_again(scene: Scene, staff: Staff, tunnel: Tunnel) -> None:
    """A box that its own tries did not read wholly is turned by hand some minutes later, and read once more."""
    is_stuck = tunnel.box is not None and not tunnel.read_all and tunnel.tries >= TRIES and tunnel.next_at is None
    if tunnel.box is None or not is_stuck:
        if tunnel.box is None:
            staff.boxes.pop(tunnel.portal, None)
        return
    standing = staff.boxes.get(tunnel.portal)
    if standing is None or (standing.box, standing.closed) != (tunnel.box, tunnel.closed):
        staff.boxes[tunnel.portal] = StandingBox(tunnel.box, tunnel.closed, scene.now + TURN_AFTER)
    elif standing.turns < TURNS and standing.next_at <= scene.now:
        standing.turns += 1
        standing.next_at = scene.now + TURN_AFTER
        tunnel.next_at = scene.now
        scene.note("turned", box=tunnel.box, portal=tunnel.portal, number=standing.turns)


def _is_lit(scene: Scene, portal: str) -> bool:
    """Nobody carries a bag through a portal whose lamp is dark."""
    readers = {reader.id for reader in scene.plant.readers for one in reader.antennas if one.portal == portal}
    return all(scene.listening[reader] is Listening.YES for reader in readers)
