"""Which bags may have to be decided about, by their places: a probe outside or silent, the wrong store, no shaking.

Runs outside the writer. It finds bags to look at; what is true of each, its own passport says. Nothing is kept between
starts: the first look goes far back, and opening an item twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from sqlalchemy import Connection

from plant.model import Plant, ProbeKind
from telemetry.excursions import Excursion
from telemetry.exposure import common
from telemetry.records import Record, Span, known, silent
from telemetry.store import StoreError
from telemetry.tracker import GAP_AFTER_MS
from wms.bags.ranges import within
from wms.passports.compute import History, Reading, read_bags
from wms.passports.events import APART_MS, Triggered
from wms.passports.record_rules import RecordRules, record_rules
from wms.store.database import driver_of
from wms.store.driver import Driver
from wms.store.metadata import to_us

LOOK_BACK: Final = timedelta(hours=24)
"""How far back each look goes: readings that were held up come in within hours, most of them."""
FIRST_LOOK: Final = timedelta(days=30)
"""How far back the first look after a start goes, and one look in each `SEARCH_EVERY` for excursions: a logger is read
out, or a spool is heard again, days later."""
AGAIN: Final = timedelta(minutes=10)
"""Domain time after which a bag whose cause lasts is looked at again."""
SEARCH_EVERY: Final = timedelta(minutes=30)
"""Domain time after which silences and rests, which take hours to matter, and old excursions are looked for again."""
AT_ONCE: Final = 100
"""Bags of one round."""
_HOUR_MS: Final = 3_600_000
_BESIDE: Final = (
    "SELECT DISTINCT stay.bag FROM stay JOIN bag ON bag.id = stay.bag WHERE (bag.ended_us IS NULL "
    "OR (bag.status = 'CONSUMED' AND EXISTS (SELECT 1 FROM bag_parentage JOIN bag AS child "
    "ON child.id = bag_parentage.child WHERE bag_parentage.parent = bag.id "
    "AND (child.ended_us IS NULL OR child.status = 'CONSUMED')))) "
    "AND (stay.place = ? OR (stay.place >= ? AND stay.place < ?)) "
    "AND stay.from_us <= ? AND (stay.to_us IS NULL OR stay.to_us >= ?)"
)


_Ended = tuple[float, ...]
"""When a cause ended, and its worst values: readings that come late may change either."""


@dataclass(frozen=True, slots=True)
class _Cause:
    """Why bags are looked at; ``ended`` None: it lasts."""

    id: str
    ended: _Ended | None
    bags: tuple[str, ...]


@dataclass(slots=True)
class Looks:
    """What has been looked at since the start: for each cause and bag, when, and whether the cause was over by then."""

    has_looked_far: bool = False
    searched_at: datetime | None = None
    last: dict[tuple[str, str], tuple[datetime, _Ended | None]] = field(default_factory=dict)
    spoken: dict[tuple[str, int], datetime] = field(default_factory=dict)  # swings of the air beside a load probe
    failed: dict[str, str] = field(default_factory=dict)  # bags whose record could not be read, and why

    def is_due(self, cause: _Cause, bag: str, now: datetime) -> bool:
        """True when a bag was never looked at for this cause, or the cause has ended or gone on since."""
        before = self.last.get((cause.id, bag))
        if before is None or before[1] != cause.ended:
            return True
        return cause.ended is None and now - before[0] >= AGAIN

    def note(self, bag: str, causes: Sequence[_Cause], now: datetime) -> None:
        """A bag was looked at for these causes."""
        for cause in causes:
            self.last[cause.id, bag] = now, cause.ended

    def forget(self, before: datetime) -> None:
        """Drop what is older than any look goes back."""
        self.last = {key: looked for key, looked in self.last.items() if looked[0] >= before}
        self.spoken = {key: heard for key, heard in self.spoken.items() if heard >= before}


@dataclass(frozen=True, slots=True)
class Look:
    """One round: the bags that people must decide about, and whether more wait to be looked at.

    ``failed`` names each bag whose record could not be read, with the reason; it is due again.
    """

    found: tuple[tuple[str, tuple[Triggered, ...]], ...]
    is_all: bool
    failed: tuple[tuple[str, str], ...]


def look(conn: Connection, plant: Plant, history: History, now: datetime, looks: Looks, limit: int = AT_ONCE) -> Look:
    """Look at the bags that are due. Raises StoreError; then nothing is noted, and the same bags are due again."""
    raw, rules = driver_of(conn), record_rules(plant.profile)
    back = LOOK_BACK if looks.has_looked_far else FIRST_LOOK
    searches = looks.searched_at is None or now - looks.searched_at >= SEARCH_EVERY
    causes = list(_excursions(raw, plant, history, rules, now, looks, FIRST_LOOK if searches else back))
    if searches:
        causes += _silences(raw, plant, history, rules, now, back)
        causes += _doubted(conn, plant, history, now, back)
        causes += [*_rests(raw, plant), *_misplaced(raw, plant, (to_us(now - back) // 1000, to_us(now) // 1000))]
    due: dict[str, list[_Cause]] = {}
    for cause in causes:
        for bag in cause.bags:
            if looks.is_due(cause, bag, now):
                due.setdefault(bag, []).append(cause)
    chosen = sorted(due, key=lambda bag: bag in looks.failed)[:limit]  # what fails keeps no other waiting
    found, failed = _read(conn, plant, history, chosen, now)
    for bag in found:
        looks.note(bag, due[bag], now)
    looks.failed = {bag: why for bag, why in looks.failed.items() if bag not in found and bag in due} | failed
    is_all = len(chosen) == len(due)
    if is_all:
        looks.has_looked_far = True
        looks.searched_at = now if searches else looks.searched_at
        looks.forget(now - FIRST_LOOK)
    asked = tuple((bag, one.triggered) for bag, one in found.items() if one.triggered)
    return Look(asked, is_all, tuple(looks.failed.items()))


def _read(
    conn: Connection, plant: Plant, history: History, bags: Sequence[str], now: datetime
) -> tuple[dict[str, Reading], dict[str, str]]:
    """Read bags together, or one by one when one of them cannot be read: it must not hide the others."""
    try:
        return read_bags(conn, plant, history, bags, now), {}
    except StoreError:
        raise
    except Exception:  # noqa: BLE001 - whatever is wrong with one bag's record is told of that bag
        found: dict[str, Reading] = {}
        failed: dict[str, str] = {}
        for bag in bags:
            try:
                found |= read_bags(conn, plant, history, [bag], now)
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - named for a person, and tried again
                failed[bag] = f"{type(error).__name__}: {error}"
        return found, failed


def _excursions(
    raw: Driver, plant: Plant, history: History, rules: RecordRules, now: datetime, looks: Looks, back: timedelta
) -> Iterator[_Cause]:
    covers = {probe.id: probe.covers for probe in plant.probes}
    least = min(rules.confirm_load_min.value, rules.confirm_air_min.value)
    to_ms = to_us(now) // 1000
    for swings in _together(history.store.excursions(list(covers), to_us(now - back) // 1000, to_ms)):
        first, end_ms = swings[0], max(to_ms if one.to_ms is None else one.to_ms for one in swings)
        lasts, span = end_ms + APART_MS > to_ms, (first.from_ms, end_ms)
        is_long = swings[-1].to_ms is None or sum(one.minutes for one in swings) >= least
        if not is_long or (first.id, end_ms) in looks.spoken:
            continue
        if not _load_speaks(plant, history, first.probe, span):
            worst = max(one.worst_c for one in swings), min(one.worst_c for one in swings)
            yield _Cause(first.id, None if lasts else (end_ms, *worst), _beside(raw, covers[first.probe], span))
        elif not lasts:
            looks.spoken[first.id, end_ms] = now


def _together(excursions: Sequence[Excursion]) -> list[list[Excursion]]:
    """Excursions of one probe and side with no more between them than makes two events."""
    found: dict[tuple[str, str], list[list[Excursion]]] = {}
    for one in excursions:  # oldest first
        chains = found.setdefault((one.probe, one.kind), [])
        before = chains[-1][-1].to_ms if chains else None
        if chains and (before is None or one.from_ms - before <= APART_MS):
            chains[-1].append(one)
        else:
            chains.append([one])
    return [chain for chains in found.values() for chain in chains]


def _load_speaks(plant: Plant, history: History, probe: str, span: Span) -> bool:
    """True for an air probe beside load probes that spoke all the while: then they say how warm the blood was."""
    air = next(one for one in plant.probes if one.id == probe)
    if air.kind is ProbeKind.LOAD:
        return False
    beside = [
        source
        for one in plant.probes
        if one.kind is ProbeKind.LOAD and set(air.covers) <= set(one.covers)
        if (source := history.source(one)) is not None
    ]
    before = (span[0] - GAP_AFTER_MS, span[1] + GAP_AFTER_MS)
    heard = history.store.spans(dict.fromkeys(beside, before))
    return any(not silent(known(Record(*columns), *span), *span) for columns in heard.values())


def _silences(
    raw: Driver, plant: Plant, history: History, rules: RecordRules, now: datetime, back: timedelta
) -> Iterator[_Cause]:
    """Times longer than the profile accepts in which none of the probes of an area was heard."""
    to_ms, least = to_us(now) // 1000, int(rules.no_data_h.value * _HOUR_MS)
    from_ms = to_us(now - back) // 1000
    mute: dict[str, list[Span]] = {}
    for probe in plant.probes:
        source = history.source(probe)
        heard = None if source is None else history.store.history(source, from_ms, to_ms, _HOUR_MS, least)
        mute[probe.id] = [(from_ms, to_ms)] if heard is None else heard.gaps
    for area in sorted({area for probe in plant.probes for area in probe.covers}):
        for span in common([mute[probe.id] for probe in plant.probes_covering(area)]):
            if span[1] - span[0] > least:
                ended = None if span[1] >= to_ms else (span[1],)
                yield _Cause(f"silent.{area}.{span[0]}", ended, _beside(raw, (area,), span))


def _doubted(conn: Connection, plant: Plant, history: History, now: datetime, back: timedelta) -> Iterator[_Cause]:
    """Probes whose certificate is overdue and that say that their place is outside: excursions are of good readings."""
    records, span = history.records(conn), (to_us(now - back) // 1000, to_us(now) // 1000)
    for probe in plant.probes:
        said, envelope = records.doubted(probe, *span), plant.envelope_of(next(iter(probe.covers), ""))
        if envelope is None or not len(said.value):
            continue
        low, high = (np.nan if end is None else end for end in (envelope.limits.min_c, envelope.limits.max_c))
        beyond = np.flatnonzero((said.value > high) | (said.value < low))
        if len(beyond):
            during = int(said.start[beyond[0]]), int(said.end[beyond[-1]])
            yield _Cause(f"doubted.{probe.id}", None, _beside(driver_of(conn), probe.covers, during))


def _rests(raw: Driver, plant: Plant) -> Iterator[_Cause]:
    """Every platelet bag whose story goes on."""
    shaken = sorted(key for key, component in plant.components.items() if component.agitation is not None)
    marks = ", ".join("?" * len(shaken))
    query = f"SELECT id FROM bag WHERE ended_us IS NULL AND component IN ({marks}) ORDER BY id"  # noqa: S608 - question marks
    if shaken:
        yield _Cause("rest", None, tuple(bag for (bag,) in raw.execute(query, tuple(shaken)).fetchall()))


def _misplaced(raw: Driver, plant: Plant, span: Span) -> Iterator[_Cause]:
    """Bags in a store, or a box, that keeps another temperature than theirs: no probe is outside its limits there."""
    limited = {
        place.path: envelope for place in plant.places if (envelope := plant.envelope_of(place.path)) is not None
    }
    for area, envelope in limited.items():
        if limited.get(area.rpartition("/")[0]) == envelope:
            continue  # the place that it lies in is asked for
        wrong = [
            key
            for key, component in sorted(plant.components.items())
            if not within(envelope.limits, component.transport if area.startswith("box/") else component.storage)
        ]
        if wrong and (bags := _beside(raw, (area,), span, wrong)):
            yield _Cause(f"misplaced.{area}", None, bags)


def _beside(raw: Driver, areas: Sequence[str], span: Span, components: Sequence[str] = ()) -> tuple[str, ...]:
    """Bags that were at some places for a part of a time; only of some components where any are named."""
    found: dict[str, None] = {}
    marks = f" AND bag.component IN ({', '.join('?' * len(components))})" if components else ""
    for area in areas:
        values = (area, f"{area}/", f"{area}0", span[1] * 1000, span[0] * 1000, *components)
        query = f"{_BESIDE}{marks} ORDER BY stay.bag"
        found |= dict.fromkeys(bag for (bag,) in raw.execute(query, values).fetchall())
    return tuple(found)
