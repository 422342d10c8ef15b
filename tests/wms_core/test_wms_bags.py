"""Bags: history by occurrence time, observations never refused, projection equal to the ledger whatever happens."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blood.eligibility import BagStatus
from wms.bags.commands import change_fields, change_status, move_to, observe
from wms.bags.facts import facts_from, facts_of
from wms.bags.lifecycle import TransitionRefused, allowed
from wms.bags.read import bag_detail, list_bags
from wms.bags.stays import Arrival
from wms.errors import Conflict, NotFound
from wms.ledger.rebuild import rebuild
from wms.store.tx import Actor, BagChange

TESTER = Actor("tester", "bench")


def go(bag: str, place: str | None, minutes: float, start):
    return lambda tx: move_to(tx, TESTER, bag, place, start + timedelta(minutes=minutes))


def stays(store, bag: str) -> list[tuple[str, object]]:
    rows = store.rows("SELECT place, from_us, to_us FROM stay WHERE bag = ? ORDER BY from_us, id", bag)
    return [
        (place, (begin // 60_000_000) % 1440 - 480, None if end is None else (end // 60_000_000) % 1440 - 480)
        for place, begin, end in rows
    ]


async def test_places_follow_each_other(store):
    bag = await store.add_bag()
    at = store.clock.now()
    await store.write(go(bag, "cold-1/q1/001", 10, at))
    await store.write(go(bag, "cold-1/s1/001", 20, at))
    assert stays(store, bag) == [("prep/out", 0, 10), ("cold-1/q1/001", 10, 20), ("cold-1/s1/001", 20, None)]
    assert store.bag(bag)["place"] == "cold-1/s1/001"


async def test_a_late_fact_goes_into_history_and_never_overrides_a_later_place(store):
    bag = await store.add_bag()
    at = store.clock.now()
    await store.write(go(bag, "cold-1/s1/001", 20, at))
    assert await store.write(go(bag, "cold-1/q1/001", 10, at)) is Arrival.HISTORY
    assert stays(store, bag) == [("prep/out", 0, 10), ("cold-1/q1/001", 10, 20), ("cold-1/s1/001", 20, None)]
    assert store.bag(bag)["place"] == "cold-1/s1/001"


async def test_a_fact_older_than_all_history_comes_first(store):
    bag = await store.add_bag()
    assert await store.write(go(bag, "dock", -30, store.clock.now())) is Arrival.HISTORY
    assert stays(store, bag)[0] == ("dock", -30, 0)


async def test_the_same_place_again_is_nothing_new(store):
    bag = await store.add_bag()
    before = store.one("SELECT count(*) FROM ledger")
    assert await store.write(go(bag, "prep/out", 5, store.clock.now())) is Arrival.KNOWN
    assert store.one("SELECT count(*) FROM ledger") == before


async def test_an_unknown_place_is_refused_by_eligibility_until_the_bag_is_found(store):
    bag = await store.add_bag()
    at = store.clock.now()
    await store.write(go(bag, None, 5, at))
    assert not (await store.write(lambda tx: facts_of(tx, bag))).place_known
    assert await store.write(go(bag, "prep/out", 9, at)) is Arrival.CURRENT
    assert stays(store, bag) == [("prep/out", 0, 5), ("prep/out", 9, None)]


async def test_a_forbidden_step_is_refused_and_changes_nothing(store):
    bag = await store.add_bag()
    with pytest.raises(TransitionRefused, match="QUARANTINE; it cannot become PACKED"):
        await store.write(lambda tx: change_status(tx, TESTER, bag, BagStatus.PACKED, "bag.packed"))
    assert store.bag(bag)["version"] == 1


async def test_a_stale_version_is_a_conflict(store):
    bag = await store.add_bag()
    await store.write(lambda tx: change_fields(tx, TESTER, bag, "bag.weighed", volume_ml=201.0))
    with pytest.raises(Conflict, match="changed meanwhile"):
        await store.write(
            lambda tx: change_status(tx, TESTER, bag, BagStatus.AVAILABLE, "bag.released", expected_version=1)
        )


async def test_an_observation_against_the_table_is_recorded_named_and_holds_the_bag(store):
    bag = await store.add_bag()
    assert not await store.write(lambda tx: observe(tx, TESTER, bag, BagStatus.PACKED, "bag.gated"))
    assert store.bag(bag)["status"] == "PACKED"
    assert store.holds == [bag]
    kinds = [kind for (kind,) in store.rows("SELECT kind FROM ledger WHERE bag = ? ORDER BY seq", bag)]
    assert kinds == ["bag.opened", "bag.gated", "finding.raised", "hold.placed"]


async def test_a_bag_whose_story_is_over_keeps_its_status_when_it_is_seen(store):
    bag = await store.add_bag(status="LOST")
    await store.write(lambda tx: observe(tx, TESTER, bag, BagStatus.PACKED, "bag.gated"))
    assert store.bag(bag)["status"] == "LOST"
    assert store.holds == [bag]


async def test_seeing_what_is_known_is_no_news(store):
    bag = await store.add_bag()
    assert await store.write(lambda tx: observe(tx, TESTER, bag, BagStatus.QUARANTINE, "bag.seen"))
    assert store.bag(bag)["version"] == 1


async def test_unknown_bags_and_fields_are_named(store):
    with pytest.raises(NotFound, match="There is no bag"):
        await store.write(lambda tx: move_to(tx, TESTER, "A999926999999-D0002V00", "dock", tx.now))
    bag = await store.add_bag()
    with pytest.raises(ValueError, match="colour"):
        await store.write(lambda tx: tx.record("x", actor=TESTER, subject=bag, bag=BagChange(bag, {"colour": "red"})))


async def test_facts_carry_zone_holds_and_excursion(store):
    bag = await store.add_bag(status="AVAILABLE", place="cold-1/s1/001")
    store.warm.add("cold-1")
    with store.database.read() as connection:
        facts = facts_from(connection, store.plant, bag, lambda _: True)
    assert (facts.zone, facts.open_excursion, facts.tests_negative) == ("stock", True, True)
    assert (await store.write(lambda tx: facts_of(tx, bag))).open_excursion


async def test_lists_and_detail_show_names_and_history(store):
    bag = await store.add_bag(place="cold-1/q1/007")
    await store.add_bag(2, "D0003V00", place="plasma-1/q1/001")
    with store.database.read() as connection:
        found = list_bags(connection, store.plant, q=bag[:13], place="cold-1")
        detail = bag_detail(connection, store.plant, bag)
        everything = list_bags(connection, store.plant, limit=1)
        with pytest.raises(NotFound):
            bag_detail(connection, store.plant, "nothing")
    assert [item.id for item in found.items] == [bag]
    assert found.items[0].place_name_en == "Cold room 1, quarantine 1 / 007"
    assert (everything.total, len(everything.items)) == (2, 1)
    assert detail.stays[0].name_zh == "冷库 1 待检 1 / 007"
    assert detail.summary.zone == "quarantine"
    assert [entry.kind for entry in detail.ledger] == ["bag.opened"]


_places = st.sampled_from(["dock", "prep/out", "cold-1/q1/001", "cold-1/s1/001", "dispatch/lane", None])
_moves = st.tuples(st.just("move"), _places, st.integers(-60, 600))
_steps = st.tuples(st.sampled_from(["ask", "see"]), st.sampled_from(list(BagStatus)), st.just(0))


@given(acts=st.lists(st.one_of(_moves, _steps), max_size=25))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_happens_the_ledger_rebuilds_the_projection(store, acts):
    number = store.one("SELECT count(*) FROM bag")[0] + 1
    bag = await store.add_bag(number)
    start = store.clock.now()

    def act(kind, what, minutes):
        if kind == "move":
            return go(bag, what, minutes, start)
        if kind == "see":
            return lambda tx: observe(tx, TESTER, bag, what, "test.seen")
        return lambda tx: change_status(tx, TESTER, bag, what, "test.asked")

    for kind, what, minutes in acts:
        before = BagStatus(store.bag(bag)["status"])
        result = await asyncio.gather(store.write(act(kind, what, minutes)), return_exceptions=True)
        if kind == "ask":
            assert isinstance(result[0], TransitionRefused) is not allowed(before, what)
        else:
            assert not isinstance(result[0], BaseException)
    assert rebuild(store.database).differences == ()
    history = store.rows("SELECT from_us, to_us FROM stay WHERE bag = ? ORDER BY from_us, id", bag)
    for (_, end), (begin, _) in pairwise(history):
        assert end is not None
        assert end <= begin
