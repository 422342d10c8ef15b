"""What a record asks people about: confirmed excursions, long silences, platelets at rest. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from blood.components import Component
from plant.model import ProbeKind
from telemetry.records import Span
from wms.passports.evidence import Crossing, StayEvidence, crossings, joined_crossings, muted
from wms.passports.model import AgitationLine, GapBasis, GapLine, Side
from wms.passports.record_rules import EventKind, Happened, RecordRules, TriggerRule, Where
from wms.store.metadata import from_us, to_us

APART_MS: Final = 30 * 60_000
"""Crossings of one limit less than this apart are one event: a chamber that swings around its limit (design)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to a bag; ``minutes`` are those outside, ``worst_c`` the furthest value."""

    kind: EventKind
    side: Side | None
    where: Where
    place: str
    from_at: datetime
    to_at: datetime
    minutes: float
    worst_c: float | None
    coldest_c: float | None
    warmest_c: float | None

    @property
    def key(self) -> str:
        """Name of the event, once per bag."""
        parts = (self.kind.value, *(() if self.side is None else (self.side.value,)), str(to_us(self.from_at)))
        return ".".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggered:
    """An event with the row of the data file that it fits."""

    rule: TriggerRule
    event: Event


def excursion_events(evidence: Sequence[StayEvidence], rules: RecordRules) -> list[Event]:
    """Every time that the blood was outside its permitted range for longer than confirms it, oldest first."""
    found = [event for side in Side for event in _of_side(evidence, rules, side)]
    return sorted(found, key=lambda event: (event.from_at, event.side or ""))


def gap_events(gaps: Sequence[GapLine], evidence: Sequence[StayEvidence], rules: RecordRules) -> list[Event]:
    """Every silence longer than the profile accepts, in which no neighbour spoke; a move does not end it."""
    least, runs = rules.no_data_h.value * 60, list[list[GapLine]]()
    for gap in gaps:
        if gap.basis is GapBasis.NEIGHBOUR:
            continue
        if runs and not _is_heard(evidence, to_us(runs[-1][-1].to_at) // 1000, to_us(gap.from_at) // 1000):
            runs[-1].append(gap)
        else:
            runs.append([gap])
    return [_silence(run) for run in runs if sum(gap.minutes for gap in run) > least]


def _is_heard(evidence: Sequence[StayEvidence], from_ms: int, to_ms: int) -> bool:
    """True when anything is known between two silences."""
    for known in (voice.known for stay in evidence for voice in stay.core):
        first = int(np.searchsorted(known.end, from_ms, "right"))
        if first < len(known.start) and known.start[first] < to_ms:
            return True
    return False


def _silence(run: Sequence[GapLine]) -> Event:
    low, high = [gap.min_c for gap in run], [gap.max_c for gap in run]
    return Event(
        kind=EventKind.NO_DATA,
        side=None,
        where=_where(run[0].place),
        place=run[0].place,
        from_at=run[0].from_at,
        to_at=run[-1].to_at,
        minutes=round(sum(gap.minutes for gap in run), 2),
        worst_c=None,
        coldest_c=None if None in low else min(one for one in low if one is not None),
        warmest_c=None if None in high else max(one for one in high if one is not None),
    )


def agitation_events(line: AgitationLine | None) -> list[Event]:
    """Every single rest over its limit, and the one with which all of them together passed theirs."""
    if line is None:
        return []
    found, total = [], 0.0
    for rest in line.rests:
        if not rest.known:
            continue
        before, total = total, total + rest.minutes
        is_long = line.max_single_min is not None and rest.minutes > line.max_single_min
        fills = line.max_total_min is not None and before <= line.max_total_min < total
        if is_long or fills:
            found.append(
                Event(
                    kind=EventKind.AGITATION,
                    side=None,
                    where=_where(rest.place),
                    place=rest.place,
                    from_at=rest.from_at,
                    to_at=rest.to_at,
                    minutes=rest.minutes if is_long else round(total, 2),
                    worst_c=None,
                    coldest_c=None,
                    warmest_c=None,
                )
            )
    return found


def triggered(component: Component, rules: RecordRules, events: Sequence[Event]) -> list[Triggered]:
    """The events that people must decide about, each with its row; only the first excursion is a first event."""
    found, excursions = [], 0
    for event in sorted(events, key=lambda one: one.from_at):
        happened = Happened(
            kind=event.kind,
            where=event.where,
            coldest_c=event.coldest_c,
            warmest_c=event.warmest_c,
            minutes=event.minutes,
            is_first=excursions == 0,
        )
        excursions += event.kind is EventKind.EXCURSION
        rule = rules.trigger_of(component, happened)
        if rule is not None:
            found.append(Triggered(rule=rule, event=event))
    return found


def is_confirmed(group: Sequence[Crossing], rules: RecordRules, *, in_box: bool) -> bool:
    """True when crossings that belong together lasted long enough: a box, air and load probes have their own times.

    All of them count: readings inside between them (a flutter around the limit, another logger's) take nothing back.
    """
    minutes = sum(one.minutes for one in group)
    if in_box:
        return minutes >= rules.confirm_box_min.value
    of_load = sum(one.minutes for one in group if one.kind is ProbeKind.LOAD)
    return of_load >= rules.confirm_load_min.value or minutes >= rules.confirm_air_min.value


def _of_side(evidence: Sequence[StayEvidence], rules: RecordRules, side: Side) -> Iterator[Event]:
    for in_box in (False, True):
        parts: list[Crossing] = []
        places: list[tuple[Span, str]] = []
        for stay in evidence:
            limit = stay.permitted.max_c if side is Side.ABOVE else stay.permitted.min_c
            if stay.in_box is in_box and limit is not None:
                parts += crossings(stay.warning, side, limit)
                places.append(((stay.stay.from_ms, stay.until_ms), stay.stay.place))
        mute = muted([stay for stay in evidence if stay.in_box is in_box])
        for group in joined_crossings(parts, side, APART_MS, mute):
            if is_confirmed(group, rules, in_box=in_box):
                yield _event(group, side, next(p for (a, b), p in places if a <= group[0].from_ms <= b))


def _event(group: Sequence[Crossing], side: Side, place: str) -> Event:
    worst = (max if side is Side.ABOVE else min)(one.worst_c for one in group)
    return Event(
        kind=EventKind.EXCURSION,
        side=side,
        where=_where(place),
        place=place,
        from_at=from_us(group[0].from_ms * 1000),
        to_at=from_us(group[-1].to_ms * 1000),
        minutes=round(sum(one.minutes for one in group), 2),
        worst_c=round(worst, 3),
        coldest_c=round(worst, 3) if side is Side.BELOW else round(min(one.worst_c for one in group), 3),
        warmest_c=round(worst, 3) if side is Side.ABOVE else round(max(one.worst_c for one in group), 3),
    )


def _where(place: str) -> Where:
    return Where.TRANSIT if place.startswith("box/") else Where.STORAGE
