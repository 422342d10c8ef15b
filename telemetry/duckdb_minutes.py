"""The completeness meter's questions to the tables of days: readings per minute, minutes heard at all, first words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from runtime.sparkplug.payload import Quality
from telemetry.completeness import MINUTE_MS, Ints, Minutes

Ask = Callable[[str, list[Any]], list[Any]]
"""Runs a query and gives its columns as numpy arrays."""


def minutes(ask: Ask, tables: Sequence[str], sources: Collection[int], from_ms: int, to_ms: int) -> Minutes:
    """Readings of some sources in [from, to), counted per minute; sorted by source, then minute."""
    query = (
        f"select source, ts_ms // {MINUTE_MS} as minute, min(ts_ms), max(ts_ms), count(*) filter (not historical), "  # noqa: S608  # constants and own table names
        f"count(*) filter (historical), count(*) filter (quality = {Quality.GOOD.code} and not isnan(value)) "
        "from {table} where source in (select unnest(?)) and ts_ms >= ? and ts_ms < ? group by source, minute"
    )
    parts = [ask(query.format(table=table), [list(sources), from_ms, to_ms]) for table in tables]
    types = (np.int32, *[np.int64] * 6)
    columns = [
        np.concatenate([np.asarray(part[i], kind) for part in parts] or [np.empty(0, kind)])
        for i, kind in enumerate(types)
    ]
    order = np.lexsort((columns[1], columns[0]))
    return Minutes(*(column[order] for column in columns))


def live_minutes(ask: Ask, tables: Sequence[str], from_ms: int, to_ms: int) -> Ints:
    """The minutes in [from, to) in which any source was heard live, sorted."""
    query = f"select distinct ts_ms // {MINUTE_MS} from {{table}} where not historical and ts_ms >= ? and ts_ms < ?"  # noqa: S608  # constants and own table names
    parts = [ask(query.format(table=table), [from_ms, to_ms])[0] for table in tables]
    return np.unique(np.concatenate([np.empty(0, np.int64), *parts]).astype(np.int64))


def first_heard(ask: Ask, tables: Sequence[str]) -> dict[int, int]:
    """Source -> time of its oldest reading; ``tables`` are those of the days, oldest first."""
    found: dict[int, int] = {}
    for table in tables:
        query = (
            f"select source, min(ts_ms) from {table} where source not in (select unnest(?::integer[])) group by source"  # noqa: S608  # own table name
        )
        sources, times = ask(query, [list(found)])
        found.update(zip(sources.tolist(), times.tolist(), strict=True))
    return found
