"""One pass per batch: evaluate -> track excursions -> store -> say what may be acknowledged (`worker` runs it).

Conditions are told at once, whether or not the store works; offsets are acknowledged only after their commit. A batch
that could not be stored is kept and tried again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from plant.model import Plant
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import Presence, PresenceState, ReadingBatch, SourceRegistry
from telemetry.calibration import Calibrations, Corrections
from telemetry.clocks import plausible
from telemetry.columns import Bools, Ints
from telemetry.conditions import Condition, ConditionChange
from telemetry.evaluate import Evaluator
from telemetry.excursions import trusted
from telemetry.housekeeping import Housekeeping
from telemetry.jumps import JumpFilter, finite
from telemetry.limits import LimitBook
from telemetry.live import LiveValues
from telemetry.offsets import EpochKey, Offsets
from telemetry.sources import build_table
from telemetry.store import Readings, ReadingStore, StoreBusyError, StoreError, StoreWrite, join
from telemetry.texts import LiveTexts
from telemetry.tracker import ExcursionTracker
from telemetry.watches import Watches


class Mirror(Protocol):
    """Where readings are copied to before they are committed here; must be durable and idempotent."""

    def offer(self, readings: Readings, registry: SourceRegistry) -> None:
        """Take a copy of these readings."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a pass says: condition changes, marks (edge, epoch, offset) to acknowledge, sensors with a live value."""

    changes: Sequence[ConditionChange] = ()
    acknowledged: Sequence[tuple[str, str, int]] = ()
    heard: Sequence[str] = ()


@dataclass(slots=True)
class IngestCounts:
    """For the completeness panel: readings stored, late ones among them, batches refused for lack of room."""

    stored: int = 0
    late: int = 0
    refused: int = 0


def prepared_registry(plant: Plant, store: ReadingStore) -> SourceRegistry:
    """Numbers as they were stored, then the plant's own signals: hand it to the host."""
    registry = SourceRegistry()
    for key in store.sources():
        registry.add(*key)
    build_table(plant, registry)
    return registry


