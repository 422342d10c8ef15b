"""When a bag expires: from collection by days or minutes, and after an operation by the combinator. Pure.

Days are counted as the profile says; the day of collection is day 0 (RedBook 6.5). Hours keep their minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, tzinfo
from typing import Final

from blood.components import DayEnd, LifeUnit, ShelfLife
from blood.operations import ExpiryBasis, Operation

_LAST_MINUTE: Final = time(23, 59)


def expiry_from(begin: datetime, life: ShelfLife, days_end: DayEnd, zone: tzinfo) -> datetime:
    """Expiry (UTC) of what has a shelf life of its own from ``begin``, an aware instant.

    A shelf life of days ends at 23:59 of its last day in ``zone`` where the profile says so (ST-001 2.4.4: a day
    without a time means 23:59 local); one of hours, and any under `DayEnd.EXACT`, ends to the minute, rounded down.
    """
    length = life.length.value
    if days_end is DayEnd.EXACT or life.unit is LifeUnit.HOURS:
        return (begin + length).astimezone(UTC).replace(second=0, microsecond=0)
    day = begin.astimezone(zone).date() + length
    return datetime.combine(day, _LAST_MINUTE, zone).astimezone(UTC)


def expiry_after(operation: Operation, parents: Sequence[datetime], at: datetime) -> datetime:
    """Expiry of what is made at ``at`` from bags that expire at ``parents``: the earliest of all, never later than any.

    Whole minutes, rounded down (a label says no seconds). Raises ValueError without parents, or for an operation whose
    output has a shelf life of its own from collection. Source: domain.md 1.4 (RedBook 6.5, 21 CFR 610.50(a)).
    """
    if not parents:
        raise ValueError(f"{operation.recipe}: an expiry needs at least one parent")
    if operation.expiry is not ExpiryBasis.PARENTS:
        raise ValueError(f"{operation.recipe}: the expiry of {operation.output} counts from collection")
    bounds = list(parents) if operation.expiry_limit is None else [*parents, at + operation.expiry_limit]
    return min(bounds).replace(second=0, microsecond=0)
