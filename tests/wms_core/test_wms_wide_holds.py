"""Holds wider than a bag: donations and batches, what is made later, lifting, and the list that people see."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from wms.bags.commands import create_bag
from wms.bags.facts import facts_of
from wms.errors import Invalid, NotFound, Refused
from wms.holds.commands import inherit_holds, lift_hold, place_hold
from wms.holds.read import holds_of_bag, holds_on_donation, kept_by, list_holds, one_hold
from wms.holds.scopes import Scope
from wms.store.metadata import to_us
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")
DIN = "A999926000001"


@dataclass(frozen=True)
class Signed:
    id: str
    person: str


_OWN = {"id", "place", "place_since_us", "version", "ledger_seq"}
BOTH = (Signed("s1", "ann"), Signed("s2", "bo"))


async def held(store, bag: str) -> tuple[str, ...]:
    return (await store.write(lambda tx: facts_of(tx, bag))).open_holds


async def made_of(store, parent: str, number: int = 9, product: str = "D0003V00") -> str:
    """A bag that was made from another, as preparation does it."""
    child = f"A999926{number:06d}-{product}"
    state = store.bag(parent)
    fields = {
        **{name: value for name, value in state.items() if name not in _OWN},
        "din": child[:13], "product": product, "component": store.plant.product_component[product].key, "epc": None,
    }  # fmt: skip

    def make(tx):
        create_bag(tx, TESTER, child, kind="bag.made", place="prep/out", at=tx.now, fields=fields, parents=[parent])
        inherit_holds(tx, TESTER, child, parent, None)

    await store.write(make)
    return child


async def batch_of(store, *bags: str, batch: str = "bat-1") -> str:
    def write(tx):
        tx.raw.execute(
            "INSERT INTO batch (id, kind, device, state, command, created_us) VALUES (?,?,?,?,?,?)",
            (batch, "process", "robot-1", "done", "", to_us(tx.now)),
        )
        for bag in bags:
            tx.raw.execute("INSERT INTO batch_bag (batch, bag) VALUES (?, ?)", (batch, bag))

    await store.write(write)
    return batch


async def test_a_donation_hold_keeps_every_bag_of_it_and_no_other(store):
    red, plasma = await store.add_bag(1), await store.add_bag(1, "D0003V00")
    other = await store.add_bag(2)
    await store.write(lambda tx: place_hold(tx, TESTER, donation=DIN, reason="donor rang"))
    assert (await held(store, red), await held(store, plasma)) == (("donor rang",), ("donor rang",))
    assert await held(store, other) == ()
    assert sorted(store.holds) == sorted([red, plasma])  # each reservation is broken


async def test_a_donation_hold_keeps_bags_of_it_that_become_known_later(store):
    await store.add_bag(1)
    await store.write(lambda tx: place_hold(tx, TESTER, donation=DIN, reason="donor rang"))
    late = await store.add_bag(1, "D0003V00")
    assert await held(store, late) == ("donor rang",)


async def test_a_hold_keeps_what_is_made_later_from_its_bags_also_under_another_number(store):
    red = await store.add_bag(1)
    hold = await store.write(lambda tx: place_hold(tx, TESTER, donation=DIN, reason="donor rang"))
    pool = await made_of(store, red)
    grandchild = await made_of(store, pool, 10)
    assert await held(store, pool) == await held(store, grandchild) == ("donor rang",)
    await store.write(lambda tx: lift_hold(tx, TESTER, hold, "a mistake", BOTH))
    assert await held(store, red) == await held(store, pool) == await held(store, grandchild) == ()


async def test_a_batch_hold_keeps_its_bags_and_what_was_made_from_them(store):
    first, second, apart = await store.add_bag(1), await store.add_bag(2), await store.add_bag(3)
    child = await made_of(store, first)
    batch = await batch_of(store, first, second)
    hold = await store.write(lambda tx: place_hold(tx, TESTER, batch=batch, reason="filter recalled"))
    assert [await held(store, bag) for bag in (first, second, child, apart)] == [("filter recalled",)] * 3 + [()]
    later = await made_of(store, second, 11)
    assert await held(store, later) == ("filter recalled",)
    await store.write(lambda tx: lift_hold(tx, TESTER, hold, "filter sound", BOTH))
    assert [await held(store, bag) for bag in (first, second, child, later)] == [()] * 4


async def test_a_bag_hold_is_lifted_with_what_it_was_handed_down_to(store):
    bag = await store.add_bag(1)
    hold = await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="torn"))
    child = await made_of(store, bag)
    own = await store.write(lambda tx: place_hold(tx, TESTER, bag=child, reason="label torn"))
    await store.write(lambda tx: lift_hold(tx, TESTER, hold, "looked at", BOTH))
    assert (await held(store, bag), await held(store, child)) == ((), ("label torn",))
    await store.write(lambda tx: lift_hold(tx, TESTER, own, "looked at", BOTH))
    assert await held(store, child) == ()


async def test_a_second_hold_for_the_same_reason_is_the_first_one(store):
    await store.add_bag(1)
    first = await store.write(lambda tx: place_hold(tx, TESTER, donation=DIN, reason="donor rang"))
    assert await store.write(lambda tx: place_hold(tx, TESTER, donation=DIN, reason="donor rang")) == first
    other = await store.write(lambda tx: place_hold(tx, TESTER, donation=DIN, reason="look-back"))
    assert other != first
    await store.write(lambda tx: lift_hold(tx, TESTER, first, "answered", BOTH))
    assert await held(store, f"{DIN}-D0002V00") == ("look-back",)


async def test_a_refused_lift_changes_nothing(store):
    bag = await store.add_bag(1)
    hold = await store.write(lambda tx: place_hold(tx, TESTER, donation=DIN, reason="donor rang"))
    before = store.rows("SELECT id, lifted_us FROM hold ORDER BY id")
    for signed in ((), BOTH[:1], (BOTH[0], Signed("s3", "ann"))):
        with pytest.raises(Refused, match="two people"):
            await store.write(lambda tx, signed=signed: lift_hold(tx, TESTER, hold, "why not", signed))
    with pytest.raises(Invalid, match="needs a reason"):
        await store.write(lambda tx: lift_hold(tx, TESTER, hold, " ", BOTH))
    assert store.rows("SELECT id, lifted_us FROM hold ORDER BY id") == before
    assert await held(store, bag) == ("donor rang",)


async def test_a_hold_needs_exactly_one_thing_that_there_is(store):
    bag = await store.add_bag(1)
    with pytest.raises(Invalid, match="one donation"):
        await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, donation=DIN, reason="both"))
    with pytest.raises(NotFound, match="no bag of a donation"):
        await store.write(lambda tx: place_hold(tx, TESTER, donation="A999926999999", reason="mistyped"))
    with pytest.raises(NotFound, match="no batch"):
        await store.write(lambda tx: place_hold(tx, TESTER, batch="bat-nothing", reason="mistyped"))
    assert store.rows("SELECT id FROM wide_hold") == []


async def test_the_list_counts_bags_and_leaves_out_what_a_wider_hold_carried(store):
    red = await store.add_bag(1, place="cold-1/q1/001")
    await store.add_bag(1, "D0003V00")
    donation = await store.write(lambda tx: place_hold(tx, TESTER, donation=DIN, reason="donor rang"))
    single = await store.write(lambda tx: place_hold(tx, TESTER, bag=red, reason="100% torn"))
    shelf = await store.write(lambda tx: place_hold(tx, TESTER, place="cold-1", reason="too warm"))
    with store.database.read() as conn:
        found = list_holds(conn)
        assert {one.id: (one.scope, one.bags) for one in found.items} == {
            donation: (Scope.DONATION, 2), single: (Scope.BAG, 1), shelf: (Scope.PLACE, 1),
        }  # fmt: skip
        assert list_holds(conn, carried=True).total == 5
        assert [one.id for one in list_holds(conn, scope=Scope.BAG).items] == [single]
        assert [one.id for one in list_holds(conn, q="0% T").items] == [single]
        assert [one.id for one in list_holds(conn, q="A9999 26 000001").items] == [single, donation]
        assert list_holds(conn, q="%_").total == 0
        assert kept_by(conn, one_hold(conn, donation)) == (f"{DIN}-D0002V00", f"{DIN}-D0003V00")
        assert [one.id for one in holds_on_donation(conn, DIN)] == [donation]
        told = {one.reason: (one.scope, one.subject) for one in holds_of_bag(conn, red, "cold-1/q1/001")}
    assert told == {
        "donor rang": (Scope.DONATION, DIN),
        "100% torn": (Scope.BAG, red),
        "too warm": (Scope.PLACE, "cold-1"),
    }


async def test_a_lifted_hold_stays_on_record_with_who_and_why(store):
    await store.add_bag(1)
    hold = await store.write(lambda tx: place_hold(tx, TESTER, donation=DIN, reason="donor rang"))
    await store.write(lambda tx: lift_hold(tx, TESTER, hold, "a mistake", BOTH))
    with store.database.read() as conn:
        assert list_holds(conn).items == ()
        (shown,) = list_holds(conn, everything=True).items
    assert (shown.lifted_by, shown.lift_reason, shown.bags) == ("tester", "a mistake", 1)
    assert shown.lifted_at == store.clock.now()
