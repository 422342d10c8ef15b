"""Floods: when one opens and ends, and what stands under which line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from plant.load import demo_text, parse_plant
from wms.alarms import book, conditions
from wms.alarms.book import News
from wms.alarms.floods import Flood, Standing, Standout, floods, group_by_cause
from wms.alarms.machine import Condition
from wms.alarms.read import flood_now, list_alarms
from wms.store.metadata import to_us

T0 = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
PLANT = parse_plant(demo_text())


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def every(minutes: float, number: int, start: float = 0) -> list[int]:
    return [to_us(at(start + i * minutes)) for i in range(number)]


def standout(alarm: str, source: str, condition: str, *, minutes: float = 0, priority: int = 2) -> Standout:
    return Standout(alarm, source, condition, priority, at(minutes))


def test_nine_in_ten_minutes_are_no_flood_ten_are() -> None:
    assert floods(every(1, 9), at(9)) == ()
    assert floods(every(1, 10), at(9)) == (Flood(at(0), None, 10, 10),)


def test_ten_in_more_than_ten_minutes_are_no_flood() -> None:
    assert floods(every(10 / 9, 10), at(10)) == ()


def test_a_flood_is_over_when_fewer_than_five_came_in_ten_minutes() -> None:
    (flood,) = floods(every(1, 10), at(60))
    assert (flood.from_at, flood.to_at) == (at(0), at(15))  # at 15 only those of minutes 6 to 9 are left


def test_it_lasts_while_five_keep_coming_and_counts_them_all() -> None:
    (flood,) = floods(every(0.5, 12) + every(1.5, 20, start=8), at(120))
    assert (flood.from_at, flood.count) == (at(0), 32)
    assert flood.to_at == at(8 + 1.5 * 15 + 10)


def test_two_floods_are_told_apart() -> None:
    first, second = floods(every(0.1, 12) + every(0.1, 15, start=100), at(100 + 5))
    assert (first.count, second.count, second.to_at) == (12, 15, None)


def test_no_calls_no_flood() -> None:
    assert floods([], at(0)) == ()


def test_alarms_of_one_machine_stand_under_its_line_the_first_out_marked() -> None:
    (group,) = group_by_cause(
        PLANT,
        [
            standout("b", "cold-1-air", conditions.TEMPERATURE_HIGH, minutes=5),
            standout("a", "cold-1-door", conditions.DOOR_OPEN, minutes=1),
            standout("c", "cold-1", conditions.COOLING_LABOURS, minutes=9),
            standout("x", "cold-2-air", conditions.TEMPERATURE_HIGH),
        ],
    )
    assert (group.title_en, group.title_zh) == ("Cold room 1", "冷库 1")
    assert (group.first_out, group.members, group.count) == ("a", ("a", "b", "c"), 3)
    assert group.standing("a") is Standing.FIRST_OUT
    assert group.standing("b") is Standing.UNDER


def test_priority_1_is_never_folded_away() -> None:
    (group,) = group_by_cause(
        PLANT,
        [
            standout("a", "cold-1-door", conditions.DOOR_OPEN),
            standout("b", "cold-1-load", conditions.TEMPERATURE_HIGH, minutes=5, priority=1),
        ],
    )
    assert group.standing("b") is Standing.APART
    assert group.count == 2


def test_power_gathers_what_is_dark_and_an_edge_what_hangs_on_it() -> None:
    edge = PLANT.edge_by_device["robot-1"]
    groups = group_by_cause(
        PLANT,
        [
            standout("p", PLANT.site.id, conditions.SITE_POWER_LOST, minutes=2, priority=1),
            standout("q", "cold-1", conditions.POWER_LOST, minutes=1),
            standout("r", "cold-2", conditions.DEVICE_OFFLINE, minutes=3),
            standout("e", edge, conditions.EDGE_OFFLINE, minutes=4),
            standout("f", "robot-1", conditions.MOVE_FAILED),
        ],
    )
    assert {group.title_en.split(":")[0]: group.members for group in groups} == {
        "Power": ("q", "p", "r"),
        "Connection": ("f", "e"),
    }


def test_many_bags_with_one_trouble_are_one_line_two_are_not() -> None:
    bags = [standout(f"a{n}", f"bag-{n}", conditions.PLACE_UNKNOWN, minutes=n, priority=3) for n in range(3)]
    assert group_by_cause(PLANT, bags[:2]) == ()
    (group,) = group_by_cause(PLANT, bags)
    assert (group.title_en, group.title_zh) == ("Carried but not confirmed, place unknown", "已搬运但未确认，位置未知")
    assert group.count == 3


async def test_the_list_is_grouped_while_the_flood_lasts(store) -> None:
    def storm(tx) -> None:
        for n in range(10):
            book.raise_event(tx, f"bag-{n}", conditions.MISSED_READ)
        for door in ("cold-1-door", "cold-1-air"):
            book.tell(tx, News(source=door, condition=conditions.DOOR_OPEN, state=Condition.ACTIVE, at=tx.now))

    await store.write(storm)
    now = store.clock.now()
    with store.read() as conn:
        assert flood_now(conn, now) == Flood(now, None, 12, 12)
        listed = list_alarms(conn, store.plant, lambda _: None, now=now)
        groups = {alarm.source: alarm.group for alarm in listed}
        assert groups["bag-3"].count == 10
        assert groups["cold-1-door"].count == 2
        assert sum(group.standing is Standing.FIRST_OUT for group in groups.values()) == 2
        assert flood_now(conn, now + timedelta(minutes=11)) is None
        later = list_alarms(conn, store.plant, lambda _: None, now=now + timedelta(minutes=11))
        assert all(alarm.group is None for alarm in later)
