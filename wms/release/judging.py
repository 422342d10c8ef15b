"""Judging temperature records: which bags are due, where they and their parents were, and what the probes say.

Runs outside the writer: it reads the warehouse and the history, and hands back what is to be kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from plant.model import Plant, ProbeKind
from runtime.sparkplug.readings import SourceRegistry
from telemetry.exposure import Exposure, GapReason, Stay, exposures
from telemetry.store import ReadingStore
from wms.intake.collection import COLLECTION_PLACE
from wms.intake.consignments import receiving_dock
from wms.release.limits import release_limits
from wms.release.temperature import Judgement, Watched, judge
from wms.store.database import driver_of
from wms.store.driver import Driver
from wms.store.metadata import to_us

REFRESH: Final = timedelta(minutes=30)
"""A bag that waits on (for its label, for results) is judged anew after this domain time, so that it is never stale."""
AT_ONCE: Final = 24
"""Bags of one round."""
STEP_MS: Final = 600_000
"""Step of the history that is asked for: points are not looked at, only gaps and excursions, which are exact."""
_MINUTE_MS: Final = 60_000
_DUE: Final = (
    "SELECT bag.id FROM bag LEFT JOIN temperature_judgement AS judged ON judged.bag = bag.id "
    "WHERE bag.status = 'QUARANTINE' AND bag.tests = 'negative' AND bag.abo_rhd IS NOT NULL "
    "AND bag.process_check <> 'pending' AND bag.expires_us > ? "
    "AND (judged.bag IS NULL OR judged.judged_us < ?) "
    "AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.bag = bag.id AND hold.lifted_us IS NULL) "
    "ORDER BY coalesce(judged.judged_us, 0), bag.place_since_us, bag.id LIMIT ?"
)
_STAYS: Final = "SELECT place, from_us, to_us FROM stay WHERE bag = ? ORDER BY from_us, id"
_PARENTS: Final = "SELECT parent FROM bag_parentage WHERE child = ? ORDER BY parent"


def judge_due(
    conn: Connection, plant: Plant, store: ReadingStore, registry: SourceRegistry, now: datetime, limit: int = AT_ONCE
) -> list[tuple[str, Judgement]]:
    """Judge the bags that wait for nothing else and have no fresh judgement, those never judged first."""
    raw = driver_of(conn)
    due = raw.execute(_DUE, (to_us(now), to_us(now - REFRESH), limit)).fetchall()
    return judge_bags(raw, plant, store, registry, now, [bag for (bag,) in due])


def judge_bags(
    raw: Driver, plant: Plant, store: ReadingStore, registry: SourceRegistry, now: datetime, bags: Sequence[str]
) -> list[tuple[str, Judgement]]:
    """Judge these bags by all places where they, and what they were made from, have been until now."""
    now_ms = to_us(now) // 1000
    limits = release_limits(plant.profile).temperature
    judged = []
    for bag in bags:
        stays = [stay for one in _line_of(raw, bag) for stay in _stays_of(raw, one, now_ms)]
        exposure = exposures(stays, plant, store, registry, now_ms=now_ms, step_ms=STEP_MS)
        judged.append((bag, judge(_watched(plant, stays, exposure.values(), now_ms), limits, now)))
    return judged


def _line_of(raw: Driver, bag: str) -> list[str]:
    """A bag and all that it was made from."""
    line, waiting = [], [bag]
    while waiting:
        one = waiting.pop()
        if one not in line:
            line.append(one)
            waiting += [parent for (parent,) in raw.execute(_PARENTS, (one,)).fetchall()]
    return line


def _stays_of(raw: Driver, bag: str, now_ms: int) -> list[Stay]:
    rows = raw.execute(_STAYS, (bag,)).fetchall()
    return [
        Stay(bag, place, began // 1000, None if ended is None else ended // 1000)
        for place, began, ended in rows
        if began // 1000 < now_ms
    ]


def _watched(plant: Plant, stays: Sequence[Stay], seen: Iterable[Exposure], now_ms: int) -> Watched:
    kinds = {probe.id: probe.kind for probe in plant.probes}
    outside: dict[str, float] = {}
    worst: tuple[float, float] | None = None  # how far from the limit, and the value
    gaps: list[float] = []
    still: list[float] = []
    for exposure in seen:
        for one in exposure.excursions:
            probe = one.excursion.probe
            outside[probe] = outside.get(probe, 0.0) + one.minutes
            value = one.excursion.worst_c
            worst = max(worst or (0.0, value), (abs(value - one.excursion.limit_c), value))
        for gap in exposure.gaps:
            kind = still if gap.reason is GapReason.NOT_AGITATED else gaps
            kind.append((gap.to_ms - gap.from_ms) / _MINUTE_MS)
    bare = [_minutes(stay, now_ms) for stay in stays if _is_bare(plant, stay.place)]
    gaps += [_minutes(stay, now_ms) for stay in stays if _is_bare(plant, stay.place) and not _is_before(plant, stay)]
    return Watched(
        core_outside_min=max((m for probe, m in outside.items() if kinds[probe] is ProbeKind.LOAD), default=0.0),
        air_outside_min=max((m for probe, m in outside.items() if kinds[probe] is ProbeKind.AIR), default=0.0),
        worst_c=None if worst is None else worst[1],
        gap_min=max(gaps, default=0.0),
        still_min=max(still, default=0.0),
        unwatched_min=sum(bare),
    )


def _is_bare(plant: Plant, place: str) -> bool:
    """True for a place that has neither limits nor a probe."""
    return plant.envelope_of(place) is None and not plant.probes_covering(place)


def _is_before(plant: Plant, stay: Stay) -> bool:
    """True for the places of whole blood and of fresh donations, where nothing watches: the van and the dock."""
    return stay.place == COLLECTION_PLACE or stay.place == receiving_dock(plant)


def _minutes(stay: Stay, now_ms: int) -> float:
    return ((now_ms if stay.to_ms is None else stay.to_ms) - stay.from_ms) / _MINUTE_MS
