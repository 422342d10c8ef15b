"""The alarm machine, rule by rule and pair by pair (domain.md 6.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.alarms.machine import (
    Acknowledge,
    Alarm,
    AlarmRefused,
    AlarmState,
    Condition,
    ConditionIs,
    Event,
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
G, H, I = AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE  # noqa: E741  (the standard's letters)
ACTIVE, INACTIVE, UNKNOWN = (ConditionIs(condition) for condition in Condition)
WORSE = ConditionIs(Condition.ACTIVE, level=1)


def alarm_in(state: AlarmState) -> Alarm:
    known = Condition.ACTIVE if state in {B, C, G, H, I} else Condition.INACTIVE
    return Alarm(state, known, known, raised_at=T0, shelved_until=SHELF_END if state is G else None)


def play(*events: Event, at: datetime = T0) -> Alarm:
    alarm = Alarm()
    for event in events:
        alarm = step(alarm, event, at)
    return alarm


REFUSED = None
PAIRS: dict[tuple[AlarmState, Event], AlarmState | None] = {
    **{(s, ACTIVE): to for s, to in zip(AlarmState, (B, B, C, B, G, H, I), strict=True)},
    **{(s, WORSE): to for s, to in zip(AlarmState, (B, B, B, B, G, H, I), strict=True)},
    **{(s, INACTIVE): to for s, to in zip(AlarmState, (A, D, A, D, G, H, I), strict=True)},
    **{(s, UNKNOWN): s for s in AlarmState},
    **{(s, Acknowledge()): to for s, to in zip(AlarmState, (REFUSED, C, REFUSED, A, *[REFUSED] * 3), strict=True)},
    **{(s, Shelve(SHELF_END)): G if s in {A, B, C, D} else REFUSED for s in AlarmState},
    **{(s, Unshelve()): B if s is G else REFUSED for s in AlarmState},
    **{(s, Tick()): s for s in AlarmState},
    **{(s, Suppress()): I if s is I else H for s in AlarmState},
    **{(s, Unsuppress()): B if s is H else s for s in AlarmState},
    **{(s, TakeOutOfService()): I for s in AlarmState},
    **{(s, ReturnToService()): B if s is I else REFUSED for s in AlarmState},
}


@pytest.mark.parametrize(("state", "event"), PAIRS, ids=str)
def test_every_state_answers_every_event(state: AlarmState, event: Event) -> None:
    expected = PAIRS[state, event]
    if expected is REFUSED:
        with pytest.raises(AlarmRefused) as refusal:
            step(alarm_in(state), event, T0)
        assert state.value.replace("_", " ") in refusal.value.detail
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


EVENTS = st.sampled_from([event for _, event in PAIRS])


@given(st.lists(st.tuples(EVENTS, st.integers(0, 120)), max_size=30))
def test_no_sequence_loses_an_active_condition(steps: list[tuple[Event, int]]) -> None:
    alarm, at = Alarm(), T0
    for event, minutes in steps:
        at += timedelta(minutes=minutes)
        try:
            alarm = step(alarm, event, at)
        except AlarmRefused:
            continue
        assert (alarm.state is G) == (alarm.shelved_until is not None)
        if alarm.known is Condition.ACTIVE:
            assert alarm.state in {B, C, G, H, I}
        else:
            assert alarm.state in {A, D, G, H, I}
