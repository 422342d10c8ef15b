"""What other houses say they hold: a neighbouring centre's stock, a hospital's own. A new report replaces the old one.

A group that a report does not name is unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from blood.groups import BloodGroup
from wms.errors import Conflict, Invalid, NotFound
from wms.stock.tables import stock_report, stock_report_head
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

FRESH: Final = timedelta(hours=26)
"""A report counts for so long: hospitals tell once a day, and a morning may be late (design)."""
_AHEAD: Final = timedelta(minutes=10)
_GROUPS: Final = frozenset(group.value for group in BloodGroup)


class HolderKind(StrEnum):
    """Who holds the stock of a report."""

    SITE = "site"
    HOSPITAL = "hospital"


@dataclass(frozen=True, slots=True)
class ReportedCell:
    """Bags of one component and group; ``expiring`` (within three days) and ``daily_use`` None: not told."""

    component: str
    group: str
    bags: int
    expiring: int | None
    daily_use: float | None


@dataclass(frozen=True, slots=True)
class StockReport:
    """The newest report of one holder."""

    kind: HolderKind
    holder: str
    at: datetime
    reported_by: str
    cells: tuple[ReportedCell, ...]

    def is_fresh(self, now: datetime) -> bool:
        """False when it is too old to count."""
        return now - self.at <= FRESH


def take_report(
    tx: Tx, actor: Actor, kind: HolderKind, holder: str, at: datetime, cells: Sequence[ReportedCell]
) -> None:
    """Keep a report instead of the holder's older one.

    Raises NotFound for an unknown holder, Conflict for a report that is older than the one we have, Invalid for a time
    ahead of ours, an unknown component or group, or a group told twice.
    """
    known = tx.plant.neighbour_by_id if kind is HolderKind.SITE else tx.plant.hospital_by_id
    if holder not in known:
        raise NotFound("stock.holder", f"There is no {kind.value} {holder} in the plant document")
    _check_cells(tx, cells)
    if at > tx.now + _AHEAD:
        raise Invalid("stock.report_ahead", f"The report is of {at.isoformat()}, still to come: check the clock")
    mine = (stock_report_head.c.kind == kind.value) & (stock_report_head.c.holder == holder)
    last = tx.conn.execute(select(stock_report_head.c.at_us).where(mine)).scalar()
    if last is not None and to_us(at) < last:
        raise Conflict("stock.report_old", f"There is a newer report of {holder}, of {from_us(last).isoformat()}")
    tx.conn.execute(delete(stock_report_head).where(mine))
    tx.conn.execute(delete(stock_report).where(stock_report.c.kind == kind.value, stock_report.c.holder == holder))
    tx.conn.execute(
        insert(stock_report_head).values(
            kind=kind.value, holder=holder, at_us=to_us(at), received_us=to_us(tx.now), reported_by=actor.id
        )
    )
    rows = [
        {
            "kind": kind.value,
            "holder": holder,
            "component": cell.component,
            "abo_rhd": cell.group,
            "bags": cell.bags,
            "expiring": cell.expiring,
            "daily_use": cell.daily_use,
        }
        for cell in cells
    ]
    if rows:
        tx.conn.execute(insert(stock_report), rows)
    told = {"kind": kind.value, "at": at.isoformat(), "cells": len(rows), "bags": sum(cell.bags for cell in cells)}
    tx.record("stock.reported", actor=actor, subject=holder, data=told)
    tx.notify("province", holder)


def reports(conn: Connection) -> tuple[StockReport, ...]:
    """The newest report of every holder that ever sent one."""
    cells: dict[tuple[str, str], list[ReportedCell]] = {}
    query = select(stock_report).order_by(stock_report.c.component, stock_report.c.abo_rhd)
    for row in conn.execute(query):
        cell = ReportedCell(row.component, row.abo_rhd, row.bags, row.expiring, row.daily_use)
        cells.setdefault((row.kind, row.holder), []).append(cell)
    heads = conn.execute(select(stock_report_head).order_by(stock_report_head.c.kind, stock_report_head.c.holder))
    return tuple(
        StockReport(
            HolderKind(head.kind),
            head.holder,
            from_us(head.at_us),
            head.reported_by,
            tuple(cells.get((head.kind, head.holder), ())),
        )
        for head in heads
    )


def _check_cells(tx: Tx, cells: Sequence[ReportedCell]) -> None:
    seen = set()
    for cell in cells:
        if cell.component not in tx.plant.components:
            raise Invalid("stock.component", f"The component catalogue of this site has no {cell.component}")
        if cell.group not in _GROUPS:
            raise Invalid("stock.group", f"{cell.group} is not an ABO/RhD group")
        if (cell.component, cell.group) in seen:
            raise Invalid("stock.cell_twice", f"{cell.component} {cell.group} is told twice in one report")
        if cell.expiring is not None and cell.expiring > cell.bags:
            raise Invalid("stock.expiring", f"{cell.component} {cell.group}: more bags expire than there are")
        seen.add((cell.component, cell.group))
