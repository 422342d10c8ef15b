"""The blast radius of an alarm: every bag behind it with the minutes that it has left, and who waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from plant.model import Plant, Probe, ProbeKind
from wms.alarms.rows import require
from wms.alarms.stake import Forecast, areas_of
from wms.store.database import driver_of
from wms.store.driver import Driver

_BAGS: Final = (
    "SELECT bag.id, bag.component, bag.abo_rhd, bag.status, bag.place, bag.expires_us, bag.donation_type, "
    "hospital_order.id, hospital_order.hospital, hospital_order.priority FROM bag "
    "LEFT JOIN reservation ON reservation.bag = bag.id AND reservation.ended_us IS NULL "
    "LEFT JOIN order_line ON order_line.id = reservation.line "
    "LEFT JOIN hospital_order ON hospital_order.id = order_line.order_id "
    "WHERE bag.status IN ('COLLECTED', 'PROCESSING', 'QUARANTINE', 'AVAILABLE', 'RESERVED', 'PICKED', 'PACKED', "
    "'RETURNED_PENDING', 'NONCONFORMING') AND (bag.place = ? OR (bag.place >= ? AND bag.place < ?))"
)
_NEVER: Final = float("inf")
_ROUTINE: Final = 9


@dataclass(frozen=True, slots=True)
class Endangered:
    """One bag behind an alarm. ``minutes_left`` by the probes over its place, None when nobody can say.

    ``order_priority`` (0 is most urgent) is that of the order that it is promised to.
    """

    bag: str
    component: str
    group: str | None
    status: str
    place: str
    expires_us: int
    donation_type: str
    order: str | None
    hospital: str | None
    order_priority: int | None
    minutes_left: float | None

    @property
    def urgency(self) -> tuple[float, int, int, str]:
        """What is saved first: least time, then the most urgent order, then what expires first."""
        left = _NEVER if self.minutes_left is None else self.minutes_left
        order = _ROUTINE if self.order_priority is None else self.order_priority
        return left, order, self.expires_us, self.bag


@dataclass(frozen=True, slots=True)
class Blast:
    """Everything behind one alarm, the most urgent first; ``minutes_left`` is the least of all bags."""

    alarm: str
    source: str
    areas: tuple[str, ...]
    minutes_left: float | None
    bags: tuple[Endangered, ...]
    orders: tuple[str, ...]
    hospitals: tuple[str, ...]


def blast_of(conn: Connection, plant: Plant, alarm_id: str, forecast: Forecast) -> Blast:
    """Who and what suffers with an alarm's source; raises NotFound for an unknown alarm.

    An alarm that is not about a place with bags has nothing behind it.
    """
    source = str(require(conn, alarm_id)["source"])
    areas = areas_of(plant, source)
    bags = tuple(sorted(_bags(driver_of(conn), plant, areas, forecast), key=lambda one: one.urgency))
    left = [one.minutes_left for one in bags if one.minutes_left is not None]
    orders = dict.fromkeys(one.order for one in bags if one.order is not None)
    hospitals = dict.fromkeys(one.hospital for one in bags if one.hospital is not None)
    return Blast(alarm_id, source, areas, min(left, default=None), bags, tuple(orders), tuple(hospitals))


def _bags(raw: Driver, plant: Plant, areas: tuple[str, ...], forecast: Forecast) -> Iterator[Endangered]:
    known: dict[str, float | None] = {}
    shelves: dict[str, float | None] = {}
    seen: set[str] = set()
    for area in areas:
        for row in raw.execute(_BAGS, (area, area + "/", area + "0")).fetchall():
            bag, component, group, status, place, expires_us, donation_type, order, hospital, priority = row
            if bag in seen:
                continue
            seen.add(bag)
            shelf = place.rpartition("/")[0] or place
            if shelf not in shelves:
                shelves[shelf] = _minutes_left(plant, place, forecast, known)
            yield Endangered(
                *(bag, component, group, status, place, int(expires_us or 0), donation_type),
                *(order, hospital, priority, shelves[shelf]),
            )


def _minutes_left(plant: Plant, place: str, forecast: Forecast, known: dict[str, float | None]) -> float | None:
    """The earliest of the load probes over a place; of the others where none stands in blood there."""
    probes = plant.probes_covering(place)
    loads: tuple[Probe, ...] = tuple(probe for probe in probes if probe.kind is ProbeKind.LOAD) or probes
    for probe in loads:
        if probe.id not in known:
            known[probe.id] = forecast(probe.id)
    return min((left for probe in loads if (left := known[probe.id]) is not None), default=None)
