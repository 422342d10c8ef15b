"""A gap in the rota is an alarm of its own, for each position that nobody fills now."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from wms.alarms import book, conditions
from wms.alarms.machine import Condition
from wms.alarms.news import News
from wms.notices.channels import reaches
from wms.notices.ladder import ON_ROTA, load_ladders
from wms.notices.rota import on_duty, within_reach
from wms.notices.rotas import active_people, newest
from wms.store.tx import Tx

EVERY_S: Final = 60.0
"""Domain seconds between two looks."""


def tick(tx: Tx) -> None:
    """Tell the book for which positions the rota has nobody now."""
    ladders, zone = load_ladders(), ZoneInfo(tx.plant.site.timezone)
    rota, people = newest(tx.conn).rota, within_reach(active_people(tx.conn), reaches(tx.conn))
    for position in ON_ROTA:
        source = f"rota/{position.value}"
        if not on_duty(rota, ladders, people, position, tx.now, zone).is_gap:
            book.clear(tx, source, conditions.ROTA_GAP)
            continue
        name_en, name_zh = ladders.name_of(position)
        news = News(
            source=source,
            condition=conditions.ROTA_GAP,
            state=Condition.ACTIVE,
            at=tx.now,
            subject_en=name_en,
            subject_zh=name_zh,
        )
        book.tell(tx, news)
