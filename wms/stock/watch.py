"""Turns stock into conditions: below a band, going to waste, short there and plenty here. Asked at each tick.

One cause is one alarm: a group that is short here is told as that, with whom to ask. Which of two neighbours could help
the other is on the province board; nobody here has to act on it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from wms.alarms.book import News, clear, tell
from wms.alarms.conditions import STOCK_IMBALANCE, STOCK_LOW, STOCK_NEAR_EXPIRY
from wms.alarms.machine import Condition
from wms.alarms.tables import alarm
from wms.stock.cover import Phase, StockCell, StockRow
from wms.stock.imbalance import Imbalance
from wms.stock.near_expiry import MUCH, NearExpiry
from wms.stock.province import imbalances, site_names
from wms.stock.read import near_expiries, phases, stock_rows
from wms.stock.tables import stock_phase
from wms.store.metadata import to_us
from wms.store.tx import Tx

_LEVELS = {Phase.AMBER: 0, Phase.RED: 1}


def tick(tx: Tx) -> None:
    """Tell the alarm book what stands; amber alarms, red escalates, pre-amber is only shown."""
    rows = stock_rows(tx.conn, tx.plant, tx.now)
    _keep_phases(tx, rows)
    standing = _standing(tx, STOCK_IMBALANCE) | _standing(tx, STOCK_LOW)
    found, own = imbalances(tx.conn, tx.plant, tx.now, standing), tx.plant.site.id
    offers = {(one.component, one.group): one for one in found if one.to_site == own}
    low = [
        _low(tx, row, cell, offers.get((row.component, cell.group)))
        for row in rows
        for cell in row.cells
        if cell.phase in _LEVELS
    ]
    _follow(tx, STOCK_LOW, low)
    wasted = [one for one in near_expiries(tx.conn, tx.plant, tx.now) if one.at_risk]
    _follow(tx, STOCK_NEAR_EXPIRY, [_near_expiry(tx, one) for one in wasted])
    _follow(tx, STOCK_IMBALANCE, [_imbalance(tx, one) for one in found if one.from_site == own])


def _follow(tx: Tx, condition: str, news: Sequence[News]) -> None:
    """Tell what stands, and end what stands no more."""
    for one in news:
        tell(tx, one)
    for source in sorted(_standing(tx, condition) - {one.source for one in news}):
        clear(tx, source, condition)


def _standing(tx: Tx, condition: str) -> frozenset[str]:
    known = (alarm.c.condition == condition) & (alarm.c.known == Condition.ACTIVE.value)
    return frozenset(tx.conn.execute(select(alarm.c.source).where(known)).scalars())


def _keep_phases(tx: Tx, rows: Sequence[StockRow]) -> None:
    """Remember the phase of each cell: what it stands in decides when it is better again."""
    before = phases(tx.conn)
    for row in rows:
        for cell in row.cells:
            was = before.get(row.component, {}).get(cell.group)
            if was is cell.phase:
                continue
            values = {"phase": cell.phase.value, "since_us": to_us(tx.now)}
            if was is None:
                key = {"component": row.component, "abo_rhd": cell.group}
                tx.conn.execute(insert(stock_phase).values(**key, **values))
            else:
                mine = (stock_phase.c.component == row.component) & (stock_phase.c.abo_rhd == cell.group)
                tx.conn.execute(update(stock_phase).where(mine).values(values))


def _low(tx: Tx, row: StockRow, cell: StockCell, offer: Imbalance | None) -> News:
    giver_en, giver_zh = ("", "") if offer is None else site_names(tx.plant)[offer.from_site]
    return _news(
        tx,
        STOCK_LOW,
        row.component,
        cell.group,
        level=_LEVELS[cell.phase],
        value=None if cell.days is None else round(cell.days, 2),
        limit=row.plan.amber_days,
        more_en="" if offer is None else f" ({giver_en} could send {offer.bags})",
        more_zh="" if offer is None else f"（{giver_zh}可调出 {offer.bags} 袋）",
    )


def _near_expiry(tx: Tx, one: NearExpiry) -> News:
    return _news(
        tx,
        STOCK_NEAR_EXPIRY,
        one.component,
        one.group,
        level=int(one.at_risk >= MUCH),
        value=float(one.at_risk),
        limit=None,
    )


def _imbalance(tx: Tx, one: Imbalance) -> News:
    taker_en, taker_zh = site_names(tx.plant)[one.to_site]
    return _news(
        tx,
        STOCK_IMBALANCE,
        one.component,
        one.group,
        level=0,
        value=float(one.bags),
        limit=None,
        more_en=f" → {taker_en} ({one.to_days:.1f} d)",
        more_zh=f" → {taker_zh}（{one.to_days:.1f} 天）",
    )


def _news(
    tx: Tx,
    condition: str,
    component: str,
    group: str,
    *,
    level: int,
    value: float | None,
    limit: float | None,
    more_en: str = "",
    more_zh: str = "",
) -> News:
    named, sign = tx.plant.components[component], group.replace("-", "−")
    return News(
        source=f"{component}/{group}",
        condition=condition,
        state=Condition.ACTIVE,
        at=tx.now,
        level=level,
        value=value,
        limit=limit,
        subject_en=f"{named.name_en} {sign}{more_en}",
        subject_zh=f"{named.name_zh} {sign}{more_zh}",
    )
