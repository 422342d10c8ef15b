"""The road by scanner, when the fleet is silent: load, depart, hand over, come home. A refusal changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.machines.outbox import withdraw
from wms.orders.sentences import Sentence
from wms.outbound import boxes
from wms.outbound.boxes import BoxState
from wms.store.tx import Actor, Tx
from wms.transport import events, trips
from wms.transport.trips import TripRow, TripState


def load(tx: Tx, actor: Actor, trip: str, box: str) -> Sentence:
    """A person puts a box into the vehicle of its trip.

    Raises NotFound, Refused for a box of another trip or one that has not left the lock, Conflict when it has departed.
    """
    one = _open(tx, trip, TripState.PLANNED, TripState.LOADING)
    row = boxes.one_box(tx.conn, tx.plant, box)
    if box not in {found.box for found in one.boxes}:
        raise Refused("box_other_trip", f"Box {box} does not travel on trip {trip}. Put it back")
    if row.state is not BoxState.IN_TRANSIT:
        raise Refused("box_not_out", f"Box {box} is {row.state.value}; it has not left the lock")
    if one.command is not None:
        withdraw(tx.raw, one.command)
    events.load(tx, actor, one, [box], tx.now)
    left = [found.box for found in trips.one_trip(tx.conn, trip).boxes if found.loaded_at is None]
    if left:
        names = ", ".join(left)
        return Sentence(f"Still to load: {names}.", f"尚未装车：{names}。")
    return Sentence("All boxes are loaded; the vehicle may leave.", "已全部装车，可以出发。")


def depart(tx: Tx, actor: Actor, trip: str) -> Sentence:
    """A person says that the vehicle has left; boxes that were not loaded get another trip.

    Raises NotFound, Refused when nothing was loaded, Conflict when it has left before.
    """
    one = _open(tx, trip, TripState.PLANNED, TripState.LOADING)
    if not any(box.loaded_at for box in one.boxes):
        raise Refused("trip_empty", f"No box of trip {trip} was scanned into the vehicle")
    if one.command is not None:
        withdraw(tx.raw, one.command)
    left = events.depart(tx, actor, one, tx.now)
    if left:
        names = ", ".join(left)
        return Sentence(f"Left behind, and planned anew: {names}.", f"未装车，已另行安排：{names}。")
    return Sentence("It is on its way.", "已出发。")


def hand_over(tx: Tx, actor: Actor, trip: str, hospital: str, box: str) -> Sentence:
    """A person hands a box over at a hospital.

    Raises NotFound, Refused for a box of another stop, Conflict before the vehicle has left.
    """
    one = trips.one_trip(tx.conn, trip)
    boxes.require_box(tx.plant, box)
    if hospital not in tx.plant.hospital_by_id:
        raise NotFound("hospital_unknown", f"There is no hospital {hospital!r}")
    if one.state in {TripState.PLANNED, TripState.LOADING}:
        raise Conflict("trip_not_departed", f"Trip {trip} has not left yet")
    meant = {found.box: stop.hospital for stop in one.stops for found in one.boxes if found.shipment == stop.shipment}
    if meant.get(box) != hospital:
        where = meant.get(box, "no stop of this trip")
        raise Refused("box_other_stop", f"Box {box} is for {where}, not for {hospital}. Keep it in the vehicle")
    events.hand_over(tx, actor, one, hospital, [box], tx.now)
    return Sentence("Handed over. The hospital scans every bag now.", "已交接，请医院逐袋扫描。")


def come_home(tx: Tx, actor: Actor, trip: str, names: Sequence[str]) -> Sentence:
    """A person says that the vehicle is home, with these boxes. Raises NotFound, Invalid for a box named twice."""
    one = trips.one_trip(tx.conn, trip)
    if len(set(names)) != len(names):
        raise Invalid("boxes", "A box was scanned twice")
    for name in names:
        boxes.require_box(tx.plant, name)
    events.come_home(tx, actor, one, names, tx.now)
    full = [name for name in names if boxes.contents(tx.conn, name)]
    if full:
        words = ", ".join(full)
        return Sentence(f"Not empty, and planned anew: {words}.", f"箱内有血，已另行安排：{words}。")
    return Sentence("The boxes can be packed again.", "箱子可再次使用。")


def _open(tx: Tx, trip: str, *states: TripState) -> TripRow:
    one = trips.one_trip(tx.conn, trip)
    if one.state not in states:
        raise Conflict("trip_state", f"Trip {trip} is {one.state.value} already")
    return one
