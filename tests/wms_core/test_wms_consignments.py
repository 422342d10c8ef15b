"""Despatch notes against what comes through the receiving portal, with the real store and the real inbox handlers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from blood.isbt128 import BagId
from blood.tags import epc_of
from plant.model import Plant
from rfid.messages import Crossing, Direction
from wms.bags.commands import move_to
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.inbox.handlers import handle
from wms.intake import watch
from wms.intake.consignments import Note, announce, number_of
from wms.intake.matching import Act
from wms.intake.read import Consignment, ConsignmentItem, list_consignments, one_consignment
from wms.intake.worklists import resolve
from wms.machines.preparation import prepare_waiting
from wms.moves.by_hand import receive_by_hand
from wms.store.tx import Actor, Tx

TESTER = Actor("tester", "bench")
Store = Any
"""The fixture `store` of conftest.py."""
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
WHOLE_BLOOD = "D0001V00"


def number(n: int) -> BagId:
    return BagId(f"A999926{n:06d}", WHOLE_BLOOD)


def note(name: str, *numbers: int, at: datetime = START) -> Note:
    return Note(name, "mobile", at, tuple(number(n) for n in numbers))


async def collected(store: Store, *numbers: int, **fields: object) -> list[str]:
    return [
        await store.add_bag(n, WHOLE_BLOOD, place="mobile", **{"status": "COLLECTED", "tests": "pending", **fields})
        for n in numbers
    ]


def crossing(store: Store, epc: str, direction: Direction = Direction.IN, at: datetime | None = None) -> Crossing:
    seen = at or store.clock.now()
    return Crossing(
        portal="p1", reader="reader-1", epc=epc, direction=direction, first_seen=seen, last_seen=seen, reads=20,
        peak_rssi_dbm=-48,
    )  # fmt: skip


async def cross(store: Store, *numbers: int, direction: Direction = Direction.IN, at: datetime | None = None) -> None:
    for n in numbers:
        await cross_tag(store, epc_of(number(n)), direction, at)


async def cross_tag(store: Store, epc: str, direction: Direction = Direction.IN, at: datetime | None = None) -> None:
    message = crossing(store, epc, direction, at)
    raw = msgspec.Raw(msgspec.json.encode(message))
    await store.write(lambda tx: handle(tx, "rfid-1", "org.hemovault.rfid.crossing.v1", raw, message.last_seen))


async def quiet(store: Store, wait: timedelta = timedelta(minutes=5)) -> None:
    store.clock.step(wait.total_seconds())
    await store.write(watch.tick)


def shown(store: Store, name: str) -> Consignment:
    with store.database.read() as connection:
        return one_consignment(connection, name)


def only(store: Store, state: str) -> ConsignmentItem:
    """The one number in a state, of any consignment."""
    with store.database.read() as connection:
        (item,) = [
            item for one in list_consignments(connection, open_only=False) for item in one.items if item.state == state
        ]
    return item


async def answer(store: Store, state: str, act: Act, **scan: str) -> None:
    item = only(store, state)
    (name,) = store.one("SELECT consignment FROM consignment_item WHERE id = ?", item.id)
    await store.write(lambda tx: resolve(tx, TESTER, name, item.id, act, "seen by eye", **scan))


def open_holds(store: Store, bag: str) -> list[str]:
    return [reason for (reason,) in store.rows("SELECT reason FROM hold WHERE bag = ? AND lifted_us IS NULL", bag)]


async def test_a_consignment_that_comes_whole_is_judged_and_closed_by_itself(store: Store) -> None:
    await collected(store, 1, 2, 3)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1, 2, 3)))
    assert shown(store, "note-1").state == "announced"
    await cross(store, 1, 2)
    assert shown(store, "note-1").state == "arriving"
    await cross(store, 3)
    await quiet(store)
    one = shown(store, "note-1")
    assert (one.state, one.counts["received"], one.counts["expected"], one.counts["missing"]) == ("closed", 3, 3, 0)
    assert {item.din for item in one.items} == {number(n).din for n in (1, 2, 3)}


async def test_it_is_not_judged_while_bags_still_come(store: Store) -> None:
    await collected(store, 1, 2)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1, 2)))
    await cross(store, 1)
    await quiet(store, timedelta(minutes=2))
    assert shown(store, "note-1").judged_at is None
    await cross(store, 2)
    await quiet(store, timedelta(minutes=2))
    assert shown(store, "note-1").judged_at is None


async def test_what_did_not_come_is_missing_and_a_late_read_puts_it_right(store: Store) -> None:
    await collected(store, 1, 2)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1, 2)))
    await cross(store, 1)
    await quiet(store)
    assert only(store, "missing").acts == (Act.NOT_SENT, Act.SEARCHED_LOST)
    await quiet(store, timedelta(hours=1))
    assert store.rows("SELECT condition FROM alarm WHERE known = 'active'") == [("bags_not_arrived",)]
    await cross(store, 2)
    await quiet(store)
    one = shown(store, "note-1")
    assert (one.state, one.counts["received"], one.counts["missing"]) == ("closed", 2, 0)
    assert store.rows("SELECT condition FROM alarm WHERE known = 'active'") == []
    assert store.bag(str(number(2)))["place"] == "dock"


async def test_a_missing_bag_is_answered_for_by_name(store: Store) -> None:
    (first, second) = await collected(store, 1, 2)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1, 2)))
    await quiet(store, timedelta(hours=9))
    assert shown(store, "note-1").counts["missing"] == 2
    items = shown(store, "note-1").items
    await store.write(lambda tx: resolve(tx, TESTER, "note-1", items[0].id, Act.NOT_SENT, "left in the van"))
    await store.write(lambda tx: resolve(tx, TESTER, "note-1", items[1].id, Act.SEARCHED_LOST, "searched all totes"))
    await quiet(store)
    assert (store.bag(first)["status"], store.bag(second)["status"]) == ("COLLECTED", "MISSING")
    assert shown(store, "note-1").state == "closed"
    resolved = shown(store, "note-1").items[1].resolved
    assert resolved is not None
    assert (resolved.by, resolved.comment) == ("tester", "searched all totes")
    kinds = [kind for (kind,) in store.rows("SELECT kind FROM ledger WHERE subject = 'note-1' ORDER BY seq")]
    assert kinds == ["consignment.announced", "consignment.judged", *["consignment.resolved"] * 2, "consignment.closed"]


async def test_a_bag_that_no_note_names_is_held_and_not_prepared_until_somebody_accepts_it(store: Store) -> None:
    (_, extra) = await collected(store, 1, 9)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1)))
    await cross(store, 1, 9)
    assert open_holds(store, extra) == ["intake: on no despatch note"]
    store.clock.step(3600)
    await store.write(lambda tx: prepare_waiting(tx, TESTER))
    assert store.bag(extra)["place"] == "dock"
    assert not store.rows("SELECT 1 FROM batch_bag WHERE bag = ?", extra)
    await answer(store, "extra", Act.ACCEPT)
    assert open_holds(store, extra) == []
    await quiet(store)
    assert shown(store, "note-1").state == "closed"


async def test_an_extra_bag_that_goes_back_stays_held(store: Store) -> None:
    (_, extra) = await collected(store, 1, 9)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1)))
    await cross(store, 1, 9)
    await answer(store, "extra", Act.SEND_BACK)
    assert open_holds(store, extra) == ["intake: on no despatch note"]


async def test_a_note_that_comes_after_its_bags_receives_them(store: Store) -> None:
    (_, late) = await collected(store, 1, 2)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1)))
    await cross(store, 1, 2)
    assert open_holds(store, late) != []
    await store.write(lambda tx: announce(tx, TESTER, note("note-2", 2)))
    assert open_holds(store, late) == []
    await quiet(store)
    assert (shown(store, "note-2").counts["received"], shown(store, "note-2").state) == (1, "closed")


async def test_where_no_notes_are_sent_nothing_is_asked(store: Store) -> None:
    (bag,) = await collected(store, 1)
    await cross(store, 1)
    assert open_holds(store, bag) == []
    assert store.rows("SELECT 1 FROM consignment") == []


async def test_a_tag_that_is_bound_to_no_bag_is_a_question_and_no_dead_letter(store: Store) -> None:
    await collected(store, 1)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1)))
    await cross(store, 1)
    for _ in range(3):
        await cross_tag(store, "e2" * 16)
    item = only(store, "unknown")
    assert (item.epc, item.bag, item.acts) == ("e2" * 16, None, (Act.IDENTIFY, Act.SEND_BACK))
    await quiet(store, timedelta(hours=1))
    assert store.rows("SELECT condition FROM alarm WHERE known = 'active'") == [("intake_question",)]
    assert store.rows("SELECT 1 FROM dead_letter") == []


async def test_an_unknown_tag_is_identified_by_the_label_and_its_bag_received(store: Store) -> None:
    (bag,) = await collected(store, 1, epc=None)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1)))
    came = store.clock.now()
    await cross_tag(store, "e2" * 16)
    store.clock.step(600)
    with pytest.raises(Invalid, match="Scan the label"):
        await answer(store, "unknown", Act.IDENTIFY)
    await answer(store, "unknown", Act.IDENTIFY, din_scan=f"={number(1).din}00")
    row = store.bag(bag)
    assert (row["epc"], row["place"]) == ("e2" * 16, "dock")
    assert row["place_since_us"] == int(came.timestamp() * 1e6)
    assert shown(store, "note-1").counts["received"] == 1


async def test_a_label_that_contradicts_its_tag_is_refused(store: Store) -> None:
    await collected(store, 1)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1)))
    await cross(store, 7)
    with pytest.raises(Refused, match="says that it is A999926000007"):
        await answer(store, "unknown", Act.IDENTIFY, din_scan=number(1).din)
    assert only(store, "unknown").resolved is None


async def test_a_collection_that_is_recorded_after_the_bag_came_receives_it(store: Store) -> None:
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1)))
    await cross(store, 1)
    assert shown(store, "note-1").counts["received"] == 0
    (bag,) = await collected(store, 1)
    store.clock.step(60)
    await quiet(store)
    assert store.bag(bag)["place"] == "dock"
    assert shown(store, "note-1").counts["received"] == 1
    assert only(store, "unknown").resolved is not None


async def test_a_number_on_two_notes_is_double_and_its_bag_held_until_one_counts(store: Store) -> None:
    (bag,) = await collected(store, 1)
    for name in ("note-1", "note-2"):
        await store.write(lambda tx, name=name: announce(tx, TESTER, note(name, 1)))
    assert only(store, "double").acts == (Act.KEEP_FIRST, Act.SEND_BACK)
    await cross(store, 1)
    assert open_holds(store, bag) == ["intake: its number came twice"]
    await answer(store, "double", Act.KEEP_FIRST)
    assert open_holds(store, bag) == []
    assert shown(store, "note-1").counts["received"] == 1


async def test_a_bag_that_was_received_before_is_double(store: Store) -> None:
    (bag,) = await collected(store, 1)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1)))
    await cross(store, 1)
    await quiet(store)
    await store.write(lambda tx: tx.raw.execute("UPDATE bag SET status = 'CONSUMED'"))
    await store.write(lambda tx: move_to(tx, TESTER, bag, "prep/out", tx.now))
    store.clock.step(3600)
    await cross(store, 1)
    await cross(store, 1)
    assert only(store, "double").bag == bag
    assert open_holds(store, bag) == ["intake: its number came twice"]


async def test_a_bag_that_the_laboratory_condemned_on_its_way_is_received_and_nothing_is_asked(store: Store) -> None:
    (bag,) = await collected(store, 1)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1)))
    await store.write(lambda tx: tx.raw.execute("UPDATE bag SET status = 'NONCONFORMING'"))
    await cross(store, 1)
    await quiet(store)
    one = shown(store, "note-1")
    assert (one.state, one.counts["received"], one.counts["double"], open_holds(store, bag)) == ("closed", 1, 0, [])


async def test_a_crossing_that_is_heard_late_receives_and_doubles_nothing(store: Store) -> None:
    """The bag was received by hand and is in the machine; then the portal's report comes out of a spool."""
    (bag,) = await collected(store, 1)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1)))
    early = store.clock.now()
    store.clock.step(60)
    await store.write(lambda tx: receive_by_hand(tx, TESTER, number(1).din))
    await store.write(lambda tx: tx.raw.execute("UPDATE bag SET status = 'PROCESSING'"))
    await cross(store, 1, at=early)
    one = shown(store, "note-1")
    assert (one.counts["received"], one.counts["double"], open_holds(store, bag)) == (1, 0, [])


