"""Turns the stock board into stock_low conditions; a function of database state, asked at each tick."""

from __future__ import annotations

from sqlalchemy import select

from wms.alarms.book import News, clear, tell
from wms.alarms.conditions import STOCK_LOW
from wms.alarms.machine import Condition
from wms.alarms.tables import alarm
from wms.stock.cover import Phase, StockCell, StockRow
from wms.stock.read import stock_rows
from wms.store.tx import Tx

_LEVELS = {Phase.AMBER: 0, Phase.RED: 1}


def tick(tx: Tx) -> None:
    """Tell the alarm book which groups are below their band: amber alarms, red escalates, pre-amber is only shown."""
    known = (alarm.c.condition == STOCK_LOW) & (alarm.c.known == Condition.ACTIVE.value)
    standing = frozenset(tx.conn.execute(select(alarm.c.source).where(known)).scalars())
    for row in stock_rows(tx.conn, tx.plant, tx.now):
        for cell in row.cells:
            if cell.phase in _LEVELS:
                tell(tx, _news(tx, row, cell))
            elif f"{row.component}/{cell.group}" in standing:
                clear(tx, f"{row.component}/{cell.group}", STOCK_LOW)


def _news(tx: Tx, row: StockRow, cell: StockCell) -> News:
    group = cell.group.replace("-", "−")
    return News(
        source=f"{row.component}/{cell.group}",
        condition=STOCK_LOW,
        state=Condition.ACTIVE,
        at=tx.now,
        level=_LEVELS[cell.phase],
        value=None if cell.days is None else round(cell.days, 2),
        limit=row.plan.amber_days,
        subject_en=f"{row.name_en} {group}",
        subject_zh=f"{row.name_zh} {group}",
    )
