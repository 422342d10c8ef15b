"""Discarded bags as the screens show them."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from wms.discards.causes import CauseKind, causes
from wms.store.database import driver_of
from wms.store.metadata import from_us, to_us

_COLUMNS: Final = "act, bag, component, abo_rhd, cause, comment, at_us, done_by, month, hospital, from_place"
MOST_ROWS: Final = 100_000
"""Rows of one file; a longer period is asked for in parts."""


@dataclass(frozen=True, slots=True)
class DiscardView:
    """One discarded bag; bags of one signed act share ``id``."""

    id: str
    bag: str
    component: str
    group: str | None
    cause: str
    kind: CauseKind
    comment: str
    at: datetime
    by: str
    month: str
    hospital: str | None
    from_place: str | None


@dataclass(frozen=True, slots=True)
class DiscardPage:
    """The newest discards of a period, and how many there are in all."""

    items: tuple[DiscardView, ...]
    total: int


def list_discards(
    conn: Connection,
    *,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
    cause: str | None = None,
    q: str | None = None,
    limit: int = 100,
) -> DiscardPage:
    """Discarded bags from ``from_at`` until before ``to_at``, newest first; ``q`` is the beginning of a bag id."""
    conditions: list[str] = ["1 = 1"]
    values: list[Any] = []
    for condition, value in (
        ("at_us >= ?", None if from_at is None else to_us(from_at)),
        ("at_us < ?", None if to_at is None else to_us(to_at)),
        ("cause = ?", cause),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    if q:
        start = "".join(q.split()).upper()
        conditions.append("substr(bag, 1, length(?)) = ?")
        values += [start, start]
    where = " AND ".join(conditions)
    raw = driver_of(conn)
    (total,) = raw.execute(f"SELECT count(*) FROM discard WHERE {where}", tuple(values)).fetchone()  # noqa: S608 - fixed conditions
    rows = raw.execute(
        f"SELECT {_COLUMNS} FROM discard WHERE {where} ORDER BY at_us DESC, bag LIMIT ?",  # noqa: S608 - fixed conditions
        (*values, limit),
    )
    return DiscardPage(tuple(_view(row) for row in rows.fetchall()), int(total))


def as_csv(conn: Connection, *, from_at: datetime | None = None, to_at: datetime | None = None) -> str:
    """The discards of a period as a CSV file, with a header; what a cell of a sheet would run is told as text."""
    page = list_discards(conn, from_at=from_at, to_at=to_at, limit=MOST_ROWS)
    return table_as_csv([field.name for field in fields(DiscardView)], [astuple(one) for one in page.items])


def table_as_csv(header: list[str], rows: list[tuple[Any, ...]]) -> str:
    """Rows as CSV; instants as ISO 8601, nothing for None."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"  # a spreadsheet would take it for a formula
    return "" if value is None else value


def _view(row: tuple[Any, ...]) -> DiscardView:
    act, bag, component, group, cause, comment, at_us, by, month, hospital, place = row
    known = causes().get(cause)
    kind = CauseKind.OTHER if known is None else known.kind  # a cause that the site has taken out of its file since
    return DiscardView(act, bag, component, group, cause, kind, comment, from_us(at_us), by, month, hospital, place)
