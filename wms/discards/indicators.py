"""Indicators of discard and use: by cause, component, month and hospital, counted over the rows of a period.

Definitions (they stand beside the numbers on the screen, `DEFINITIONS`):

* made: bags that became bags of their own in the period: collected, prepared, imported (opening stock: its collection).
  For a hospital: bags that it received in the period.
* used: bags whose story ended in the period as transfused, or presumed so.
* discarded: bags that were destroyed in the period, here or at a hospital. What went into a component is not discarded.
* outdated: discarded because of their expiry.
* discard rate: discarded / made in the same period. For a hospital this is wastage as a share of issues (WAPI), the
  figure that UK services publish (NHSBT: group O RhD negative wastage below 4 %, domain.md 4.4, V); for the centre it
  is what Chinese services call 血液报废率 (design: the year's discards against the year's bags).

A rate is None where nothing was made: nothing is no 0 %.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from plant.model import Plant
from wms.discards.causes import CauseKind, causes
from wms.discards.counting import Count, Tally, count_causes, count_ended, count_made, count_received, months_of
from wms.discards.read import table_as_csv
from wms.errors import Invalid
from wms.store.database import driver_of

_NOT_COUNTED: Final = "not_counted"
"""Key of discards without a cause on record."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a column means, and who says so."""

    key: str
    text_en: str
    text_zh: str
    source: str
    status: str


DEFINITIONS: Final = (
    Definition("made", "Bags collected or prepared in the period; for a hospital: bags that it received.",
               "期间内采集或制备的血袋；医院：收到的血袋。", "design", "design"),
    Definition("used", "Bags transfused, or presumed transfused, in the period.",
               "期间内已输注或推定已输注的血袋。", "domain.md 5.1", "design"),
    Definition("discarded", "Bags destroyed in the period, in the centre or at a hospital.",
               "期间内报废的血袋（中心或医院）。", "HL7 table 0510: WA (V)", "V"),
    Definition("outdated", "Discarded because of their expiry.", "因过期而报废。", "domain.md 5.2", "design"),
    Definition("discard_rate", "Discarded as a share of made; for a hospital: wastage as a share of issues.",
               "报废数 / 制备数；医院：报废数 / 发放数。", "domain.md 4.4: wastage of issues (NHSBT, V)", "V"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """Numbers of one cause, component, month or hospital."""

    key: str
    name_en: str
    name_zh: str
    made: int
    used: int
    discarded: int
    outdated: int
    discard_rate: float | None


@dataclass(frozen=True, slots=True)
class Indicators:
    """Discard and use of a period, whole and in parts."""

    from_at: datetime
    to_at: datetime
    hospital: str | None
    total: IndicatorRow
    by_cause: tuple[IndicatorRow, ...]
    by_component: tuple[IndicatorRow, ...]
    by_month: tuple[IndicatorRow, ...]
    by_hospital: tuple[IndicatorRow, ...]
    definitions: tuple[Definition, ...] = DEFINITIONS


def indicators(
    conn: Connection, plant: Plant, from_at: datetime, to_at: datetime, hospital: str | None = None
) -> Indicators:
    """Numbers of a period, of the centre or of one hospital; raises Invalid for a period that is empty or too long.

    Every count is a range of an index, so a million bags take a fraction of a second.
    """
    months = tuple(months_of(from_at, to_at, ZoneInfo(plant.site.timezone)))
    if hospital is not None and hospital not in plant.hospital_by_id:
        raise Invalid("hospital", f"There is no hospital {hospital!r}")
    raw, count = driver_of(conn), Count(hospital, month={month.name: Tally() for month in months})
    if hospital is None:
        count_made(raw, count, months)
    count_received(raw, count, months)
    count_ended(raw, count, months)
    for month in months:
        count_causes(raw, count, month)
    return Indicators(
        from_at=from_at,
        to_at=to_at,
        hospital=hospital,
        total=_row("total", ("Total", "合计"), count.total),
        by_cause=tuple(_cause_rows(count)),
        by_component=tuple(_named(count.component, {k: (c.name_en, c.name_zh) for k, c in plant.components.items()})),
        by_month=tuple(_row(month, (month, month), tally) for month, tally in count.month.items()),
        by_hospital=tuple(_named(count.at, {one.id: (one.name_en, one.name_zh) for one in plant.hospitals})),
    )


def rows_as_csv(found: Indicators) -> str:
    """All rows as a CSV file; ``part`` says which list a row is of."""
    header = ["part", *(one.name for one in fields(IndicatorRow))]
    parts = {
        "total": (found.total,),
        "cause": found.by_cause,
        "component": found.by_component,
        "month": found.by_month,
        "hospital": found.by_hospital,
    }
    return table_as_csv(header, [(part, *astuple(row)) for part, rows in parts.items() for row in rows])


def _cause_rows(count: Count) -> Iterator[IndicatorRow]:
    """Causes that occurred, most bags first; what was discarded without a cause on record is shown, not hidden."""
    told = dict(count.cause)
    if (untold := count.total.discarded - sum(told.values())) > 0:
        told[_NOT_COUNTED] = untold
    for key, bags in sorted(told.items(), key=lambda one: (-one[1], one[0])):
        known = causes().get(key)
        names = ("Without a cause on record", "未记录原因") if known is None else (known.name_en, known.name_zh)
        outdated = bags if known is not None and known.kind is CauseKind.OUTDATED else 0
        yield _row(key, names, Tally(count.total.made, count.total.used, bags, outdated))


def _named(tallies: Mapping[str, Tally], names: Mapping[str, tuple[str, str]]) -> Iterator[IndicatorRow]:
    for key in [*(name for name in names if name in tallies), *sorted(set(tallies) - set(names))]:
        yield _row(key, names.get(key, (key, key)), tallies[key])


def _row(key: str, names: tuple[str, str], tally: Tally) -> IndicatorRow:
    rate = None if tally.made == 0 else tally.discarded / tally.made
    return IndicatorRow(key, *names, tally.made, tally.used, tally.discarded, tally.outdated, rate)
