"""Who is on duty: weekdays and times of the site, substitutes, gaps."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from wms.notices.ladder import Position, load_ladders
from wms.notices.reach import Reach
from wms.notices.rota import Absence, DutySource, Rota, Shift, gaps, on_duty, within_reach
from wms.notices.tables import ChannelKind
from wms.people.roles import Role

ZONE = ZoneInfo("Asia/Shanghai")
PEOPLE = {
    "ann": frozenset({Role.OPERATOR}),
    "bob": frozenset({Role.OPERATOR}),
    "quinn": frozenset({Role.QUALITY}),
    "agent": frozenset({Role.COLLECTION}),
}
ALL_WEEK = frozenset(range(1, 8))
LADDERS = load_ladders()


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026 by the clock of the site; the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def shift(person: str, begin: int, end: int, *, substitute: str | None = None, days=ALL_WEEK) -> Shift:
    return Shift(Position.OPERATOR, person, substitute, frozenset(days), time(begin), time(end))


def who(rota: Rota, instant: datetime, position: Position = Position.OPERATOR) -> tuple[tuple[str, ...], DutySource]:
    found = on_duty(rota, LADDERS, PEOPLE, position, instant, ZONE)
    return found.people, found.source


def test_a_shift_counts_by_the_clock_of_the_site():
    rota = Rota((shift("ann", 8, 20), shift("bob", 20, 8)))
    assert who(rota, at(20, 8)) == (("ann",), DutySource.ROTA)
    assert who(rota, at(20, 19, 59)) == (("ann",), DutySource.ROTA)
    assert who(rota, at(20, 20)) == (("bob",), DutySource.ROTA)


def test_a_night_shift_belongs_to_the_day_on_which_it_begins():
    rota = Rota((shift("bob", 20, 8, days={5}),))
    assert who(rota, at(21, 7, 59)) == (("bob",), DutySource.ROTA)  # Saturday morning, begun on Friday
    assert who(rota, at(20, 7, 59))[1] is DutySource.ROLE  # Friday morning would be Thursday's


def test_the_substitute_stands_in_while_somebody_is_away():
    rota = Rota((shift("ann", 0, 0, substitute="bob"),), (Absence("ann", at(20, 0), at(21, 0)),))
    assert who(rota, at(20, 12)) == (("bob",), DutySource.SUBSTITUTE)
    assert who(rota, at(21, 0)) == (("ann",), DutySource.ROTA)


def test_a_disabled_account_is_not_told():
    assert who(Rota((shift("gone", 0, 0, substitute="bob"),)), at(20, 12)) == (("bob",), DutySource.SUBSTITUTE)


def test_a_gap_falls_through_to_everybody_of_the_role():
    found = on_duty(Rota(), LADDERS, PEOPLE, Position.OPERATOR, at(20, 12), ZONE)
    assert found.people == ("ann", "bob")
    assert found.is_gap


def test_a_role_without_anybody_falls_through_to_all_people_of_the_centre():
    assert who(Rota(), at(20, 12), Position.ENGINEER) == (("ann", "bob", "quinn"), DutySource.EVERYBODY)


def test_everybody_are_people_and_no_agents_and_no_gap():
    found = on_duty(Rota(), LADDERS, PEOPLE, Position.EVERYBODY, at(20, 12), ZONE)
    assert found.people == ("ann", "bob", "quinn")
    assert not found.is_gap


def test_gaps_are_named_with_their_times():
    rota = Rota((shift("ann", 8, 20, days={5, 6}),))
    found = [
        gap for gap in gaps(rota, LADDERS, PEOPLE, at(20, 10), at(22, 0), ZONE) if gap.position is Position.OPERATOR
    ]
    assert [(gap.from_at, gap.to_at) for gap in found] == [(at(20, 20), at(21, 8)), (at(21, 20), at(22, 0))]


@pytest.mark.parametrize("minutes", range(0, 7 * 24 * 60, 97))
def test_gaps_and_duty_never_contradict_each_other(minutes):
    rota = Rota(
        (shift("ann", 7, 15, days={1, 2, 4}), shift("bob", 22, 6, days={3, 7}), shift("ann", 0, 0, days={6})),
        (Absence("ann", at(21, 3), at(21, 5)),),
    )
    begin = at(20, 0)
    instant = begin + timedelta(minutes=minutes)
    found = gaps(rota, LADDERS, PEOPLE, begin, begin + timedelta(days=8), ZONE)
    named = any(gap.position is Position.OPERATOR and gap.from_at <= instant < gap.to_at for gap in found)
    assert named == on_duty(rota, LADDERS, PEOPLE, Position.OPERATOR, instant, ZONE).is_gap


WALL = Reach("wall", ChannelKind.WALL)
MAIL = Reach("mail", ChannelKind.APPRISE)
PHONE = Reach("phone", ChannelKind.APPRISE, frozenset({"bob"}))


@pytest.mark.parametrize(
    ("channels", "called"),
    [((), "ann"), ((WALL,), "ann"), ((WALL, MAIL, PHONE), "ann"), ((WALL, PHONE), "bob")],
)
def test_somebody_whom_no_message_can_reach_is_on_duty_in_vain_and_the_substitute_is_called(channels, called):
    rota = Rota((shift("ann", 0, 0, substitute="bob"),))
    people = within_reach(PEOPLE, channels)
    assert on_duty(rota, LADDERS, people, Position.OPERATOR, at(20, 12), ZONE).people == (called,)


def test_when_nobody_at_all_has_an_address_everybody_is_called_by_the_wall():
    assert within_reach(PEOPLE, [WALL, Reach("phone", ChannelKind.APPRISE, frozenset({"stranger"}))]) == PEOPLE
