"""Trips as rows: a vehicle, its stops in order, the boxes for each; and how a trip steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from runtime.ids import new_id
from wms.errors import NotFound
from wms.orders.sentences import Sentence
from wms.store.metadata import from_us, from_us_or_none, to_us
from wms.store.tx import Actor, Tx
from wms.transport.choice import FlightLimits, arrivals
from wms.transport.tables import trip as table
from wms.transport.tables import trip_box, trip_stop

TRANSPORT: Final = Actor("service:transport", "serve")


class TripState(StrEnum):
    """How far a trip got."""

    PLANNED = "planned"
    LOADING = "loading"
    UNDER_WAY = "under_way"
    STUCK = "stuck"
    TURNED_BACK = "turned_back"
    DONE = "done"
    CANCELLED = "cancelled"


RUNNING: Final = frozenset({TripState.LOADING, TripState.UNDER_WAY, TripState.STUCK, TripState.TURNED_BACK})
"""The vehicle is busy with it."""
ENDED: Final = frozenset({TripState.DONE, TripState.CANCELLED})
_CARRYING: Final = frozenset({TripState.PLANNED, TripState.LOADING, TripState.UNDER_WAY, TripState.STUCK})
"""What is on it still has a way to its hospital."""


@dataclass(frozen=True, slots=True)
class TripBox:
    """A box on a trip; ``replacement`` is the order that was placed for what it lost."""

    box: str
    shipment: str
    loaded_at: datetime | None
    handed_over_at: datetime | None
    replacement: str | None


@dataclass(frozen=True, slots=True)
class TripStop:
    """A stop: the boxes of one shipment for one hospital."""

    hospital: str
    shipment: str
    eta: datetime
    arrived_at: datetime | None
    handed_over_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TripRow:
    """One trip with its stops in order."""

    id: str
    vehicle: str
    state: TripState
    command: str | None
    departs_at: datetime
    departed_at: datetime | None
    stuck_since: datetime | None
    detail: str
    why: Sentence
    stops: tuple[TripStop, ...]
    boxes: tuple[TripBox, ...]

    def boxes_for(self, shipment: str) -> tuple[str, ...]:
        """Boxes of one of its shipments."""
        return tuple(one.box for one in self.boxes if one.shipment == shipment)

    @property
    def undelivered(self) -> tuple[TripBox, ...]:
        """Boxes that were not handed over."""
        return tuple(one for one in self.boxes if one.handed_over_at is None)


def list_trips(
    conn: Connection, *, states: Iterable[TripState] = tuple(TripState), limit: int = 500
) -> tuple[TripRow, ...]:
    """Trips in these states, newest first."""
    query = select(table).where(table.c.state.in_([state.value for state in states]))
    return tuple(_trip(conn, row) for row in conn.execute(query.order_by(table.c.id.desc()).limit(limit)).all())


def one_trip(conn: Connection, trip: str) -> TripRow:
    """One trip; raises NotFound."""
    row = conn.execute(select(table).where(table.c.id == trip)).one_or_none()
    if row is None:
        raise NotFound("trip_unknown", f"There is no trip {trip}")
    return _trip(conn, row)


def trip_of_shipment(conn: Connection, shipment: str) -> TripRow | None:
    """The newest trip that carries, or carried, a shipment; None before one is planned."""
    query = select(trip_stop.c.trip).where(trip_stop.c.shipment == shipment).order_by(trip_stop.c.trip.desc())
    found = conn.execute(query.limit(1)).scalar_one_or_none()
    return None if found is None else one_trip(conn, found)


def trip_of_command(conn: Connection, command: str) -> TripRow | None:
    """The trip that a command asked for, or None."""
    row = conn.execute(select(table).where(table.c.command == command)).one_or_none()
    return None if row is None else _trip(conn, row)


def provided_for(conn: Connection) -> frozenset[str]:
    """Boxes that a trip carries, or will carry, to their hospital."""
    query = (
        select(trip_box.c.box)
        .join(table, table.c.id == trip_box.c.trip)
        .where(table.c.state.in_([state.value for state in _CARRYING]), trip_box.c.handed_over_us.is_(None))
    )
    return frozenset(conn.execute(query).scalars())


def aboard(conn: Connection, *, beside: str) -> frozenset[str]:
    """Boxes that are on a vehicle now, or may be: on any running trip but one."""
    query = (
        select(trip_box.c.box)
        .join(table, table.c.id == trip_box.c.trip)
        .where(
            table.c.state.in_([state.value for state in RUNNING]),
            trip_box.c.handed_over_us.is_(None),
            table.c.id != beside,
        )
    )
    return frozenset(conn.execute(query).scalars())


def begin(tx: Tx, vehicle: str, departs_at: datetime, why: Sentence) -> str:
    """Plan a trip without stops and return its id."""
    number = new_id("trp")
    values = {"id": number, "vehicle": vehicle, "state": TripState.PLANNED.value, "why_en": why.en, "why_zh": why.zh}
    times = {"created_us": to_us(tx.now), "departs_us": to_us(departs_at)}
    tx.conn.execute(insert(table).values(**values, **times, detail=""))
    tx.record("trip.planned", actor=TRANSPORT, subject=number, data={"vehicle": vehicle, "why": why.en})
    return number


def add_stop(tx: Tx, trip: str, hospital: str, shipment: str, boxes: Sequence[str]) -> None:
    """Add a shipment's boxes; stops are driven in the order of their distance."""
    stop = {"trip": trip, "shipment": shipment, "position": 0, "hospital": hospital, "eta_us": to_us(tx.now)}
    tx.conn.execute(insert(trip_stop).values(**stop))
    tx.conn.execute(insert(trip_box), [{"trip": trip, "box": box, "shipment": shipment} for box in boxes])
    data = {"shipment": shipment, "hospital": hospital, "boxes": list(boxes)}
    tx.record("trip.stop_added", actor=TRANSPORT, subject=trip, data=data)


