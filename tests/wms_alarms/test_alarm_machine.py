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


def test_active_acknowledged_returned_is_normal() -> None:
    assert play(ACTIVE).state is B
    assert play(ACTIVE, Acknowledge()).state is C
    assert play(ACTIVE, Acknowledge(), INACTIVE).state is A


def test_active_returned_acknowledged_is_normal() -> None:
    returned = play(ACTIVE, INACTIVE)
    assert (returned.state, returned.returned_at) == (D, T0)
    assert play(ACTIVE, INACTIVE, Acknowledge()).state is A


def test_active_returned_active_again_is_a_new_alarm() -> None:
    again = step(play(ACTIVE, INACTIVE), ACTIVE, T0 + timedelta(minutes=5))
    assert (again.state, again.raised_at, again.returned_at) == (B, T0 + timedelta(minutes=5), None)


def test_unknown_never_clears_an_alarm() -> None:
    silent = play(ACTIVE, UNKNOWN)
    assert (silent.state, silent.condition) == (B, Condition.UNKNOWN)
    assert play(ACTIVE, Acknowledge(), UNKNOWN).state is C


def test_unknown_never_raises_an_alarm_either() -> None:
    assert play(UNKNOWN).state is A
    assert play(UNKNOWN).condition is Condition.UNKNOWN


def test_escalation_while_acknowledged_alarms_again_once() -> None:
    escalated = play(ACTIVE, Acknowledge(), WORSE)
    assert (escalated.state, escalated.level) == (B, 1)
    assert step(step(escalated, Acknowledge(), T0), WORSE, T0).state is C


def test_a_level_falls_only_when_the_condition_ends() -> None:
    assert play(WORSE, Acknowledge(), ACTIVE).level == 1
    assert play(WORSE, INACTIVE, ACTIVE).level == 0


def test_shelf_ends_by_itself_and_shows_what_is_still_active() -> None:
    shelved = play(ACTIVE, Shelve(SHELF_END))
    assert step(shelved, Tick(), SHELF_END - timedelta(microseconds=1)).state is G
    back = step(shelved, Tick(), SHELF_END)
    assert (back.state, back.shelved_until) == (B, None)


def test_shelved_then_returned_comes_back_as_normal() -> None:
    assert step(play(ACTIVE, Shelve(SHELF_END), INACTIVE), Tick(), SHELF_END).state is A


def test_shelved_then_unknown_comes_back_unacknowledged() -> None:
    assert step(play(ACTIVE, Shelve(SHELF_END), UNKNOWN), Tick(), SHELF_END).state is B


def test_shelf_must_end_in_the_future() -> None:
    with pytest.raises(AlarmRefused) as refusal:
        play(ACTIVE, Shelve(T0))
    assert refusal.value.code == "shelf_in_the_past"


def test_suppressed_while_shelved_forgets_the_shelf() -> None:
    alarm = play(ACTIVE, Shelve(SHELF_END), Suppress())
    assert (alarm.state, alarm.shelved_until) == (H, None)
    assert step(alarm, Unsuppress(), T0).state is B


def test_out_of_service_outranks_suppression() -> None:
    assert play(ACTIVE, TakeOutOfService(), Suppress(), Unsuppress()).state is I
    assert play(ACTIVE, Suppress(), TakeOutOfService(), ReturnToService()).state is B


def test_every_pair_of_state_and_kind_of_event_has_its_answer() -> None:
    kinds = {type(event) for _, event in PAIRS}
    assert kinds == set(get_args(Event))
    assert {(state, kind) for state in AlarmState for kind in kinds} == {(s, type(event)) for s, event in PAIRS}