async def test_a_scan_at_the_dock_is_as_good_as_the_portal(store: Store) -> None:
    await collected(store, 1)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1)))
    await store.write(lambda tx: receive_by_hand(tx, TESTER, number(1).din))
    assert shown(store, "note-1").counts["received"] == 1


async def test_the_same_note_again_changes_nothing_and_another_content_is_refused(store: Store) -> None:
    await collected(store, 1, 2)
    for _ in range(2):
        await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1, 2)))
    assert shown(store, "note-1").counts["expected"] == 2
    with pytest.raises(Conflict, match="other content"):
        await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1)))


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (Note("", "mobile", START, (number(1),)), Invalid),
        (Note("note-1", "nowhere", START, (number(1),)), NotFound),
        (Note("note-1", "mobile", START, ()), Invalid),
    ],
)
async def test_a_note_that_says_nothing_usable_is_refused(store: Store, bad: Note, error: type[Refused]) -> None:
    with pytest.raises(error):
        await store.write(lambda tx: announce(tx, TESTER, bad))
    assert store.rows("SELECT 1 FROM consignment") == []


def test_a_number_that_is_none_is_named(plant: Plant) -> None:
    with pytest.raises(Invalid, match="Donation number"):
        number_of(plant, "A9999", WHOLE_BLOOD)


async def test_an_act_that_does_not_fit_and_a_second_answer_are_refused(store: Store) -> None:
    await collected(store, 1, 2)
    await store.write(lambda tx: announce(tx, TESTER, note("note-1", 1, 2)))
    await cross(store, 1)
    await quiet(store)
    item = only(store, "missing")

    def say(act: Act, comment: str = "looked") -> Callable[[Tx], None]:
        return lambda tx: resolve(tx, TESTER, "note-1", item.id, act, comment)

    with pytest.raises(Invalid, match="does not fit a number that is missing; not_sent, searched_lost would"):
        await store.write(say(Act.ACCEPT))
    with pytest.raises(Invalid, match="Say what you found"):
        await store.write(say(Act.NOT_SENT, " "))
    await store.write(say(Act.NOT_SENT))
    with pytest.raises(Conflict, match="answered for this number before"):
        await store.write(say(Act.SEARCHED_LOST))
    with pytest.raises(NotFound):
        await store.write(lambda tx: resolve(tx, TESTER, "note-9", item.id, Act.NOT_SENT, "x"))
