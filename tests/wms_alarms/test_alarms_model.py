"""The alarm machine against a model of its own: a table of the standard and a few plain variables, nothing shared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from wms.alarms.machine import (
    Acknowledge,
    Alarm,
    AlarmRefused,
    Condition,
    ConditionIs,
    Event,
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
NAMES = {
    "A": "normal", "B": "unacknowledged", "C": "acknowledged", "D": "returned_unacknowledged",
    "E": "latched_unacknowledged", "F": "latched", "G": "shelved", "H": "suppressed", "I": "out_of_service",
}  # fmt: skip
IN_SIGHT = "ABCDEF"


class AlarmModel(RuleBasedStateMachine):
    """Plays random lives; the model holds letter, truth, latch, level and the ends of what was set aside."""

    def __init__(self) -> None:
        super().__init__()
        self.alarm, self.now = Alarm(), T0
        self.letter, self.true, self.latched, self.level = "A", False, False, 0
        self.until: datetime | None = None

    def play(self, event: Event) -> bool:
        """Let the machine take the event; False when it refused."""
        try:
            self.alarm = step(self.alarm, event, self.now)
        except AlarmRefused:
            return False
        return True

    def come_back(self) -> None:
        self.letter = "B" if self.true else "E" if self.latched else "A"
        self.until = None

    @rule(minutes=st.integers(0, 90))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        assert self.play(Tick())
        if self.letter in "GI" and self.until is not None and self.until <= self.now:
            self.come_back()

    @rule(level=st.integers(0, 2), latches=st.booleans())
    def condition_true(self, level: int, latches: bool) -> None:
        assert self.play(ConditionIs(Condition.ACTIVE, level, latches))
        if self.letter in "ADEF" or (self.letter == "C" and level > self.level):
            self.letter = "B"
        self.level = max(level, self.level) if self.true else level
        self.true, self.latched = True, self.latched or latches

    @rule(latches=st.booleans())
    def condition_clears(self, latches: bool) -> None:
        assert self.play(ConditionIs(Condition.INACTIVE, latches=latches))
        self.latched = self.latched or (latches and self.true)
        if self.letter in "BC":
            self.letter = {"B": "DE", "C": "AF"}[self.letter][self.latched]
        self.true, self.level = False, 0

    @rule()
    def nobody_knows(self) -> None:
        assert self.play(ConditionIs(Condition.UNKNOWN))

    @rule()
    def acknowledge(self) -> None:
        assert self.play(Acknowledge()) == (self.letter in "BDE")
        self.letter = {"B": "C", "D": "A", "E": "F"}.get(self.letter, self.letter)

    @rule()
    def reset(self) -> None:
        assert self.play(Reset()) == (self.letter == "F")
        if self.letter == "F":
            self.letter, self.latched = "A", False

    @rule(minutes=st.integers(0, 60))
    def shelve(self, minutes: int) -> None:
        until = self.now + timedelta(minutes=minutes)
        fits = self.letter in IN_SIGHT and minutes > 0
        assert self.play(Shelve(until)) == fits
        if fits:
            self.letter, self.until = "G", until

    @rule()
    def unshelve(self) -> None:
        assert self.play(Unshelve()) == (self.letter == "G")
        if self.letter == "G":
            self.come_back()

    @rule()
    def suppress(self) -> None:
        assert self.play(Suppress())
        if self.letter != "I":
            self.letter, self.until = "H", None

    @rule()
    def unsuppress(self) -> None:
        assert self.play(Unsuppress())
        if self.letter == "H":
            self.come_back()

    @rule(minutes=st.one_of(st.none(), st.integers(1, 60)))
    def take_out_of_service(self, minutes: int | None) -> None:
        until = None if minutes is None else self.now + timedelta(minutes=minutes)
        assert self.play(TakeOutOfService(until))
        self.letter, self.until = "I", until

    @precondition(lambda self: self.letter == "I")
    @rule()
    def return_to_service(self) -> None:
        assert self.play(ReturnToService())
        self.come_back()

    @invariant()
    def agrees_with_the_standard(self) -> None:
        assert self.alarm.state.value == NAMES[self.letter]
        assert (self.alarm.known is Condition.ACTIVE) == self.true
        assert (self.alarm.latch.value == "held") == self.latched
        assert self.alarm.level == self.level
        assert (self.alarm.shelved_until or self.alarm.out_until) == self.until

    @invariant()
    def what_stands_is_in_sight_or_was_set_aside(self) -> None:
        if self.true:
            assert self.letter in "BCGHI"
        elif self.latched:
            assert self.letter in "EFGHI"


AlarmModel.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestAlarmModel = AlarmModel.TestCase