def time_stops(tx: Tx, trip: str, departs_at: datetime, limits: FlightLimits) -> None:
    """Order the stops by distance and say when each is expected, from a departure on."""
    one = one_trip(tx.conn, trip)
    known = tx.plant.hospital_by_id
    stops = sorted(one.stops, key=lambda stop: (known[stop.hospital].road_min, stop.shipment))
    kind = tx.plant.vehicle_by_id[one.vehicle].kind
    times = arrivals(kind, [known[stop.hospital] for stop in stops], departs_at, limits)
    for position, (stop, eta) in enumerate(zip(stops, times, strict=True)):
        mine = (trip_stop.c.trip == trip) & (trip_stop.c.shipment == stop.shipment)
        tx.conn.execute(update(trip_stop).where(mine).values(position=position, eta_us=to_us(eta)))
    told(tx, one_trip(tx.conn, trip))


def step(tx: Tx, actor: Actor, trip: str, state: TripState, **values: Any) -> TripRow:
    """Step a trip; ``values`` are further columns. It is told and kept in the ledger."""
    tx.conn.execute(update(table).where(table.c.id == trip).values(state=state.value, **values))
    one = one_trip(tx.conn, trip)
    data = {"vehicle": one.vehicle, "detail": one.detail}
    tx.record(f"trip.{state.value}", actor=actor, subject=trip, data=data)
    told(tx, one)
    return one


def set_columns(tx: Tx, trip: str, **values: Any) -> None:
    """Set columns that are no step."""
    tx.conn.execute(update(table).where(table.c.id == trip).values(**values))


def set_box(tx: Tx, trip: str, box: str, **values: Any) -> None:
    """Set columns of a box on a trip."""
    tx.conn.execute(update(trip_box).where(trip_box.c.trip == trip, trip_box.c.box == box).values(**values))


def set_stop(tx: Tx, trip: str, shipment: str, **values: Any) -> None:
    """Set columns of a stop."""
    mine = (trip_stop.c.trip == trip) & (trip_stop.c.shipment == shipment)
    tx.conn.execute(update(trip_stop).where(mine).values(**values))


def take_off(tx: Tx, actor: Actor, trip: str, box: str, reason: str) -> None:
    """A box does not travel on this trip after all; a stop without boxes is none."""
    tx.conn.execute(delete(trip_box).where(trip_box.c.trip == trip, trip_box.c.box == box))
    left = select(trip_box.c.shipment).where(trip_box.c.trip == trip)
    tx.conn.execute(delete(trip_stop).where(trip_stop.c.trip == trip, trip_stop.c.shipment.not_in(left)))
    tx.record("trip.box_left", actor=actor, subject=trip, data={"box": box, "reason": reason})


def told(tx: Tx, one: TripRow) -> None:
    """Tell the screens of a trip, its boxes and its shipments."""
    tx.notify("trip", one.id)
    for stop in one.stops:
        tx.notify("shipment", stop.shipment)


def _trip(conn: Connection, row: Row[tuple[object, ...]]) -> TripRow:
    stops = conn.execute(select(trip_stop).where(trip_stop.c.trip == row.id).order_by(trip_stop.c.position)).all()
    boxes = conn.execute(select(trip_box).where(trip_box.c.trip == row.id).order_by(trip_box.c.box)).all()
    return TripRow(
        id=row.id,
        vehicle=row.vehicle,
        state=TripState(row.state),
        command=row.command,
        departs_at=from_us(row.departs_us),
        departed_at=from_us_or_none(row.departed_us),
        stuck_since=from_us_or_none(row.stuck_us),
        detail=row.detail,
        why=Sentence(row.why_en, row.why_zh),
        stops=tuple(
            TripStop(
                hospital=stop.hospital,
                shipment=stop.shipment,
                eta=from_us(stop.eta_us),
                arrived_at=from_us_or_none(stop.arrived_us),
                handed_over_at=from_us_or_none(stop.handed_over_us),
            )
            for stop in stops
        ),
        boxes=tuple(
            TripBox(
                box=one.box,
                shipment=one.shipment,
                loaded_at=from_us_or_none(one.loaded_us),
                handed_over_at=from_us_or_none(one.handed_over_us),
                replacement=one.replacement,
            )
            for one in boxes
        ),
    )
