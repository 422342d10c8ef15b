"""Shelf antennas and counts against what is believed, with the real store and the real inbox handlers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert

from blood.isbt128 import BagId
from blood.tags import epc_of
from rfid.messages import HearingChanged, ShelfSeen
from wms.bags.commands import move_to
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.inbox.handlers import handle
from wms.moves.model import MovePurpose
from wms.moves.tasks import request_move
from wms.orders.tables import order_line, reservation
from wms.portals import hearing
from wms.stocktake import watch
from wms.stocktake.counts import Means, close_count, open_count, scan
from wms.stocktake.matching import CountState
from wms.stocktake.missing import Verdict, resolve
from wms.stocktake.read import Count, ShelfView, list_counts, one_count, shelves
from wms.store.tx import Actor, Tx

TESTER = Actor("tester", "bench")
Store = Any
"""The fixture `store` of conftest.py."""
SHELF, BARE = "cold-1/s1", "cold-1/s3"
"""A shelf with an antenna, and one without."""


@dataclass(frozen=True)
class Signed:
    id: str
    person: str


TWO = (Signed("sig-1", "anna"), Signed("sig-2", "bo"))


async def shelved(store: Store, *numbers: int, shelf: str = SHELF, **fields: object) -> list[str]:
    return [await store.add_bag(n, place=f"{shelf}/{n:03d}", **{"status": "AVAILABLE", **fields}) for n in numbers]


def epcs(*numbers: int) -> tuple[str, ...]:
    return tuple(epc_of(BagId(f"A999926{n:06d}", "D0002V00")) for n in numbers)


async def tell(
    store: Store,
    seen: Sequence[str],
    *,
    shelf: str = SHELF,
    part: int = 1,
    parts: int = 1,
    name: str | None = None,
    earlier_s: float = 0,
) -> None:
    at = store.clock.now() - timedelta(seconds=earlier_s)
    message = ShelfSeen(
        shelf=shelf, reader="reader-4", round_id=name or f"{shelf}-{at.timestamp()}", part=part, parts=parts,
        epcs=tuple(seen), at=at,
    )  # fmt: skip
    raw = msgspec.Raw(msgspec.json.encode(message))
    await store.write(lambda tx: handle(tx, "rfid-1", "org.hemovault.rfid.shelf-seen.v1", raw, at))


async def hears(store: Store, *deaf: int, reader: str = "reader-4", earlier_s: float = 0) -> None:
    at = store.clock.now() - timedelta(seconds=earlier_s)
    raw = msgspec.Raw(msgspec.json.encode(HearingChanged(reader=reader, deaf=deaf, at=at)))
    await store.write(lambda tx: handle(tx, "rfid-1", "org.hemovault.rfid.hearing-changed.v1", raw, at))


async def wait(store: Store, minutes: float) -> None:
    store.clock.step(timedelta(minutes=minutes).total_seconds())
    await store.write(watch.tick)


def view(store: Store, shelf: str = SHELF) -> ShelfView:
    with store.database.read() as connection:
        return next(one for one in shelves(connection, store.plant) if one.shelf == shelf)


def count(store: Store, name: str) -> Count:
    with store.database.read() as connection:
        return one_count(connection, name)


def active(store: Store) -> list[tuple[str, str]]:
    return store.rows("SELECT condition, source FROM alarm WHERE known = 'active' ORDER BY condition, source")


def reasons(store: Store, bag: str) -> list[str]:
    return [reason for (reason,) in store.rows("SELECT reason FROM hold WHERE bag = ? AND lifted_us IS NULL", bag)]


# ---- what antennas see ----------------------------------------------------------------------------------------------


async def test_a_shelf_shows_what_is_believed_and_what_is_seen(store: Store) -> None:
    bags = await shelved(store, 1, 2, 3)
    (other,) = await shelved(store, 9, shelf=BARE)
    assert (view(store).believed, view(store).seen) == (3, None)
    await tell(store, [*epcs(1, 2, 9), "e2" * 16])
    one = view(store)
    assert (one.believed, one.seen, one.missing) == (3, 4, (bags[2],))
    assert one.surplus == (other, "e2" * 16)


async def test_an_account_holds_when_all_its_parts_are_here(store: Store) -> None:
    await shelved(store, 1, 2)
    await tell(store, epcs(1), part=1, parts=2, name="round-1")
    assert view(store).seen is None
    await tell(store, epcs(2), part=2, parts=2, name="round-1")
    assert (view(store).seen, view(store).missing) == (2, ())
    assert store.rows("SELECT 1 FROM shelf_part") == []


async def test_an_account_that_comes_late_changes_nothing(store: Store) -> None:
    await shelved(store, 1)
    await tell(store, epcs(1))
    await tell(store, (), earlier_s=60)
    assert view(store).seen == 1


async def test_a_bag_that_is_not_seen_for_long_is_asked_for_and_stays_what_it_is(store: Store) -> None:
    bags = await shelved(store, 1, 2)
    await tell(store, epcs(1, 2))
    await wait(store, 20)
    await tell(store, epcs(1))
    await wait(store, 20)
    assert active(store) == []
    await wait(store, 15)
    assert active(store) == [("bag_unseen", SHELF)]
    assert store.bag(bags[1])["status"] == "AVAILABLE"
    await tell(store, epcs(1, 2))
    await wait(store, 1)
    assert active(store) == []


async def test_a_shelf_that_has_said_nothing_lately_asks_nothing_new_and_answers_nothing(store: Store) -> None:
    await shelved(store, 1)
    await tell(store, ())
    await wait(store, 60)
    assert active(store) == [("bag_unseen", SHELF)]
    await wait(store, 120)
    assert active(store) == [("bag_unseen", SHELF)]


async def test_a_shelf_that_has_said_nothing_lately_asks_nothing(store: Store) -> None:
    await shelved(store, 1)
    await tell(store, ())
    await wait(store, 121)
    assert active(store) == []


async def test_a_bag_that_is_seen_on_another_shelf_is_a_finding_once(store: Store) -> None:
    (bag,) = await shelved(store, 1, shelf=BARE)
    await tell(store, epcs(1))
    await wait(store, 5)
    assert reasons(store, bag) == []
    for _ in range(3):
        await wait(store, 10)
    assert reasons(store, bag) == [f"finding: the antenna of {SHELF} sees it; it should be AVAILABLE at {BARE}/001"]
    assert len(store.rows("SELECT 1 FROM ledger WHERE kind = 'finding.raised'")) == 1


async def test_an_account_from_before_a_bag_was_carried_away_is_no_news_of_it(store: Store) -> None:
    """Accounts after the carrier's report are still under way, or the reader was away: nothing contradicts it."""
    (bag,) = await shelved(store, 1)
    await tell(store, epcs(1))
    await wait(store, 20)
    await store.write(lambda tx: move_to(tx, TESTER, bag, "dispatch/gate", tx.now))
    await wait(store, 1)
    await tell(store, (*epcs(1), *epcs(2)))
    await wait(store, 20)
    assert reasons(store, bag) == []
    await tell(store, epcs(1))
    await wait(store, 1)
    assert reasons(store, bag) == [f"finding: the antenna of {SHELF} sees it; it should be AVAILABLE at dispatch/gate"]


