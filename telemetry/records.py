"""Good readings of probes for many bags at once: each probe is read from the history one time, and cut to every stay.

What a reading says holds until the next good one, at most `GAP_AFTER_MS`: what lies between readings further apart is
not known by that probe.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from plant.model import Envelope, Plant, Probe
from plant.signals import signals_of
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import SourceRegistry
from telemetry.calibration import Calibrations
from telemetry.columns import Floats, Ints
from telemetry.excursions import Excursion
from telemetry.jumps import LOAD_K_PER_MIN
from telemetry.sources import AGITATOR_METRIC
from telemetry.store import ReadingStore
from telemetry.tracker import GAP_AFTER_MS

BESIDE_MS: Final = 6 * 3_600_000
"""How far beside a stay readings are looked for that say how warm it was just before and just after."""
Span = tuple[int, int]
"""From and until, in milliseconds since 1970."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """Good readings of one source in order of time."""

    ts_ms: Ints
    value: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What a source said over a time: ``value[i]`` from ``start[i]`` until ``end[i]``; nothing is known between."""

    start: Ints
    end: Ints
    value: Floats

    def within(self, spans: Sequence[Span]) -> Known:
        """The same cut to spans, which are sorted and apart."""
        parts = []
        for a, b in spans:
            first, last = int(np.searchsorted(self.end, a, "right")), int(np.searchsorted(self.start, b, "left"))
            if first < last:
                start, end = np.maximum(self.start[first:last], a), np.minimum(self.end[first:last], b)
                parts.append(Known(start, end, self.value[first:last]))
        return joined(parts)


@dataclass(frozen=True, slots=True)
class Around:
    """The last good reading before a time and the first after it, as (ms, Celsius); None where there is none."""

    before: tuple[int, float] | None
    after: tuple[int, float] | None


