"""The alarm state machine of ISA-18.2 / IEC 62682 as pure functions; time is an argument (domain.md 6.1).

The condition (is it outside?), the alarm (has a person seen it?) and the latch (has a person looked at what it did?)
are kept apart. What is set aside (shelved, suppressed, out of service) goes on following its condition and its latch,
and comes back as these say: no way out of sight is a way out of the book.
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


class Latch(StrEnum):
    """Whether the end of the condition is enough (FREE), or a person has to reset the alarm as well (HELD)."""

    FREE = "free"
    HELD = "held"


class AlarmState(StrEnum):
    """States of ISA-18.2, in the order of their letters in domain.md 6.1: A to I."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED_UNACKNOWLEDGED = "returned_unacknowledged"
    LATCHED_UNACKNOWLEDGED = "latched_unacknowledged"
    LATCHED = "latched"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"


class AlarmRefused(Refused):
    """A person asked for a step that this alarm cannot take now; the detail says why."""


@dataclass(frozen=True, slots=True)
class ConditionIs:
    """News of the condition; a ``level`` above the present one re-alarms an acknowledged alarm (escalation).

    ``latches``: an alarm that stood with it stays latched after the condition has cleared, until it is reset.
    """

    condition: Condition
    level: int = 0
    latches: bool = False


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """A person has seen it."""


@dataclass(frozen=True, slots=True)
class Reset:
    """A person has looked at what a latched alarm did, and lets it go."""


@dataclass(frozen=True, slots=True)
class Shelve:
    """A person silences it until an instant."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Unshelve:
    """A person takes it off the shelf before its time."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes; only a shelf or a maintenance that has run out notices."""


@dataclass(frozen=True, slots=True)
class Suppress:
    """Logic says that another alarm already covers this one."""


@dataclass(frozen=True, slots=True)
class Unsuppress:
    """The covering alarm is over."""


@dataclass(frozen=True, slots=True)
class TakeOutOfService:
    """The source is under maintenance, until an instant or (None) until somebody says that it is over."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReturnToService:
    """Maintenance is over."""


Event = (
    ConditionIs
    | Acknowledge
    | Reset
    | Shelve
    | Unshelve
    | Tick
    | Suppress
    | Unsuppress
    | TakeOutOfService
    | ReturnToService
)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: state, condition now, last condition that was certain, latch, highest level since it was raised.

    All instants are domain time. ``known`` is ACTIVE or INACTIVE, never UNKNOWN: it is what an alarm falls back to
    when it comes off the shelf while the condition is unknown, so that silence never clears anything.
    """

    state: AlarmState = AlarmState.NORMAL
    condition: Condition = Condition.UNKNOWN
    known: Condition = Condition.INACTIVE
    latch: Latch = Latch.FREE
    level: int = 0
    raised_at: datetime | None = None
    returned_at: datetime | None = None
    shelved_until: datetime | None = None
    out_until: datetime | None = None


_A, _B = AlarmState.NORMAL, AlarmState.UNACKNOWLEDGED
_C, _D = AlarmState.ACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED
_E, _F = AlarmState.LATCHED_UNACKNOWLEDGED, AlarmState.LATCHED
_SHELVABLE = frozenset({_A, _B, _C, _D, _E, _F})
_ON_ACTIVE = {_A: _B, _D: _B, _E: _B, _F: _B}
_ON_INACTIVE = {Latch.FREE: {_B: _D, _C: _A}, Latch.HELD: {_B: _E, _C: _F}}
_ON_ACKNOWLEDGE = {_B: _C, _D: _A, _E: _F}


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
        case Reset():
            return _reset(alarm)
        case Shelve(until):
            return _shelve(alarm, until, at)
        case Unshelve():
            if alarm.state is not AlarmState.SHELVED:
                raise AlarmRefused("alarm_not_shelved", f"It is not on the shelf: the alarm is {_word(alarm)}")
            return _from_condition(alarm)
        case Tick():
            ends = (alarm.shelved_until, alarm.out_until)  # each is set in its own state only
            return _from_condition(alarm) if any(end is not None and end <= at for end in ends) else alarm
        case _:
            return _taken_away(alarm, event, at)


def _news(alarm: Alarm, news: ConditionIs, at: datetime) -> Alarm:
    if news.condition is Condition.UNKNOWN:
        return replace(alarm, condition=Condition.UNKNOWN)
    stood = alarm.known is Condition.ACTIVE
    if news.condition is Condition.INACTIVE:
        latch = Latch.HELD if stood and news.latches else alarm.latch
        return replace(
            alarm,
            state=_ON_INACTIVE[latch].get(alarm.state, alarm.state),
            condition=news.condition,
            known=news.condition,
            latch=latch,
            level=0,
            returned_at=at if stood else alarm.returned_at,
        )
    escalated = alarm.state is _C and news.level > alarm.level
    return replace(
        alarm,
        state=_B if escalated else _ON_ACTIVE.get(alarm.state, alarm.state),
        condition=news.condition,
        known=news.condition,
        latch=Latch.HELD if news.latches else alarm.latch,
        level=max(news.level, alarm.level) if stood else news.level,
        raised_at=alarm.raised_at if stood else at,
        returned_at=None,
    )


def _reset(alarm: Alarm) -> Alarm:
    if alarm.state is _E:
        raise AlarmRefused("alarm_not_seen", "Acknowledge it first: a latched alarm is reset by who has seen it")
    if alarm.state is not _F:
        raise AlarmRefused("alarm_not_latched", f"There is nothing to reset: the alarm is {_word(alarm)}")
    return replace(alarm, state=_A, latch=Latch.FREE)


def _shelve(alarm: Alarm, until: datetime, at: datetime) -> Alarm:
    if alarm.state not in _SHELVABLE:
        raise AlarmRefused("alarm_not_shelvable", f"It cannot be shelved: the alarm is {_word(alarm)}")
    if until <= at:
        raise AlarmRefused("shelf_in_the_past", "A shelf must end in the future")
    return replace(alarm, state=AlarmState.SHELVED, shelved_until=until)


def _taken_away(alarm: Alarm, event: Suppress | Unsuppress | TakeOutOfService | ReturnToService, at: datetime) -> Alarm:
    """Suppression yields to maintenance: what is out of service stays so; the logic is asked again afterwards."""
    match event:
        case Suppress():
            if alarm.state is AlarmState.OUT_OF_SERVICE:
                return alarm
            return replace(alarm, state=AlarmState.SUPPRESSED, shelved_until=None)
        case Unsuppress():
            return _from_condition(alarm) if alarm.state is AlarmState.SUPPRESSED else alarm
        case TakeOutOfService(until):
            if until is not None and until <= at:
                raise AlarmRefused("maintenance_in_the_past", "A maintenance must end in the future")
            return replace(alarm, state=AlarmState.OUT_OF_SERVICE, shelved_until=None, out_until=until)
        case ReturnToService():
            if alarm.state is not AlarmState.OUT_OF_SERVICE:
                raise AlarmRefused("alarm_in_service", f"It is in service already: the alarm is {_word(alarm)}")
            return _from_condition(alarm)


def _from_condition(alarm: Alarm) -> Alarm:
    """Back in sight: unacknowledged when the last certain word was "active" or the latch is held, else normal."""
    at_rest = _E if alarm.latch is Latch.HELD else _A
    state = _B if alarm.known is Condition.ACTIVE else at_rest
    return replace(alarm, state=state, shelved_until=None, out_until=None)


def _word(alarm: Alarm) -> str:
    return alarm.state.value.replace("_", " ")
