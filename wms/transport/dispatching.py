"""Which shipment travels how: boxes that have left the lock get a trip, and a vehicle is told when it is time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from fleet.messages import DriveTrip, Stop
from plant.model import VehicleKind
from plc_bridge.messages import CommandAnswered, CommandOutcome
from wms.alarms.book import News, clear, tell
from wms.alarms.conditions import NO_VEHICLE, VEHICLE_STUCK
from wms.alarms.machine import Condition
from wms.machines.outbox import withdraw
from wms.orders.sentences import Sentence
from wms.orders.tables import order
from wms.outbound import boxes
from wms.outbound.box_choice import BAG_KG
from wms.outbound.boxes import BoxRow, BoxState
from wms.outbound.tables import shipment
from wms.store.metadata import to_us
from wms.store.tx import Tx
from wms.transport import trips
from wms.transport.choice import HAND_OVER, Choice, Freight, Standing, choose, loading_time, road_time
from wms.transport.flight import latest, limits
from wms.transport.tables import trip as trip_table
from wms.transport.tables import trip_stop
from wms.transport.trips import RUNNING, TRANSPORT, TripRow, TripState

COMMAND_VALID_S: Final = 3600.0
"""Real seconds in which a vehicle must have taken a trip; until then the outbox says it again, under one id.

A vehicle answers only when its boxes are loaded, so it is not told a second time while it may be loading: it would
drive the trip twice.
"""
SILENCE_S: Final = 15.0
"""Real seconds after that before a trip that nobody answered is sent again."""
LATE: Final = timedelta(minutes=20)
"""Domain time after its departure at which a vehicle that has not reported its boxes aboard is an alarm."""
_NOT_LOADED: Final = Sentence("it has not reported that it is loaded", "尚未报告装车完成")
UNKNOWN_ABSENCE: Final = timedelta(hours=4)
"""How long a stuck vehicle is counted out when another one is looked for."""
REST: Final = timedelta(minutes=10)
"""How long a van that gave a shipment up is not asked for it again."""
_WITHOUT_VEHICLE: Final = "SELECT source FROM alarm WHERE condition = ? AND known = ? ORDER BY source"
_GAVE_UP: Final = Sentence("it gave this shipment up", "该车辆已放弃此次运送")


@dataclass(frozen=True, slots=True)
class _Leaving:
    id: str
    hospital: str
    priority: int


def plan_trips(tx: Tx) -> None:
    """Give every box that stands outside the lock, and that no trip provides for, a vehicle.

    A shipment that waits for none any more, whoever carried it, is no alarm.
    """
    provided = trips.provided_for(tx.conn)
    waiting: dict[str, list[BoxRow]] = {}
    for one in boxes.all_boxes(tx.conn, tx.plant):
        on_the_road = one.state is BoxState.IN_TRANSIT and one.shipment is not None and one.id not in provided
        if on_the_road and boxes.contents(tx.conn, one.id):
            waiting.setdefault(str(one.shipment), []).append(one)
    for row in _most_urgent_first(tx, waiting):
        _plan(tx, row.id, row.hospital, row.priority, waiting[row.id])
    for (source,) in tx.raw.execute(_WITHOUT_VEHICLE, (NO_VEHICLE, Condition.ACTIVE.value)).fetchall():
        if source not in waiting:
            clear(tx, source, NO_VEHICLE)


def send_trips(tx: Tx) -> None:
    """Tell each vehicle of its next trip when it is time to load; again when nobody answered."""
    open_trips = trips.list_trips(tx.conn, states=(TripState.PLANNED, *RUNNING))
    busy = {one.vehicle for one in open_trips if one.state in RUNNING}
    for one in reversed(open_trips):
        if one.state is TripState.PLANNED and one.vehicle not in busy and _is_time(tx, one):
            standing = _without_what_is_gone(tx, one)
            if standing.boxes:
                _send(tx, standing)
                busy.add(one.vehicle)
        elif one.state is TripState.LOADING and not any(box.loaded_at for box in one.boxes):
            _follow_silence(tx, one)


def answered(tx: Tx, answer: CommandAnswered) -> None:
    """The fleet's answer to a trip, where it gives one: a vehicle that refuses is not asked again for it."""
    one = trips.trip_of_command(tx.conn, answer.command)
    if one is None or one.state is not TripState.LOADING or any(box.loaded_at for box in one.boxes):
        return
    if answer.outcome is CommandOutcome.REFUSED:
        trips.step(tx, TRANSPORT, one.id, TripState.CANCELLED, detail=answer.detail, ended_us=to_us(tx.now))
    elif answer.outcome is CommandOutcome.EXPIRED:
        trips.step(tx, TRANSPORT, one.id, TripState.PLANNED, detail=answer.detail, command=None)