async def test_a_bag_that_was_just_carried_there_is_none(store: Store) -> None:
    (bag,) = await shelved(store, 1, shelf=BARE)
    await tell(store, epcs(1))
    await wait(store, 5)
    await store.write(lambda tx: move_to(tx, TESTER, bag, f"{SHELF}/050", tx.now))
    await wait(store, 30)
    assert reasons(store, bag) == []


# ---- readers that hear nothing --------------------------------------------------------------------------------------


async def test_a_deaf_reader_is_an_alarm_until_it_hears_and_its_portal_has_an_answer(store: Store) -> None:
    assert await store.write(lambda tx: hearing.why_unheard(tx, "p4")) is None
    await hears(store, 2, reader="reader-2")
    assert active(store) == [("reader_deaf", "reader-2")]
    why = await store.write(lambda tx: hearing.why_unheard(tx, "p4"))
    assert why is not None
    assert "reader-2" in why.en
    assert await store.write(lambda tx: hearing.why_unheard(tx, "p4-box")) is None
    store.clock.step(1)
    await hears(store, reader="reader-2")
    assert active(store) == []
    assert await store.write(lambda tx: hearing.why_unheard(tx, "p4")) is None


async def test_news_of_a_reader_that_come_late_change_nothing(store: Store) -> None:
    await hears(store, 1)
    await hears(store, earlier_s=60)
    assert active(store) == [("reader_deaf", "reader-4")]
    with pytest.raises(NotFound, match="no reader"):
        await hears(store, reader="reader-9")


