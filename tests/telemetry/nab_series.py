"""Real temperature series with labelled faults, as telemetry would have heard them.

The files are Fahrenheit-like (an "ambient" of about 70) and their times naive: here every value is taken as Fahrenheit
and turned into Celsius, every time as UTC. A time that falls back is told as it stands. Limits come from the first
healthy part alone: what lies before the first labelled window, at most the first 15 % of the file; mean +- 2 sd alert,
+- 3 sd limit. Nothing else is fitted, and no label is looked at for anything but the end of that part and the score.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from telemetry_world import EDGE, PLANT

from plant.model import Envelope, Plant
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import ReadingBatch
from telemetry.conditions import Condition, ConditionChange
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import Ingest, prepared_registry
from telemetry.limits import LimitBook, LimitVersion, Timing
from telemetry.store import StoreWrite

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "nab-temperature"
PROBE, METRIC = "cold-1-air", "Temperature/Air"
HEALTHY_SHARE = 0.15
ON_DELAY_READINGS = 3


@dataclass(frozen=True)
class Series:
    """Celsius and UTC of one file, the span of its labelled windows, and the seconds between readings."""

    name: str
    ts_ms: list[int]
    celsius: list[float]
    windows: list[tuple[int, int]]
    every_s: int

    @property
    def healthy(self) -> int:
        """How many readings the limits come from."""
        first = next(i for i, ts in enumerate(self.ts_ms) if ts >= self.windows[0][0])
        return min(first, int(len(self.ts_ms) * HEALTHY_SHARE))


@dataclass(frozen=True)
class Raised:
    """A condition that began, and when it ended (None: it stood at the end)."""

    condition: Condition
    from_ms: int
    to_ms: int | None


class Forgetful(DuckDbStore):
    """A historian that keeps nothing: what is judged here is judged as it comes."""

    def write(self, write: StoreWrite) -> None:
        """Take it as stored."""


def load(name: str) -> Series:
    """One file of the set with its windows."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["timestamp"], float(row["value"])) for row in csv.DictReader(file)]
    labelled = json.loads((DATA / "combined_windows.json").read_text(encoding="utf-8"))
    times = [_ms(at) for at, _ in rows]
    every_s = int(np.median(np.diff(times))) // 1000
    windows = [(_ms(begin), _ms(end)) for begin, end in labelled[f"realKnownCause/{name}.csv"]]
    return Series(name, times, [round((value - 32) / 1.8, 3) for _, value in rows], windows, every_s)


def limits_of(series: Series) -> Envelope:
    """Limits from the first healthy part."""
    healthy = np.array(series.celsius[: series.healthy])
    mean, sd = float(healthy.mean()), float(healthy.std())
    edges = {"min_c": mean - 3 * sd, "max_c": mean + 3 * sd, "alert_min_c": mean - 2 * sd, "alert_max_c": mean + 2 * sd}
    return Envelope(id="cold", **{name: round(value, 2) for name, value in edges.items()})


def heard(series: Series, folder: Path) -> list[Raised]:
    """Everything that telemetry says of the probe while the series comes in, after the healthy part."""
    plant = _plant(series)
    timing = Timing(on_delay_s=series.every_s * (ON_DELAY_READINGS - 1))
    limits = LimitBook(plant, [LimitVersion(limits_of(series), 1, 0, timing, timing)])
    store = Forgetful(folder / f"{series.name}.duckdb")
    registry = prepared_registry(plant, store)
    real = [series.ts_ms[0] / 1000]
    start = datetime.fromtimestamp(series.ts_ms[0] / 1000, UTC)
    ingest = Ingest(plant, store, registry, now=start, monotonic=lambda: real[0], limits=limits)
    source = registry.add(EDGE, "cold-1", METRIC)
    running: dict[Condition, int] = {}
    found: list[Raised] = []
    now_ms = series.ts_ms[0]
    for number, (ts_ms, value) in enumerate(zip(series.ts_ms, series.celsius, strict=True)):
        now_ms = max(now_ms, ts_ms)
        real[0] = now_ms / 1000
        changes: list[ConditionChange] = []
        if number and ts_ms - series.ts_ms[number - 1] > series.every_s * 1000:
            changes += ingest.look(datetime.fromtimestamp(now_ms / 1000 - 1, UTC)).changes
        changes += ingest.process([_batch(source, number, ts_ms, value)], datetime.fromtimestamp(real[0], UTC)).changes
        for change in changes:
            if change.source not in {PROBE, "cold-1"} or change.condition is Condition.DEVICE_SILENT:
                continue
            if change.active:
                running.setdefault(change.condition, now_ms)
            elif change.active is False and change.condition in running:
                found.append(Raised(change.condition, running.pop(change.condition), now_ms))
    store.close()
    found += [Raised(condition, begun, None) for condition, begun in running.items()]
    begin = series.ts_ms[series.healthy]
    return sorted((one for one in found if one.from_ms >= begin), key=lambda one: one.from_ms)


def in_window(series: Series, raised: list[Raised]) -> Iterator[list[Raised]]:
    """For each labelled window what began in it."""
    for begin, end in series.windows:
        yield [one for one in raised if begin <= one.from_ms <= end]


def outside(series: Series, raised: list[Raised]) -> list[Raised]:
    """What began in no labelled window: false alarms, as the labels see it."""
    return [one for one in raised if not any(begin <= one.from_ms <= end for begin, end in series.windows)]


def _plant(series: Series) -> Plant:
    """The demo plant with one air probe that speaks as seldom as the series does."""
    (probe,) = [probe for probe in PLANT.probes if probe.id == PROBE]
    return replace(PLANT, probes=(replace(probe, silent_after_s=3 * series.every_s),))


def _batch(source: int, number: int, ts_ms: int, value: float) -> ReadingBatch:
    return ReadingBatch(
        edge=EDGE,
        epoch="nab",
        first_offset=number + 1,
        last_offset=number + 1,
        source=np.array([source], dtype=np.int32),
        ts_ms=np.array([ts_ms], dtype=np.int64),
        value=np.array([value]),
        quality=np.array([Quality.GOOD.code], dtype=np.uint8),
        historical=np.zeros(1, dtype=np.bool_),
        texts=[],
    )


def _ms(at: str) -> int:
    return int(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() * 1000)
