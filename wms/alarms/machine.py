"""The alarm state machine of ISA-18.2 / IEC 62682 as pure functions; time is an argument (domain.md 6.1).

The condition (is it outside?) and the alarm (has a person seen it?) are kept apart. Latched states are left out: an
occurrence that cannot "return to normal" stays active until it is acknowledged (`rules.Nature.EVENT`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from wms.errors import Refused


class Condition(StrEnum):
    """What is known of the condition now; UNKNOWN is neither good nor bad news."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    UNKNOWN = "unknown"


class AlarmState(StrEnum):
    """States of ISA-18.2 (letters of domain.md 6.1: A, B, C, D, G, H, I)."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED_UNACKNOWLEDGED = "returned_unacknowledged"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"


class AlarmRefused(Refused):
    """A person asked for a step that this alarm cannot take now; the detail says why."""


@dataclass(frozen=True, slots=True)
class ConditionIs:
    """News of the condition; a ``level`` above the present one re-alarms an acknowledged alarm (escalation)."""

    condition: Condition
    level: int = 0


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """A person has seen it."""


@dataclass(frozen=True, slots=True)
class Shelve:
    """A person silences it until an instant."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Unshelve:
    """A person takes it off the shelf before its time."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes; only a shelf that has run out notices."""


@dataclass(frozen=True, slots=True)
class Suppress:
    """Logic says that another alarm already covers this one."""


@dataclass(frozen=True, slots=True)
class Unsuppress:
    """The covering alarm is over."""


@dataclass(frozen=True, slots=True)
class TakeOutOfService:
    """The source is under maintenance."""


@dataclass(frozen=True, slots=True)
class ReturnToService:
    """Maintenance is over."""


Event = (
    ConditionIs | Acknowledge | Shelve | Unshelve | Tick | Suppress | Unsuppress | TakeOutOfService | ReturnToService
)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: state, condition now, last condition that was certain, highest level since it was raised, its times.

    All instants are domain time. ``known`` is ACTIVE or INACTIVE, never UNKNOWN: it is what an alarm falls back to
    when it comes off the shelf while the condition is unknown, so that silence never clears anything.
    """

    state: AlarmState = AlarmState.NORMAL
    condition: Condition = Condition.UNKNOWN
    known: Condition = Condition.INACTIVE
    level: int = 0
    raised_at: datetime | None = None
    returned_at: datetime | None = None
    shelved_until: datetime | None = None


_A, _B = AlarmState.NORMAL, AlarmState.UNACKNOWLEDGED
_C, _D = AlarmState.ACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED
_SHELVABLE = frozenset({_A, _B, _C, _D})
_ON_ACTIVE = {_A: _B, _D: _B}
_ON_INACTIVE = {_B: _D, _C: _A}
_ON_ACKNOWLEDGE = {_B: _C, _D: _A}


def step(alarm: Alarm, event: Event, at: datetime) -> Alarm:
    """Return the alarm after an event at ``at`` (UTC).

    Raises AlarmRefused when a person's step does not fit the state; news, ticks and suppression logic always fit.
    """
    match event:
        case ConditionIs():
            return _news(alarm, event, at)
        case Acknowledge():
            if alarm.state not in _ON_ACKNOWLEDGE:
                raise AlarmRefused(
                    "alarm_not_acknowledgeable", f"There is nothing to acknowledge: the alarm is {_word(alarm)}"
                )
            return replace(alarm, state=_ON_ACKNOWLEDGE[alarm.state])
        case Shelve(until):
            return _shelve(alarm, until, at)
        case Unshelve():
            if alarm.state is not AlarmState.SHELVED:
                raise AlarmRefused("alarm_not_shelved", f"It is not on the shelf: the alarm is {_word(alarm)}")
            return _from_condition(alarm)
        case Tick():
            over = alarm.shelved_until is not None and alarm.shelved_until <= at
            return _from_condition(alarm) if alarm.state is AlarmState.SHELVED and over else alarm
        case _:
            return _taken_away(alarm, event)


def _news(alarm: Alarm, news: ConditionIs, at: datetime) -> Alarm:
    if news.condition is Condition.UNKNOWN:
        return replace(alarm, condition=Condition.UNKNOWN)
    if news.condition is Condition.INACTIVE:
        state = _ON_INACTIVE.get(alarm.state, alarm.state)
        returned = at if alarm.known is Condition.ACTIVE else alarm.returned_at
        return replace(
            alarm, state=state, condition=news.condition, known=news.condition, level=0, returned_at=returned
        )
    first = alarm.known is not Condition.ACTIVE
    escalated = alarm.state is _C and news.level > alarm.level
    return replace(
        alarm,
        state=_B if escalated else _ON_ACTIVE.get(alarm.state, alarm.state),
        condition=news.condition,
        known=news.condition,
        level=news.level if first else max(news.level, alarm.level),
        raised_at=at if first else alarm.raised_at,
        returned_at=None,
    )


def _shelve(alarm: Alarm, until: datetime, at: datetime) -> Alarm:
    if alarm.state not in _SHELVABLE:
        raise AlarmRefused("alarm_not_shelvable", f"It cannot be shelved: the alarm is {_word(alarm)}")
    if until <= at:
        raise AlarmRefused("shelf_in_the_past", "A shelf must end in the future")
    return replace(alarm, state=AlarmState.SHELVED, shelved_until=until)


def _taken_away(alarm: Alarm, event: Suppress | Unsuppress | TakeOutOfService | ReturnToService) -> Alarm:
    """Suppression yields to maintenance: what is out of service stays so; the logic is asked again afterwards."""
    match event:
        case Suppress():
            if alarm.state is AlarmState.OUT_OF_SERVICE:
                return alarm
            return replace(alarm, state=AlarmState.SUPPRESSED, shelved_until=None)
        case Unsuppress():
            return _from_condition(alarm) if alarm.state is AlarmState.SUPPRESSED else alarm
        case TakeOutOfService():
            return replace(alarm, state=AlarmState.OUT_OF_SERVICE, shelved_until=None)
        case ReturnToService():
            if alarm.state is not AlarmState.OUT_OF_SERVICE:
                raise AlarmRefused("alarm_in_service", f"It is in service already: the alarm is {_word(alarm)}")
            return _from_condition(alarm)


def _from_condition(alarm: Alarm) -> Alarm:
    """Back in sight: unacknowledged when the last certain word was "active", else normal."""
    return replace(alarm, state=_B if alarm.known is Condition.ACTIVE else _A, shelved_until=None)


def _word(alarm: Alarm) -> str:
    return alarm.state.value.replace("_", " ")
