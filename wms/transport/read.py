"""What the screens show of the road: trips, vehicles, the boxes of a shipment with their record, weather, returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from fleet.messages import WeatherSeen
from plant.model import Plant
from wms.bags.projection import require
from wms.outbound import boxes
from wms.outbound.box_choice import box_envelope
from wms.outbound.boxes import BoxState
from wms.outbound.tables import shipment_bag
from wms.store.database import driver_of
from wms.store.metadata import from_us, from_us_or_none
from wms.transport import trips
from wms.transport.choice import flight_stop
from wms.transport.flight import latest, limits
from wms.transport.returns import ReturnState
from wms.transport.tables import hospital_return, returned_bag, trip_box
from wms.transport.trips import ENDED, RUNNING, TripRow, TripState


@dataclass(frozen=True, slots=True)
class StopView:
    """One hospital of a trip and what is handed over there."""

    hospital: str
    shipment: str
    boxes: tuple[str, ...]
    eta: datetime
    arrived_at: datetime | None
    handed_over_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One trip of one vehicle, and why this vehicle."""

    id: str
    vehicle: str
    vehicle_kind: str
    state: TripState
    departs_at: datetime
    departed_at: datetime | None
    detail: str
    stops: tuple[StopView, ...]
    why_en: str
    why_zh: str


@dataclass(frozen=True, slots=True)
class VehicleView:
    """A vehicle and the trip that it is on; ``state`` is `idle` when it has none."""

    id: str
    state: str
    place: str | None
    trip: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelBox:
    """A box of a shipment: its range, and for how many minutes its logger was outside it (None: nobody knows).

    The live value is telemetry's, of the probe `{id}-logger`.
    """

    id: str
    kind: str
    state: BoxState | None  # None when the box serves another shipment by now
    bags: tuple[str, ...]
    loaded_at: datetime | None
    min_c: float | None
    max_c: float | None
    minutes_outside: float | None


@dataclass(frozen=True, slots=True)
class Travel:
    """How a shipment travels: its boxes, its trip and vehicle, and when it should arrive."""

    boxes: tuple[TravelBox, ...]
    trip: str | None
    vehicle: str | None
    expected_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherView:
    """The weather told last, and what forbids a flight now (None: nothing)."""

    at: datetime | None
    fresh: bool
    wind_m_s: float | None
    gust_m_s: float | None
    rain_mm_h: float | None
    visibility_m: float | None
    icing: bool | None
    thunder_km: float | None
    airspace_open: bool | None
    flight_stop_en: str | None
    flight_stop_zh: str | None


@dataclass(frozen=True, slots=True)
class ReturnedBag:
    """One bag of a return and what was decided of it."""

    bag: str
    status: str
    state: ReturnState
    place: str | None
    received_at: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    comment: str | None
    quarantine_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """One return of a hospital; what it says of temperature and looks is None when it said nothing."""

    id: str
    hospital: str
    shipment: str | None
    reason: str
    temperature_ok: bool | None
    visual_ok: bool | None
    created_at: datetime
    created_by: str
    closed_at: datetime | None
    bags: tuple[ReturnedBag, ...]


def list_trips(conn: Connection, plant: Plant, *, states: Iterable[TripState] | None = None) -> tuple[Trip, ...]:
    """Trips in these states, the next to leave first; without states those that have not ended."""
    wanted = set(TripState) - ENDED if states is None else set(states)
    found = trips.list_trips(conn, states=wanted)
    return tuple(_trip(plant, one) for one in sorted(found, key=lambda one: (one.departs_at, one.id)))


def one_trip(conn: Connection, plant: Plant, trip: str) -> Trip:
    """One trip; raises NotFound."""
    return _trip(plant, trips.one_trip(conn, trip))


def vehicles(conn: Connection, plant: Plant) -> tuple[VehicleView, ...]:
    """Every vehicle as its trips tell."""
    running = {one.vehicle: one for one in trips.list_trips(conn, states=RUNNING)}
    shown = []
    for vehicle in plant.vehicles:
        one = running.get(vehicle.id)
        shown.append(
            VehicleView(vehicle.id, "idle", None, None)
            if one is None
            else VehicleView(vehicle.id, one.state.value, _place_of(plant, one), one.id)
        )
    return tuple(shown)


def travels(conn: Connection, plant: Plant, shipments: Sequence[str], at: datetime) -> Mapping[str, Travel]:
    """How each of these shipments travels, or has travelled."""
    return {shipment: _travel(conn, plant, shipment, at) for shipment in shipments}


def weather(conn: Connection, at: datetime) -> WeatherView:
    """The weather as told last."""
    told, stop = latest(conn), flight_stop(latest(conn), limits(), at)
    names = WeatherSeen.__struct_fields__
    seen: dict[str, Any] = {name: None if told is None else getattr(told.seen, name) for name in names}
    del seen["station"]
    return WeatherView(
        at=None if told is None else told.at,
        fresh=told is not None and (at - told.at).total_seconds() <= limits().weather_fresh_min * 60,
        flight_stop_en=None if stop is None else stop.en,
        flight_stop_zh=None if stop is None else stop.zh,
        **seen,
    )


