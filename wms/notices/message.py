"""What a notice says, in both languages: place, value and limit, what is at stake, minutes left, what to do, a link.

Composed when it is sent, so that the bags and the minutes are those of now.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from plant.model import Plant
from wms.alarms.read import AlarmView, one_alarm
from wms.alarms.stake import Forecast
from wms.notices.outbox import NoticeKind, Waiting

_UNITS = {"Cel": "°C"}
_WHOLE = frozenset({"s", "min"})
"""Units whose parts help nobody who reads a notice."""


class Stake(msgspec.Struct, frozen=True):
    """How much hangs on it; minutes null when nobody can say."""

    bags: int
    orders: int
    hospitals: int
    minutes_left: float | None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One notice as a webhook gets it; the id is the same in every attempt, so that a repeat can be told."""

    id: str
    kind: str
    site: str
    sent_at: datetime
    alarm: str | None = None
    occurrence: str | None = None
    priority: int | None = None
    step: int = 0
    repeat: int = 0
    person: str | None = None
    told: tuple[str, ...] = ()
    source: str | None = None
    condition: str | None = None
    raised_at: datetime | None = None
    place: str | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    stake: Stake | None = None
    link: str
    title_en: str
    title_zh: str
    text_en: str
    text_zh: str


def compose(conn: Connection, plant: Plant, one: Waiting, forecast: Forecast, now: datetime, link: str) -> Message:
    """The message of a notice as things stand at ``now`` (domain time); ``link`` is where the screens are."""
    if one.kind is NoticeKind.TEST or one.alarm is None:
        return _test(plant, one, now, link)
    alarm = one_alarm(conn, plant, forecast, one.alarm, now=now).alarm
    address = f"{link}/alarms/{alarm.id}"
    return Message(
        id=one.id,
        kind=one.kind.value,
        site=plant.site.id,
        sent_at=now,
        alarm=alarm.id,
        occurrence=one.occurrence,
        priority=one.priority,
        step=one.step,
        repeat=one.repeat,
        person=one.person,
        told=one.told,
        source=alarm.source,
        condition=alarm.condition,
        raised_at=alarm.raised_at,
        place=alarm.place,
        value=alarm.value,
        limit=alarm.limit,
        unit=alarm.unit,
        stake=Stake(alarm.stake.bags, alarm.stake.orders, alarm.stake.hospitals, alarm.stake.minutes_left),
        link=address,
        title_en=_title_en(alarm, one),
        title_zh=_title_zh(alarm, one),
        text_en=_text_en(alarm, plant, address, one.id),
        text_zh=_text_zh(alarm, plant, address, one.id),
    )


def wordless(plant: Plant, one: Waiting, now: datetime, link: str) -> Message:
    """What is said of an alarm that could not be put into words: that there is one, how urgent, and where to look."""
    address = f"{link}/alarms/{one.alarm}"
    return Message(
        id=one.id,
        kind=one.kind.value,
        site=plant.site.id,
        sent_at=now,
        alarm=one.alarm,
        occurrence=one.occurrence,
        priority=one.priority,
        step=one.step,
        repeat=one.repeat,
        person=one.person,
        told=one.told,
        link=address,
        title_en=f"P{one.priority} Alarm {one.alarm}",
        title_zh=f"{one.priority}级 报警 {one.alarm}",
        text_en=f"Its particulars could not be read. Look at the screens now, or go there.\n{address}\n[{one.id}]",
        text_zh=f"无法读取详情。请立即查看屏幕或前往现场。\n{address}\n[{one.id}]",
    )


def _title_en(alarm: AlarmView, one: Waiting) -> str:
    again = f" (told again, {one.repeat})" if one.repeat else ""
    return f"P{one.priority} {alarm.title_en}{_at(alarm.place_name_en, ', ')}{again}"


def _title_zh(alarm: AlarmView, one: Waiting) -> str:
    again = f"（第{one.repeat}次重复）" if one.repeat else ""
    return f"{one.priority}级 {alarm.title_zh}{_at(alarm.place_name_zh, '，')}{again}"


def _text_en(alarm: AlarmView, plant: Plant, link: str, notice: str) -> str:
    stake = alarm.stake
    left = "minutes left unknown" if stake.minutes_left is None else f"{stake.minutes_left:.0f} min left"
    parts = (
        _measured(alarm, "value {value}", "limit {limit}"),
        f"Since {_local(alarm.raised_at, plant)} ({plant.site.name_en}).",
        f"At stake: {stake.bags} bags, {stake.orders} orders, {stake.hospitals} hospitals; {left}."
        if _is_at_stake(alarm)
        else "",
        alarm.guidance_en,
        link,
        f"[{notice}]",
    )
    return "\n".join(part for part in parts if part)


def _text_zh(alarm: AlarmView, plant: Plant, link: str, notice: str) -> str:
    stake = alarm.stake
    left = "剩余时间未知" if stake.minutes_left is None else f"剩余 {stake.minutes_left:.0f} 分钟"
    parts = (
        _measured(alarm, "当前值 {value}", "限值 {limit}"),
        f"开始于 {_local(alarm.raised_at, plant)}（{plant.site.name_zh}）。",
        f"受影响：血袋 {stake.bags} 袋，订单 {stake.orders} 个，医院 {stake.hospitals} 家；{left}。"
        if _is_at_stake(alarm)
        else "",
        alarm.guidance_zh,
        link,
        f"[{notice}]",
    )
    return "\n".join(part for part in parts if part)


def _is_at_stake(alarm: AlarmView) -> bool:
    """A full disk endangers no bag: then nothing is said of bags."""
    stake = alarm.stake
    return alarm.place is not None or stake.minutes_left is not None or bool(stake.bags or stake.orders)


def _measured(alarm: AlarmView, value: str, limit: str) -> str:
    unit = _UNITS.get(alarm.unit, alarm.unit)
    said = []
    if alarm.value is not None:
        shown = round(alarm.value, 0 if unit in _WHOLE else 2)
        said.append(value.format(value=f"{shown:g} {unit}".strip()))
    if alarm.limit is not None:
        said.append(limit.format(limit=f"{alarm.limit:g} {unit}".strip()))
    return ", ".join(said)


def _test(plant: Plant, one: Waiting, now: datetime, link: str) -> Message:
    who = ", ".join(one.told)
    return Message(
        id=one.id,
        kind=one.kind.value,
        site=plant.site.id,
        sent_at=now,
        told=one.told,
        link=link,
        title_en=f"Test message of {plant.site.name_en}",
        title_zh=f"{plant.site.name_zh}测试消息",
        text_en=f"{who} tests channel {one.channel}. Nothing is wrong.\n{link}\n[{one.id}]",
        text_zh=f"{who} 正在测试渠道 {one.channel}，无异常。\n{link}\n[{one.id}]",
    )


def _at(name: str | None, before: str) -> str:
    return "" if name is None else f"{before}{name}"


def _local(at: datetime, plant: Plant) -> str:
    return f"{at.astimezone(ZoneInfo(plant.site.timezone)):%Y-%m-%d %H:%M}"
