"""Holds: anyone may place one, two people lift it, and a bag takes the hold of its place along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from wms.bags.commands import move_to
from wms.bags.facts import facts_of
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.holds.commands import lift_hold, place_hold
from wms.holds.read import holds_of_bag
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")


@dataclass(frozen=True)
class Signed:
    id: str
    person: str


ANN, BO = Signed("s1", "ann"), Signed("s2", "bo")


async def holds(store, bag: str) -> tuple[str, ...]:
    return (await store.write(lambda tx: facts_of(tx, bag))).open_holds


async def test_a_hold_is_a_fact_of_eligibility_and_breaks_the_reservation(store):
    bag = await store.add_bag()
    hold = await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="torn"))
    assert await holds(store, bag) == ("torn",)
    assert store.holds == [bag]
    assert await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="torn")) == hold


async def test_lifting_needs_two_different_people(store):
    bag = await store.add_bag()
    hold = await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="torn"))
    for signatures in ((), (ANN,), (ANN, Signed("s3", "ann"))):
        with pytest.raises(Refused, match="two people"):
            await store.write(lambda tx, given=signatures: lift_hold(tx, TESTER, hold, "looked at", given))
    assert await holds(store, bag) == ("torn",)
    await store.write(lambda tx: lift_hold(tx, TESTER, hold, "looked at", (ANN, BO)))
    assert await holds(store, bag) == ()
    with pytest.raises(Conflict, match="lifted already"):
        await store.write(lambda tx: lift_hold(tx, TESTER, hold, "again", (ANN, BO)))


async def test_a_place_hold_covers_all_below_it_and_goes_along_with_a_bag_that_leaves(store):
    bag, other = await store.add_bag(1, place="cold-1/q1/001"), await store.add_bag(2, place="plasma-1/q1/001")
    hold = await store.write(lambda tx: place_hold(tx, TESTER, place="cold-1", reason="too warm"))
    assert (await holds(store, bag), await holds(store, other)) == (("too warm",), ())
    store.clock.step(60)
    await store.write(lambda tx: move_to(tx, TESTER, bag, "dispatch/gate", tx.now))
    assert await holds(store, bag) == ("too warm",)
    await store.write(lambda tx: lift_hold(tx, TESTER, hold, "probe was broken", (ANN, BO)))
    assert await holds(store, bag) == ()


async def test_a_bag_that_comes_into_a_held_place_is_held(store):
    bag = await store.add_bag()
    await store.write(lambda tx: place_hold(tx, TESTER, place="cold-1", reason="too warm"))
    store.clock.step(60)
    await store.write(lambda tx: move_to(tx, TESTER, bag, "cold-1/q1/001", tx.now))
    assert await holds(store, bag) == ("too warm",)


async def test_a_place_with_a_similar_name_is_not_held(store):
    bag = await store.add_bag(place="cold-1/q2/001")
    await store.write(lambda tx: place_hold(tx, TESTER, place="cold-1/q2/00", reason="never"))
    assert await holds(store, bag) == ()


async def test_malformed_holds_are_named(store):
    bag = await store.add_bag()
    with pytest.raises(Invalid, match="needs a reason"):
        await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason=" "))
    with pytest.raises(Invalid, match="one bag, one donation, one place or one batch"):
        await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, place="dock", reason="x"))
    with pytest.raises(NotFound, match="no place"):
        await store.write(lambda tx: place_hold(tx, TESTER, place="attic", reason="x"))
    with pytest.raises(NotFound, match="no bag"):
        await store.write(lambda tx: place_hold(tx, TESTER, bag="nothing", reason="x"))
    with pytest.raises(NotFound, match="no hold"):
        await store.write(lambda tx: lift_hold(tx, TESTER, "hld-x", "x", (ANN, BO)))


async def test_open_holds_are_listed(store):
    bag = await store.add_bag(place="cold-1/q1/001")
    await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="torn"))
    await store.write(lambda tx: place_hold(tx, TESTER, place="cold-1", reason="too warm"))
    with store.database.read() as connection:
        assert [hold.reason for hold in holds_of_bag(connection, bag, "cold-1/q1/001")] == ["torn", "too warm"]


async def test_a_place_hold_goes_along_with_a_bag_that_nobody_can_find_any_more(store):
    bag = await store.add_bag(place="cold-1/q1/001")
    await store.write(lambda tx: place_hold(tx, TESTER, place="cold-1", reason="too warm"))
    store.clock.step(60)
    await store.write(lambda tx: move_to(tx, TESTER, bag, None, tx.now))
    assert await holds(store, bag) == ("too warm",)


async def test_a_bag_that_turns_out_to_have_been_at_a_held_place_is_held(store):
    bag = await store.add_bag(place="prep/out")
    await store.write(lambda tx: place_hold(tx, TESTER, place="cold-1", reason="too warm"))
    store.clock.step(120)
    await store.write(lambda tx: move_to(tx, TESTER, bag, "dispatch/gate", tx.now))
    await store.write(lambda tx: move_to(tx, TESTER, bag, "cold-1/q1/001", tx.now - timedelta(seconds=60)))
    assert await holds(store, bag) == ("too warm",)
    assert store.bag(bag)["place"] == "dispatch/gate"
