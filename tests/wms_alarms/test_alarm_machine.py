"""The alarm machine, rule by rule and pair by pair (domain.md 6.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from wms.alarms.machine import (
    Acknowledge,
    Alarm,
    AlarmRefused,
    AlarmState,
    Condition,
    ConditionIs,
    Event,
    Latch,
    Reset,
    ReturnToService,
    Shelve,
    Suppress,
    TakeOutOfService,
    Tick,
    Unshelve,
    Unsuppress,
    step,
)

T0 = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
SHELF_END = T0 + timedelta(hours=1)
A, B = AlarmState.NORMAL, AlarmState.UNACKNOWLEDGED
C, D = AlarmState.ACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED
E, F = AlarmState.LATCHED_UNACKNOWLEDGED, AlarmState.LATCHED
G, H, I = AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE  # noqa: E741  (the standard's letters)
ACTIVE, INACTIVE, UNKNOWN = (ConditionIs(condition) for condition in Condition)
WORSE = ConditionIs(Condition.ACTIVE, level=1)
LATCHING, LATCHING_OVER = (ConditionIs(one, latches=True) for one in (Condition.ACTIVE, Condition.INACTIVE))


def alarm_in(state: AlarmState) -> Alarm:
    known = Condition.ACTIVE if state in {B, C, G, H, I} else Condition.INACTIVE
    return Alarm(
        state,
        known,
        known,
        Latch.HELD if state in {E, F} else Latch.FREE,
        raised_at=T0,
        shelved_until=SHELF_END if state is G else None,
        out_until=SHELF_END if state is I else None,
    )


def play(*events: Event, at: datetime = T0) -> Alarm:
    alarm = Alarm()
    for event in events:
        alarm = step(alarm, event, at)
    return alarm


REFUSED = None


def answers(event: Event, *states: AlarmState | None) -> dict[tuple[AlarmState, Event], AlarmState | None]:
    return {(state, event): to for state, to in zip(AlarmState, states, strict=True)}


PAIRS: dict[tuple[AlarmState, Event], AlarmState | None] = {
    **answers(ACTIVE, B, B, C, B, B, B, G, H, I),
    **answers(LATCHING, B, B, C, B, B, B, G, H, I),
    **answers(WORSE, B, B, B, B, B, B, G, H, I),
    **answers(INACTIVE, A, D, A, D, E, F, G, H, I),
    **answers(LATCHING_OVER, A, E, F, D, E, F, G, H, I),
    **answers(UNKNOWN, A, B, C, D, E, F, G, H, I),
    **answers(Acknowledge(), REFUSED, C, REFUSED, A, F, REFUSED, REFUSED, REFUSED, REFUSED),
    **answers(Reset(), REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, A, REFUSED, REFUSED, REFUSED),
    **answers(Shelve(SHELF_END), G, G, G, G, G, G, REFUSED, REFUSED, REFUSED),
    **answers(Unshelve(), REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, B, REFUSED, REFUSED),
    **answers(Tick(), A, B, C, D, E, F, G, H, I),
    **answers(Suppress(), H, H, H, H, H, H, H, H, I),
    **answers(Unsuppress(), A, B, C, D, E, F, G, B, I),
    **answers(TakeOutOfService(SHELF_END), I, I, I, I, I, I, I, I, I),
    **answers(ReturnToService(), REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, B),
}


@pytest.mark.parametrize(("state", "event"), PAIRS, ids=str)
def test_every_state_answers_every_event(state: AlarmState, event: Event) -> None:
    expected = PAIRS[state, event]
    if expected is REFUSED:
        with pytest.raises(AlarmRefused) as refusal:
            step(alarm_in(state), event, T0)
        assert state.value.replace("_", " ") in refusal.value.detail or refusal.value.code == "alarm_not_seen"
    else:
        assert step(alarm_in(state), event, T0).state is expected


def test_unknown_never_clears_an_alarm() -> None:
    silent = play(ACTIVE, UNKNOWN)
    assert (silent.state, silent.condition) == (B, Condition.UNKNOWN)
    assert play(ACTIVE, Acknowledge(), UNKNOWN).state is C


def test_unknown_never_raises_an_alarm_either() -> None:
    assert play(UNKNOWN).state is A
    assert play(UNKNOWN).condition is Condition.UNKNOWN


def test_a_level_falls_only_when_the_condition_ends() -> None:
    assert play(WORSE, Acknowledge(), ACTIVE).level == 1
    assert play(WORSE, INACTIVE, ACTIVE).level == 0


def test_every_pair_of_state_and_kind_of_event_has_its_answer() -> None:
    kinds = {type(event) for _, event in PAIRS}
    assert kinds == set(get_args(Event))
    assert {(state, kind) for state in AlarmState for kind in kinds} == {(s, type(event)) for s, event in PAIRS}
