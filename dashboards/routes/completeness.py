"""The completeness meter, per probe and UTC day."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Annotated, Final

from fastapi import Query

from dashboards.auth import Staff
from dashboards.bag import instant, milliseconds
from dashboards.context import HouseOf
from dashboards.declare import router
from dashboards.schemas import completeness as schemas
from plant.model import Plant
from telemetry.completeness import DAY_MS, ProbeDay
from telemetry.meter import completeness
from wms.alarms.absences import absences, box_uses
from wms.errors import Invalid, NotFound
from wms.store.metadata import to_us

routes = router("completeness")
MOST_DAYS: Final = 92
MOST_PROBE_DAYS: Final = 20_000
"""Some seconds of one core."""
_EPOCH: Final = date(1970, 1, 1)
_DAY_US: Final = DAY_MS * 1000


@routes.get("/completeness")
async def get_completeness(
    who: Staff,
    house: HouseOf,
    from_day: date | None = None,
    to_day: date | None = None,
    probe: Annotated[str | None, Query(max_length=120)] = None,
) -> schemas.CompletenessMeter:
    """What came, came late, and is missing; from the first to the last day given (today, when none is)."""
    del who
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    probes = [one for one in plant.probes if probe in (None, one.id)]
    if not probes:
        raise NotFound("probe.unknown", f"There is no probe {probe}")
    last = to_day or from_day or now.date()
    days = _days(from_day or last, last)
    if len(days) * len(probes) > MOST_PROBE_DAYS:
        raise Invalid("completeness.interval", f"{len(probes)} probes on {len(days)} days are too many; ask for fewer")
    interval = days[0] * _DAY_US, to_us(now)
    known, uses = await house.read(lambda conn: (absences(conn, *interval), box_uses(conn, plant, *interval)))
    store, registry = house.telemetry.store, house.telemetry.registry
    found = await asyncio.to_thread(
        completeness, plant, store, registry, probes, days, absences=known, uses=uses, now_ms=milliseconds(now)
    )
    return schemas.CompletenessMeter(at=now, days=[_view(plant, one) for one in found])


def _days(first: date, last: date) -> list[int]:
    if not first <= last < first + timedelta(days=MOST_DAYS):
        raise Invalid("completeness.interval", f"Ask for 1 to {MOST_DAYS} days, the first one first")
    begin = (first - _EPOCH).days
    return list(range(begin, begin + (last - first).days + 1))


def _view(plant: Plant, one: ProbeDay) -> schemas.ProbeDay:
    covers = next(probe.covers[0] for probe in plant.probes if probe.id == one.probe)
    place = plant.place_of(covers)
    day: datetime = instant(one.day * DAY_MS)
    return schemas.ProbeDay(
        probe=one.probe,
        name_en=place.name_en,
        name_zh=place.name_zh,
        day=day.date(),
        expected=one.expected,
        received=one.received,
        filled=one.filled,
        lost=one.lost,
        uncertain=one.uncertain,
        late=one.late,
        share=one.share,
        gaps=[
            schemas.CompletenessGap(
                from_at=instant(gap.from_ms), to_at=instant(gap.to_ms), minutes=gap.minutes, reason=gap.reason
            )
            for gap in one.gaps
        ],
    )
