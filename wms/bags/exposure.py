"""The out-of-control clock: how long a bag was where nobody keeps its temperature, over its whole life (domain.md 2.3).

It starts when a bag first lies in storage of its own component, and counts every stay elsewhere: belts, lanes,
machines, benches, the road without a box, a hospital. A box keeps its temperature and its logger tells when it does not
(its record is judged at receipt), so a box is control. Leaving without arriving keeps the clock running. At a hospital
and while a bag is lost nobody watches, so that time is unknown, and unknown is never taken for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from blood.components import Component
from plant.model import PlaceKind, Plant
from wms.bags.ranges import within
from wms.store.driver import Driver
from wms.store.metadata import from_us, from_us_or_none

_UNKNOWN_PLACE: Final = ""


class ExposureCause(StrEnum):
    """Why nobody kept its temperature."""

    HANDLING = "handling"  # on its way through the centre
    WRONG_STORE = "wrong_store"  # in a store of another temperature
    ROAD = "road"  # on the road, in no box
    HOSPITAL = "hospital"  # with a hospital, whose records we do not have
    LOST = "lost"  # nobody knew where it was


_UNWATCHED: Final = frozenset({ExposureCause.ROAD, ExposureCause.HOSPITAL, ExposureCause.LOST})
"""Nobody can say how warm it was then."""


@dataclass(frozen=True, slots=True)
class PlaceSpan:
    """One stay of a bag; ``to_at`` None: it is there."""

    place: str
    from_at: datetime
    to_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExposureEvent:
    """One unbroken time out of control; ``in_at`` None: it lasts. ``cause`` and ``place`` are of its longest part.

    ``minutes_unknown`` is the part of ``minutes`` for which nobody can say how warm it was.
    """

    out_at: datetime
    in_at: datetime | None
    minutes: float
    minutes_unknown: float
    cause: ExposureCause
    place: str


@dataclass(frozen=True, slots=True)
class _Part:
    cause: ExposureCause
    place: str
    from_at: datetime
    to_at: datetime
    is_open: bool

    @property
    def minutes(self) -> float:
        return (self.to_at - self.from_at).total_seconds() / 60


def spans_of(raw: Driver, bag: str) -> tuple[PlaceSpan, ...]:
    """Every stay of a bag, in order of time."""
    rows = raw.execute("SELECT place, from_us, to_us FROM stay WHERE bag = ? ORDER BY from_us, id", (bag,)).fetchall()
    return tuple(PlaceSpan(place, from_us(begin), from_us_or_none(end)) for place, begin, end in rows)


def events_of(
    plant: Plant,
    component: Component,
    spans: Sequence[PlaceSpan],
    at: datetime,
    *,
    vouched: frozenset[str] = frozenset(),
) -> tuple[ExposureEvent, ...]:
    """Every time that a bag of a component was out of control until ``at``, in order.

    ``vouched``: hospitals (ids) that stated that they kept it at its temperature; their time is control then.
    """
    events: list[ExposureEvent] = []
    parts: list[_Part] = []
    for part in _parts(plant, component, spans, at, vouched):
        if part is not None:
            parts.append(part)
        elif parts:
            events.append(_event(parts))
            parts = []
    if parts:
        events.append(_event(parts))
    return tuple(events)


def _parts(
    plant: Plant, component: Component, spans: Sequence[PlaceSpan], at: datetime, vouched: frozenset[str]
) -> Iterable[_Part | None]:
    """The stays outside control since the first in own storage; None for each inside. Times without a stay are lost."""
    has_begun, last_end = False, at
    for span in spans:
        if span.from_at > at:
            break
        cause = _cause(plant, component, span.place, vouched)
        if not has_begun:
            has_begun = cause is None and not span.place.startswith("box/")
            last_end = min(span.to_at or at, at)
            continue
        if span.from_at > last_end:
            yield _Part(ExposureCause.LOST, _UNKNOWN_PLACE, last_end, span.from_at, is_open=False)
        end = min(span.to_at or at, at)
        if cause is None:
            yield None
        elif end > span.from_at or span.to_at is None:
            yield _Part(cause, span.place, span.from_at, end, is_open=span.to_at is None)
        last_end = max(last_end, end)
    if has_begun and last_end < at:
        yield _Part(ExposureCause.LOST, _UNKNOWN_PLACE, last_end, at, is_open=True)


def _cause(plant: Plant, component: Component, place: str, vouched: frozenset[str]) -> ExposureCause | None:
    """Why a place does not keep a component's temperature; None where it does."""
    envelope = plant.envelope_of(place)
    if envelope is not None:
        limits = component.transport if place.startswith("box/") else component.storage
        return None if within(envelope.limits, limits) else ExposureCause.WRONG_STORE
    hospital = next((one for one in plant.hospitals if f"{place}/".startswith(f"{one.place}/")), None)
    if hospital is not None:
        return None if hospital.id in vouched else ExposureCause.HOSPITAL
    try:
        outside = plant.place_of(place).kind is PlaceKind.OUTSIDE
    except KeyError:
        outside = True
    return ExposureCause.ROAD if outside else ExposureCause.HANDLING


def _event(parts: Sequence[_Part]) -> ExposureEvent:
    longest = max(parts, key=lambda part: part.minutes)
    return ExposureEvent(
        out_at=parts[0].from_at,
        in_at=None if parts[-1].is_open else parts[-1].to_at,
        minutes=sum(part.minutes for part in parts),
        minutes_unknown=sum(part.minutes for part in parts if part.cause in _UNWATCHED),
        cause=longest.cause,
        place=longest.place,
    )
