"""Preparation and freezing: batches of twelve or ten minutes, children with their own expiry, freeze records judged."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from blood.eligibility import BagStatus
from blood.isbt128 import parse_bag_id
from blood.tags import epc_of
from plc_bridge.messages import (
    BatchFrozen,
    BatchSeparated,
    ChildBag,
    CommandAnswered,
    CommandOutcome,
    CurvePoint,
    Outcome,
    SeparatedUnit,
)
from wms.bags.commands import change_status
from wms.errors import Conflict, Invalid, NotFound
from wms.holds.commands import place_hold
from wms.machines.freezing import batch_frozen, freeze_waiting, freezing_answered
from wms.machines.preparation import batch_separated, preparation_answered, prepare_waiting
from wms.moves.wanted import plan_moves
from wms.preparation.read import batch, batches
from wms.release.release import release_failures
from wms.store.metadata import from_us
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")
WHOLE = {"product": "D0001V00", "status": "COLLECTED", "process_check": "pending", "tests": "pending", "abo_rhd": None}


async def donate(store, count: int, place: str = "dock", **fields) -> list[str]:
    base = store.one("SELECT count(*) FROM bag")[0]
    return [await store.add_bag(base + n + 1, place=place, **{**WHOLE, **fields}) for n in range(count)]


async def prepare(store) -> list[tuple[str, str]]:
    await store.write(lambda tx: prepare_waiting(tx, TESTER))
    return store.rows("SELECT id, state FROM batch ORDER BY id")


def unit(parent: str, *products: str, reason: str = "") -> SeparatedUnit:
    bags = [f"{parent[:13]}-{product}" for product in products]
    children = tuple(
        ChildBag(bag=bag, epc=epc_of(parse_bag_id(bag)), tid=f"tid-{bag}", volume_ml=180.0) for bag in bags
    )
    return SeparatedUnit(
        parent=parent, outcome=Outcome.FAILED if reason else Outcome.DONE, reason=reason, children=children
    )


async def separated(store, *units: SeparatedUnit, batch: str = "bat-1") -> None:
    now = store.clock.now()
    report = BatchSeparated(batch=batch, device="robot-1", started_at=now, ended_at=now, place="prep/out", units=units)
    await store.write(lambda tx: batch_separated(tx, TESTER, report, now))


def frozen_report(
    at: datetime, *bags: str, curve: list[tuple[float, float]], batch: str = "bat-2", place: str = "prep/freezer-1"
) -> BatchFrozen:
    return BatchFrozen(
        batch=batch,
        device="freezer-1",
        started_at=at,
        ended_at=at,
        place=place,
        bags=bags,
        curve=tuple(CurvePoint(minute=minute, core_c=core) for minute, core in curve),
        target_c=-30.0,
        minutes_to_target=30.0,
        lowest_core_c=-31.0,
    )


async def frozen(store, *bags: str, curve: list[tuple[float, float]], batch: str = "bat-2") -> None:
    now = store.clock.now()
    report = frozen_report(now, *bags, curve=curve, batch=batch)
    await store.write(lambda tx: batch_frozen(tx, TESTER, report, now))


GOOD = [(float(m), 20.0 - 1.2 * m) for m in range(45)]
SLOW = [(float(m), 20.0 - 0.7 * m) for m in range(75)]
WARM = [(float(m), 20.0 - 0.5 * m) for m in range(75)]


async def test_a_full_batch_goes_at_once_and_one_batch_at_a_time(store):
    await donate(store, 13)
    assert len(await prepare(store)) == 1
    assert store.one("SELECT count(*) FROM batch_bag") == (12,)
    assert len(await prepare(store)) == 1


async def test_fewer_bags_wait_ten_minutes_after_the_first(store):
    await donate(store, 2)
    assert await prepare(store) == []
    store.clock.step(599)
    assert await prepare(store) == []
    store.clock.step(1)
    assert len(await prepare(store)) == 1


async def test_bags_elsewhere_or_on_hold_are_left_out(store):
    await donate(store, 1, place="mobile")
    (held,) = await donate(store, 1)
    await store.write(lambda tx: place_hold(tx, TESTER, bag=held, reason="leaking"))
    store.clock.step(3600)
    assert await prepare(store) == []


async def test_accepted_means_processing_in_the_robot_and_refused_means_not_executed(store):
    bags = await donate(store, 12)
    await prepare(store)
    command, batch = store.one("SELECT command, id FROM batch")

    async def answer(outcome: CommandOutcome, command: str = command) -> None:
        answered = CommandAnswered(command=command, device="robot-1", outcome=outcome, detail="infeed is full")
        await store.write(lambda tx: preparation_answered(tx, TESTER, answered, tx.now))

    await answer(CommandOutcome.UNKNOWN)
    assert store.bag(bags[0])["status"] == "COLLECTED"
    await answer(CommandOutcome.REFUSED)
    assert store.one("SELECT state FROM batch WHERE id = ?", batch) == ("cancelled",)
    await prepare(store)
    assert store.one("SELECT count(*) FROM batch") == (1,)
    store.clock.step(61)
    await prepare(store)
    (again,) = store.one("SELECT command FROM batch WHERE state = 'sent'")
    await answer(CommandOutcome.ACCEPTED, again)
    assert {store.bag(bag)["status"] for bag in bags} == {"PROCESSING"}
    assert {store.bag(bag)["place"] for bag in bags} == {"prep/robot-1"}


async def test_separation_uses_the_parent_up_and_begins_two_children(store):
    (parent,) = await donate(store, 1, place="prep/robot-1", status="PROCESSING")
    await separated(store, unit(parent, "D0002V00", "D0003V00"))
    red, plasma = (store.bag(f"{parent[:13]}-{product}") for product in ("D0002V00", "D0003V00"))
    assert (store.bag(parent)["status"], store.bag(parent)["place"]) == ("CONSUMED", None)
    assert (red["status"], red["place"], red["process_check"]) == ("QUARANTINE", "prep/out", "passed")
    assert (plasma["status"], plasma["place"], plasma["process_check"]) == ("PROCESSING", "prep/out", "pending")
    assert store.rows("SELECT child FROM bag_parentage WHERE parent = ? ORDER BY 1", parent) == [
        (red["id"],),
        (plasma["id"],),
    ]
    assert store.one("SELECT bag, to_place FROM task") == (red["id"], "cold-1/q1/001")
    assert store.holds == []


async def test_expiry_is_the_last_minute_of_the_local_day(store):
    (parent,) = await donate(store, 1, place="prep/robot-1", status="PROCESSING")
    await separated(store, unit(parent, "D0002V00", "D0003V00"))
    # collected 2026-03-02 16:00 in Shanghai: +35 d = 6 April, +365 d = 2 March, 23:59 local = 15:59 UTC
    red, plasma = (store.bag(f"{parent[:13]}-{product}") for product in ("D0002V00", "D0003V00"))
    assert from_us(red["expires_us"]).isoformat() == "2026-04-06T15:59:00+00:00"
    assert from_us(plasma["expires_us"]).isoformat() == "2027-03-02T15:59:00+00:00"


async def test_children_inherit_holds_and_failed_tests(store):
    (parent,) = await donate(store, 1, place="prep/robot-1", status="PROCESSING", tests="not_negative")
    await store.write(lambda tx: place_hold(tx, TESTER, bag=parent, reason="donor called"))
    await separated(store, unit(parent, "D0002V00"))
    child = store.bag(f"{parent[:13]}-D0002V00")
    assert child["status"] == "NONCONFORMING"
    reasons = {reason for (reason,) in store.rows("SELECT reason FROM hold WHERE bag = ?", child["id"])}
    assert "donor called" in reasons
    assert store.one("SELECT to_place FROM task") == ("cold-1/n1/001",)


async def test_a_failed_unit_is_set_aside_and_held(store):
    (parent,) = await donate(store, 1, place="prep/robot-1", status="PROCESSING")
    await separated(store, unit(parent, reason="the bag leaked"))
    assert store.bag(parent)["status"] == "NONCONFORMING"
    assert store.one("SELECT reason FROM hold") == ("separation failed: the bag leaked",)


async def test_an_impossible_report_changes_nothing(store):
    (parent, other) = await donate(store, 2, place="prep/robot-1", status="PROCESSING")
    foreign = unit(other, "D0002V00").children
    wrong = SeparatedUnit(parent=parent, outcome=Outcome.DONE, reason="", children=foreign)
    with pytest.raises(Invalid, match="does not carry the donation number"):
        await separated(store, wrong)
    with pytest.raises(Invalid, match="no bag that this site makes"):
        await separated(store, unit(parent, "D0099V00"))
    with pytest.raises(Invalid, match="No separation of this site makes CRYO"):
        await separated(store, unit(parent, "D0009V00"))
    with pytest.raises(NotFound):
        await separated(store, unit("A999926777777-D0001V00", "D0002V00"))
    await separated(store, unit(parent, "D0002V00"))
    with pytest.raises(Conflict, match="already known"):
        await separated(store, unit(parent, "D0002V00"))
    assert store.one("SELECT count(*) FROM bag") == (3,)


async def test_plasma_is_given_to_the_freezer_without_waiting(store):
    plasma = await store.add_bag(1, "D0003V00", status="PROCESSING", process_check="pending")
    await store.write(lambda tx: freeze_waiting(tx, TESTER))
    assert store.one("SELECT device, kind FROM batch") == ("freezer-1", "freeze")
    (command,) = store.one("SELECT command FROM batch")
    accepted = CommandAnswered(command=command, device="freezer-1", outcome=CommandOutcome.ACCEPTED, detail="")
    await store.write(lambda tx: freezing_answered(tx, TESTER, accepted, tx.now))
    assert store.bag(plasma)["place"] == "prep/freezer-1"


async def test_a_good_freeze_record_leads_to_quarantine_and_a_slot_in_the_cold(store):
    plasma = await store.add_bag(1, "D0003V00", status="PROCESSING", process_check="pending", tests="pending")
    await frozen(store, plasma, curve=GOOD)
    assert (store.bag(plasma)["status"], store.bag(plasma)["process_check"]) == ("QUARANTINE", "passed")
    assert store.one("SELECT to_place FROM task") == ("plasma-1/q1/001",)
    assert store.holds == []


@pytest.mark.parametrize(
    ("curve", "why"),
    [
        (SLOW, "after 72 min, at most 60"),
        (WARM, "did not reach -30"),
        ([], "no freezing curve"),
        ([(0.0, 20.0), (30.0, -31.0)], "gap longer than 5 min"),
    ],
)
async def test_a_freeze_record_that_misses_its_rule_holds_the_plasma(store, curve, why):
    plasma = await store.add_bag(1, "D0003V00", status="PROCESSING", process_check="pending")
    await frozen(store, plasma, curve=curve)
    bag = store.bag(plasma)
    assert (bag["status"], bag["process_check"]) == ("QUARANTINE", "failed")
    (reason,) = store.one("SELECT reason FROM hold")
    assert reason.startswith("freeze_failed: ")
    assert why in reason


async def test_plasma_whose_results_came_first_is_released_by_its_freeze_record(store):
    plasma = await store.add_bag(1, "D0003V00", status="PROCESSING", process_check="pending")
    await frozen(store, plasma, curve=GOOD)
    assert store.bag(plasma)["status"] == "AVAILABLE"
    assert store.one("SELECT to_place FROM task") == ("plasma-1/s1/001",)


async def test_a_report_that_comes_before_the_answer_is_followed(store):
    (parent,) = await donate(store, 1)
    store.clock.step(600)
    await prepare(store)
    (batch,) = store.one("SELECT id FROM batch")
    await separated(store, unit(parent, "D0002V00"), batch=batch)
    assert store.bag(parent)["status"] == "CONSUMED"
    assert store.one("SELECT state FROM batch") == ("done",)
    assert store.one("SELECT state FROM machine_command LIMIT 1") == ("withdrawn",)


async def test_a_bag_condemned_inside_a_machine_stays_there_until_the_report(store):
    plasma = await store.add_bag(1, "D0003V00", status="PROCESSING", process_check="pending")
    await store.write(lambda tx: freeze_waiting(tx, TESTER))
    (command, batch) = store.one("SELECT command, id FROM batch")
    accepted = CommandAnswered(command=command, device="freezer-1", outcome=CommandOutcome.ACCEPTED, detail="")
    await store.write(lambda tx: freezing_answered(tx, TESTER, accepted, tx.now))
    await store.write(lambda tx: change_status(tx, TESTER, plasma, BagStatus.NONCONFORMING, "bag.failed_tests"))
    await store.write(lambda tx: plan_moves(tx, TESTER))
    assert store.rows("SELECT id FROM task") == []
    store.clock.step(3000)
    await frozen(store, plasma, curve=GOOD, batch=batch)
    assert store.bag(plasma)["status"] == "NONCONFORMING"
    assert store.one("SELECT to_place FROM task") == ("plasma-1/n1/001",)


async def test_whole_blood_condemned_in_the_robot_is_used_up_and_its_children_are_condemned(store):
    (parent,) = await donate(store, 1, place="prep/robot-1", status="NONCONFORMING", tests="not_negative")
    await separated(store, unit(parent, "D0002V00", "D0003V00"))
    assert store.bag(parent)["status"] == "CONSUMED"
    assert {store.bag(f"{parent[:13]}-{code}")["status"] for code in ("D0002V00", "D0003V00")} == {"NONCONFORMING"}


async def test_red_cells_whose_results_came_first_lack_nothing_but_their_label(store):
    (parent,) = await donate(store, 1, place="prep/robot-1", status="PROCESSING", tests="negative", abo_rhd="B+")
    await separated(store, unit(parent, "D0002V00"))
    child = f"{parent[:13]}-D0002V00"
    assert store.bag(child)["status"] == "QUARANTINE"
    reasons = await store.write(lambda tx: release_failures(tx, child))
    assert [reason.detail for reason in reasons] == ["label check: the check of the label is pending"]


async def test_the_robot_is_asked_for_what_the_usual_separation_makes_and_only_the_robot_that_can(store):
    await donate(store, 12)
    await prepare(store)
    device, data = store.one("SELECT device, data FROM machine_command")
    assert device == "robot-1"
    assert json.loads(data)["outputs"] == ["D0002V00", "D0003V00"]


async def test_held_plasma_is_frozen_all_the_same_and_stays_held(store):
    plasma = await store.add_bag(1, "D0003V00", status="PROCESSING", process_check="pending")
    await store.write(lambda tx: place_hold(tx, TESTER, bag=plasma, reason="look-back"))
    await store.write(lambda tx: freeze_waiting(tx, TESTER))
    (batch,) = store.one("SELECT id FROM batch WHERE kind = 'freeze'")
    await frozen(store, plasma, curve=GOOD, batch=batch)
    assert (store.bag(plasma)["status"], store.bag(plasma)["process_check"]) == ("QUARANTINE", "passed")
    assert store.one("SELECT reason FROM hold WHERE lifted_us IS NULL") == ("look-back",)


async def test_the_freeze_record_is_kept_with_its_curve_and_the_time_to_its_target(store):
    plasma = await store.add_bag(1, "D0003V00", status="PROCESSING", process_check="pending")
    await store.write(lambda tx: freeze_waiting(tx, TESTER))
    (batch_id,) = store.one("SELECT id FROM batch")
    await frozen(store, plasma, curve=SLOW, batch=batch_id)
    with store.database.read() as connection:
        shown = batch(connection, batch_id)
        assert [one.id for one in batches(connection, device="freezer-1")] == [batch_id]
        assert batches(connection, device="robot-1") == ()
        with pytest.raises(NotFound):
            batch(connection, "bat-unknown")
    assert (shown.kind, shown.state, shown.bags, shown.target_c) == ("freeze", "done", (plasma,), -30.0)
    assert shown.curve == tuple(SLOW)
    assert [(one.child, one.outcome) for one in shown.units] == [(plasma, "out_of_limits")]
    assert "at most 60" in shown.units[0].reason


async def test_answer_and_report_that_come_together_after_an_outage_keep_their_own_times(store):
    plasma = await store.add_bag(1, "D0003V00", status="PROCESSING", process_check="pending", tests="pending")
    await store.write(lambda tx: freeze_waiting(tx, TESTER))
    (command, batch) = store.one("SELECT command, id FROM batch")
    accepted = CommandAnswered(command=command, device="freezer-1", outcome=CommandOutcome.ACCEPTED, detail="")
    taken_in = store.clock.step(60)
    store.clock.step(3000)
    out = store.clock.now()
    store.clock.step(1800)
    await store.write(lambda tx: freezing_answered(tx, TESTER, accepted, taken_in))
    report = frozen_report(out, plasma, curve=GOOD, batch=batch, place="prep/out")
    await store.write(lambda tx: batch_frozen(tx, TESTER, report, out))
    assert store.bag(plasma)["place"] == "prep/out"
    assert [place for (place,) in store.rows("SELECT place FROM stay WHERE bag = ? ORDER BY from_us", plasma)] == [
        "prep/out",
        "prep/freezer-1",
        "prep/out",
    ]


@pytest.mark.parametrize("held", ["prep/robot-1", "dock"])
async def test_children_take_along_the_hold_of_the_place_where_their_parent_was(store, held):
    (parent,) = await donate(store, 1, place=held)
    hold = await store.write(lambda tx: place_hold(tx, TESTER, place=held, reason="robot contaminated"))
    store.clock.step(60)
    await separated(store, unit(parent, "D0002V00", "D0003V00"))
    children = [child for (child,) in store.rows("SELECT child FROM bag_parentage WHERE parent = ?", parent)]
    assert len(children) == 2
    for child in children:
        assert store.rows("SELECT reason, origin FROM hold WHERE bag = ?", child) == [("robot contaminated", hold)]


async def test_a_child_whose_tag_names_another_bag_is_held_and_named(store):
    (parent,) = await donate(store, 1, place="prep/robot-1", status="PROCESSING")
    child = f"{parent[:13]}-D0002V00"
    other = epc_of(parse_bag_id("A999926000777-D0002V00"))
    mixed = ChildBag(bag=child, epc=other, tid="t", volume_ml=180.0)
    await separated(store, SeparatedUnit(parent=parent, outcome=Outcome.DONE, reason="", children=(mixed,)))
    (reason,) = store.one("SELECT reason FROM hold WHERE bag = ?", child)
    assert "says that it is A999926000777-D0002V00" in reason