def expected_home(tx: Tx, one: TripRow) -> datetime:
    """When the vehicle of a running trip should be home; a stuck one is counted out for hours."""
    known = tx.plant.hospital_by_id
    if one.state is TripState.STUCK or not one.stops:
        return tx.now + UNKNOWN_ABSENCE
    if one.state is TripState.TURNED_BACK:
        return tx.now + road_time(known[one.stops[-1].hospital])
    last = one.stops[-1]
    return max(tx.now, last.eta) + HAND_OVER + road_time(known[last.hospital])


def _plan(tx: Tx, shipment_id: str, hospital: str, priority: int, waiting: Sequence[BoxRow]) -> None:
    plant_boxes = [tx.plant.box_by_id[one.id] for one in waiting]
    freight = Freight(
        tx.plant.hospital_by_id[hospital],
        priority,
        boxes=len(waiting),
        kg=_weight(tx, waiting),
        all_fly=all(box.flies for box in plant_boxes),
    )
    zone = tx.plant.site.timezone
    chosen = choose(freight, _fleet(tx, shipment_id), latest(tx.conn), limits(), tx.now, zone)
    if chosen is None:
        tell(tx, News(source=shipment_id, condition=NO_VEHICLE, state=Condition.ACTIVE, at=tx.now,
                      subject_en=hospital, subject_zh=tx.plant.hospital_by_id[hospital].name_zh))  # fmt: skip
        return
    clear(tx, shipment_id, NO_VEHICLE)
    trip = _trip_for(tx, chosen)
    trips.add_stop(tx, trip, hospital, shipment_id, [one.id for one in waiting])
    trips.time_stops(tx, trip, chosen.departs_at, limits())


def _trip_for(tx: Tx, chosen: Choice) -> str:
    if chosen.joins is None:
        return trips.begin(tx, chosen.vehicle.id, chosen.departs_at, chosen.why)
    earlier = trips.one_trip(tx.conn, chosen.joins).departs_at > chosen.departs_at
    why = {"why_en": chosen.why.en, "why_zh": chosen.why.zh} if earlier else {}
    trips.set_columns(tx, chosen.joins, departs_us=to_us(chosen.departs_at), **why)
    return chosen.joins


def _fleet(tx: Tx, shipment_id: str) -> Sequence[Standing]:
    """Every vehicle as it stands; one that gave this shipment up is barred, a drone for good, a van for a while."""
    failed = (
        select(trip_table.c.vehicle, trip_table.c.ended_us)
        .join(trip_stop, trip_stop.c.trip == trip_table.c.id)
        .where(
            trip_stop.c.shipment == shipment_id,
            trip_table.c.state.in_([TripState.CANCELLED.value, TripState.TURNED_BACK.value, TripState.DONE.value]),
        )
    )
    gave_up = {row.vehicle: row.ended_us for row in tx.conn.execute(failed)}
    lately = to_us(tx.now - REST)
    barred = {
        vehicle.id
        for vehicle in tx.plant.vehicles
        if vehicle.id in gave_up
        and (vehicle.kind is VehicleKind.DRONE or (gave_up[vehicle.id] is not None and gave_up[vehicle.id] > lately))
    }
    running = {one.vehicle: one for one in trips.list_trips(tx.conn, states=RUNNING)}
    planned = {one.vehicle: one for one in trips.list_trips(tx.conn, states=(TripState.PLANNED,))}
    fleet = []
    for vehicle in tx.plant.vehicles:
        away, next_trip = running.get(vehicle.id), planned.get(vehicle.id)
        fleet.append(
            Standing(
                vehicle,
                room=vehicle.boxes - (0 if next_trip is None else len(next_trip.boxes)),
                planned_trip=None if next_trip is None else next_trip.id,
                leaves_at=None if next_trip is None else next_trip.departs_at,
                home_at=None if away is None else expected_home(tx, away),
                may_join=next_trip is None or all(stop.shipment != shipment_id for stop in next_trip.stops),
                barred=_GAVE_UP if vehicle.id in barred else None,
            )
        )
    return fleet


