"""A box leaves the tunnel only when what was read of it is exactly its list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outbound_looks import alarms, ordered, shipments

from blood.groups import BloodGroup
from rfid.messages import TunnelRead
from wms.errors import Invalid, NotFound
from wms.orders.commands import LineWish
from wms.orders.lifecycle import ShipmentState
from wms.outbound import handlers
from wms.outbound.by_hand import check, close, pack
from wms.outbound.tunnel import best_match, compare
from wms.store.tx import Actor

LI = Actor("li.wei", "handheld-1")
NAMES = st.lists(st.sampled_from("abcdefgh"), max_size=8)


@given(NAMES, NAMES)
def test_a_comparison_is_exact_only_when_both_sides_name_the_same(expected: list[str], seen: list[str]) -> None:
    found = compare(expected, seen)
    assert found.is_exact == (set(expected) == set(seen))
    assert set(expected) == (set(seen) - set(found.extra)) | set(found.missing)


def test_the_box_that_was_seen_best_stands_there() -> None:
    boxes = {"r20-1": ["a", "b"], "r20-2": ["c", "d", "e"]}
    assert best_match(boxes, ["c", "d", "a"]) == "r20-2"
    assert best_match(boxes, ["x"]) is None
    assert best_match(boxes, []) is None


async def until_refused(store, floor) -> None:
    await floor.run_until(lambda: bool(store.all("SELECT 1 FROM box WHERE state = 'refused'")))


async def test_a_tag_that_was_not_read_is_named_and_turning_the_box_puts_it_right(store, floor) -> None:
    bags = [await store.bag(), await store.bag()]
    await ordered(store, 2)
    floor.unread.add(floor.epc(bags[1]))
    await until_refused(store, floor)
    assert store.all("SELECT fault, missing, extra FROM box") == [("content", bags[1], "")]
    assert alarms(store, "box_content") == [("r20-1", "unacknowledged")]
    await floor.run(4)
    assert shipments(store)[0].state is ShipmentState.GATHERING
    floor.unread.clear()
    await floor.pass_tunnel("r20-1")
    assert alarms(store, "box_content") == [("r20-1", "returned_unacknowledged")]
    await floor.run()
    assert {store.state_of(bag)["status"] for bag in bags} == {"IN_TRANSIT"}


async def test_an_extra_bag_in_the_box_is_named_held_and_keeps_it_in_the_house(store, floor) -> None:
    bag, stranger = await store.bag(days=5), await store.bag(days=9)
    await ordered(store)
    floor.strays = [floor.epc(stranger)]
    await until_refused(store, floor)
    assert store.all("SELECT fault, missing, extra FROM box") == [("content", "", stranger)]
    assert len(store.all("SELECT id FROM hold WHERE bag = :bag", bag=stranger)) == 1
    await floor.run()
    assert store.state_of(bag)["status"] == "PACKED"


async def test_an_unknown_tag_in_the_box_is_named(store, floor) -> None:
    await store.bag()
    await ordered(store)
    floor.strays = ["ab" * 16]
    await until_refused(store, floor)
    assert store.all("SELECT extra FROM box") == [("ab" * 16,)]


async def test_a_tag_of_the_box_beside_is_named_and_its_bag_is_not_held(store, floor) -> None:
    red, plasma = await store.bag(), await store.bag(component="FFP")
    lines = tuple(LineWish(component, BloodGroup("O+"), 1) for component in ("RBC_S", "FFP"))
    await ordered(store, lines=lines)
    await floor.run_until(lambda: store.state_of(red)["status"] == store.state_of(plasma)["status"] == "PACKED")
    await floor.read_tunnel("stray", [floor.epc(plasma), floor.epc(red)])
    assert store.all("SELECT state, extra FROM box WHERE state = 'refused'") in (
        [("refused", red)], [("refused", plasma)],
    )  # fmt: skip
    assert store.all("SELECT id FROM hold") == []


async def test_parts_of_one_pass_are_judged_together_and_only_once(store, floor) -> None:
    bags = [await store.bag(), await store.bag()]
    await ordered(store, 2)
    floor.unread |= {floor.epc(bag) for bag in bags}
    await until_refused(store, floor)
    await floor.read_tunnel("turned", [floor.epc(bags[0])], part=1, parts=2)
    assert store.all("SELECT state FROM box") == [("refused",)]
    await floor.read_tunnel("turned", [floor.epc(bags[0])], part=1, parts=2)
    await floor.read_tunnel("turned", [floor.epc(bags[1])], part=2, parts=2)
    assert store.all("SELECT state FROM box") == [("checked",)]


async def test_a_later_poorer_look_does_not_refuse_a_checked_box(store, floor) -> None:
    bags = [await store.bag(), await store.bag()]
    await ordered(store, 2)
    await floor.run_until(lambda: bool(store.all("SELECT 1 FROM box WHERE state = 'checked'")))
    await floor.read_tunnel("leaving", [floor.epc(bags[0])])
    assert store.all("SELECT state FROM box") == [("checked",)]


async def test_tags_of_no_packed_box_call_a_person(store, floor) -> None:
    bag = await store.bag()
    await floor.read_tunnel("who", [floor.epc(bag)])
    assert alarms(store, "box_unknown") == [("p4-box", "unacknowledged")]
    assert store.state_of(bag)["status"] == "AVAILABLE"


@pytest.mark.parametrize(("part", "parts"), [(0, 1), (2, 1), (1, 51)])
async def test_parts_that_cannot_be_change_nothing(floor, part: int, parts: int) -> None:
    with pytest.raises(Invalid):
        await floor.read_tunnel("odd", [], part=part, parts=parts)


async def test_a_tunnel_nobody_knows_is_not_believed(store, floor) -> None:
    now = store.clock.now()
    read = TunnelRead(portal="p9", reader="r", pass_id="x", part=1, parts=1, epcs=(), first_seen=now, last_seen=now)
    with pytest.raises(NotFound):
        await floor.tell(handlers.on_tunnel_read, LI, read)


async def test_a_tag_that_is_never_read_sends_its_box_the_manual_way(store, floor) -> None:
    bags = [await store.bag(), await store.bag()]
    await ordered(store, 2)
    floor.unread.add(floor.epc(bags[1]))
    await until_refused(store, floor)
    for _ in range(2):
        await floor.pass_tunnel("r20-1")
    await floor.run(12)
    assert [store.state_of(bag)["status"] for bag in bags] == ["PICKED", "PICKED"]
    assert {store.state_of(bag)["place"] for bag in bags} == {"dispatch/sort-1"}
    for bag in bags:
        await store.write(lambda tx, bag=bag: pack(tx, LI, "r20-3", bag))
    await store.write(lambda tx: close(tx, LI, "r20-3", coolant_ok=True, logger_started=True))
    found = await store.write(lambda tx: check(tx, LI, "r20-3", bags))
    assert (found.missing, found.extra) == ((), ())
    floor.boxes["r20-3"] = [floor.epc(bag) for bag in bags]
    floor.lock.append("r20-3")
    await floor.run()
    assert {store.state_of(bag)["status"] for bag in bags} == {"IN_TRANSIT"}


async def test_a_box_that_is_read_before_the_station_has_reported_it_waits_for_the_report(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.reader_is_quicker = True
    await floor.run()
    assert store.all("SELECT state FROM tunnel_pass") == [("judged",)]
    assert alarms(store, "box_unknown") == []
    assert store.state_of(bag)["status"] == "IN_TRANSIT"


async def test_what_is_on_no_list_is_an_alarm_at_once(store, floor) -> None:
    await floor.read_tunnel("lost", ["ab" * 16])
    assert store.all("SELECT state FROM tunnel_pass") == [("unknown",)]
    assert alarms(store, "box_unknown") == [("p4-box", "unacknowledged")]


async def test_a_read_of_an_earlier_packing_does_not_check_the_box_that_was_packed_since(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.unread.add(floor.epc(bag))
    await until_refused(store, floor)
    late = TunnelRead(portal="p4-box", reader="reader-2", pass_id="late", part=1, parts=1, epcs=(floor.epc(bag),),
                      first_seen=store.clock.now(), last_seen=store.clock.now())  # fmt: skip
    seen_at = store.clock.now() - timedelta(minutes=30)
    await store.write(lambda tx: handlers.on_tunnel_read(tx, LI, late, seen_at))
    assert store.all("SELECT state FROM box") == [("refused",)]