async def test_two_bags_that_a_gate_decided_on_unread_betray_its_reader(store: Store) -> None:
    async def decided(bag: str) -> None:
        sql = "INSERT INTO gate_decision (bag, at_us, decision, reason) VALUES (?, ?, 'rejected', 'no permit')"
        at_us = int(store.clock.now().timestamp() * 1e6)
        await store.write(lambda tx: tx.raw.execute(sql, (bag, at_us)))
        await store.write(hearing.tick)

    async def read(bag: str) -> None:
        at_us = int(store.clock.now().timestamp() * 1e6)
        sql = "INSERT INTO gate_read (gate, bag, epc, seen_us, received_real_us) VALUES ('p4-gate', ?, 'x', ?, 0)"
        await store.write(lambda tx: tx.raw.execute(sql, (bag, at_us)))
        await store.write(hearing.tick)

    one, two = await shelved(store, 1, 2)
    await decided(one)
    assert active(store) == []
    store.clock.step(30)
    await decided(two)
    assert active(store) == [("reader_deaf", "reader-2")]
    assert await store.write(lambda tx: hearing.why_unheard(tx, "p4-gate")) is not None
    assert await store.write(lambda tx: hearing.why_unheard(tx, "p4")) is None  # its own reference tags are heard
    store.clock.step(30)
    await read(one)
    assert active(store) == []
    store.clock.step(30)
    await decided(one)
    await decided(two)
    assert active(store) == []  # one of them was read, its permit was late


async def test_a_deaf_shelf_asks_nothing_and_counts_nothing(store: Store) -> None:
    await shelved(store, 1)
    await tell(store, ())
    await hears(store, 1)
    await wait(store, 60)
    assert active(store) == [("reader_deaf", "reader-4")]
    with pytest.raises(Refused, match="has not said anything lately"):
        await store.write(lambda tx: open_count(tx, TESTER, SHELF, Means.ANTENNA))


async def test_a_count_whose_antenna_fell_deaf_gives_way_to_one_by_hand_and_misses_nothing(store: Store) -> None:
    (bag,) = await shelved(store, 1)
    await tell(store, ())
    deaf = await store.write(lambda tx: open_count(tx, TESTER, SHELF, Means.ANTENNA))
    with pytest.raises(Conflict, match="not closed yet"):
        await store.write(lambda tx: open_count(tx, TESTER, SHELF, Means.HAND))
    await hears(store, 1)
    with pytest.raises(Refused, match="by hand"):
        await store.write(lambda tx: close_count(tx, TESTER, deaf))
    by_hand = await store.write(lambda tx: open_count(tx, TESTER, SHELF, Means.HAND))
    assert count(store, deaf).closed_at is not None
    assert store.bag(bag)["status"] == "AVAILABLE"
    assert store.rows("SELECT kind FROM ledger WHERE subject = ? ORDER BY seq", deaf)[-1] == ("count.given_up",)
    await store.write(lambda tx: scan(tx, TESTER, by_hand, bag))
    await store.write(lambda tx: close_count(tx, TESTER, by_hand))
    assert store.bag(bag)["status"] == "AVAILABLE"


async def test_a_shelf_that_falls_deaf_does_not_answer_the_question_that_it_asked(store: Store) -> None:
    await shelved(store, 1)
    await tell(store, ())
    await wait(store, 31)
    assert active(store) == [("bag_unseen", SHELF)]
    await hears(store, 1)
    await wait(store, 1)
    assert active(store) == [("bag_unseen", SHELF), ("reader_deaf", "reader-4")]
    await hears(store)
    await tell(store, epcs(1))
    await wait(store, 1)
    assert active(store) == []


async def test_a_missing_bag_that_an_antenna_sees_is_named(store: Store) -> None:
    (bag,) = await shelved(store, 7, shelf=BARE)
    name = await store.write(lambda tx: open_count(tx, TESTER, BARE, Means.HAND))
    await store.write(lambda tx: close_count(tx, TESTER, name))
    assert store.bag(bag)["status"] == "MISSING"
    await tell(store, epcs(7))
    await wait(store, 11)
    assert reasons(store, bag) == [f"finding: the antenna of {SHELF} sees it; it should be MISSING at None"]


# ---- counts ---------------------------------------------------------------------------------------------------------


