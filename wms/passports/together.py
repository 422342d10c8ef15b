"""Excursions that mean one thing, as one line of the printed passport. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wms.passports.model import ExcursionLine, Side


def together(excursions: Sequence[ExcursionLine]) -> list[tuple[ExcursionLine, int]]:
    """Those of one probe, place, limit, meaning and case as one, with how often, in the order of their beginning.

    Its minutes are those of all, its worst value the furthest: a probe that swings around its limit, or two loggers of
    one box that disagree, would fill pages otherwise.
    """
    groups: dict[tuple[object, ...], tuple[ExcursionLine, int]] = {}
    for one in sorted(excursions, key=lambda line: line.from_at):
        key = (one.probe, one.place, one.side, one.limit_c, one.verdict, one.disposition)
        known = groups.get(key)
        groups[key] = (one, 1) if known is None else (_both(known[0], one), known[1] + 1)
    return list(groups.values())


def _both(one: ExcursionLine, other: ExcursionLine) -> ExcursionLine:
    worst = max if one.side is Side.ABOVE else min
    return replace(
        one,
        to_at=None if one.to_at is None or other.to_at is None else max(one.to_at, other.to_at),
        minutes=round(one.minutes + other.minutes, 2),
        worst_c=worst(one.worst_c, other.worst_c),
    )
