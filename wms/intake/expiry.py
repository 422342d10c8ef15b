"""When a bag expires, computed by the system from its component profile, never typed (domain.md 5.3)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from plant.model import Plant

_DAY = timedelta(days=1)
_LAST_MINUTE = time(23, 59)


def expiry_of(plant: Plant, component: str, collected_at: datetime) -> datetime:
    """Expiry (UTC) of a bag: collection day plus shelf life, to 23:59 site time; shelf lives of hours count exactly.

    Source: domain.md 1.1 (shelf lives), ST-001 2.4.4 (a day without a time means 23:59 local). Raises KeyError for an
    unknown component.
    """
    shelf_life = plant.components[component].shelf_life
    if shelf_life % _DAY:
        return collected_at + shelf_life
    zone = ZoneInfo(plant.site.timezone)
    day = collected_at.astimezone(zone).date() + shelf_life
    return datetime.combine(day, _LAST_MINUTE, zone).astimezone(UTC)
