"""What happens on a trip, as the fleet reports it or people say by scanner: loaded, gone, there, handed over, home."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from fleet.messages import TripEvent, TripEventKind
from wms.alarms.book import News, clear, raise_event, tell
from wms.alarms.conditions import BOX_ASTRAY, TURNED_BACK, VEHICLE_STUCK
from wms.alarms.machine import Condition
from wms.errors import Invalid
from wms.machines.outbox import accepted
from wms.outbound import boxes
from wms.outbound.box_watch import end_record
from wms.outbound.boxes import BoxState
from wms.outbound.road import transit
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx
from wms.transport import trips
from wms.transport.flight import limits
from wms.transport.trips import ENDED, TripRow, TripState


def on_trip_event(tx: Tx, actor: Actor, event: TripEvent, at: datetime) -> None:
    """Follow one event of a trip; observed, so never refused for coming out of order.

    Raises NotFound for a trip that was never planned, Invalid when another vehicle speaks of it.
    """
    one = trips.one_trip(tx.conn, event.trip)
    if event.vehicle != one.vehicle:
        raise Invalid("trip.vehicle", f"{event.vehicle} reports trip {event.trip}, which is {one.vehicle}'s")
    if one.command is not None:
        accepted(tx.raw, one.command)
    _FOLLOW[event.kind](tx, actor, one, event, at)


def load(tx: Tx, actor: Actor, one: TripRow, names: Iterable[str], at: datetime) -> None:
    """These boxes were scanned into the vehicle; one that belongs elsewhere is an alarm, and is not silently taken."""
    if one.state is not TripState.STUCK:
        clear(tx, one.vehicle, VEHICLE_STUCK)
    mine = {box.box: box for box in one.boxes}
    for name in names:
        if name not in mine:
            _astray(tx, actor, name, one, "loaded")
        elif mine[name].loaded_at is None:
            trips.set_box(tx, one.id, name, loaded_us=to_us(at))
    if one.state is TripState.PLANNED:
        trips.step(tx, actor, one.id, TripState.LOADING)
    else:
        trips.told(tx, one)


def depart(tx: Tx, actor: Actor, one: TripRow, at: datetime) -> tuple[str, ...]:
    """The vehicle has left; returns the boxes that stayed behind: they get another trip."""
    left = tuple(box.box for box in one.boxes if box.loaded_at is None)
    for box in left:
        trips.take_off(tx, actor, one.id, box, "it was not loaded when the vehicle left")
    if one.state not in ENDED:
        trips.step(tx, actor, one.id, TripState.UNDER_WAY, departed_us=to_us(at))
        trips.time_stops(tx, one.id, at, limits())
    return left


def hand_over(tx: Tx, actor: Actor, one: TripRow, hospital: str, names: Iterable[str], at: datetime) -> None:
    """These boxes were handed over at a hospital; at the wrong one it is an alarm."""
    mine = {box.box: box for box in one.boxes}
    meant = {stop.shipment: stop.hospital for stop in one.stops}
    for name in names:
        if name not in mine or meant[mine[name].shipment] != hospital:
            _astray(tx, actor, name, one, f"handed over at {hospital}")
        if name in mine:
            trips.set_box(tx, one.id, name, handed_over_us=to_us(at))
        if boxes.one_box(tx.conn, tx.plant, name).state is BoxState.IN_TRANSIT:
            end_record(tx, name, at)
            boxes.put(tx, actor, name, BoxState.AT_HOSPITAL, place=tx.plant.hospital_by_id[hospital].place)
    for stop in trips.one_trip(tx.conn, one.id).stops:
        left = [box for box in trips.one_trip(tx.conn, one.id).undelivered if box.shipment == stop.shipment]
        if not left and stop.handed_over_at is None:
            values: dict[str, Any] = {"handed_over_us": to_us(at)}
            trips.set_stop(tx, one.id, stop.shipment, **values, arrived_us=to_us(stop.arrived_at or at))
    trips.told(tx, trips.one_trip(tx.conn, one.id))


def come_home(tx: Tx, actor: Actor, one: TripRow, names: Iterable[str], at: datetime) -> None:
    """The vehicle is home with these boxes: empty ones can be packed again, full ones wait for another vehicle."""
    clear(tx, one.vehicle, VEHICLE_STUCK)
    if one.state not in ENDED:
        trips.step(tx, actor, one.id, TripState.DONE, ended_us=to_us(at), stuck_us=None)
    for name in names:
        box = boxes.one_box(tx.conn, tx.plant, name)
        if box.state not in boxes.AWAY:
            continue  # it came home before, and may be packed anew by now
        if not boxes.contents(tx.conn, name):
            boxes.empty(tx, actor, name)
        elif box.state is BoxState.AT_HOSPITAL and box.shipment is not None:
            boxes.put(tx, actor, name, BoxState.IN_TRANSIT, place=transit(box.shipment))


def _loaded(tx: Tx, actor: Actor, one: TripRow, event: TripEvent, at: datetime) -> None:
    load(tx, actor, one, event.boxes, at)


def _departed(tx: Tx, actor: Actor, one: TripRow, event: TripEvent, at: datetime) -> None:
    load(tx, actor, one, event.boxes, at)
    depart(tx, actor, trips.one_trip(tx.conn, one.id), at)


def _arrived(tx: Tx, actor: Actor, one: TripRow, event: TripEvent, at: datetime) -> None:
    for stop in one.stops:
        if stop.hospital == event.hospital and stop.arrived_at is None:
            trips.set_stop(tx, one.id, stop.shipment, arrived_us=to_us(at))
    data = {"hospital": event.hospital}
    tx.record("trip.arrived", actor=actor, subject=one.id, data=data)
    trips.told(tx, one)


def _handed_over(tx: Tx, actor: Actor, one: TripRow, event: TripEvent, at: datetime) -> None:
    if event.hospital is None or event.hospital not in tx.plant.hospital_by_id:
        raise Invalid("trip.hospital", f"{event.vehicle} handed boxes over at {event.hospital}, which is no hospital")
    for box in event.boxes:
        boxes.require_box(tx.plant, box)
    hand_over(tx, actor, one, event.hospital, event.boxes, at)


def _stuck(tx: Tx, actor: Actor, one: TripRow, event: TripEvent, at: datetime) -> None:
    if one.state in ENDED:
        return
    since = one.stuck_since or at
    trips.step(tx, actor, one.id, TripState.STUCK, stuck_us=to_us(since), detail=event.reason)
    words = _named(tx, one.vehicle, event.reason)
    tell(tx, News(source=one.vehicle, condition=VEHICLE_STUCK, state=Condition.ACTIVE, at=tx.now, **words))


def _moving(tx: Tx, actor: Actor, one: TripRow, event: TripEvent, at: datetime) -> None:
    del event
    clear(tx, one.vehicle, VEHICLE_STUCK)
    if one.state is not TripState.STUCK:
        return
    late = at - (one.stuck_since or at)
    for stop in one.stops:
        if stop.arrived_at is None:
            trips.set_stop(tx, one.id, stop.shipment, eta_us=to_us(stop.eta + late))
    trips.step(tx, actor, one.id, TripState.UNDER_WAY, stuck_us=None, detail="")


def _turned_back(tx: Tx, actor: Actor, one: TripRow, event: TripEvent, at: datetime) -> None:
    del at
    if one.state in ENDED:
        return
    clear(tx, one.vehicle, VEHICLE_STUCK)
    trips.step(tx, actor, one.id, TripState.TURNED_BACK, detail=event.reason, stuck_us=None)
    raise_event(tx, one.vehicle, TURNED_BACK, **_named(tx, one.vehicle, event.reason))


def _returned(tx: Tx, actor: Actor, one: TripRow, event: TripEvent, at: datetime) -> None:
    for box in event.boxes:
        boxes.require_box(tx.plant, box)
    come_home(tx, actor, one, event.boxes, at)


def _named(tx: Tx, vehicle: str, reason: str) -> dict[str, Any]:
    names = tx.plant.vehicle_by_id[vehicle]
    return {"subject_en": f"{names.name_en}: {reason}", "subject_zh": f"{names.name_zh}：{reason}"}


def _astray(tx: Tx, actor: Actor, box: str, one: TripRow, what: str) -> None:
    data = {"trip": one.id, "vehicle": one.vehicle, "what": what}
    tx.record("box.astray", actor=actor, subject=box, data=data)
    raise_event(tx, box, BOX_ASTRAY, subject_en=f"{box.upper()}, {what} by {one.vehicle}", subject_zh=box.upper())


_FOLLOW: Final = {
    TripEventKind.LOADED: _loaded,
    TripEventKind.DEPARTED: _departed,
    TripEventKind.ARRIVED: _arrived,
    TripEventKind.HANDED_OVER: _handed_over,
    TripEventKind.STUCK: _stuck,
    TripEventKind.MOVING: _moving,
    TripEventKind.TURNED_BACK: _turned_back,
    TripEventKind.RETURNED: _returned,
}
