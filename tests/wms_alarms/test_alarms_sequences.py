# ruff: noqa: N802 - tests are named after the letters that the standard gives to the states
"""Sequences through the alarm machine, each test named after the states it passes (letters of domain.md 6.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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
HOUR = timedelta(hours=1)
LETTERS = dict(zip("ABCDEFGHI", AlarmState, strict=True))
ON, OFF, LOST = (ConditionIs(condition) for condition in Condition)
LATCHING_ON, LATCHING_OFF = (ConditionIs(one, latches=True) for one in (Condition.ACTIVE, Condition.INACTIVE))
WORSE = ConditionIs(Condition.ACTIVE, level=1)
SEEN, RESET, SHELF, TICK = Acknowledge(), Reset(), Shelve(T0 + HOUR), Tick()


def passes(letters: str, *events: Event, start: Alarm | None = None) -> Alarm:
    """Play events a minute apart and check the state after each; ``letters`` begins with the state before."""
    alarm, at = start or Alarm(), T0
    assert alarm.state is LETTERS[letters[0]]
    for number, (letter, event) in enumerate(zip(letters[1:], events, strict=True)):
        alarm = step(alarm, event, at)
        assert alarm.state is LETTERS[letter], (number, event)
        at += timedelta(minutes=1)
    return alarm


def test_A_B_C_A_seen_then_over() -> None:
    passes("ABCA", ON, SEEN, OFF)


def test_A_B_D_A_over_then_seen() -> None:
    passes("ABDA", ON, OFF, SEEN)


def test_A_B_D_B_back_before_anybody_saw_it_is_a_new_raising() -> None:
    again = passes("ABDB", ON, OFF, ON)
    assert again.raised_at == T0 + timedelta(minutes=2)
    assert again.returned_at is None


def test_A_B_C_A_B_a_second_time_calls_again() -> None:
    passes("ABCAB", ON, SEEN, OFF, ON)


def test_A_B_C_B_C_worse_calls_again_once() -> None:
    assert passes("ABCBCC", ON, SEEN, WORSE, SEEN, WORSE).level == 1


def test_A_B_C_C_more_of_the_same_calls_nobody() -> None:
    passes("ABCC", ON, SEEN, ON)


def test_A_B_E_F_A_a_latched_alarm_is_seen_then_reset() -> None:
    assert passes("ABEFA", LATCHING_ON, LATCHING_OFF, SEEN, RESET).latch is Latch.FREE


def test_A_B_C_F_A_seen_while_it_stood_then_latched_then_reset() -> None:
    passes("ABCFA", LATCHING_ON, SEEN, LATCHING_OFF, RESET)


def test_A_B_E_an_end_told_without_the_latch_does_not_open_it() -> None:
    passes("ABE", LATCHING_ON, OFF)


def test_A_B_E_a_latch_told_with_the_end_holds() -> None:
    passes("ABE", ON, LATCHING_OFF)


def test_A_B_E_B_E_F_A_back_while_latched_is_a_new_raising() -> None:
    passes("ABEBEFA", LATCHING_ON, LATCHING_OFF, LATCHING_ON, LATCHING_OFF, SEEN, RESET)


def test_A_B_C_F_B_back_after_it_was_seen_calls_again() -> None:
    again = passes("ABCFB", LATCHING_ON, SEEN, LATCHING_OFF, ON)
    assert (again.raised_at, again.latch) == (T0 + timedelta(minutes=3), Latch.HELD)


def test_A_B_E_refuses_a_reset_before_somebody_has_seen_it() -> None:
    latched = passes("ABE", LATCHING_ON, LATCHING_OFF)
    with pytest.raises(AlarmRefused) as refusal:
        step(latched, RESET, T0)
    assert refusal.value.code == "alarm_not_seen"


@pytest.mark.parametrize(("letters", "events"), [("ABB", (LATCHING_ON, LOST)), ("ABCC", (LATCHING_ON, SEEN, LOST))])
def test_B_B_and_C_C_silence_never_opens_a_latch(letters: str, events: tuple[Event, ...]) -> None:
    assert passes(letters, *events).latch is Latch.HELD


def test_A_B_G_B_the_shelf_runs_out_and_it_still_stands() -> None:
    shelved = passes("ABG", ON, SHELF)
    assert step(shelved, TICK, T0 + HOUR - timedelta(microseconds=1)).state is AlarmState.SHELVED
    assert step(shelved, TICK, T0 + HOUR).state is AlarmState.UNACKNOWLEDGED


def test_A_B_C_G_B_what_was_seen_is_not_seen_any_more_after_the_shelf() -> None:
    passes("ABCGB", ON, SEEN, SHELF, Unshelve())


def test_A_B_G_G_A_over_on_the_shelf() -> None:
    passes("ABGGA", ON, SHELF, OFF, Unshelve())


def test_A_G_G_B_begins_on_the_shelf_and_calls_afterwards() -> None:
    passes("AGGB", SHELF, ON, Unshelve())


def test_A_B_G_G_E_over_on_the_shelf_but_latched() -> None:
    passes("ABGGE", LATCHING_ON, SHELF, LATCHING_OFF, Unshelve())


def test_A_B_D_G_A_returned_then_shelved() -> None:
    passes("ABDGA", ON, OFF, SHELF, Unshelve())


def test_A_B_E_G_E_and_A_B_C_F_G_E_a_shelf_does_not_open_a_latch() -> None:
    passes("ABEGE", LATCHING_ON, LATCHING_OFF, SHELF, Unshelve())
    passes("ABCFGE", LATCHING_ON, SEEN, LATCHING_OFF, SHELF, Unshelve())


def test_A_B_G_G_B_silence_on_the_shelf_clears_nothing() -> None:
    passes("ABGGB", ON, SHELF, LOST, Unshelve())


def test_A_B_H_B_suppressed_and_still_there() -> None:
    passes("ABHB", ON, Suppress(), Unsuppress())


def test_A_B_H_H_A_over_while_suppressed() -> None:
    passes("ABHHA", ON, Suppress(), OFF, Unsuppress())


def test_A_B_C_F_H_E_a_latch_outlasts_suppression() -> None:
    passes("ABCFHE", LATCHING_ON, SEEN, LATCHING_OFF, Suppress(), Unsuppress())


def test_A_B_G_H_B_suppression_takes_it_off_the_shelf_for_good() -> None:
    hidden = passes("ABGH", ON, SHELF, Suppress())
    assert hidden.shelved_until is None
    assert step(hidden, TICK, T0 + 2 * HOUR).state is AlarmState.SUPPRESSED
    passes("HB", Unsuppress(), start=hidden)


def test_A_I_I_B_begins_in_maintenance_and_calls_afterwards() -> None:
    passes("AIIB", TakeOutOfService(), ON, ReturnToService())


def test_A_B_I_B_maintenance_ends_by_itself() -> None:
    away = passes("ABI", ON, TakeOutOfService(T0 + HOUR))
    assert step(away, TICK, T0 + HOUR - timedelta(microseconds=1)).state is AlarmState.OUT_OF_SERVICE
    assert step(away, TICK, T0 + HOUR).state is AlarmState.UNACKNOWLEDGED


def test_A_B_I_I_maintenance_without_an_end_waits_for_a_person() -> None:
    away = passes("ABI", ON, TakeOutOfService())
    assert step(away, TICK, T0 + 1000 * HOUR).state is AlarmState.OUT_OF_SERVICE


def test_A_B_G_I_B_H_I_maintenance_outranks_shelf_and_suppression() -> None:
    away = passes("ABGI", ON, SHELF, TakeOutOfService(T0 + HOUR))
    assert away.shelved_until is None
    passes("IIIB", Suppress(), Unsuppress(), ReturnToService(), start=away)
    passes("ABHI", ON, Suppress(), TakeOutOfService(T0 + HOUR))


def test_A_B_E_I_E_maintenance_does_not_open_a_latch() -> None:
    passes("ABEIE", LATCHING_ON, LATCHING_OFF, TakeOutOfService(T0 + HOUR), ReturnToService())


@pytest.mark.parametrize(
    ("event", "code"),
    [(Shelve(T0), "shelf_in_the_past"), (TakeOutOfService(T0), "maintenance_in_the_past")],
)
def test_B_stays_B_when_the_end_is_not_in_the_future(event: Event, code: str) -> None:
    with pytest.raises(AlarmRefused) as refusal:
        step(passes("AB", ON), event, T0)
    assert refusal.value.code == code
