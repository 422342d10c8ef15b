"""Which monitoring is suspended now, what that covers, and until when: read by the alarm book and by every screen.

A suspension hides alarms; it vouches for nothing. A bag at a suspended place is as fit as its probes say, and unknown
where they say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, RowMapping, or_, select

from plant.model import Plant, ProbeKind
from wms.alarms import conditions as c
from wms.alarms.stake import areas_of
from wms.alarms.tables import suspension
from wms.bags.lifecycle import ENDED
from wms.bags.tables import bag
from wms.store.metadata import from_us, from_us_or_none, to_us

MONITORING: Final = frozenset(
    {
        c.TEMPERATURE_HIGH,
        c.TEMPERATURE_LOW,
        c.TEMPERATURE_HIGH_ALERT,
        c.TEMPERATURE_LOW_ALERT,
        c.TEMPERATURE_TREND,
        c.COOLING_LABOURS,
        c.DOOR_OPEN,
        c.POWER_LOST,
        c.AGITATOR_STOPPED,
        c.PROBE_SILENT,
        c.PROBE_BAD,
        c.PROBE_STUCK,
        c.DEVICE_OFFLINE,
    }
)
"""What a store says of itself. Everything else is another cause, and no suspension hides it."""
_LIMITS: Final = frozenset({c.TEMPERATURE_HIGH, c.TEMPERATURE_LOW})


class StockMoved(StrEnum):
    """Answer to "is the stock moved?"."""

    YES = "yes"
    NO = "no"
    NONE_THERE = "none_there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """Monitoring of one device, or of a place and all below it, set aside for a time by a person with a reason."""

    id: str
    device: str | None
    place: str | None
    reason: str
    from_at: datetime
    until: datetime
    started_by: str
    stock_moved: StockMoved
    second_probe: str | None
    watch: str | None
    ended_at: datetime | None
    ended_by: str | None
    comment: str | None


def suspension_of(row: RowMapping) -> Suspension:
    """A row as what it says."""
    return Suspension(
        id=row["id"],
        device=row["device"],
        place=row["place"],
        reason=row["reason"],
        from_at=from_us(row["from_us"]),
        until=from_us(row["until_us"]),
        started_by=row["started_by"],
        stock_moved=StockMoved(row["stock_moved"]),
        second_probe=row["second_probe"],
        watch=row["watch"],
        ended_at=from_us_or_none(row["ended_us"]),
        ended_by=row["ended_by"],
        comment=row["comment"],
    )


def running(conn: Connection) -> tuple[Suspension, ...]:
    """Suspensions that have not ended, the one that ends first in front."""
    query = select(suspension).where(suspension.c.ended_us.is_(None)).order_by(suspension.c.until_us, suspension.c.id)
    return tuple(suspension_of(row) for row in conn.execute(query).mappings())


def suspensions_between(conn: Connection, from_at: datetime, to_at: datetime) -> tuple[Suspension, ...]:
    """Suspensions that held in some part of [from, to], oldest first."""
    held = or_(suspension.c.ended_us.is_(None), suspension.c.ended_us >= to_us(from_at))
    query = select(suspension).where(suspension.c.from_us <= to_us(to_at), held).order_by(suspension.c.from_us)
    return tuple(suspension_of(row) for row in conn.execute(query).mappings())


def suspended_until(suspensions: Iterable[Suspension], plant: Plant, name: str) -> datetime | None:
    """Until when a place or a device is not monitored; None when it is. ``suspensions`` are the `running` ones."""
    ends = [one.until for one in suspensions if _names(plant, one, name)]
    return max(ends, default=None)


def sources_in(plant: Plant, one: Suspension) -> frozenset[str]:
    """Devices, probes and doors whose monitoring is suspended."""
    devices = {one.device} if one.device is not None else _devices_in(plant, one.place or "")
    probes = {probe.id for probe in plant.probes if probe.device in devices}
    doors = {door.id for door in plant.doors if door.device in devices}
    return frozenset(devices | probes | doors)


def covers(conn: Connection, plant: Plant, one: Suspension, source: str, condition: str) -> bool:
    """Whether a suspension hides this alarm.

    A load probe outside its limits is hidden only while no bag stands in what it covers: blood that is still there
    keeps its loudest voice.
    """
    if condition not in MONITORING or source not in sources_in(plant, one):
        return False
    loads = {probe.id for probe in plant.probes if probe.kind is ProbeKind.LOAD}
    return not (condition in _LIMITS and source in loads and any_bag(conn, areas_of(plant, source)))


def any_bag(conn: Connection, areas: Iterable[str]) -> bool:
    """True when a bag stands in one of these places, or below them."""
    inside = [(bag.c.place == area) | ((bag.c.place >= area + "/") & (bag.c.place < area + "0")) for area in areas]
    if not inside:
        return False
    there = select(bag.c.id).where(or_(*inside), bag.c.status.not_in([status.value for status in ENDED]))
    return conn.execute(there.limit(1)).first() is not None


def areas_suspended(plant: Plant, one: Suspension) -> tuple[str, ...]:
    """Places whose bags lose their alarms."""
    if one.place is not None:
        return (one.place,)
    probed = {area for probe in plant.probes if probe.device == one.device for area in probe.covers}
    known = plant.device_by_id.get(one.device or "")
    return tuple(sorted(probed or ({known.place} if known is not None else ())))


def names(plant: Plant, one: Suspension) -> tuple[str, str]:
    """The name of what is suspended, in English and Chinese."""
    if one.device is not None:
        device = plant.device_by_id.get(one.device)
        return (one.device, one.device) if device is None else (device.name_en, device.name_zh)
    known = next((place for place in plant.places if place.path == one.place), None)
    return (one.place or "", one.place or "") if known is None else (known.name_en, known.name_zh)


def _names(plant: Plant, one: Suspension, name: str) -> bool:
    if name in sources_in(plant, one):
        return True
    return any(name == area or name.startswith(area + "/") for area in areas_suspended(plant, one))


def _devices_in(plant: Plant, place: str) -> set[str]:
    """Machines that stand in a place, and those that watch over it with a probe."""

    def inside(path: str) -> bool:
        return path == place or path.startswith(place + "/")

    watching = {probe.device for probe in plant.probes if any(inside(area) for area in probe.covers)}
    return watching | {device.id for device in plant.devices if inside(device.place)}
