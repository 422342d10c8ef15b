"""What the wall shows and sounds: every alarm that nobody has acted on. A state, so a screen that was away is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, select

from plant.model import Plant
from wms.alarms.catalogue import rule_of
from wms.alarms.tables import alarm
from wms.notices.tables import climb
from wms.store.metadata import from_us, from_us_or_none


class Sound(StrEnum):
    """How loud: the sound of a priority."""

    CRITICAL = "critical"
    WARNING = "warning"
    NOTICE = "notice"
    NONE = "none"


SOUND_OF: Final = {1: Sound.CRITICAL, 2: Sound.WARNING, 3: Sound.NOTICE, 4: Sound.NONE}
_LOUDEST_FIRST: Final = tuple(Sound)


@dataclass(frozen=True, slots=True)
class WallItem:
    """An alarm that nobody has acted on."""

    alarm: str
    priority: int
    title_en: str
    title_zh: str
    place: str | None
    place_name_en: str | None
    place_name_zh: str | None
    begun_at: datetime
    told_at: datetime | None
    step: int
    repeats: int
    sound: Sound


def wall_items(conn: Connection, plant: Plant) -> tuple[WallItem, ...]:
    """Alarms that wait for somebody and of which somebody was told, the most urgent and then the oldest first."""
    query = (
        select(climb, alarm.c.subject_en, alarm.c.subject_zh, alarm.c.place)
        .join(alarm, alarm.c.id == climb.c.alarm)
        .where(climb.c.ended_us.is_(None), climb.c.step >= 0)
        .order_by(climb.c.priority, climb.c.begun_us, climb.c.id)
    )
    found = []
    for row in conn.execute(query):
        rule = rule_of(row.condition)
        name_en, name_zh = place_names(plant, row.place)
        found.append(
            WallItem(
                alarm=row.alarm,
                priority=row.priority,
                title_en=rule.title_en.format(subject=row.subject_en),
                title_zh=rule.title_zh.format(subject=row.subject_zh),
                place=row.place,
                place_name_en=name_en,
                place_name_zh=name_zh,
                begun_at=from_us(row.begun_us),
                told_at=from_us_or_none(row.told_us),
                step=row.step,
                repeats=row.repeats,
                sound=SOUND_OF[row.priority],
            )
        )
    return tuple(found)


def loudest(items: Sequence[WallItem]) -> Sound:
    """The sound of the most urgent of them."""
    return min((item.sound for item in items), key=_LOUDEST_FIRST.index, default=Sound.NONE)


def place_names(plant: Plant, path: str | None) -> tuple[str | None, str | None]:
    """What a place is called in English and Chinese; its path when the plant does not know it."""
    if path is None:
        return None, None
    try:
        place = plant.place_of(path)
    except KeyError:
        return path, path
    return place.name_en, place.name_zh
