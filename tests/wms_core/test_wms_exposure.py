"""The out-of-control clock: what counts, from when, for how long; and the family of a bag."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood.eligibility import Act, Purpose, ReasonCode, eligibility
from blood.out_of_control import ExposureVerdict
from plant.load import demo_text, parse_plant
from wms.bags.clock import clock_of
from wms.bags.commands import create_bag, move_to
from wms.bags.exposure import ExposureCause, PlaceSpan, events_of
from wms.bags.facts import facts_of
from wms.bags.family import family_of
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")
PLANT = parse_plant(demo_text())
T0 = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PLACES = ("cold-1/s1/001", "belt/cold-1", "dispatch/gate", "box/r20-1", "hospital/east-lake", "platelet/s1/001", "dock")


def spans(*stays: tuple[str | None, float]) -> tuple[PlaceSpan, ...]:
    """Stays one after the other, in minutes; None: nobody knew where it was. The last one goes on."""
    made, at = [], T0
    for number, (place, minutes) in enumerate(stays):
        ends = at + timedelta(minutes=minutes)
        if place is not None:
            made.append(PlaceSpan(place, at, None if number == len(stays) - 1 else ends))
        at = ends
    return tuple(made)


def told(*stays: tuple[str | None, float], component: str = "RBC_S", vouched: frozenset[str] = frozenset()):
    """(minutes, unknown minutes, cause, whether it lasts) of each time out, looked at when the last stay is over."""
    at = T0 + timedelta(minutes=sum(minutes for _, minutes in stays))
    events = events_of(PLANT, PLANT.components[component], spans(*stays), at, vouched=vouched)
    return [(round(one.minutes), round(one.minutes_unknown), one.cause.value, one.in_at is None) for one in events]


COLD, BELT, GATE, BOX, WARD = "cold-1/s1/001", "belt/cold-1", "dispatch/gate", "box/r20-1", "hospital/east-lake"


def test_the_clock_starts_when_a_bag_first_lies_in_its_own_storage():
    assert told(("dock", 300), ("prep/robot-1", 90), ("prep/out", 40), (COLD, 60)) == []
    assert told(("dock", 300), (COLD, 60), (BELT, 5), (COLD, 9)) == [(5, 0, "handling", False)]


def test_a_box_on_the_road_is_control_and_does_not_start_the_clock():
    assert told((BOX, 60), (BELT, 90)) == []
    assert told((COLD, 60), (GATE, 8), (BOX, 300), (WARD, 0.001)) == [
        (8, 0, "handling", False),
        (0, 0, "hospital", True),
    ]


def test_neighbouring_places_out_of_control_are_one_time_out():
    assert told((COLD, 9), (BELT, 4), (GATE, 11), ("dispatch/sort-1", 6), (BOX, 9)) == [(21, 0, "handling", False)]


def test_coming_back_in_between_makes_two_and_both_count():
    assert told((COLD, 9), (BELT, 4), (COLD, 9), (BELT, 6), (COLD, 9)) == [
        (4, 0, "handling", False),
        (6, 0, "handling", False),
    ]


def test_out_without_in_keeps_running():
    assert told((COLD, 9), (BELT, 55)) == [(55, 0, "handling", True)]


def test_a_store_of_another_temperature_is_no_control():
    assert told((COLD, 9), ("platelet/s1/001", 30), (COLD, 9)) == [(30, 0, "wrong_store", False)]
    assert told(("platelet/s1/001", 9), ("platelet/q1/001", 9), component="PLT_A") == []
    assert told(("platelet/s1/001", 9), (COLD, 15), ("platelet/s1/001", 9), component="PLT_A") == [
        (15, 0, "wrong_store", False)
    ]


def test_time_with_a_hospital_is_unknown_unless_it_vouches_for_it():
    stays = ((COLD, 9), (BOX, 30), (WARD, 600), (BOX, 30), ("returns", 7), (COLD, 9))
    assert told(*stays) == [(600, 600, "hospital", False), (7, 0, "handling", False)]
    assert told(*stays, vouched=frozenset({"east-lake"})) == [(7, 0, "handling", False)]
    assert told(*stays, vouched=frozenset({"county"}))[0] == (600, 600, "hospital", False)


def test_time_on_the_road_without_a_box_and_time_lost_are_unknown():
    assert told((COLD, 9), ("transit/shp-1", 45), (WARD, 9), vouched=frozenset({"east-lake"})) == [
        (45, 45, "road", False)
    ]
    assert told((COLD, 9), (None, 20), (COLD, 9)) == [(20, 20, "lost", False)]
    assert told((COLD, 9), (BELT, 5), (None, 20), (BELT, 5), (COLD, 9)) == [(30, 20, "lost", False)]


@given(st.lists(st.tuples(st.sampled_from([*PLACES, None]), st.integers(1, 90)), min_size=1, max_size=12))
def test_no_minute_is_counted_twice_and_none_outside_control_is_left_out(stays):
    at = T0 + timedelta(minutes=sum(minutes for _, minutes in stays))
    known = spans(*stays)
    events = events_of(PLANT, PLANT.components["RBC_S"], known, at)
    begun = next((number for number, (place, _) in enumerate(stays) if place == PLACES[0]), None)
    inside = {PLACES[0], PLACES[3]}
    outside = 0 if begun is None else sum(minutes for place, minutes in stays[begun:] if place not in inside)
    assert sum(round(one.minutes, 6) for one in events) == pytest.approx(outside)
    ends = [one.in_at or at for one in events]
    assert all(one.out_at >= before for one, before in zip(events[1:], ends, strict=False))
    assert all(one.minutes_unknown <= one.minutes + 1e-9 for one in events)


async def test_the_clock_of_a_bag_is_judged_by_its_component_over_its_whole_life(store):
    bag = await store.add_bag(place="cold-1/q1/001")

    async def out(minutes: int) -> None:
        await store.write(lambda tx: move_to(tx, TESTER, bag, "belt/cold-1", tx.now))
        store.clock.step(minutes * 60)
        await store.write(lambda tx: move_to(tx, TESTER, bag, "cold-1/q1/001", tx.now))
        store.clock.step(3600)

    async def verdict():
        def look(tx):
            return clock_of(tx.raw, tx.plant, store.bag(bag), tx.now).exposure

        return await store.write(look)

    store.clock.step(600)
    assert (await verdict()).verdict is ExposureVerdict.OK
    await out(18)
    assert (await verdict()).verdict is ExposureVerdict.OK
    await out(18)  # each short enough, both together are not: the profile knows no quarantine
    judged = await verdict()
    assert (judged.verdict, judged.minutes_total, judged.longest_min) == (ExposureVerdict.NOT_FOR_REISSUE, 36, 18)


async def test_a_late_report_of_a_place_is_counted_when_it_becomes_known(store):
    bag = await store.add_bag(place="cold-1/q1/001")
    store.clock.step(3600)
    await store.write(lambda tx: move_to(tx, TESTER, bag, "cold-1/s1/001", tx.now))
    late = store.clock.now() - timedelta(minutes=20)
    await store.write(lambda tx: move_to(tx, TESTER, bag, "belt/cold-1", late))

    def look(tx):
        return clock_of(tx.raw, tx.plant, store.bag(bag), tx.now).events

    (event,) = await store.write(look)
    assert (event.minutes, event.cause, event.place) == (20, ExposureCause.HANDLING, "belt/cold-1")


async def child_of(store, number: int, *parents: str, operation: str | None = "wash") -> str:
    bag = f"A999926{number:06d}-D0010V00"
    first = store.bag(parents[0])
    own = {"id", "place", "place_since_us", "version", "ledger_seq"}
    fields = {name: value for name, value in first.items() if name not in own}
    fields |= {"din": bag[:13], "product": "D0010V00", "component": "RBC_W", "epc": None}

    def make(tx):
        create_bag(tx, TESTER, bag, kind="bag.made", place="prep/out", at=tx.now, fields=fields, parents=parents,
                   operation=operation)  # fmt: skip

    await store.write(make)
    return bag


async def test_the_family_of_a_bag_is_everything_it_is_connected_with_up_and_down(store):
    first, second, stranger = await store.add_bag(1), await store.add_bag(2), await store.add_bag(3)
    pool = await child_of(store, 11, first, second, operation="pool")
    piece = await child_of(store, 12, pool, operation=None)
    sibling = await child_of(store, 13, first)
    with store.database.read() as conn:
        for bag in (first, second, pool, piece, sibling):
            family = family_of(conn, bag)
            assert family.nodes[0].id == bag
            assert {node.id for node in family.nodes} == {first, second, pool, piece, sibling}
            assert {(edge.parent, edge.child, edge.operation) for edge in family.edges} == {
                (first, pool, "pool"), (second, pool, "pool"), (pool, piece, None), (first, sibling, "wash"),
            }  # fmt: skip
            assert not family.is_cut
        alone = family_of(conn, stranger)
    assert ([node.id for node in alone.nodes], alone.edges) == ([stranger], ())


async def test_a_family_too_large_to_draw_says_that_it_is_cut(store):
    parents = [await store.add_bag(number) for number in range(1, 8)]
    pool = await child_of(store, 11, *parents, operation="pool")
    with store.database.read() as conn:
        family = family_of(conn, pool, most=5)
    assert (len(family.nodes), family.is_cut) == (5, True)
    known = {node.id for node in family.nodes}
    assert all({edge.parent, edge.child} <= known for edge in family.edges)


async def exposure_reasons(store, bag: str) -> list[str]:
    facts = await store.write(lambda tx: facts_of(tx, bag))
    found = eligibility(facts, Purpose(Act.RESERVE), store.clock.now())
    return [reason.detail for reason in found if reason.code is ReasonCode.EXPOSURE]


async def trip(store, bag: str, place: str, minutes: int) -> None:
    await store.write(lambda tx: move_to(tx, TESTER, bag, place, tx.now))
    store.clock.step(minutes * 60)
    await store.write(lambda tx: move_to(tx, TESTER, bag, "cold-1/s1/001", tx.now))
    store.clock.step(3600)


async def test_the_usual_way_through_the_centre_is_not_held_against_a_bag(store):
    bag = await store.add_bag(place="cold-1/s1/001", status="AVAILABLE")
    store.clock.step(600)
    for _ in range(3):
        await trip(store, bag, "belt/cold-1", 25)
    assert await exposure_reasons(store, bag) == []


async def test_a_bag_that_stood_on_a_belt_for_longer_than_an_hour_is_given_to_nobody(store):
    bag = await store.add_bag(place="cold-1/s1/001", status="AVAILABLE")
    store.clock.step(600)
    await store.write(lambda tx: move_to(tx, TESTER, bag, "belt/cold-1", tx.now))
    store.clock.step(59 * 60)
    assert await exposure_reasons(store, bag) == []
    store.clock.step(2 * 60)
    assert await exposure_reasons(store, bag) == ["61 min out of control, at most 30"]


async def test_every_minute_in_a_store_of_another_temperature_counts(store):
    bag = await store.add_bag(place="cold-1/s1/001", status="AVAILABLE")
    store.clock.step(600)
    await trip(store, bag, "plasma-1/s1/001", 20)
    assert await exposure_reasons(store, bag) == []
    await trip(store, bag, "plasma-1/s1/001", 11)
    assert await exposure_reasons(store, bag) == ["31 min out of control, at most 30"]


async def test_a_bag_that_was_lost_for_long_is_given_to_nobody(store):
    bag = await store.add_bag(place="cold-1/s1/001", status="AVAILABLE")
    store.clock.step(600)
    await store.write(lambda tx: move_to(tx, TESTER, bag, None, tx.now))
    store.clock.step(90 * 60)
    await store.write(lambda tx: move_to(tx, TESTER, bag, "cold-1/s1/001", tx.now))
    assert await exposure_reasons(store, bag) == ["90 min out of control, at most 30"]
