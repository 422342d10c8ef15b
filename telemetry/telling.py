"""A change of a condition, from what the watches hold: ids, milliseconds and numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from telemetry.conditions import Condition, ConditionChange, Severity

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def moment(ms: int) -> datetime:
    """Aware UTC instant of milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=ms)


def change_of(
    source: str,
    condition: Condition,
    *,
    active: bool,
    at_ms: int,
    place: str | None,
    value: float | None = None,
    limit: float | None = None,
    severity: Severity = Severity.MEDIUM,
) -> ConditionChange:
    """A condition of a source that began or ended at ``at_ms``; see `ConditionChange` for the units."""
    return ConditionChange(
        source=source,
        condition=condition,
        active=active,
        priority_hint=severity,
        value=value,
        limit=limit,
        at=moment(at_ms),
        place=place,
    )
