"""Counting for the indicators: every count is a range of an index, added up in the rows that it belongs to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from blood.eligibility import BagStatus
from wms.discards.causes import CauseKind, causes
from wms.errors import Invalid
from wms.store.driver import Driver
from wms.store.metadata import to_us

MOST_MONTHS: Final = 36
_USED: Final = frozenset({BagStatus.TRANSFUSED.value, BagStatus.PRESUMED_TRANSFUSED.value})


@dataclass(slots=True)
class Tally:
    """Numbers of one row while they are added up."""

    made: int = 0
    used: int = 0
    discarded: int = 0
    outdated: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the site, or the part of it that lies in the period."""

    name: str
    begin_us: int
    end_us: int


@dataclass(slots=True)
class Count:
    """All tallies of a question."""

    hospital: str | None
    total: Tally = field(default_factory=Tally)
    cause: dict[str, int] = field(default_factory=dict)
    component: dict[str, Tally] = field(default_factory=dict)
    month: dict[str, Tally] = field(default_factory=dict)
    at: dict[str, Tally] = field(default_factory=dict)

    def tallies(self, component: str, month: str) -> tuple[Tally, Tally, Tally]:
        """The rows to which a bag of a component in a month counts."""
        return self.total, self.component.setdefault(component, Tally()), self.month.setdefault(month, Tally())


def months_of(from_at: datetime, to_at: datetime, zone: ZoneInfo) -> Iterator[Month]:
    """The calendar months of the site that a period touches, each with the part of it that lies inside."""
    if from_at >= to_at:
        raise Invalid("to_at", "The period ends before it begins")
    local = from_at.astimezone(zone)
    year, month, begin = local.year, local.month, from_at
    for _ in range(MOST_MONTHS + 1):
        name = f"{year:04d}-{month:02d}"
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        end = min(datetime(year, month, 1, tzinfo=zone), to_at)
        yield Month(name, to_us(begin), to_us(end))
        begin = end
        if end >= to_at:
            return
    raise Invalid("to_at", f"A period has at most {MOST_MONTHS} months")


def count_made(raw: Driver, count: Count, months: Sequence[Month]) -> None:
    """Bags that became bags of their own."""
    for component in _each(raw, "SELECT min(component) FROM bag WHERE component > ?"):
        for month in months:
            (bags,) = raw.execute(
                "SELECT count(*) FROM bag WHERE component = ? AND made_us >= ? AND made_us < ?",
                (component, month.begin_us, month.end_us),
            ).fetchone()
            for tally in count.tallies(component, month.name) if bags else ():
                tally.made += int(bags)


def count_received(raw: Driver, count: Count, months: Sequence[Month]) -> None:
    """What hospitals received; for one hospital it is also what counts as made."""
    period = (months[0].begin_us, months[-1].end_us)
    rows = raw.execute(
        "SELECT shipment.hospital, count(*) FROM shipment JOIN shipment_bag ON shipment_bag.shipment = shipment.id "
        "WHERE shipment_bag.received_us >= ? AND shipment_bag.received_us < ? GROUP BY shipment.hospital",
        period,
    ).fetchall()
    for hospital, bags in rows:
        count.at.setdefault(hospital, Tally()).made += int(bags)
    if count.hospital is None:
        return
    begins = [month.begin_us for month in months]
    received = raw.execute(
        "SELECT bag.component, shipment_bag.received_us FROM shipment "
        "JOIN shipment_bag ON shipment_bag.shipment = shipment.id JOIN bag ON bag.id = shipment_bag.bag "
        "WHERE shipment.hospital = ? AND shipment_bag.received_us >= ? AND shipment_bag.received_us < ?",
        (count.hospital, *period),
    ).fetchall()
    for component, received_us in received:
        for tally in count.tallies(component, months[bisect_right(begins, received_us) - 1].name):
            tally.made += 1


def count_ended(raw: Driver, count: Count, months: Sequence[Month]) -> None:
    """Bags that were used or destroyed."""
    for status in (*sorted(_USED), BagStatus.DISCARDED.value):
        for component in _each(raw, "SELECT min(component) FROM bag WHERE status = ? AND component > ?", status):
            of = "SELECT min(hospital) FROM bag WHERE status = ? AND component = ? AND hospital > ?"
            for hospital in (None, *_each(raw, of, status, component)):
                _count_group(raw, count, months, (status, component, hospital))


def _count_group(raw: Driver, count: Count, months: Sequence[Month], group: tuple[str, str, str | None]) -> None:
    status, component, hospital = group
    whose_sql, values = ("hospital IS NULL", group[:2]) if hospital is None else ("hospital = ?", group)
    for month in months:
        (bags,) = raw.execute(
            f"SELECT count(*) FROM bag WHERE status = ? AND component = ? AND {whose_sql} "  # noqa: S608 - two constants
            "AND ended_us >= ? AND ended_us < ?",
            (*values, month.begin_us, month.end_us),
        ).fetchone()
        if not bags:
            continue
        whose = [] if hospital is None else [count.at.setdefault(hospital, Tally())]
        if count.hospital is None or hospital == count.hospital:
            whose += count.tallies(component, month.name)
        for tally in whose:
            if status in _USED:
                tally.used += int(bags)
            else:
                tally.discarded += int(bags)


def _each(raw: Driver, query: str, *values: str) -> Iterator[str]:
    """Every value of an indexed column, one seek each: ``query`` asks for the least above its last parameter."""
    last = ""
    while (row := raw.execute(query, (*values, last)).fetchone()) is not None and row[0] is not None:
        last = str(row[0])
        yield last


def count_causes(raw: Driver, count: Count, month: Month) -> None:
    """Why bags were destroyed, and which of them were outdated."""
    rows = raw.execute(
        "SELECT cause, component, hospital, count(*) FROM discard WHERE at_us >= ? AND at_us < ? "
        "GROUP BY cause, component, hospital",
        (month.begin_us, month.end_us),
    ).fetchall()
    for cause, component, hospital, bags in rows:
        known = causes().get(cause)
        is_outdated = known is not None and known.kind is CauseKind.OUTDATED
        whose = [] if hospital is None else [count.at.setdefault(hospital, Tally())]
        if count.hospital is None or hospital == count.hospital:
            count.cause[cause] = count.cause.get(cause, 0) + int(bags)
            whose += count.tallies(component, month.name)
        if is_outdated:
            for tally in whose:
                tally.outdated += int(bags)