async def test_a_count_by_hand_makes_what_nobody_saw_missing(store: Store) -> None:
    first, second, third = await shelved(store, 1, 2, 3, shelf=BARE)
    name = await store.write(lambda tx: open_count(tx, TESTER, BARE, Means.HAND))
    for bag in (first, second):
        assert await store.write(lambda tx, bag=bag: scan(tx, TESTER, name, bag)) is CountState.SEEN
    assert (count(store, name).expected, count(store, name).seen, count(store, name).state) == (3, 2, "open")
    states = await store.write(lambda tx: close_count(tx, TESTER, name))
    assert states == {first: CountState.SEEN, second: CountState.SEEN, third: CountState.NOT_SEEN}
    row = store.bag(third)
    assert (row["status"], row["place"], store.bag(first)["status"]) == ("MISSING", None, "AVAILABLE")
    assert (count(store, name).state, count(store, name).expected) == ("closed", 3)
    await wait(store, 1)
    assert active(store) == [("bag_missing", third)]


async def test_a_missing_bag_leaves_its_order_and_its_move(store: Store) -> None:
    (bag,) = await shelved(store, 1, shelf=BARE, status="RESERVED", order_line="line-1")

    def reserve_and_send(tx: Tx) -> None:
        tx.conn.execute(
            insert(order_line).values(
                id="line-1", order_id="ord-1", position=1, component="RBC_S", abo_rhd="O+", quantity=1,
                substitution=False, min_days_left=0, sentence_en="", sentence_zh="",
            )
        )  # fmt: skip
        tx.conn.execute(insert(reservation).values(line="line-1", bag=bag, reserved_us=0, why_en="", why_zh=""))
        request_move(tx, TESTER, bag, purpose=MovePurpose.PICK, to_place="dispatch/gate")

    await store.write(reserve_and_send)
    name = await store.write(lambda tx: open_count(tx, TESTER, BARE, Means.HAND))
    await store.write(lambda tx: close_count(tx, TESTER, name))
    assert (store.bag(bag)["status"], store.bag(bag)["order_line"]) == ("MISSING", None)
    assert store.rows("SELECT bag FROM reservation WHERE ended_us IS NULL") == []
    assert store.rows("SELECT state FROM task") == [("cancelled",)]
    assert "MISSING" in store.one("SELECT sentence_en FROM order_line")[0]


async def test_a_bag_that_was_carried_away_during_the_count_is_not_missed(store: Store) -> None:
    (bag, other) = await shelved(store, 1, 2, shelf=BARE)
    name = await store.write(lambda tx: open_count(tx, TESTER, BARE, Means.HAND))
    store.clock.step(60)
    await store.write(lambda tx: move_to(tx, TESTER, bag, "dispatch/gate", tx.now))
    await store.write(lambda tx: move_to(tx, TESTER, other, f"{BARE}/077", tx.now))
    states = await store.write(lambda tx: close_count(tx, TESTER, name))
    assert states == {bag: CountState.MOVED, other: CountState.MOVED}
    assert (store.bag(bag)["status"], store.bag(other)["status"]) == ("AVAILABLE", "AVAILABLE")


async def test_a_bag_scanned_in_another_slot_is_moved_there_and_without_a_slot_is_a_finding(store: Store) -> None:
    moved, asked = await shelved(store, 1, 2, shelf="cold-1/s2")
    name = await store.write(lambda tx: open_count(tx, TESTER, BARE, Means.HAND))
    assert await store.write(lambda tx: scan(tx, TESTER, name, moved, f"{BARE}/009")) is CountState.ELSEWHERE
    assert await store.write(lambda tx: scan(tx, TESTER, name, asked)) is CountState.ELSEWHERE
    await store.write(lambda tx: close_count(tx, TESTER, name))
    assert store.bag(moved)["place"] == f"{BARE}/009"
    assert reasons(store, moved) == []
    assert reasons(store, asked) == [f"finding: count {name} saw it at {BARE}"]


async def test_antennas_count_their_shelf(store: Store) -> None:
    seen, gone = await shelved(store, 1, 2)
    (stranger,) = await shelved(store, 9, shelf=BARE)
    await tell(store, [*epcs(1, 9), "e2" * 16])
    name = await store.write(lambda tx: open_count(tx, TESTER, SHELF, Means.ANTENNA))
    states = await store.write(lambda tx: close_count(tx, TESTER, name))
    assert states == {
        seen: CountState.SEEN,
        gone: CountState.NOT_SEEN,
        stranger: CountState.ELSEWHERE,
        "e2" * 16: CountState.UNKNOWN_TAG,
    }
    assert store.bag(gone)["status"] == "MISSING"
    assert reasons(store, stranger) != []