class Coverage:
    """Which probes, limits and agitators belong to a place; asked once for each place."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._places: dict[str, tuple[tuple[Probe, ...], Envelope | None]] = {}

    @cached_property
    def _by_area(self) -> dict[str, list[Probe]]:
        areas: dict[str, list[Probe]] = {}
        for probe in self._plant.probes:
            for area in probe.covers:
                areas.setdefault(area, []).append(probe)
        return areas

    @cached_property
    def _agitated(self) -> dict[str, str]:
        return {
            device.place: device.id
            for device in self._plant.devices
            if any(signal.metric == AGITATOR_METRIC for signal in signals_of(device.kind))
        }

    def of(self, place: str) -> tuple[tuple[Probe, ...], Envelope | None]:
        """The probes that cover a place, and the limits that hold there."""
        found = self._places.get(place)
        if found is None:
            probes = {probe.id: probe for area in ancestors(place) for probe in self._by_area.get(area, ())}
            found = self._places[place] = tuple(probes.values()), self._plant.envelope_of(place)
        return found

    def agitator(self, place: str) -> str | None:
        """The device that shakes what lies at a place; None where nothing does."""
        return next((self._agitated[area] for area in ancestors(place) if area in self._agitated), None)


class Records:
    """Records of the sources that a batch of bags needs: `want` first, then `of`; one statement reads them all."""

    def __init__(
        self,
        plant: Plant,
        coverage: Coverage,
        store: ReadingStore,
        registry: SourceRegistry,
        calibrations: Calibrations | None = None,
    ) -> None:
        self.coverage = coverage
        self._calibrations = calibrations or Calibrations()
        self._store = store
        self._registry = registry
        self._edges = plant.edge_by_device
        self._wanted: dict[int, Span] = {}
        self._read: dict[int, Record] = {}
        self._doubts: dict[int, Record] = {}
        self._probes: dict[str, Span] = {}
        self._excursions: dict[str, list[Excursion]] | None = None

    def want(self, device: str, metric: str, from_ms: int, to_ms: int) -> None:
        """Widen the time for which a source will be read; all is wanted before the first is read."""
        source = self._source(device, metric)
        if source is not None:
            a, b = self._wanted.get(source, (from_ms, to_ms))
            self._wanted[source] = min(a, from_ms), max(b, to_ms)

    def want_probe(self, probe: Probe, from_ms: int, to_ms: int) -> None:
        """The same for a probe, with its excursions."""
        self.want(probe.device, probe.metric, from_ms, to_ms)
        a, b = self._probes.get(probe.id, (from_ms, to_ms))
        self._probes[probe.id] = min(a, from_ms), max(b, to_ms)

    def of(self, device: str, metric: str) -> Record:
        """All good readings of a source over the time that was wanted, and some before it; raises StoreError."""
        source = self._source(device, metric)
        if source is None:
            return Record(np.empty(0, np.int64), np.empty(0))
        if source not in self._read:
            spans = {one: (a - BESIDE_MS, b) for one, (a, b) in self._wanted.items() if one not in self._read}
            self._read |= {one: Record(*columns) for one, columns in self._store.spans(spans).items()}
        return self._read[source]

    def doubted(self, probe: Probe, from_ms: int, to_ms: int) -> Known:
        """What a probe said over [from, to] while its certificate was overdue; raises StoreError.

        It vouches for nothing: what it says is inside is not known to be, what it says is outside has to be looked at.
        """
        source = self._source(probe.device, probe.metric)
        begin, end = self._wanted.get(source, (from_ms, to_ms)) if source is not None else (from_ms, to_ms)
        spans = [(a, b) for a, b in self._calibrations.overdue(probe.id) if a < end and begin < b]
        if source is None or not spans:
            return joined([])
        if source not in self._doubts:
            first, last = max(begin - GAP_AFTER_MS, spans[0][0]), min(end, max(b for _, b in spans))
            said = self._store.readings(source, first, last)
            told = np.flatnonzero((said.quality == Quality.UNCERTAIN.code) & ~np.isnan(said.value))
            self._doubts[source] = _without_spikes(Record(said.ts_ms[told], said.value[told]))
        return known(self._doubts[source], from_ms, to_ms)

    def excursions(self, probes: Collection[str], from_ms: int, to_ms: int) -> list[Excursion]:
        """Excursions of wanted probes that overlap [from, to], oldest first; raises StoreError."""
        if self._excursions is None:
            self._excursions = {}
            begin = min((a for a, _ in self._probes.values()), default=0)
            end = max((b for _, b in self._probes.values()), default=0)
            for one in self._store.excursions(list(self._probes), begin, end):
                self._excursions.setdefault(one.probe, []).append(one)
        found = [one for probe in probes for one in self._excursions.get(probe, ())]
        inside = [one for one in found if one.from_ms <= to_ms and (one.to_ms is None or one.to_ms >= from_ms)]
        return sorted(inside, key=lambda one: (one.from_ms, one.probe))

    def around(self, device: str, metric: str, from_ms: int, to_ms: int) -> Around:
        """What a source said just before and just after a time in which it was not heard."""
        record = self.of(device, metric)
        first, last = int(np.searchsorted(record.ts_ms, from_ms, "right")), int(np.searchsorted(record.ts_ms, to_ms))
        before = (int(record.ts_ms[first - 1]), float(record.value[first - 1])) if first else None
        after = (int(record.ts_ms[last]), float(record.value[last])) if last < len(record.ts_ms) else None
        return Around(before, after)

    def begins(self, device: str, metric: str) -> int | None:
        """When the first good reading that is kept of a source was taken; None: there is none."""
        source = self._source(device, metric)
        return None if source is None else self._store.neighbour(source, 0)

    def _source(self, device: str, metric: str) -> int | None:
        return self._registry.find(self._edges[device], device, metric)


def ancestors(place: str) -> Iterable[str]:
    """A place and everything that it lies in, nearest first."""
    while place:
        yield place
        place = place.rpartition("/")[0]


def _without_spikes(record: Record) -> Record:
    """The same without single values that no probe can reach and leave so fast: they say nothing, overdue or not."""
    minutes = np.maximum(1.0, np.diff(record.ts_ms) / 60_000)
    leaps = np.abs(np.diff(record.value)) > LOAD_K_PER_MIN * minutes
    spikes = np.concatenate([[False], leaps]) & np.concatenate([leaps, [False]]) if len(leaps) else leaps
    keep = ~spikes if len(spikes) else np.ones(len(record.value), np.bool_)
    return Record(record.ts_ms[keep], record.value[keep])


def known(record: Record, from_ms: int, to_ms: int, *, holds_ms: int = GAP_AFTER_MS) -> Known:
    """What a record says over [from, to]; a reading holds for at most ``holds_ms``, else for nothing until the next."""
    first = int(np.searchsorted(record.ts_ms, from_ms - holds_ms))
    last = int(np.searchsorted(record.ts_ms, to_ms))
    start = record.ts_ms[first:last]
    if len(start) == 0:
        return Known(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    until = int(record.ts_ms[last]) if last < len(record.ts_ms) else to_ms
    end = np.append(start[1:], until)
    speaks = end - start <= holds_ms
    clipped_start, clipped_end = np.maximum(start, from_ms), np.minimum(end, to_ms)
    keep = speaks & (clipped_start < clipped_end)
    return Known(clipped_start[keep], clipped_end[keep], record.value[first:last][keep])


def joined(parts: Sequence[Known]) -> Known:
    """Parts one after the other."""
    if not parts:
        return Known(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    return Known(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("start", "end", "value")))


def silent(one: Known, from_ms: int, to_ms: int) -> list[Span]:
    """The times of [from, to] for which nothing is known."""
    begins = np.append(one.start, to_ms)
    ends = np.concatenate([np.array([from_ms], dtype=np.int64), one.end])
    wide = np.flatnonzero(begins > ends)
    return [(int(ends[i]), int(begins[i])) for i in wide]


def united(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap as one."""
    found: list[Span] = []
    for a, b in sorted(spans):
        if found and a <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], b)
        else:
            found.append((a, b))
    return found
