"""Reminders: one alarm for each kind of duty at the site while any of it is overdue, or missed and not explained."""

from __future__ import annotations

from collections import Counter
from typing import Final

from wms.alarms import book, conditions
from wms.alarms.machine import Condition
from wms.alarms.news import News
from wms.duties.commands import watch_devices
from wms.duties.model import DutyKind, DutyState
from wms.duties.read import standing
from wms.duties.schedule import storage_devices
from wms.store.tx import Tx

EVERY_S: Final = 60.0
"""Domain seconds between two looks."""
NAMES: Final = {
    DutyKind.READING: ("temperature readings", "人工温度读数"),
    DutyKind.ALARM_TEST: ("alarm tests", "报警功能测试"),
    DutyKind.MIN_MAX: ("daily minimum and maximum", "日最低与最高温度确认"),
}


def tick(tx: Tx) -> None:
    """Begin to watch new devices, and tell the book of what is overdue."""
    watch_devices(tx, tuple(device.id for device in storage_devices(tx.plant)))
    late = Counter(
        duty.kind
        for duty, state, _ in standing(tx.conn, tx.plant, tx.now)
        if state in {DutyState.OVERDUE, DutyState.MISSED}
    )
    for kind, (name_en, name_zh) in NAMES.items():
        source = source_of(kind)
        if not late[kind]:
            book.clear(tx, source, conditions.DUTY_OVERDUE)
            continue
        news = News(
            source=source,
            condition=conditions.DUTY_OVERDUE,
            state=Condition.ACTIVE,
            at=tx.now,
            value=float(late[kind]),
            subject_en=name_en,
            subject_zh=name_zh,
        )
        book.tell(tx, news)


def source_of(kind: DutyKind) -> str:
    """What the alarm of a kind of duty hangs on."""
    return f"duty/{kind.value}"