@pytest.mark.parametrize(("place", "error"), [(BARE, "has no antenna"), ("cold-1", "has no antenna"), ("dock", "dock")])
async def test_what_has_no_antenna_is_counted_by_hand(store: Store, place: str, error: str) -> None:
    with pytest.raises(Refused, match=error):
        await store.write(lambda tx: open_count(tx, TESTER, place, Means.ANTENNA))


async def test_a_place_is_counted_once_at_a_time_and_only_inside_the_house(store: Store) -> None:
    name = await store.write(lambda tx: open_count(tx, TESTER, "cold-1", Means.HAND))
    with pytest.raises(Conflict, match="not closed yet"):
        await store.write(lambda tx: open_count(tx, TESTER, BARE, Means.HAND))
    await store.write(lambda tx: close_count(tx, TESTER, name))
    await store.write(lambda tx: open_count(tx, TESTER, BARE, Means.HAND))
    for place, error in (("nowhere", NotFound), ("transit", Refused), ("hospital/county", Refused)):
        with pytest.raises(error):
            await store.write(lambda tx, place=place: open_count(tx, TESTER, place, Means.HAND))
    for act in (close_count, lambda tx, actor, count: scan(tx, actor, count, "A999926000001-D0002V00")):
        with pytest.raises(Conflict, match="is closed"):
            await store.write(lambda tx, act=act: act(tx, TESTER, name))
    with store.database.read() as connection:
        assert [one.state for one in list_counts(connection)] == ["open", "closed"]
        assert len(list_counts(connection, open_only=True)) == 1


# ---- missing, found, lost -------------------------------------------------------------------------------------------


async def missed(store: Store) -> tuple[str, str]:
    (bag,) = await shelved(store, 1, shelf=BARE)
    name = await store.write(lambda tx: open_count(tx, TESTER, BARE, Means.HAND))
    await store.write(lambda tx: close_count(tx, TESTER, name))
    return name, bag


async def test_a_bag_that_is_found_is_in_quarantine_where_it_was_found_and_held(store: Store) -> None:
    name, bag = await missed(store)
    with pytest.raises(Invalid, match="where the bag was found"):
        await store.write(lambda tx: resolve(tx, TESTER, name, bag, Verdict.FOUND))
    await store.write(lambda tx: resolve(tx, TESTER, name, bag, Verdict.FOUND, place="cold-1/q1/001"))
    assert (store.bag(bag)["status"], store.bag(bag)["place"]) == ("QUARANTINE", "cold-1/q1/001")
    assert "nobody knows how warm" in reasons(store, bag)[0]
    with pytest.raises(Refused, match="not missing"):
        await store.write(lambda tx: resolve(tx, TESTER, name, bag, Verdict.FOUND, place="cold-1/q1/001"))


async def test_two_people_declare_a_bag_lost(store: Store) -> None:
    name, bag = await missed(store)
    same = (Signed("sig-1", "anna"), Signed("sig-2", "anna"))
    with pytest.raises(Refused, match="1 signed"):
        await store.write(lambda tx: resolve(tx, TESTER, name, bag, Verdict.LOST, signatures=same))
    await store.write(lambda tx: resolve(tx, TESTER, name, bag, Verdict.LOST, signatures=TWO))
    assert store.bag(bag)["status"] == "LOST"
    await wait(store, 1)
    assert active(store) == []


async def test_a_bag_that_is_not_missing_cannot_be_lost(store: Store) -> None:
    (bag,) = await shelved(store, 1, shelf=BARE)
    name = await store.write(lambda tx: open_count(tx, TESTER, BARE, Means.HAND))
    with pytest.raises(Refused, match="cannot become LOST"):
        await store.write(lambda tx: resolve(tx, TESTER, name, bag, Verdict.LOST, signatures=TWO))
    with pytest.raises(NotFound, match="says nothing of bag"):
        await store.write(lambda tx: resolve(tx, TESTER, name, "A999926000077-D0002V00", Verdict.FOUND, place=BARE))


async def test_a_missing_bag_that_is_scanned_in_a_count_is_found(store: Store) -> None:
    _, bag = await missed(store)
    again = await store.write(lambda tx: open_count(tx, TESTER, "cold-1/q1", Means.HAND))
    await store.write(lambda tx: scan(tx, TESTER, again, bag, "cold-1/q1/004"))
    await store.write(lambda tx: close_count(tx, TESTER, again))
    assert (store.bag(bag)["status"], store.bag(bag)["place"]) == ("QUARANTINE", "cold-1/q1/004")
    assert len(reasons(store, bag)) == 1
