"""Labelling: who is brought, what is printed, every field compared, jams tried again, and the same by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from plant.model import DeviceKind, Plant
from plc_bridge.messages import BagLabelled, CommandAnswered, CommandOutcome, Outcome
from wms.bags.commands import change_fields
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.holds.commands import place_hold
from wms.labelling.by_hand import label_by_hand
from wms.labelling.comparison import UNREAD, mismatches
from wms.labelling.content import LabelContent, label_content
from wms.labelling.read import label_to_print, labels
from wms.labelling.station import PATIENCE, TRIES, advance, bag_labelled, printing_answered
from wms.moves.ended import complete_by_hand
from wms.moves.model import DeviceState
from wms.moves.wanted import plan_move
from wms.release.release import release_ready_bags
from wms.store.metadata import to_us
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")
CELL = "label/cell-1"
UNLABELLED = {"label_check": "pending", "place": "cold-1/q1/001"}


async def ready(store, number: int = 1, **fields) -> str:
    return await store.add_bag(number, **{**UNLABELLED, "tid": f"tid-{number}", **fields})


async def turn(store) -> None:
    await store.write(lambda tx: advance(tx, TESTER))


async def bring(store, bag: str) -> None:
    """The carriers do what was asked: the bag arrives at the station."""
    (task,) = store.one("SELECT id FROM task WHERE bag = ? AND state = 'waiting'", bag)
    await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, CELL))


async def printing(store, number: int = 1, **fields) -> str:
    """A bag whose label is being printed; returns the bag."""
    bag = await ready(store, number, **fields)
    await turn(store)
    await bring(store, bag)
    await turn(store)
    assert row(store, bag)["state"] == "at_station"
    return bag


def row(store, bag: str) -> dict:
    names = ("id", "state", "device", "command", "attempts", "mismatches", "detail")
    values = store.rows(f"SELECT {', '.join(names)} FROM label WHERE bag = ? ORDER BY created_us DESC, id DESC", bag)[0]
    return dict(zip(names, values, strict=True))


def content_of(store, bag: str) -> LabelContent:
    with store.database.read() as connection:
        return label_to_print(connection, store.plant, bag)


def good(store, bag: str, **changes) -> BagLabelled:
    content = content_of(store, bag)
    report = BagLabelled(
        device="label-1",
        label=row(store, bag)["id"],
        bag=bag,
        din_read=content.din,
        product_read=content.product,
        group_read=content.abo_rhd,
        expiry_read=content.expiry,
        epc_read=content.epc,
        tid=f"tid-{int(bag[7:13])}",
        tag_locked=True,
        outcome=Outcome.DONE,
        reason="",
    )
    return msgspec.structs.replace(report, **changes)


def jam(store, bag: str) -> BagLabelled:
    nothing = dict.fromkeys(("din_read", "product_read", "group_read", "expiry_read", "epc_read", "tid"))
    return good(store, bag, **nothing, tag_locked=False, outcome=Outcome.FAILED, reason="label jam")


async def report(store, message: BagLabelled) -> None:
    await store.write(lambda tx: bag_labelled(tx, TESTER, message, store.clock.now()))


def view(store, state: str | None = None):
    with store.database.read() as connection:
        return labels(connection, store.plant, store.clock.now(), state=state)


def bare(plant: Plant) -> Plant:
    """The same centre without a label station."""
    return msgspec.structs.replace(
        plant, devices=tuple(d for d in plant.devices if d.kind is not DeviceKind.LABEL_CELL)
    )


async def test_a_bag_that_needs_nothing_but_its_label_is_brought_to_the_station(store):
    bag = await ready(store)
    await turn(store)
    assert store.one("SELECT bag, purpose, to_place FROM task") == (bag, "label", CELL)
    assert row(store, bag)["state"] == "waiting"
    await turn(store)
    assert store.one("SELECT count(*) FROM task") == (1,)
    assert store.one("SELECT count(*) FROM label") == (1,)


@pytest.mark.parametrize(
    "fields",
    [
        {"tests": "pending"},
        {"abo_rhd": None},
        {"process_check": "pending"},
        {"status": "NONCONFORMING"},
        {"label_check": "failed"},
        {"label_check": "passed"},
        {"donation_type": "directed"},
        {"expires_us": 1},
    ],
)
async def test_a_bag_that_fails_anything_else_stays_where_it_is(store, fields):
    await ready(store, **fields)
    await turn(store)
    assert store.rows("SELECT id FROM label") == []


async def test_a_held_bag_or_one_in_the_warmth_is_not_labelled(store):
    held, warm = await ready(store), await ready(store, 2, place="cold-2/q1/001")
    await store.write(lambda tx: place_hold(tx, TESTER, bag=held, reason="torn"))
    store.warm.add("cold-2")
    await turn(store)
    assert store.rows("SELECT id FROM label") == []
    store.warm.clear()
    await turn(store)
    assert store.rows("SELECT bag FROM label") == [(warm,)]


async def test_a_waiting_move_to_quarantine_gives_way_to_the_label(store):
    bag = await ready(store, place="prep/out")
    await store.write(lambda tx: release_ready_bags(tx, TESTER))
    await store.write(lambda tx: plan_move(tx, TESTER, bag))
    await turn(store)
    assert store.rows("SELECT purpose, state FROM task ORDER BY created_us, id") == [
        ("put_away", "cancelled"),
        ("label", "waiting"),
    ]


async def test_the_station_is_given_the_zpl_of_one_bag_at_a_time(store):
    first, second = await ready(store), await ready(store, 2, place="cold-1/q1/002")
    await turn(store)
    for bag in (first, second):
        await bring(store, bag)
    await turn(store)
    await turn(store)
    ((device, data),) = store.rows("SELECT device, data FROM machine_command")
    message = json.loads(data)
    assert (device, message["type"], message["bag"]) == ("label-1", "print_label", first)
    assert f"^FD{content_of(store, first).message}^FS" in message["zpl"]
    assert {row(store, first)["state"], row(store, second)["state"]} == {"at_station", "waiting"}
    await report(store, good(store, first))
    await turn(store)
    assert row(store, second)["state"] == "at_station"


async def test_a_label_that_agrees_in_everything_releases_the_bag_and_sends_it_to_stock(store):
    bag = await printing(store, tid=None)
    await report(store, good(store, bag))
    state = store.bag(bag)
    assert (state["status"], state["label_check"], state["tid"]) == ("AVAILABLE", "passed", "tid-1")
    assert store.one("SELECT zone FROM task WHERE state = 'waiting'") == ("stock",)
    (shown,) = view(store, "passed")
    assert (shown.bag, shown.mismatches, shown.tid) == (bag, (), "tid-1")
    assert store.rows("SELECT id FROM hold") == []


@pytest.mark.parametrize(
    ("changes", "field", "read"),
    [
        ({"din_read": "=A99992600000266"}, "din", "=A99992600000266"),
        ({"din_read": None}, "din", UNREAD),
        ({"product_read": "=<D0003V00"}, "product", "=<D0003V00"),
        ({"group_read": "=%6200"}, "group", "=%6200"),
        ({"group_read": "O+"}, "group", "O+"),
        ({"expiry_read": "&>0270912359"}, "expiry", "&>0270912359"),
        ({"epc_read": "00" * 16}, "epc", "00" * 16),
        ({"epc_read": None}, "epc", UNREAD),
        ({"tid": None}, "tid", UNREAD),
        ({"tid": "tid-9"}, "tid", "tid-9"),
        ({"tag_locked": False}, "tag lock", "open"),
        ({"tag_user_read": "ab12"}, "tag memory", "ab12"),
        ({"tag_user_read": ""}, "tag memory", UNREAD),
        ({"outcome": Outcome.FAILED, "reason": "smeared", "group_read": None}, "group", UNREAD),
    ],
)
async def test_each_field_that_does_not_agree_is_named_and_holds_the_bag(store, changes, field, read):
    bag = await printing(store)
    await report(store, good(store, bag, **changes))
    state = store.bag(bag)
    assert (state["status"], state["label_check"]) == ("QUARANTINE", "failed")
    (reason,) = store.one("SELECT reason FROM hold WHERE bag = ?", bag)
    assert reason.startswith("finding: label_mismatch: ")
    (shown,) = view(store, "failed")
    assert [(one.field, one.read) for one in shown.mismatches] == [(field, read)]
    assert "held" in shown.waits_en
    assert store.one("SELECT zone FROM task WHERE state = 'waiting'") == ("quarantine",)


async def test_a_label_that_failed_is_not_made_good_by_another_report_of_it(store):
    bag = await printing(store)
    well = good(store, bag)
    await report(store, msgspec.structs.replace(well, tag_locked=False))
    await report(store, well)
    assert (store.bag(bag)["label_check"], row(store, bag)["state"]) == ("failed", "failed")


async def test_two_wrong_fields_are_both_named(store):
    bag = await printing(store)
    await report(store, good(store, bag, product_read=None, tag_locked=False))
    (shown,) = view(store, "failed")
    assert [one.field for one in shown.mismatches] == ["product", "tag lock"]


async def test_a_tag_that_belongs_to_another_bag_is_refused_unless_that_bag_is_used_up(store):
    other = await store.add_bag(7, tid="tid-1")
    bag = await printing(store, tid=None)
    await report(store, good(store, bag))
    (shown,) = view(store, "failed")
    assert shown.mismatches[0].read == f"tid-1, bound to {other}"
    free = await printing(store, 2, tid=None, place="cold-1/q1/002")
    await store.add_bag(8, status="CONSUMED", tid="tid-2")
    await report(store, good(store, free))
    assert store.bag(free)["label_check"] == "passed"


async def test_the_label_of_one_bag_on_another_holds_both(store):
    other = await store.add_bag(9)
    bag = await printing(store)
    await report(store, msgspec.structs.replace(good(store, bag), bag=other))
    assert {held for (held,) in store.rows("SELECT bag FROM hold")} == {bag, other}


async def test_a_jam_is_tried_again_and_after_three_left_to_people(store):
    bag = await printing(store)
    for attempt in range(1, TRIES):
        await report(store, jam(store, bag))
        assert (row(store, bag)["state"], row(store, bag)["attempts"]) == ("waiting", attempt)
        await turn(store)
        assert row(store, bag)["state"] == "waiting"
        store.clock.step(61)
        await turn(store)
        assert row(store, bag)["state"] == "at_station"
    await report(store, jam(store, bag))
    assert (row(store, bag)["state"], row(store, bag)["detail"]) == ("given_up", "label jam")
    assert store.bag(bag)["label_check"] == "pending"
    assert store.rows("SELECT id FROM hold") == []
    assert store.one("SELECT purpose FROM task WHERE state = 'waiting'") == ("put_away",)
    (shown,) = view(store, "failed")
    assert "by" not in shown.waits_en.split()
    assert "print the label" in shown.waits_en


async def test_after_a_failure_only_one_bag_goes_to_the_station_until_it_has_proved_itself(store):
    bag = await printing(store)
    for _ in range(TRIES):
        await report(store, jam(store, bag))
        store.clock.step(61)
        await turn(store)
    for number in range(2, 6):
        await ready(store, number, place=f"cold-1/q1/{number:03d}")
    await turn(store)
    assert store.one("SELECT count(*) FROM label WHERE state = 'waiting'") == (1,)
    store.clock.step(31 * 60)
    await turn(store)
    assert store.one("SELECT count(*) FROM label WHERE state IN ('waiting', 'at_station')") == (5,)
    assert store.rows("SELECT id FROM task WHERE purpose = 'put_away' AND state = 'waiting'") == []


async def test_no_more_bags_are_under_way_than_the_station_can_use(store):
    for number in range(1, 31):
        await ready(store, number, place=f"cold-1/q1/{number:03d}")
    await turn(store)
    assert store.one("SELECT count(*) FROM label") == (20,)


@pytest.mark.parametrize("outcome", [CommandOutcome.REFUSED, CommandOutcome.EXPIRED])
async def test_what_was_not_executed_is_asked_again_under_a_new_command(store, outcome):
    bag = await printing(store)
    command = row(store, bag)["command"]
    answer = CommandAnswered(command=command, device="label-1", outcome=outcome, detail="cover is open")
    await store.write(lambda tx: printing_answered(tx, answer))
    assert row(store, bag)["state"] == "waiting"
    (shown,) = view(store, "waiting")
    assert "cover is open" in shown.waits_en
    store.clock.step(61)
    await turn(store)
    assert row(store, bag)["command"] not in {None, command}


@pytest.mark.parametrize("outcome", [CommandOutcome.UNKNOWN, CommandOutcome.ACCEPTED])
async def test_an_unclear_answer_changes_nothing(store, outcome):
    bag = await printing(store)
    before = row(store, bag)
    answer = CommandAnswered(command=before["command"], device="label-1", outcome=outcome, detail="")
    await store.write(lambda tx: printing_answered(tx, answer))
    assert row(store, bag) == before


async def test_a_bag_does_not_stand_warm_in_front_of_a_station_that_does_not_take_it(store):
    first, second = await ready(store), await ready(store, 2, place="cold-1/q1/002")
    await turn(store)
    for bag in (first, second):
        await bring(store, bag)
    await turn(store)
    store.clock.step(PATIENCE.total_seconds() + 1)
    await turn(store)
    assert (row(store, first)["state"], row(store, second)["state"]) == ("at_station", "given_up")
    assert store.one("SELECT bag, purpose FROM task WHERE state = 'waiting'") == (second, "put_away")


async def test_a_station_that_never_reports_leaves_a_bag_that_somebody_must_look_at(store):
    bag = await printing(store)
    store.clock.step(3601)
    await turn(store)
    assert row(store, bag)["state"] == "given_up"
    assert "did not report" in store.one("SELECT reason FROM hold WHERE bag = ?", bag)[0]


async def test_a_late_report_is_followed_after_the_label_was_given_up(store):
    bag = await printing(store)
    message = good(store, bag, product_read="=<D0003V00")
    store.clock.step(3601)
    await turn(store)
    await report(store, message)
    assert store.bag(bag)["label_check"] == "failed"


async def test_a_bag_that_became_unfit_on_its_way_is_taken_back(store):
    bag = await ready(store)
    await turn(store)
    await bring(store, bag)
    await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="look-back"))
    await turn(store)
    assert row(store, bag)["state"] == "cancelled"
    assert store.rows("SELECT id FROM machine_command") == []
    assert store.one("SELECT purpose FROM task WHERE state = 'waiting'") == ("put_away",)


async def test_a_report_about_a_label_that_nobody_asked_for_is_parked(store):
    bag = await printing(store)
    with pytest.raises(NotFound):
        await report(store, good(store, bag, label="lbl-unknown"))


async def test_two_scans_by_hand_are_a_checked_label(store):
    bag = await ready(store)
    content = content_of(store, bag)
    assert await store.write(lambda tx: label_by_hand(tx, TESTER, content.din, content.product)) == bag
    assert (store.bag(bag)["status"], store.bag(bag)["label_check"]) == ("AVAILABLE", "passed")
    assert store.one("SELECT purpose FROM task WHERE state = 'waiting'") == ("restock",)
    entries = store.one("SELECT count(*) FROM ledger")
    assert await store.write(lambda tx: label_by_hand(tx, TESTER, content.din, content.product)) == bag
    assert store.one("SELECT count(*) FROM ledger") == entries


async def test_labelling_by_hand_takes_a_bag_off_its_way_to_the_station_but_not_out_of_it(store):
    bag = await ready(store)
    content = content_of(store, bag)
    await turn(store)
    await store.write(lambda tx: label_by_hand(tx, TESTER, content.din, content.product))
    assert row(store, bag)["state"] == "passed"
    assert {one for (one,) in store.rows("SELECT purpose FROM task WHERE state = 'waiting'")} == {"restock"}
    second = await printing(store, 2, place="cold-1/q1/002")
    other = content_of(store, second)
    with pytest.raises(Conflict, match="is labelling"):
        await store.write(lambda tx: label_by_hand(tx, TESTER, other.din, other.product))


async def test_a_scan_by_hand_that_cannot_be_is_refused_and_changes_nothing(store):
    bag = await ready(store, tests="pending")
    content = content_of(store, bag)
    reserved = content_of(store, await ready(store, 2, status="NONCONFORMING"))
    entries = store.one("SELECT count(*) FROM ledger")
    for error, scans in (
        (Refused, (content.din, content.product)),
        (Refused, (reserved.din, reserved.product)),
        (Invalid, (content.din, "=<rubbish")),
        (NotFound, (content.din, "=<D0003V00")),
    ):
        with pytest.raises(error):
            await store.write(lambda tx, scans=scans: label_by_hand(tx, TESTER, *scans))
    assert store.one("SELECT count(*) FROM ledger") == entries


async def test_a_bag_with_a_failed_label_is_labelled_anew_by_hand_once_its_hold_is_lifted(store):
    bag = await printing(store)
    await report(store, good(store, bag, group_read=None))
    content = content_of(store, bag)
    with pytest.raises(Refused, match="hold"):
        await store.write(lambda tx: label_by_hand(tx, TESTER, content.din, content.product))
    await store.write(lambda tx: tx.raw.execute("UPDATE hold SET lifted_us = 1"))
    await store.write(lambda tx: label_by_hand(tx, TESTER, content.din, content.product))
    assert store.bag(bag)["status"] == "AVAILABLE"


async def test_a_centre_without_a_station_says_that_people_label(store):
    store.writer._plant = bare(store.plant)
    bag = await ready(store)
    await turn(store)
    assert store.rows("SELECT id FROM label") == []
    with store.database.read() as connection:
        (shown,) = labels(connection, bare(store.plant), store.clock.now(), state="waiting")
    assert (shown.bag, shown.state) == (bag, "waiting")
    assert "no label station" in shown.waits_en
    assert "打印标签" in shown.waits_zh


async def test_a_station_that_does_not_run_gets_no_bags_and_people_are_told_what_to_do(store):
    bag = await ready(store)
    store.states["label-1"] = DeviceState.STOPPED
    await turn(store)
    assert store.rows("SELECT id FROM label") == []
    with store.database.read() as connection:
        (shown,) = labels(connection, store.plant, store.clock.now(), device_state=lambda _: DeviceState.STOPPED)
    assert (shown.bag, shown.waits_en.partition(":")[0]) == (bag, "The label station does not run")
    store.states.clear()
    await turn(store)
    assert store.rows("SELECT bag FROM label") == [(bag,)]


async def test_the_list_of_labels_refuses_a_state_that_is_none(store):
    with pytest.raises(Invalid, match="sideways"):
        view(store, "sideways")


async def test_a_content_change_between_print_and_report_is_a_mismatch(store):
    bag = await printing(store)
    message = good(store, bag)
    later = to_us(store.clock.now() + timedelta(days=1))
    await store.write(lambda tx: change_fields(tx, TESTER, bag, "bag.corrected", expires_us=later))
    await report(store, message)
    (shown,) = view(store, "failed")
    assert [one.field for one in shown.mismatches] == ["expiry"]


def test_content_is_compared_by_meaning(plant):
    state = {
        "id": "A999926000001-D0002V00", "component": "RBC_S", "abo_rhd": "O+", "donation_type": "allogeneic",
        "volume_ml": 1.0, "collected_us": 0, "expires_us": 0, "epc": "ab" * 16, "tid": None,
    }  # fmt: skip
    content = label_content(plant, state)
    message = BagLabelled(
        device="label-1", label="l", bag=str(content.bag), din_read="]C0=A99992600000100".removeprefix("]C0"),
        product_read="D0002V00", group_read=content.abo_rhd, expiry_read=content.expiry, epc_read="AB" * 16, tid="t",
        tag_locked=True, outcome=Outcome.DONE, reason="",
    )  # fmt: skip
    assert mismatches(content, message, None) == ()
    assert [one.field for one in mismatches(replace(content, tid="u"), message, None)] == ["tid"]
