"""Who is told when: the ladder as a pure function of time, rota and what was told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.notices.due import Call, Climb, addressed, due, next_at
from wms.notices.ladder import LadderError, Position, load_ladders
from wms.notices.reach import Reach
from wms.notices.rota import DutySource, OnDuty
from wms.notices.tables import ChannelKind

ZONE = ZoneInfo("Asia/Shanghai")
T0 = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # noon at the site
WALL = Reach("wall", ChannelKind.WALL)
HOOK = Reach("hook", ChannelKind.WEBHOOK)
PHONE = Reach("phone", ChannelKind.APPRISE, frozenset({"ann", "bob"}))
ON = {
    Position.OPERATOR: ("ann",),
    Position.SHIFT_LEAD: ("bob",),
    Position.QUALITY: ("quinn",),
    Position.ENGINEER: ("eve",),
    Position.EVERYBODY: ("ann", "bob", "eve", "quinn"),
}


def on_duty(position: Position) -> OnDuty:
    return OnDuty(position, ON[position], DutySource.ROTA)


def climb(priority: int = 1, **fields: object) -> Climb:
    return Climb("clm-1", "alm-1", "occ-1", priority, Position.OPERATOR, T0, **fields)


def calls(one: Climb, minutes: float, **options: timedelta) -> list[tuple[int, int, str]]:
    ladder = load_ladders().by_priority[one.priority]
    found = due(one, ladder, on_duty, T0 + timedelta(minutes=minutes), ZONE, **options)
    return [(call.step, call.repeat, call.position.value) for call in found]


def test_the_duty_operator_is_told_at_once():
    assert calls(climb(), 0) == [(0, 0, "operator")]


def test_the_shift_lead_follows_after_five_minutes_and_the_operator_is_told_again():
    told = climb(step=0, told_at=T0)
    assert calls(told, 4.9) == []
    assert calls(told, 5) == [(1, 0, "shift_lead"), (0, 1, "operator")]


def test_everybody_is_told_after_half_an_hour():
    told = climb(step=3, repeats=5, told_at=T0 + timedelta(minutes=28))
    assert calls(told, 30) == [(4, 0, "everybody")]


def test_after_a_standstill_every_missed_step_is_due_but_one_repeat_only():
    told = climb(step=0, told_at=T0)
    assert calls(told, 120) == [
        (1, 0, "shift_lead"), (2, 0, "quality"), (3, 0, "engineer"), (4, 0, "everybody"), (0, 1, "operator"),
    ]  # fmt: skip


def test_the_top_of_the_ladder_repeats_for_ever():
    told = climb(step=4, repeats=100, told_at=T0 + timedelta(minutes=600))
    assert [call[1] for call in calls(told, 605)] == [101] * 5
    assert calls(told, 604) == []


def test_a_fast_clock_makes_no_flood_of_repeats():
    told = climb(step=4, told_at=T0)
    an_hour = timedelta(hours=1)
    assert calls(told, 59, least_between=an_hour) == []
    assert len(calls(told, 60, least_between=an_hour)) == 5
    assert next_at(told, load_ladders().by_priority[1], an_hour) == T0 + an_hour


def test_priorities_three_and_four_wait_for_the_morning_and_then_speak():
    night = climb(3)
    at_two = timedelta(hours=14) / timedelta(minutes=1)  # 02:00 at the site
    assert calls(night, at_two) == []
    assert calls(night, at_two + 4 * 60) == [(0, 0, "operator"), (1, 0, "shift_lead")]


@pytest.mark.parametrize("priority", [1, 2])
@pytest.mark.parametrize("hour", range(24))
def test_the_urgent_ones_know_no_quiet_hours(priority, hour):
    assert calls(climb(priority), hour * 60)[0] == (0, 0, "operator")


def test_priority_four_is_told_once():
    told = climb(4, step=0, told_at=T0)
    assert calls(told, 100_000) == []
    assert next_at(told, load_ladders().by_priority[4]) is None


def test_a_person_with_an_address_gets_a_message_of_their_own_and_a_shared_channel_one_for_all():
    call = Call(4, 0, Position.EVERYBODY, ON[Position.EVERYBODY], ("*",))
    found = {(one.channel, one.person, one.told) for one in addressed([call], [WALL, HOOK, PHONE])}
    assert found == {
        ("wall", None, ON[Position.EVERYBODY]),
        ("hook", None, ON[Position.EVERYBODY]),
        ("phone", "ann", ("ann",)),
        ("phone", "bob", ("bob",)),
    }


def test_a_step_and_a_repeat_at_once_are_one_message_for_each_address():
    step = Call(1, 0, Position.SHIFT_LEAD, ("bob",), ("*",))
    again = Call(0, 1, Position.OPERATOR, ("ann",), ("*",))
    found = addressed([step, again], [WALL, HOOK, PHONE])
    assert [(one.channel, one.person, one.call.step, one.told) for one in found] == [
        ("wall", None, 1, ("bob",)),
        ("hook", None, 1, ("ann", "bob")),
        ("phone", "bob", 1, ("bob",)),
        ("phone", "ann", 0, ("ann",)),
    ]


def test_the_wall_is_not_told_again_it_sounds_all_the_time():
    again = Call(0, 7, Position.OPERATOR, ("ann",), ("*",))
    assert [one.channel for one in addressed([again], [WALL, HOOK])] == ["hook"]


def test_a_step_may_name_its_channels():
    call = Call(0, 0, Position.OPERATOR, ("ann",), ("wall",))
    assert [one.channel for one in addressed([call], [WALL, HOOK, PHONE])] == ["wall"]


def test_nobody_may_make_the_urgent_ones_quiet(tmp_path):
    from wms.notices.ladder import FILE

    text = FILE.read_text(encoding="utf-8").replace(
        "priority = 1\n", 'priority = 1\nquiet = { from = "22:00", to = "06:00" }\n', 1
    )
    (tmp_path / "ladder.toml").write_text(text, encoding="utf-8")
    with pytest.raises(LadderError, match="priority 1 must not have quiet hours"):
        load_ladders(tmp_path / "ladder.toml")


@given(st.sampled_from([1, 2, 3, 4]), st.lists(st.floats(0.0, 600.0), min_size=1, max_size=40))
def test_whenever_one_looks_every_step_is_told_once_in_order_and_every_repeat_once(priority, minutes):
    ladder, now = load_ladders().by_priority[priority], climb(priority)
    told: list[tuple[int, int]] = []
    for minute in sorted(minutes):
        instant = T0 + timedelta(minutes=minute)
        found = due(now, ladder, on_duty, instant, ZONE)
        told += [(call.step, call.repeat) for call in found]
        if found:
            repeat = max(call.repeat for call in found)
            now = replace(
                now,
                step=max(now.step, *(call.step for call in found)),
                repeats=max(now.repeats, repeat),
                told_at=instant if repeat or now.told_at is None else now.told_at,
            )
        assert due(now, ladder, on_duty, instant, ZONE) == ()  # nothing twice
        if not ladder.is_quiet(instant, ZONE):
            reached = [step for step in ladder.steps if step.after_min <= minute]
            assert now.step == len(reached) - 1  # nothing left out
    assert len(told) == len(set(told))
    steps = [step for step, repeat in told if repeat == 0]
    assert steps == sorted(steps)