class Ingest:
    """The pass itself, without a thread. ``registry`` is shared with the host, which may add to it.

    ``monotonic`` gives real seconds; domain time comes with each call.
    """

    def __init__(
        self,
        plant: Plant,
        store: ReadingStore,
        registry: SourceRegistry,
        *,
        now: datetime,
        monotonic: Callable[[], float] = time.monotonic,
        mirror: Mirror | None = None,
        limits: LimitBook | None = None,
        calibrations: Calibrations | None = None,
    ) -> None:
        self._store, self._registry, self._mirror, self._monotonic = store, registry, mirror, monotonic
        self._plant = plant
        self._limits = LimitBook(plant) if limits is None else limits
        self._next_limits_ms = self._limits.next_change_ms(_ms(now))
        self._wanted: deque[_Rules] = deque(maxlen=1)  # appending and popping are safe between threads
        self._table = build_table(plant, registry, self._limits, at_ms=_ms(now))
        self._corrections = self._corrections_of(Calibrations() if calibrations is None else calibrations)
        self._known_sources = len(store.sources())
        self._offsets = store.offsets()
        self._evaluator = Evaluator(self._table, start_ms=_ms(now), start_real_s=monotonic())
        self._tracker = ExcursionTracker(self._table, store, self._limits)
        self._jumps = JumpFilter(plant, self._table)
        self._watches = Watches(plant, self._table, registry, start_ms=_ms(now), start_real_s=monotonic())
        self._start_ms = _ms(now)
        self._unstored: list[_Taken] = []
        self.housekeeping = Housekeeping(store)
        self.live = LiveValues(plant, self._table, monotonic=monotonic)
        self.live.use(self._limits, _ms(now))
        self.texts = LiveTexts(registry)
        self.counts = IngestCounts()

    def resume(self, standing: Iterable[tuple[str, Condition]]) -> None:
        """Say, before the first pass, which conditions of which source stood when the last run ended.

        Each holds until evidence ends it.
        """
        known = list(standing)
        self._evaluator.resume(known)
        self._watches.resume(known, self._start_ms)
        self.live.follow(self._evaluator)

    def use(self, limits: LimitBook, calibrations: Calibrations) -> None:
        """Judge by these from the next pass or look on; call it from any thread.

        Nothing is forgotten: what is confirmed stays so until evidence ends it, pending delays run on. What was read
        before keeps the limits and the certificate of its time.
        """
        self._wanted.append(_Rules(limits, calibrations))

    @property
    def fault(self) -> str | None:
        """What fails beside limits and storing, which go on; None when all works."""
        return self._watches.fault

    @property
    def unstored(self) -> int:
        """Batches that were evaluated and wait for the store."""
        return len(self._unstored)

    def stored(self) -> Mapping[EpochKey, int]:
        """Contiguous stored mark of every (edge, epoch)."""
        return self._offsets.marks()

    def process(self, batches: Sequence[ReadingBatch], now: datetime) -> Delivery:
        """Evaluate new batches and store them with what still waits.

        Raises StoreDelayedError when the store refuses: its ``delivery`` holds the changes, and the batches wait for
        the next call.
        """
        changes = self._follow_rules(now)
        messages = [(batch, self._rows(batch.source)) for batch in batches if not self._has(self._offsets, batch)]
        new = [self._judged(batch, rows, now) for batch, rows in messages]
        changes += self._watches.hear(messages, _ms(now), self._monotonic())
        readings = join([taken.readings for taken in new])
        overdue = np.concatenate([taken.overdue for taken in new]) if new else np.empty(0, np.bool_)
        rows = self._rows(readings.source)
        changes += self._evaluate(readings, rows, overdue)
        changes += self._watches.take(readings, rows)
        changes += self._evaluator.doubt(self._watches.stuck, _ms(now))
        changes += self._look(now)
        self.texts.hear(taken.batch for taken in new)
        self._unstored += new
        heard = tuple(
            self._table.sensors[row].id for row in np.unique(rows[(rows >= 0) & ~readings.historical]).tolist()
        )
        try:
            changes += self._store_waiting()
        except Exception as error:  # whatever the store or the mirror suffers, the changes are told: they come once
            raise StoreDelayedError(_words(error), Delivery(changes, (), heard)) from error
        marks = {_key(batch): self._offsets.mark(_key(batch)) for batch in batches}
        return Delivery(changes, [(*key, mark) for key, mark in marks.items() if mark], heard)

    def presence(self, presence: Presence, now: datetime) -> Delivery:
        """A device or edge went: its values are unknown from now on. Coming back says nothing: its readings will."""
        self.texts.follow(presence)
        if presence.state is PresenceState.ONLINE:
            return Delivery()
        rows = self._rows(np.array(presence.sources, dtype=np.int32))
        changes = self._evaluator.mark_stale(rows[rows >= 0], _ms(now))
        self.live.follow(self._evaluator)
        return Delivery(changes)

    def look(self, now: datetime) -> Delivery:
        """Let time pass without readings."""
        return Delivery(self._follow_rules(now) + self._look(now))

    def close_days(self, now: datetime) -> int:
        """Sort the days that ended, some minutes after midnight so that stragglers are in; returns how many."""
        return self.housekeeping.close_days(_ms(now))

    def drop_days(self, now: datetime) -> int:
        """Drop what is too old, once a day, as `housekeeping.keep` said; returns how many tables."""
        return self.housekeeping.drop_days(_ms(now))

    def _look(self, now: datetime) -> list[ConditionChange]:
        changes = self._evaluator.look(_ms(now), self._monotonic())
        self.live.follow(self._evaluator)
        real_s = self._monotonic()
        return changes + self._watches.look(_ms(now), real_s, lambda probe: self.live.minutes_to_limit(probe, now))

    def _follow_rules(self, now: datetime) -> list[ConditionChange]:
        """Take over what `use` brought, and the limits whose time has come."""
        if self._wanted:
            wanted = self._wanted.pop()
            self._limits = wanted.limits
            self._corrections = self._corrections_of(wanted.calibrations)
            self._tracker.use(wanted.limits)
        elif self._next_limits_ms is None or _ms(now) < self._next_limits_ms:
            return []
        self._next_limits_ms = self._limits.next_change_ms(_ms(now))
        self._table = build_table(self._plant, self._registry, self._limits, at_ms=_ms(now))
        self.live.use(self._limits, _ms(now))
        return self._evaluator.use(self._table, _ms(now))

    def _corrections_of(self, calibrations: Calibrations) -> Corrections:
        return calibrations.for_rows([sensor.id for sensor in self._table.sensors])

    def _judged(self, batch: ReadingBatch, rows: Ints, now: datetime) -> _Taken:
        """A batch as it is stored: odd times and jumps are doubted, then probes corrected by their certificates."""
        readings = self._jumps.judge(finite(plausible(batch, _ms(now))), rows)
        value, quality = self._corrections.apply(rows, readings.ts_ms, readings.value, readings.quality)
        overdue = (readings.quality == Quality.GOOD.code) & (quality != Quality.GOOD.code)
        return _Taken(batch, replace(readings, value=value, quality=quality), overdue)

    def _has(self, offsets: Offsets, batch: ReadingBatch) -> bool:
        """A batch is known when all its offsets are stored; one without offsets never is."""
        some = batch.last_offset >= batch.first_offset
        return some and offsets.has(_key(batch), batch.first_offset, batch.last_offset)

    def _rows(self, source: npt.NDArray[np.int32]) -> Ints:
        """Sensor row of each registry index; -1 for what is stored but not watched."""
        table = self._table.row_of_source
        return np.asarray(np.where(source < len(table), table[np.minimum(source, len(table) - 1)], -1), dtype=np.int64)

    def _evaluate(self, readings: Readings, rows: Ints, overdue: Bools) -> list[ConditionChange]:
        watched = rows >= 0
        good = np.flatnonzero(watched & trusted(readings.value, readings.quality))
        self.live.remember(rows[good], readings.ts_ms[good], readings.value[good])
        live = np.flatnonzero(watched & ~readings.historical)
        quality = readings.quality[live].astype(np.int64)
        return self._evaluator.observe(
            rows[live], readings.ts_ms[live], readings.value[live], quality, self._monotonic(), overdue[live]
        )

    def _store_waiting(self) -> list[ConditionChange]:
        """One transaction for all batches that wait; on success the offsets and the tracker move on."""
        if not self._unstored:
            return []
        if self._store.is_busy():  # asked first: what waits would go to the mirror again with every try
            raise StoreBusyError("The telemetry store closes a day; readings wait")
        offsets = self._offsets.copy()
        once: list[Readings] = []
        again: list[Readings] = []
        texts: list[tuple[int, int, str]] = []
        for taken in self._unstored:
            batch, key = taken.batch, _key(taken.batch)
            if self._has(offsets, batch):
                continue
            repeat = bool(batch.historical.any()) or offsets.touches(key, batch.first_offset, batch.last_offset)
            (again if repeat else once).append(taken.readings)
            texts += batch.texts
            offsets.add(key, batch.first_offset, batch.last_offset)
        plain, repeated = join(once), join(again)
        everything = join([plain, repeated])
        step = self._tracker.plan(everything, self._rows(everything.source))
        if self._mirror is not None:
            self._mirror.offer(everything, self._registry)
        sources = [(i, self._registry.key(i)) for i in range(self._known_sources, len(self._registry))]
        self._store.write(
            StoreWrite(
                readings=plain,
                may_repeat=repeated,
                texts=texts,
                sources=sources,
                ranges={key: offsets.ranges(key) for key in {_key(taken.batch) for taken in self._unstored}},
                excursions=step.put,
                removed=step.removed,
            )
        )
        self._tracker.accept(step)
        self._offsets, self._unstored = offsets, []
        self._known_sources += len(sources)
        self.counts.stored += len(everything)
        self.counts.late += int(everything.historical.sum())
        return step.late


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """A batch that was judged and waits for the store; ``overdue``: uncertain only for want of a certificate."""

    batch: ReadingBatch
    readings: Readings
    overdue: Bools


@dataclass(frozen=True, slots=True)
class _Rules:
    """What to judge by next."""

    limits: LimitBook
    calibrations: Calibrations


class StoreDelayedError(StoreError):
    """The store refused; the batches wait. ``delivery`` holds what must be told all the same."""

    def __init__(self, detail: str, delivery: Delivery) -> None:
        super().__init__(detail)
        self.delivery = delivery


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, StoreError) else f"{type(error).__name__}: {error}"


def _key(batch: ReadingBatch) -> EpochKey:
    return batch.edge, batch.epoch


def _ms(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp() * 1000)
