"""Discarding: two people, a cause, all or nothing; what keeps a bag lets go of it or is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from outbound_looks import kinds, ordered, shipments, sign_for

from blood.eligibility import BagStatus
from wms.bags.commands import change_status, move_to
from wms.discards.causes import causes
from wms.discards.commands import DiscardRefused, book_waste, check, discard
from wms.discards.read import as_csv, list_discards
from wms.errors import Invalid, Refused
from wms.holds.commands import place_hold
from wms.moves.model import MovePurpose
from wms.moves.tasks import request_move
from wms.orders.reservations import standing_of
from wms.preparation.orders import claim
from wms.store.tx import Actor
from wms.transport.read import list_returns
from wms.transport.returns import ReturnWish, announce, receive

CHEN, NURSE = Actor("chen.qa", "desk-2"), Actor("east-lake-bank", "hospital")


@dataclass(frozen=True)
class Signed:
    id: str
    person: str


BOTH = (Signed("s1", "ann"), Signed("s2", "bo"))


async def thrown_away(store, *bags: str, cause: str = "leaking", comment: str = "", signed=BOTH):
    return await store.write(lambda tx: discard(tx, CHEN, bags, cause, comment, signed))


async def refused(store, *bags: str, words: str) -> None:
    before = store.all("SELECT id, status, place, version FROM bag ORDER BY id")
    with pytest.raises(DiscardRefused, match=words):
        await thrown_away(store, *bags)
    assert store.all("SELECT id, status, place, version FROM bag ORDER BY id") == before
    assert store.all("SELECT bag FROM discard") == []


async def test_a_discarded_bag_is_nowhere_any_more_and_the_ledger_says_where_it_went(store) -> None:
    bag = await store.bag()
    done = await thrown_away(store, bag, comment="torn at the seam")
    state = store.state_of(bag)
    assert (state["status"], state["place"], state["ended_us"] is not None) == ("DISCARDED", None, True)
    assert kinds(store, bag)[-3:] == ["bag.condemned", "bag.discarded", "bag.to_waste"]
    assert store.all("SELECT bag FROM stay WHERE bag = :bag AND to_us IS NULL", bag=bag) == []
    with store.read() as conn:
        (shown,) = list_discards(conn).items
    assert (shown.id, shown.cause, shown.kind, shown.by) == (done.id, "leaking", "quality", "chen.qa")
    assert (shown.from_place, shown.month, shown.hospital) == ("cold-1/s1/001", "2026-11", None)


async def test_nothing_leaves_a_discarded_bag(store) -> None:
    bag = await store.bag()
    await thrown_away(store, bag)
    for status in BagStatus:
        with pytest.raises(Refused):
            await store.write(lambda tx, to=status: change_status(tx, CHEN, bag, to, "bag.risen"))
    with pytest.raises(DiscardRefused, match="its story is over"):
        await thrown_away(store, bag)


async def test_two_different_people_sign(store) -> None:
    bag = await store.bag()
    for signed in ((), BOTH[:1], (BOTH[0], Signed("s3", "ann"))):
        with pytest.raises(Refused, match="two people"):
            await thrown_away(store, bag, signed=signed)
    assert store.state_of(bag)["status"] == "AVAILABLE"


async def test_the_request_itself_must_make_sense(store) -> None:
    bag = await store.bag()
    for bags, cause, words in (
        ((), "leaking", "each bag once"),
        ((bag, bag), "leaking", "each bag once"),
        ((bag,), "boredom", "no cause of discard"),
        ((bag,), "other", "which other cause"),
    ):
        with pytest.raises(Invalid, match=words):
            await thrown_away(store, *bags, cause=cause)
    await thrown_away(store, bag, cause="other", comment="fell into the sink")


async def test_a_held_expired_or_reactive_bag_may_be_discarded_and_its_holds_end_with_it(store) -> None:
    bag = await store.bag(days=-1, tests="not_negative", status="NONCONFORMING", place="cold-1/n1/001")
    await store.write(lambda tx: place_hold(tx, CHEN, bag=bag, reason="look-back"))
    await thrown_away(store, bag, cause="expired")
    assert store.all("SELECT id FROM hold WHERE lifted_us IS NULL") == []
    assert store.state_of(bag)["status"] == "DISCARDED"


async def test_a_reserved_bag_leaves_its_order_which_is_planned_again(store) -> None:
    bag, other = await store.bag(days=5), await store.bag(days=9)
    order = await ordered(store)
    assert store.state_of(bag)["status"] == "RESERVED"
    await thrown_away(store, bag)
    with store.read() as conn:
        assert standing_of(conn, bag) is None
    await store.planner.plan_once()
    assert store.state_of(other)["status"] == "RESERVED"
    assert store.show(order).lines[0].reserved == 1


async def test_a_bag_that_waits_to_be_moved_or_prepared_is_freed_first(store) -> None:
    moved, kept = await store.bag(), await store.bag()
    await store.write(lambda tx: request_move(tx, CHEN, moved, purpose=MovePurpose.RESTOCK, to_place="dispatch/gate"))
    await store.write(lambda tx: claim(tx, CHEN, "pre-1", [kept]))
    looks = await store.write(lambda tx: check(tx, [moved, kept]))
    assert [[remark.code for remark in one.freed] for one in looks] == [["move"], ["claimed"]]
    await thrown_away(store, moved, kept)
    assert store.all("SELECT state FROM task WHERE bag = :bag", bag=moved) == [("cancelled",)]
    assert store.state_of(kept)["claim"] is None


async def test_a_bag_that_a_machine_carries_is_refused_by_name(store) -> None:
    bag = await store.bag()
    await store.write(lambda tx: request_move(tx, CHEN, bag, purpose=MovePurpose.PICK, to_place="dispatch/gate"))
    await store.write(lambda tx: tx.raw.execute("UPDATE task SET state = 'sent' WHERE bag = ?", (bag,)))
    await refused(store, bag, words="carrying it")


async def test_a_bag_in_a_box_is_refused_by_name(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    await floor.until_packed(bag)
    await store.write(lambda tx: move_to(tx, CHEN, bag, "box/r20-1", tx.now))
    await refused(store, bag, words="transport box r20-1")


async def test_what_has_left_or_is_used_up_is_refused_by_name(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    await floor.run(20)
    (travels,) = shipments(store)
    await sign_for(store, travels.id, [bag])
    await refused(store, bag, words="east-lake has it")
    lost = await store.bag()
    await store.write(lambda tx: change_status(tx, CHEN, lost, BagStatus.MISSING, "bag.missing"))
    await refused(store, lost, words="nobody knows where it is")
    await refused(store, "A999926999999-D0002V00", words="There is no bag")


async def test_one_refused_bag_refuses_the_whole_act_and_all_refused_are_named(store) -> None:
    good = await store.bag()
    gone = [await store.bag(status="TRANSFUSED", place="hospital/east-lake"), await store.bag(status="CONSUMED")]
    await refused(store, good, *gone, words=f"{gone[0]}.*{gone[1]}")


async def test_a_returned_bag_closes_its_return(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    await floor.run(20)
    (travels,) = shipments(store)
    await sign_for(store, travels.id, [bag])
    wish = ReturnWish("east-lake", [bag], "not needed", temperature_ok=False, visual_ok=True)
    number = await store.write(lambda tx: announce(tx, NURSE, wish))
    await store.write(lambda tx: receive(tx, CHEN, number, bag))
    await thrown_away(store, bag, cause="returned")
    with store.read() as conn:
        assert list_returns(conn) == ()
        (shown,) = list_returns(conn, everything=True)
    assert shown.bags[0].state == "discarded"
    assert store.state_of(bag)["custody"] == "centre"


async def test_what_a_hospital_wastes_is_booked_as_its_waste(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    await floor.run(20)
    (travels,) = shipments(store)
    await sign_for(store, travels.id, [bag])
    state = store.state_of(bag)
    await store.write(lambda tx: change_status(tx, NURSE, bag, BagStatus.DISCARDED, "bag.fate_wasted"))
    await store.write(lambda tx: book_waste(tx, NURSE, state, "east-lake", "thawed and not used"))
    with store.read() as conn:
        (shown,) = list_discards(conn).items
    assert (shown.cause, shown.hospital, store.state_of(bag)["status"]) == ("hospital", "east-lake", "DISCARDED")


async def test_discards_are_listed_and_exported_by_period_cause_and_bag(store) -> None:
    first, second = await store.bag(), await store.bag("A-")
    await thrown_away(store, first)
    store.clock.step(86_400)
    await thrown_away(store, second, cause="expired", comment="=1+1")
    begin, now = store.clock.now() - timedelta(hours=1), store.clock.now() + timedelta(seconds=1)
    with store.read() as conn:
        assert [one.bag for one in list_discards(conn).items] == [second, first]
        assert [one.bag for one in list_discards(conn, from_at=begin, to_at=now).items] == [second]
        assert [one.bag for one in list_discards(conn, cause="leaking").items] == [first]
        assert [one.bag for one in list_discards(conn, q=second[:13]).items] == [second]
        lines = as_csv(conn).splitlines()
    assert lines[0].startswith("id,bag,component,group,cause,kind,comment,at")
    assert "'=1+1" in lines[1]  # a spreadsheet must not run it
    assert len(lines) == 3


def test_every_cause_has_both_names_and_a_source() -> None:
    assert len(causes()) >= 15
    for key, cause in causes().items():
        assert (key, bool(cause.name_en), bool(cause.name_zh), bool(cause.source)) == (cause.key, True, True, True)
        assert cause.status in {"V", "S", "unverified", "design"}
