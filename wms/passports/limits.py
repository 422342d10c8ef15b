"""Which limits held for a bag, when, and for how long each of them was passed.

Alert and alarm limits are those of the place that were in force at the time; the legal range is the component's, of
storage or transport; the absolute limits are the profile's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from blood.components import Component
from plant.model import Envelope, Plant
from telemetry.limits import LimitBook
from telemetry.records import Span
from wms.limits.read import limit_book
from wms.passports.evidence import StayEvidence, crossings
from wms.passports.model import LimitKind, LimitLine, Side
from wms.passports.record_rules import RecordRules
from wms.store.database import driver_of
from wms.store.metadata import from_us


@dataclass(frozen=True, slots=True)
class PlaceLimits:
    """The alert and alarm limits of a place from an instant until another."""

    span: Span
    min_c: float | None
    max_c: float | None
    alert_min_c: float | None
    alert_max_c: float | None
    source: str


InForce = Callable[[str, Envelope, int, int], Sequence[PlaceLimits]]
"""(probe, envelope of its place, from ms, until ms) -> the limits that held, in order."""


class LimitBooks:
    """The book of limits, read again only when a version was approved since."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._known: tuple[object, LimitBook] | None = None

    def in_force(self, conn: Connection) -> InForce:
        """What answers which limits held; it sees the versions that this connection sees."""
        state = tuple(driver_of(conn).execute(_VERSIONS).fetchone())
        known = self._known
        if known is None or known[0] != state:
            known = self._known = state, limit_book(conn, self._plant)
        return _of_book(known[1])


_VERSIONS: Final = "SELECT count(*), max(version), max(from_us) FROM limit_version WHERE state = 'approved'"


def _of_book(book: LimitBook) -> InForce:
    def in_force(probe: str, envelope: Envelope, from_ms: int, to_ms: int) -> Sequence[PlaceLimits]:
        return [
            PlaceLimits(
                (period.from_ms, to_ms if period.to_ms is None else period.to_ms),
                period.limits.min_c,
                period.limits.max_c,
                period.limits.alert_min_c,
                period.limits.alert_max_c,
                f"limits of {envelope.id}, version {period.version}",
            )
            for period in book.periods(probe, from_ms, to_ms)
        ]

    return in_force


@dataclass(frozen=True, slots=True)
class _Held:
    kind: LimitKind
    side: Side
    value_c: float
    source: str
    status: str
    span: Span


def limit_lines(
    evidence: Sequence[StayEvidence],
    component: Component,
    rules: RecordRules,
    in_force: InForce,
    envelopes: Callable[[str], Envelope | None],
) -> list[LimitLine]:
    """One line for each limit that ever held: its time, and minutes and worst value beyond it over all stays."""
    sums: dict[tuple[LimitKind, Side, float, str, str], list[tuple[Span, float, float | None]]] = {}
    for stay in evidence:
        if not stay.voices:
            continue
        for held in _held(stay, component, rules, in_force, envelopes(stay.stay.place)):
            passed = crossings(stay.warning, held.side, held.value_c, held.span)
            worst = (max if held.side is Side.ABOVE else min)((one.worst_c for one in passed), default=None)
            key = (held.kind, held.side, held.value_c, held.source, held.status)
            sums.setdefault(key, []).append((held.span, sum(one.minutes for one in passed), worst))
    return [_line(*key, parts) for key, parts in sums.items()]


def _held(
    stay: StayEvidence, component: Component, rules: RecordRules, in_force: InForce, envelope: Envelope | None
) -> Iterator[_Held]:
    span = (stay.stay.from_ms, stay.until_ms)
    if envelope is not None:
        for one in in_force(stay.voices[0].probe.id, envelope, *span):
            for kind, side, value in (
                (LimitKind.ALERT, Side.BELOW, one.alert_min_c),
                (LimitKind.ALERT, Side.ABOVE, one.alert_max_c),
                (LimitKind.PLACE, Side.BELOW, one.min_c),
                (LimitKind.PLACE, Side.ABOVE, one.max_c),
            ):
                if value is not None:
                    yield _Held(kind, side, value, one.source, "design", one.span)
    figure = component.evidence["transport" if stay.in_box else "storage"]
    for side, value in ((Side.BELOW, stay.permitted.min_c), (Side.ABOVE, stay.permitted.max_c)):
        if value is not None:
            yield _Held(LimitKind.LEGAL, side, value, figure.source, figure.status, span)
    for limit in rules.absolutes(component):
        yield _Held(LimitKind.ABSOLUTE, limit.side, limit.value_c, limit.source, limit.status.value, span)


def _line(
    kind: LimitKind,
    side: Side,
    value_c: float,
    source: str,
    status: str,
    parts: Sequence[tuple[Span, float, float | None]],
) -> LimitLine:
    worst = [value for _, _, value in parts if value is not None]
    return LimitLine(
        kind=kind,
        side=side,
        value_c=value_c,
        from_at=from_us(min(span[0] for span, _, _ in parts) * 1000),
        to_at=from_us(max(span[1] for span, _, _ in parts) * 1000),
        minutes=round(sum(minutes for _, minutes, _ in parts), 2),
        worst_c=None if not worst else round((max if side is Side.ABOVE else min)(worst), 3),
        source=source,
        status=status,
    )
