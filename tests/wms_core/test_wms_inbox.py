"""The inbox: each fact once, in order, whatever else it is; what cannot be applied is parked and never blocks."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from blood.eligibility import BagStatus
from blood.isbt128 import parse_bag_id
from blood.tags import epc_of
from plc_bridge.messages import CommandAnswered, CommandOutcome
from rfid.messages import Crossing, Direction, report_type
from runtime.facts.acks import Mark
from runtime.facts.envelope import SPOOL_LOST, encode_envelope
from runtime.facts.receiver import RawFact
from wms.bags.commands import move_to, observe
from wms.errors import Conflict, NotFound, Refused, Unavailable
from wms.inbox import apply as inbox
from wms.inbox.apply import apply_facts
from wms.inbox.dead_letters import retry
from wms.inbox.epochs import accept_trouble, all_marks
from wms.inbox.read import dead_letters, edge_troubles
from wms.ledger.rebuild import rebuild
from wms.moves.dispatch import dispatch_waiting
from wms.moves.wanted import plan_move
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")
WHOLE = {"product": "D0001V00", "status": "COLLECTED", "place": "mobile", "process_check": "pending"}


@dataclass(frozen=True)
class Signed:
    id: str
    person: str


TWO = (Signed("s1", "ann"), Signed("s2", "bo"))


def fact(store, seq: int, message=None, *, epoch="e1", edge="rfid-1", type_=None, data=None) -> RawFact:
    raw = encode_envelope(
        edge=edge,
        epoch=epoch,
        seq=seq,
        type=type_ or report_type(message),
        time=store.clock.now(),
        data=msgspec.json.encode(message) if data is None else data,
    )
    return RawFact(edge, epoch, seq, raw)


def crossing(store, bag: str, direction=Direction.IN, portal="p1", epc=None) -> Crossing:
    return Crossing(
        portal=portal,
        reader="reader-1",
        epc=epc or epc_of(parse_bag_id(bag)),
        direction=direction,
        first_seen=store.clock.now(),
        last_seen=store.clock.now(),
        reads=9,
        peak_rssi_dbm=-50,
    )


async def take(store, *facts: RawFact) -> list[Mark]:
    return await store.write(lambda tx: apply_facts(tx, facts))


def parked(store):
    with store.database.read() as connection:
        return dead_letters(connection)


def troubles(store):
    with store.database.read() as connection:
        return edge_troubles(connection)


async def test_a_crossing_brings_the_bag_to_the_dock(store):
    bag = await store.add_bag(**WHOLE)
    store.clock.step(60)
    assert await take(store, fact(store, 1, crossing(store, bag))) == [Mark("rfid-1", "e1", 1)]
    assert store.bag(bag)["place"] == "dock"
    assert store.one("SELECT actor, station FROM ledger WHERE kind = 'bag.crossed'") == ("device:reader-1", "rfid-1")
    assert store.one("SELECT edge, epoch, seq FROM inbox") == ("rfid-1", "e1", 1)


async def test_a_repeated_fact_is_applied_once(store):
    bag = await store.add_bag(**WHOLE)
    once = fact(store, 1, crossing(store, bag))
    await take(store, once, once)
    before = store.one("SELECT count(*) FROM ledger")
    assert await take(store, once) == [Mark("rfid-1", "e1", 1)]
    assert store.one("SELECT count(*) FROM ledger") == before


async def test_a_fact_beyond_a_gap_waits(store):
    bag = await store.add_bag(**WHOLE)
    store.clock.step(1)
    first, second = fact(store, 1, crossing(store, bag, epc="0" * 32)), fact(store, 2, crossing(store, bag))
    assert await take(store, second) == [Mark("rfid-1", "e1", 0)]
    assert store.bag(bag)["place"] == "mobile"
    assert await take(store, first, second) == [Mark("rfid-1", "e1", 2)]
    assert store.bag(bag)["place"] == "dock"


async def test_a_poison_fact_is_parked_and_those_behind_it_go_on(store):
    bag = await store.add_bag(**WHOLE)
    store.clock.step(1)
    poison = [
        fact(store, 1, type_="org.hemovault.unheard.v1", data=b"{}"),
        fact(store, 2, type_="org.hemovault.rfid.crossing.v1", data=b'{"portal": 7}'),
        fact(store, 3, crossing(store, bag, portal="p9")),
        fact(store, 4, crossing(store, bag, portal="p5", epc="00000000000000000000000000000001")),
        RawFact("rfid-1", "e1", 5, b'{"hvedge":"rfid-1","hvepoch":"e1","hvseq":5}'),
        RawFact("rfid-1", None, None, b"\xff\x00 nonsense"),
    ]
    assert await take(store, *poison, fact(store, 6, crossing(store, bag))) == [Mark("rfid-1", "e1", 6)]
    letters = {letter.code: letter for letter in parked(store)}
    assert set(letters) == {
        "fact.type", "fact.data", "portal.unknown", "tag.unknown", "fact.not_an_envelope", "fact.unreadable",
    }  # fmt: skip
    assert "\\xff" in letters["fact.unreadable"].raw
    assert "bound to no bag" in letters["tag.unknown"].detail
    assert store.bag(bag)["place"] == "dock"


async def test_a_failing_effect_leaves_nothing_but_its_dead_letter(store):
    await store.add_bag(**WHOLE)
    ledger = store.one("SELECT count(*) FROM ledger")[0]
    await take(store, fact(store, 1, crossing(store, "A999926777777-D0001V00", portal="p5")))
    assert store.rows("SELECT kind FROM ledger WHERE seq > ?", ledger) == [("fact.parked",)]


async def test_a_dead_letter_is_retried_once_its_cause_is_gone(store):
    bag = "A999926000001-D0001V00"
    await take(store, fact(store, 1, crossing(store, bag, portal="p5")))
    (letter,) = parked(store)
    with pytest.raises(NotFound, match="bound to no bag"):
        await store.write(lambda tx: retry(tx, TESTER, letter.id))
    await store.add_bag(1, **WHOLE)
    await store.write(lambda tx: retry(tx, TESTER, letter.id))
    assert parked(store) == ()
    with pytest.raises(Conflict, match="applied before"):
        await store.write(lambda tx: retry(tx, TESTER, letter.id))
    with pytest.raises(NotFound):
        await store.write(lambda tx: retry(tx, TESTER, "dlt-x"))


async def test_what_can_never_be_read_says_so_on_retry(store):
    await take(store, RawFact("rfid-1", None, None, b"nonsense"))
    (letter,) = parked(store)
    with pytest.raises(Refused, match="not JSON"):
        await store.write(lambda tx: retry(tx, TESTER, letter.id))


async def test_a_loss_is_named_and_the_mark_moves_over_it(store):
    bag = await store.add_bag(**WHOLE)
    await take(store, fact(store, 1, crossing(store, bag)))
    lost = fact(store, 7, type_=SPOOL_LOST, data=b'{"from":2,"to":7}')
    assert await take(store, lost) == [Mark("rfid-1", "e1", 7)]
    (trouble,) = troubles(store)
    assert (trouble.kind, trouble.detail) == ("lost", "rfid-1 lost its facts 2 to 7 before they were applied")
    await take(store, fact(store, 8, crossing(store, bag)))
    assert store.one("SELECT mark FROM inbox_mark") == (8,)


async def test_an_impossible_loss_is_parked(store):
    await take(store, fact(store, 1, type_=SPOOL_LOST, data=b'{"from":5,"to":1}'))
    assert [letter.code for letter in parked(store)] == ["fact.data"]


async def test_a_new_epoch_is_applied_and_named_until_two_people_accept_it(store):
    bag = await store.add_bag(**WHOLE)
    await take(store, fact(store, 1, crossing(store, bag)))
    store.clock.step(1)
    await take(store, fact(store, 1, crossing(store, bag, Direction.OUT), epoch="e2"))
    assert store.bag(bag)["place"] == "mobile"
    (trouble,) = troubles(store)
    assert trouble.detail == "The spool of rfid-1 was replaced; facts of its old spool above 1 may be lost"
    with pytest.raises(Refused, match="two people"):
        await store.write(lambda tx: accept_trouble(tx, TESTER, trouble.id, TWO[:1]))
    await store.write(lambda tx: accept_trouble(tx, TESTER, trouble.id, TWO))
    assert troubles(store) == ()
    with pytest.raises(Conflict):
        await store.write(lambda tx: accept_trouble(tx, TESTER, trouble.id, TWO))


async def test_two_alternating_epochs_are_two_edges_and_both_are_parked(store):
    bag = await store.add_bag(**WHOLE)
    await take(store, fact(store, 1, crossing(store, bag, epc="0" * 32)))
    await take(store, fact(store, 1, crossing(store, bag, epc="0" * 32), epoch="e2"))
    store.clock.step(1)
    marks = await take(store, fact(store, 2, crossing(store, bag)), fact(store, 2, crossing(store, bag), epoch="e2"))
    assert {mark.epoch: mark.mark for mark in marks} == {"e1": 2, "e2": 2}
    assert store.bag(bag)["place"] == "mobile"
    assert [letter.code for letter in parked(store)][:2] == ["fact.two_edges", "fact.two_edges"]
    trouble = next(trouble for trouble in troubles(store) if trouble.kind == "two_edges")
    await store.write(lambda tx: accept_trouble(tx, TESTER, trouble.id, TWO))
    await take(store, fact(store, 3, crossing(store, bag), epoch=trouble.epoch))
    assert store.bag(bag)["place"] == "dock"
    first = next(letter for letter in parked(store) if letter.code == "fact.two_edges")
    await store.write(lambda tx: retry(tx, TESTER, first.id))


async def test_a_bag_that_comes_back_unannounced_is_a_finding(store):
    bag = await store.add_bag(**{**WHOLE, "status": "RECEIVED", "place": "hospital/city-first"})
    store.clock.step(1)
    await take(store, fact(store, 1, crossing(store, bag)))
    assert store.holds == [bag]
    assert store.bag(bag)["place"] == "dock"


async def test_a_missing_bag_that_shows_up_is_found_and_held(store):
    bag = await store.add_bag(**{**WHOLE, "status": "MISSING"})
    store.clock.step(1)
    await take(store, fact(store, 1, crossing(store, bag)))
    assert store.bag(bag)["status"] == "QUARANTINE"
    assert store.holds == [bag]


async def test_a_crossing_of_unknown_direction_moves_nothing_and_is_kept(store):
    bag = await store.add_bag(**WHOLE)
    await take(store, fact(store, 1, crossing(store, bag, Direction.UNKNOWN)))
    assert store.bag(bag)["place"] == "mobile"
    assert store.one("SELECT count(*) FROM ledger WHERE kind = 'crossing.unclear'") == (1,)


async def test_marks_survive_and_start_the_receiver(store):
    bag = await store.add_bag(**WHOLE)
    await take(store, fact(store, 1, crossing(store, bag)), fact(store, 1, crossing(store, bag), edge="rfid-2"))
    assert await store.write(lambda tx: all_marks(tx.raw)) == [Mark("rfid-1", "e1", 1), Mark("rfid-2", "e1", 1)]


@given(deliveries=st.lists(st.integers(1, 12), max_size=60))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_order_of_repeated_deliveries_applies_each_fact_once(store, deliveries):
    edge = f"edge-{store.one('SELECT count(*) FROM inbox_mark')[0]}"
    base = store.one("SELECT count(*) FROM bag")[0]
    bags = [await store.add_bag(base + n + 1, **WHOLE) for n in range(12)]
    store.clock.step(1)
    facts = [fact(store, n + 1, crossing(store, bag), edge=edge) for n, bag in enumerate(bags)]
    for seq in [*deliveries, *range(1, 13)]:
        await take(store, facts[seq - 1])
    assert {store.bag(bag)["place"] for bag in bags} == {"dock"}
    assert store.one("SELECT count(*) FROM inbox WHERE edge = ?", edge) == (12,)
    crossed = store.one("SELECT count(*) FROM ledger WHERE kind = 'bag.crossed' AND station = ?", edge)
    assert crossed == (12,)
    assert rebuild(store.database).equal


async def test_a_crossing_heard_of_long_after_is_history_and_no_finding(store):
    bag = await store.add_bag(**WHOLE)
    store.clock.step(60)
    late = fact(store, 1, crossing(store, bag))
    store.clock.step(60)
    await store.write(lambda tx: move_to(tx, TESTER, bag, "hospital/city-first", tx.now))
    await store.write(lambda tx: observe(tx, TESTER, bag, BagStatus.RECEIVED, "test.seen"))
    held = list(store.holds)
    await take(store, late)
    assert store.bag(bag)["place"] == "hospital/city-first"
    assert store.holds == held
    assert store.one("SELECT count(*) FROM stay WHERE bag = ? AND place = 'dock'", bag) == (1,)


async def test_an_answer_to_a_command_that_was_never_given_is_parked(store):
    stray = CommandAnswered(command="cmd-x", device="crane-1", outcome=CommandOutcome.ACCEPTED, detail="")
    await take(store, fact(store, 1, stray, edge="plc-works", type_="org.hemovault.plc.command-answered.v1"))
    assert [letter.code for letter in parked(store)] == ["command.unknown"]


async def test_an_answer_is_noted_in_the_outbox(store):
    bag = await store.add_bag()
    await store.write(lambda tx: plan_move(tx, TESTER, bag))
    await store.write(lambda tx: dispatch_waiting(tx, TESTER))
    (command,) = store.one("SELECT id FROM machine_command")
    for seq, outcome in enumerate((CommandOutcome.UNKNOWN, CommandOutcome.ACCEPTED), start=1):
        answer = CommandAnswered(command=command, device="crane-1", outcome=outcome, detail="read back")
        await take(store, fact(store, seq, answer, edge="plc-works", type_="org.hemovault.plc.command-answered.v1"))
        assert store.one("SELECT state, detail FROM machine_command") == (outcome.value, "read back")


async def test_a_loss_that_stands_in_another_facts_place_is_parked_and_not_passed_over(store):
    wrong = fact(store, 1, type_=SPOOL_LOST, data=b'{"from": 1, "to": 3}')
    assert await take(store, wrong) == [Mark("rfid-1", "e1", 1)]
    assert [letter.code for letter in parked(store)] == ["fact.data"]


@pytest.mark.parametrize("gives_up", [False, True])
async def test_a_disk_that_fails_under_a_fact_moves_no_mark_and_parks_nothing(store, monkeypatch, gives_up):
    bag = await store.add_bag(**WHOLE)
    real = inbox.handle
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    def failing(tx, edge, fact_type, data, at):
        real(tx, edge, fact_type, data, at)
        if gives_up:  # what SQLite does by itself when the disk is full: the whole transaction is gone
            tx.raw.execute("ROLLBACK")
        raise OperationalError("INSERT", {}, full)

    monkeypatch.setattr(inbox, "handle", failing)
    with pytest.raises((OperationalError, Unavailable)):
        await take(store, fact(store, 1, crossing(store, bag)))
    assert (parked(store), marks(store), store.bag(bag)["place"]) == ((), [], "mobile")
    monkeypatch.setattr(inbox, "handle", real)
    assert await take(store, fact(store, 1, crossing(store, bag))) == [Mark("rfid-1", "e1", 1)]
    assert store.bag(bag)["place"] == "dock"


def marks(store) -> list[tuple]:
    return store.rows("SELECT epoch, mark FROM inbox_mark")


async def test_an_old_answer_that_nobody_knows_does_not_undo_a_sure_one(store):
    bag = await store.add_bag()
    await store.write(lambda tx: plan_move(tx, TESTER, bag))
    await store.write(lambda tx: dispatch_waiting(tx, TESTER))
    (command,) = store.one("SELECT id FROM machine_command")
    for seq, outcome in enumerate((CommandOutcome.ACCEPTED, CommandOutcome.UNKNOWN), start=1):
        answer = CommandAnswered(command=command, device="crane-1", outcome=outcome, detail="")
        await take(store, fact(store, seq, answer, edge="plc-works", type_="org.hemovault.plc.command-answered.v1"))
    assert store.one("SELECT state FROM machine_command") == ("accepted",)
