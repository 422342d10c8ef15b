"""What an alarm endangers: the bags behind its source, the orders that hold them, the hospitals that wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from blood.eligibility import BagStatus
from plant.model import DeviceKind, Plant, ProbeKind
from wms.alarms import conditions
from wms.bags.tables import bag
from wms.orders.tables import order, order_line, reservation
from wms.recall.tables import recall_notice, recall_notice_bag
from wms.stock.read import going_to_waste

Forecast = Callable[[str], float | None]
"""Probe id -> minutes until it reaches its limit (telemetry's forecast), None when it does not or nobody can say."""

_GONE: Final = tuple(
    status.value
    for status in (
        BagStatus.CONSUMED,
        BagStatus.DISCARDED,
        BagStatus.LOST,
        BagStatus.MISSING,
        BagStatus.TRANSFUSED,
        BagStatus.PRESUMED_TRANSFUSED,
    )
)
_CHAMBERS: Final = frozenset(
    {DeviceKind.COLD_ROOM, DeviceKind.PLATELET_INCUBATOR, DeviceKind.PLASMA_FREEZER, DeviceKind.ULTRA_FREEZER}
)


@dataclass(frozen=True, slots=True)
class Stake:
    """How much hangs on it; ``minutes_left`` is None when nobody can say."""

    bags: int
    orders: int
    hospitals: int
    minutes_left: float | None


@dataclass(frozen=True, slots=True)
class AtStake:
    """The same by name."""

    bags: tuple[str, ...]
    orders: tuple[str, ...]
    hospitals: tuple[str, ...]
    minutes_left: float | None

    @property
    def counted(self) -> Stake:
        """The numbers that a list shows."""
        return Stake(len(self.bags), len(self.orders), len(self.hospitals), self.minutes_left)


def at_stake(
    conn: Connection, plant: Plant, source: str, condition: str, forecast: Forecast, now: datetime | None = None
) -> AtStake:
    """Gather what is at stake behind one alarm; without ``now`` (domain time) nothing is said of what will expire."""
    if condition == conditions.STOCK_LOW:
        component, _, group = source.partition("/")
        return AtStake((), *_short_orders(conn, component, group), None)
    if condition == conditions.STOCK_NEAR_EXPIRY:
        component, _, group = source.partition("/")
        bags = () if now is None else going_to_waste(conn, plant, component, group, now)
        return AtStake(bags, *_orders_holding(conn, bags), None)
    if condition == conditions.RECALL_UNANSWERED:
        return _of_notice(conn, source)
    areas = areas_of(plant, source)
    if not areas:
        bags = tuple(conn.execute(select(bag.c.id).where(bag.c.id == source)).scalars())
        return AtStake(bags, *_orders_holding(conn, bags), None)
    bags = tuple(sorted({found for area in areas for found in _bags_in(conn, area)}))
    return AtStake(bags, *_orders_holding(conn, bags), _minutes_left(plant, areas, forecast))


def _of_notice(conn: Connection, notice: str) -> AtStake:
    """The bags of which a holder was told, the orders that wait for them, and the hospital itself when it is one."""
    query = select(recall_notice_bag.c.bag).where(recall_notice_bag.c.notice == notice)
    bags = tuple(conn.execute(query.order_by(recall_notice_bag.c.bag)).scalars())
    orders, hospitals = _orders_holding(conn, bags)
    told = (recall_notice.c.id == notice) & (recall_notice.c.kind == "hospital")
    own = conn.execute(select(recall_notice.c.holder).where(told)).scalars()
    return AtStake(bags, orders, tuple(sorted({*hospitals, *own})), None)


def areas_of(plant: Plant, source: str) -> tuple[str, ...]:
    """Place prefixes whose bags suffer with a source: a probe's coverage, a door's store, a chamber, a box."""
    for probe in plant.probes:
        if probe.id == source:
            return probe.covers
    if source in plant.box_by_id:
        return (f"box/{source}",)
    for door in plant.doors:
        if door.id == source:
            return (door.place,)
    device = plant.device_by_id.get(source)
    return (device.place,) if device is not None and device.kind in _CHAMBERS else ()


def _minutes_left(plant: Plant, areas: Iterable[str], forecast: Forecast) -> float | None:
    """The earliest forecast of the load probes that stand in the blood there; a transport box has its logger only."""
    covering = [probe for area in areas for probe in plant.probes_covering(area)]
    probes = {probe.id for probe in covering if probe.kind is ProbeKind.LOAD or probe.device in plant.box_by_id}
    minutes = [left for probe in sorted(probes) if (left := forecast(probe)) is not None]
    return min(minutes, default=None)


def _bags_in(conn: Connection, area: str) -> Iterable[str]:
    inside = (bag.c.place == area) | ((bag.c.place >= area + "/") & (bag.c.place < area + "0"))
    return conn.execute(select(bag.c.id).where(inside, bag.c.status.not_in(_GONE))).scalars()


def _orders_holding(conn: Connection, bags: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = set()
    for start in range(0, len(bags), 500):
        part = bags[start : start + 500]
        query = (
            select(order.c.id, order.c.hospital)
            .join(order_line, order_line.c.order_id == order.c.id)
            .join(reservation, reservation.c.line == order_line.c.id)
            .where(reservation.c.bag.in_(part), reservation.c.ended_us.is_(None), order.c.closed_us.is_(None))
        )
        found |= {(row.id, row.hospital) for row in conn.execute(query)}
    return tuple(sorted({one for one, _ in found})), tuple(sorted({hospital for _, hospital in found}))


def _short_orders(conn: Connection, component: str, group: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Orders that ask for this component and group and are still to be served."""
    query = (
        select(order.c.id, order.c.hospital)
        .join(order_line, order_line.c.order_id == order.c.id)
        .where(order_line.c.component == component, order_line.c.abo_rhd == group, order.c.closed_us.is_(None))
    )
    found = {(row.id, row.hospital) for row in conn.execute(query)}
    return tuple(sorted({one for one, _ in found})), tuple(sorted({hospital for _, hospital in found}))
