"""Intake: two scans, raw results, a verdict that is computed, and a release that lists every gate it fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from blood.eligibility import DonationType, ReasonCode
from blood.isbt128 import check_character
from wms.errors import Conflict, Invalid, NotFound
from wms.holds.commands import place_hold
from wms.intake.collection import Collection, collect
from wms.intake.finished import take_in_finished
from wms.laboratory.algorithm import Result, Verdict, assess
from wms.laboratory.profile import required_tests
from wms.laboratory.results import RawResult, take_results
from wms.moves.by_hand import receive_by_hand
from wms.release.release import release_failures, release_if_ready, release_ready_bags
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DIN = "A999926000042"
MARKERS = ("hbsag", "anti_hcv", "hiv", "syphilis", "nat")


def collection(store, **changes) -> Collection:
    base = Collection(
        din_scan=f"={DIN}00",
        din_scan_again=f"{DIN}{check_character(DIN)}",
        donor="donor-7",
        volume_ml=400.0,
        target_ml=400.0,
        anticoagulant="CPDA-1",
        started_at=store.clock.now() - timedelta(minutes=8),
        ended_at=store.clock.now(),
        sealed_at=store.clock.now(),
        samples=(f"={DIN}07", f"={DIN}09"),
        device="shaker-1",
        device_serial="S-100",
        operator="nurse",
        donation_type=DonationType.ALLOGENEIC,
    )
    return replace(base, **changes)


def results(store, *, group="A+", **changes) -> list[RawResult]:
    values = {**dict.fromkeys(MARKERS, "negative"), "alt": "22", **changes}
    taken = [RawResult(test, value, "elisa", store.clock.now()) for test, value in values.items() if value is not None]
    return [*taken, *(RawResult("abo_rhd", group, method, store.clock.now()) for method in ("forward", "reverse"))]


async def test_a_donation_becomes_a_whole_blood_bag_at_the_van(store):
    bag = await store.write(lambda tx: collect(tx, TESTER, collection(store)))
    row = store.bag(bag)
    assert bag == f"{DIN}-D0001V00"
    assert (row["status"], row["place"], row["tests"], row["abo_rhd"]) == ("COLLECTED", "mobile", "pending", None)
    assert from_us(row["expires_us"]).isoformat() == "2026-04-06T15:59:00+00:00"


async def test_the_same_report_again_is_the_same_bag(store):
    wish = collection(store)
    first = await store.write(lambda tx: collect(tx, TESTER, wish))
    entries = store.one("SELECT count(*) FROM ledger")
    assert await store.write(lambda tx: collect(tx, TESTER, wish)) == first
    assert store.one("SELECT count(*) FROM ledger") == entries
    with pytest.raises(Conflict, match="recorded with other data"):
        await store.write(lambda tx: collect(tx, TESTER, replace(wish, donor="donor-8")))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"din_scan_again": "=A99992600004300"}, "din_scan_again"),
        ({"din_scan": "=A9999260000"}, "din_scan"),
        ({"din_scan": "=W00002600004200", "din_scan_again": "=W00002600004200"}, "din_scan"),
        ({"volume_ml": 5.0}, "volume_ml"),
        ({"volume_ml": float("nan")}, "volume_ml"),
        ({"donor": " "}, "donor"),
        ({"target_ml": 0.0}, "target_ml"),
        ({"device_serial": ""}, "device_serial"),
        ({"samples": ()}, "samples"),
        ({"samples": (f"={DIN}07", "=A99992600004307")}, "samples"),
        ({"ended_at": START - timedelta(minutes=9)}, "ended_at"),
        ({"started_at": START - timedelta(hours=7)}, "started_at"),
        ({"sealed_at": START - timedelta(seconds=1)}, "sealed_at"),
    ],
)
async def test_a_bad_report_is_refused_naming_the_field(store, changes, field):
    with pytest.raises(Invalid) as refused:
        await store.write(lambda tx: collect(tx, TESTER, collection(store, **changes)))
    assert refused.value.code == field
    assert store.one("SELECT count(*) FROM bag") == (0,)


async def test_a_collection_in_the_future_is_refused(store):
    ahead = collection(
        store, ended_at=store.clock.now() + timedelta(hours=1), sealed_at=store.clock.now() + timedelta(hours=1)
    )
    with pytest.raises(Invalid, match="has not come yet"):
        await store.write(lambda tx: collect(tx, TESTER, ahead))


async def waiting_bags(store, **fields) -> tuple[str, str]:
    fields = {"tests": "pending", "abo_rhd": None, **fields}
    red = await store.add_bag(42, **fields)
    plasma = await store.add_bag(42, "D0003V00", **{"process_check": "pending", **fields})
    return red, plasma


async def test_negative_results_and_a_confirmed_group_release_and_the_rest_lists_its_gates(store):
    red, plasma = await waiting_bags(store)
    taken = await store.write(lambda tx: take_results(tx, TESTER, DIN, "run-1", results(store)))
    assert (taken.tests, taken.released) == (Verdict.NEGATIVE, (red,))
    assert (store.bag(red)["status"], store.bag(red)["abo_rhd"]) == ("AVAILABLE", "A+")
    assert [refusal.bag for refusal in taken.refused] == [plasma]
    assert [reason.detail for reason in taken.refused[0].reasons] == ["process: the freeze record is pending"]


async def test_incomplete_results_release_nothing(store):
    red, _ = await waiting_bags(store)
    taken = await store.write(lambda tx: take_results(tx, TESTER, DIN, "run-1", results(store, nat=None)))
    assert (taken.tests, taken.released) == (Verdict.PENDING, ())
    assert store.bag(red)["tests"] == "pending"
    later = [RawResult("nat", "negative", "pcr", store.clock.now())]
    taken = await store.write(lambda tx: take_results(tx, TESTER, DIN, "run-2", later))
    assert taken.released == (red,)


@pytest.mark.parametrize("bad", [{"hiv": "reactive"}, {"nat": "equivocal"}, {"alt": "71"}, {"syphilis": "positive"}])
async def test_one_bad_result_condemns_all_bags_of_the_donation_wherever_they_are(store, bad):
    red, plasma = await waiting_bags(store)
    taken = await store.write(lambda tx: take_results(tx, TESTER, DIN, "run-1", results(store, **bad)))
    assert taken.tests is Verdict.NOT_NEGATIVE
    assert {store.bag(bag)["status"] for bag in (red, plasma)} == {"NONCONFORMING"}
    assert set(store.holds) == {red, plasma}


async def test_a_late_bad_result_condemns_a_bag_in_stock(store):
    red, _ = await waiting_bags(store)
    await store.write(lambda tx: take_results(tx, TESTER, DIN, "run-1", results(store)))
    late = [RawResult("nat", "reactive", "pcr-2", store.clock.now())]
    await store.write(lambda tx: take_results(tx, TESTER, DIN, "run-9", late))
    assert store.bag(red)["status"] == "NONCONFORMING"


async def test_a_group_needs_two_agreeing_results(store):
    red, _ = await waiting_bags(store)
    single = results(store)[:-1]
    taken = await store.write(lambda tx: take_results(tx, TESTER, DIN, "run-1", single))
    assert taken.tests is Verdict.PENDING
    assert store.bag(red)["abo_rhd"] is None


async def test_a_group_that_contradicts_the_known_one_is_a_finding(store):
    red, _ = await waiting_bags(store, abo_rhd="O-")
    taken = await store.write(lambda tx: take_results(tx, TESTER, DIN, "run-1", results(store)))
    assert taken.released == ()
    assert store.bag(red)["abo_rhd"] is None
    assert red in store.holds


async def test_repeated_and_contradicting_runs(store):
    await waiting_bags(store)
    await store.write(lambda tx: take_results(tx, TESTER, DIN, "run-1", results(store)))
    entries = store.one("SELECT count(*) FROM ledger")
    await store.write(lambda tx: take_results(tx, TESTER, DIN, "run-1", results(store)))
    assert store.one("SELECT count(*) FROM ledger") == entries
    with pytest.raises(Conflict, match="already reported hiv"):
        await store.write(lambda tx: take_results(tx, TESTER, DIN, "run-1", results(store, hiv="reactive")))


@pytest.mark.parametrize(
    "bad", [{"hiv": "fine"}, {"alt": "high"}, {"alt": "-1"}, {"alt": "nan"}, {"colour": "red"}, {"group": "C"}]
)
async def test_unknown_tests_and_values_are_refused_and_change_nothing(store, bad):
    await waiting_bags(store)
    with pytest.raises(Invalid):
        await store.write(lambda tx: take_results(tx, TESTER, DIN, "run-1", results(store, **bad)))
    assert store.one("SELECT count(*) FROM test_result") == (0,)


async def test_results_of_an_unknown_donation_are_refused(store):
    with pytest.raises(NotFound):
        await store.write(lambda tx: take_results(tx, TESTER, DIN, "run-1", results(store)))


async def test_every_failing_gate_is_listed(store):
    bag = await store.add_bag(
        status="QUARANTINE", tests="pending", abo_rhd=None, process_check="failed", expires_us=to_us(store.clock.now()),
        donation_type="directed", epc=None,
    )  # fmt: skip
    await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="torn label"))
    reasons = await store.write(lambda tx: release_failures(tx, bag))
    assert {reason.code for reason in reasons} == {
        ReasonCode.HOLD, ReasonCode.EXPIRED, ReasonCode.DONATION_TYPE, ReasonCode.RELEASE_GATE, ReasonCode.TESTS,
        ReasonCode.GROUP_UNKNOWN,
    }  # fmt: skip
    assert sum(reason.code is ReasonCode.RELEASE_GATE for reason in reasons) == 3


async def test_an_excursion_where_it_lies_keeps_a_bag_in_quarantine(store):
    bag = await store.add_bag(place="cold-1/q1/001")
    store.warm.add("cold-1")
    refusal = await store.write(lambda tx: release_if_ready(tx, TESTER, bag))
    assert [reason.code for reason in refusal.reasons] == [ReasonCode.EXCURSION]
    store.warm.clear()
    assert await store.write(lambda tx: release_ready_bags(tx, TESTER)) == [bag]


async def test_held_and_expired_bags_do_not_stand_before_those_that_may_be_released(store):
    held, expired, placed, good = [
        await store.add_bag(number, place=place, expires_us=to_us(store.clock.now()) + hours * 3_600_000_000)
        for number, (place, hours) in enumerate(
            (("cold-1/q1/001", 99), ("cold-1/q1/002", 0), ("plasma-1/q1/001", 99), ("cold-1/q1/003", 99)), start=1
        )
    ]
    await store.write(lambda tx: place_hold(tx, TESTER, bag=held, reason="torn"))
    await store.write(lambda tx: place_hold(tx, TESTER, place="plasma-1", reason="too warm"))
    assert await store.write(lambda tx: release_ready_bags(tx, TESTER, limit=1)) == [good]
    assert {store.bag(bag)["status"] for bag in (held, expired, placed)} == {"QUARANTINE"}


def test_the_required_tests_of_the_demo_profile_are_complete_and_sourced():
    required = required_tests("cn-2012")
    assert {test.key for test in required.test} == {*MARKERS, "alt", "abo_rhd"}
    assert all(test.source for test in required.test)
    with pytest.raises(ValueError, match="cn-1999"):
        required_tests("cn-1999")


def test_no_results_are_pending_and_never_negative():
    assessment = assess(required_tests("cn-2012"), [Result("hiv", "negative")])
    assert assessment.verdict is Verdict.PENDING
    assert "nat" in assessment.missing


async def test_apheresis_platelets_are_collected_finished_and_go_from_the_dock_to_quarantine(store):
    wish = collection(store, product="D0006V00", anticoagulant="ACD-A", volume_ml=250.0)
    bag = await store.write(lambda tx: collect(tx, TESTER, wish))
    row = store.bag(bag)
    assert (bag, row["component"], row["status"], row["process_check"]) == (
        f"{DIN}-D0006V00", "PLT_A", "COLLECTED", "passed",
    )  # fmt: skip
    assert from_us(row["expires_us"]).isoformat() == "2026-03-07T15:59:00+00:00"
    await store.write(lambda tx: take_in_finished(tx, TESTER))
    assert store.bag(bag)["status"] == "COLLECTED"
    await store.write(lambda tx: receive_by_hand(tx, TESTER, DIN))
    await store.write(lambda tx: take_in_finished(tx, TESTER))
    assert store.bag(bag)["status"] == "QUARANTINE"
    assert store.one("SELECT purpose, zone FROM task WHERE bag = ?", bag) == ("put_away", "quarantine")


@pytest.mark.parametrize(("product", "why"), [("D0002V00", "prepared here"), ("E0000V00", "no product")])
async def test_what_is_made_here_or_unknown_is_not_collected(store, product, why):
    with pytest.raises(Invalid, match=why):
        await store.write(lambda tx: collect(tx, TESTER, collection(store, product=product)))


async def test_a_donation_is_one_thing(store):
    await store.write(lambda tx: collect(tx, TESTER, collection(store)))
    with pytest.raises(Conflict, match="something else"):
        await store.write(lambda tx: collect(tx, TESTER, collection(store, product="D0006V00")))
