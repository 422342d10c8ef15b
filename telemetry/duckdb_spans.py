"""Good readings of many sources over spans of their own, in one statement: a passport asks for forty days at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from runtime.sparkplug.payload import Quality
from telemetry.columns import Floats, Ints

_DAY_MS = 86_400_000
Span = tuple[int, int]


def spans_query(wanted: Mapping[int, Span], tables: Mapping[int, str]) -> str | None:
    """One statement over the tables of all days (by number of the UTC day) that the spans touch; None: there are none.

    It gives a few rows more than was asked for: every source of a day over the widest span of that day.
    """
    by_day: dict[int, list[tuple[int, int, int]]] = {}
    for source, (from_ms, to_ms) in wanted.items():
        for day in range(from_ms // _DAY_MS, to_ms // _DAY_MS + 1):
            if day in tables:
                by_day.setdefault(day, []).append((source, from_ms, to_ms))
    return " union all ".join(_of_day(tables[day], asked) for day, asked in sorted(by_day.items())) or None


def _of_day(table: str, asked: Sequence[tuple[int, int, int]]) -> str:
    sources = ", ".join(str(int(source)) for source, _, _ in asked)
    first, last = min(int(a) for _, a, _ in asked), max(int(b) for _, _, b in asked)
    return (
        f"select source, ts_ms, value from {table} where source in ({sources}) "  # noqa: S608  # own table, whole numbers
        f"and ts_ms between {first} and {last} and quality = {Quality.GOOD.code} and not isnan(value)"
    )


def split(wanted: Mapping[int, Span], source: Ints, ts_ms: Ints, value: Floats) -> dict[int, tuple[Ints, Floats]]:
    """The rows of each source within its own span, in order of time; empty columns where there are none."""
    order = np.lexsort((ts_ms, source))
    source, ts_ms, value = source[order], ts_ms[order], value[order]
    found: dict[int, tuple[Ints, Floats]] = {}
    for one, (from_ms, to_ms) in wanted.items():
        begin, end = np.searchsorted(source, one), np.searchsorted(source, one, "right")
        times = ts_ms[begin:end]
        first, last = np.searchsorted(times, from_ms), np.searchsorted(times, to_ms, "right")
        found[one] = times[first:last], value[begin:end][first:last]
    return found