def _weight(tx: Tx, waiting: Iterable[BoxRow]) -> float | None:
    """Weight of the boxes: as the station weighed them, else the empty box and its bags."""
    kg = 0.0
    for one in waiting:
        counted = tx.plant.box_by_id[one.id].empty_kg + BAG_KG * len(boxes.contents(tx.conn, one.id))
        kg += one.weight_kg if one.weight_kg is not None else counted
    return kg


def _is_time(tx: Tx, one: TripRow) -> bool:
    if not one.boxes:
        ended = {"detail": "nothing is left to carry", "ended_us": to_us(tx.now)}
        trips.step(tx, TRANSPORT, one.id, TripState.CANCELLED, **ended)
        return False
    on_others = trips.aboard(tx.conn, beside=one.id)
    return tx.now >= one.departs_at - loading_time(len(one.boxes)) and not {box.box for box in one.boxes} & on_others


def _without_what_is_gone(tx: Tx, one: TripRow) -> TripRow:
    """Take boxes off that do not wait for this trip any more: a vehicle would wait for them at the lock for ever."""
    for box in one.boxes:
        row = boxes.one_box(tx.conn, tx.plant, box.box)
        if row.state is not BoxState.IN_TRANSIT or row.shipment != box.shipment:
            trips.take_off(tx, TRANSPORT, one.id, box.box, f"it is {row.state.value}, and not for this shipment")
    return trips.one_trip(tx.conn, one.id)


def _follow_silence(tx: Tx, one: TripRow) -> None:
    """Nobody has reported a box aboard: late is an alarm, and once its command is void the trip is told anew."""
    if tx.now > one.departs_at + LATE:
        names = tx.plant.vehicle_by_id[one.vehicle]
        tell(tx, News(source=one.vehicle, condition=VEHICLE_STUCK, state=Condition.ACTIVE, at=tx.now,
                      subject_en=f"{names.name_en}: {_NOT_LOADED.en}",
                      subject_zh=f"{names.name_zh}：{_NOT_LOADED.zh}"))  # fmt: skip
    query = "SELECT deadline_real_us, state FROM machine_command WHERE id = ?"
    deadline, state = tx.raw.execute(query, (one.command,)).fetchone() or (None, None)
    if deadline is not None and state != "accepted" and to_us(tx.real_now) > deadline + int(SILENCE_S * 1_000_000):
        withdraw(tx.raw, str(one.command))
        _send(tx, one)


def _send(tx: Tx, one: TripRow) -> None:
    stops = tuple(
        Stop(hospital=stop.hospital, shipment=stop.shipment, boxes=one.boxes_for(stop.shipment)) for stop in one.stops
    )
    command = tx.command(one.vehicle, DriveTrip(trip=one.id, stops=stops), valid_s=COMMAND_VALID_S)
    trips.step(tx, TRANSPORT, one.id, TripState.LOADING, command=command)


def _most_urgent_first(tx: Tx, waiting: Mapping[str, Sequence[BoxRow]]) -> Sequence[_Leaving]:
    query = (
        select(shipment.c.id, shipment.c.hospital, order.c.priority)
        .join(order, order.c.id == shipment.c.order_id)
        .where(shipment.c.id.in_(list(waiting)))
        .order_by(order.c.priority, shipment.c.dispatched_us, shipment.c.id)
    )
    return [_Leaving(row.id, row.hospital, row.priority) for row in tx.conn.execute(query)]