def list_returns(
    conn: Connection, *, everything: bool = False, hospital: str | None = None, limit: int = 500
) -> tuple[Return, ...]:
    """Returns of which something is still to be decided, or all, newest first."""
    query = select(hospital_return).order_by(hospital_return.c.id.desc()).limit(limit)
    if not everything:
        query = query.where(hospital_return.c.closed_us.is_(None))
    if hospital is not None:
        query = query.where(hospital_return.c.hospital == hospital)
    return tuple(
        Return(
            id=row.id,
            hospital=row.hospital,
            shipment=row.shipment,
            reason=row.reason,
            temperature_ok=row.temperature_ok,
            visual_ok=row.visual_ok,
            created_at=from_us(row.created_us),
            created_by=row.created_by,
            closed_at=from_us_or_none(row.closed_us),
            bags=_returned(conn, row.id),
        )
        for row in conn.execute(query).all()
    )


def _trip(plant: Plant, one: TripRow) -> Trip:
    return Trip(
        id=one.id,
        vehicle=one.vehicle,
        vehicle_kind=plant.vehicle_by_id[one.vehicle].kind.value,
        state=one.state,
        departs_at=one.departs_at,
        departed_at=one.departed_at,
        detail=one.detail,
        stops=tuple(
            StopView(
                hospital=stop.hospital,
                shipment=stop.shipment,
                boxes=one.boxes_for(stop.shipment),
                eta=stop.eta,
                arrived_at=stop.arrived_at,
                handed_over_at=stop.handed_over_at,
            )
            for stop in one.stops
        ),
        why_en=one.why.en,
        why_zh=one.why.zh,
    )


def _place_of(plant: Plant, one: TripRow) -> str:
    """Where a vehicle is: at the hospital that it reached and did not leave, else at the centre or on the road."""
    if one.state is TripState.LOADING:
        return "transit"
    there = [stop for stop in one.stops if stop.arrived_at is not None and stop.handed_over_at is None]
    return plant.hospital_by_id[there[-1].hospital].place if there else "transit"


def _travel(conn: Connection, plant: Plant, shipment: str, at: datetime) -> Travel:
    trip = trips.trip_of_shipment(conn, shipment)
    now = {one.id: one for one in boxes.boxes_of(conn, plant, shipment)}
    left = conn.execute(
        select(shipment_bag.c.bag, shipment_bag.c.box, shipment_bag.c.minutes_outside).where(
            shipment_bag.c.shipment == shipment, shipment_bag.c.box.is_not(None)
        )
    ).all()
    loaded = {
        row.box: from_us_or_none(row.loaded_us)
        for row in conn.execute(
            select(trip_box.c.box, trip_box.c.loaded_us)
            .where(trip_box.c.shipment == shipment)
            .order_by(trip_box.c.trip)
        )
    }
    shown = []
    for name in sorted({*now, *(row.box for row in left)} & set(plant.box_by_id)):
        travelled = tuple(row.bag for row in left if row.box == name)
        recorded = [row.minutes_outside for row in left if row.box == name and row.minutes_outside is not None]
        one, envelope = now.get(name), box_envelope(plant, plant.box_by_id[name].kind)
        lasting = one is not None and one.packed_at is not None
        shown.append(
            TravelBox(
                id=name,
                kind=plant.box_by_id[name].kind.value,
                state=None if one is None else one.state,
                bags=travelled or tuple(boxes.contents(conn, name)),
                loaded_at=loaded.get(name),
                min_c=None if envelope is None else envelope.min_c,
                max_c=None if envelope is None else envelope.max_c,
                minutes_outside=one.minutes_outside(at) if one is not None and lasting else max(recorded, default=None),
            )
        )
    if trip is None:
        return Travel(tuple(shown), None, None, None)
    expected = next((stop.eta for stop in trip.stops if stop.shipment == shipment), None)
    return Travel(tuple(shown), trip.id, trip.vehicle, expected)


def _returned(conn: Connection, return_id: str) -> tuple[ReturnedBag, ...]:
    raw = driver_of(conn)
    query = select(returned_bag).where(returned_bag.c.hospital_return == return_id).order_by(returned_bag.c.bag)
    shown = []
    for row in conn.execute(query).all():
        state = require(raw, row.bag)
        shown.append(
            ReturnedBag(
                bag=row.bag,
                status=str(state["status"]),
                state=ReturnState(row.state),
                place=None if state["place"] is None else str(state["place"]),
                received_at=from_us_or_none(row.received_us),
                decided_at=from_us_or_none(row.decided_us),
                decided_by=row.decided_by,
                comment=row.comment,
                quarantine_until=from_us_or_none(row.quarantine_until_us),
            )
        )
    return tuple(shown)
