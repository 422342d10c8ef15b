"""Release: every gate with every reason, temperature records that are judged, and what two people may pass by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from wms.bags.commands import change_fields
from wms.errors import Invalid, Refused
from wms.holds.commands import place_hold
from wms.labelling.work import label_agrees, other_reasons, ready_bags
from wms.laboratory.results import RawResult, take_results
from wms.release.gates import GateName, GateState
from wms.release.limits import release_limits
from wms.release.overridden import overrides_of
from wms.release.override import override
from wms.release.read import ReleaseState, gates_in, list_release
from wms.release.release import release_if_ready, release_ready_bags
from wms.release.temperature import (
    FRESH,
    Judgement,
    JudgementState,
    Watched,
    judge,
    judgement_of,
    keep_judgements,
    unknown,
)
from wms.store.database import driver_of
from wms.store.metadata import to_us
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")
LIMITS = release_limits("cn-2012")


@dataclass(frozen=True)
class Signed:
    id: str
    person: str


PAIR = (Signed("sig-1", "quality"), Signed("sig-2", "operator"))


async def gates(store, bag: str) -> dict[GateName, tuple[GateState, str]]:
    found = await store.write(lambda tx: gates_in(tx, bag))
    return {gate.gate: (gate.state, gate.detail_en) for gate in found}


async def judged(store, bag: str, judgement: Judgement) -> None:
    await store.write(lambda tx: keep_judgements(tx.raw, [(bag, judgement)]))


async def donation(
    store, *, minutes: float = 8, volume: float = 400, target: float | None = 400, number: int = 1
) -> None:
    ended = store.clock.now()
    values = (
        f"A999926{number:06d}", "donor-1", volume, "CPDA-1", to_us(ended), "mixer", "nurse", "allogeneic", "WB", target,
        to_us(ended - timedelta(minutes=minutes)), to_us(ended), "S-1", 2,
    )  # fmt: skip
    statement = (
        "INSERT INTO donation (din, donor, volume_ml, anticoagulant, collected_us, device, operator, donation_type, "
        "component, target_ml, started_us, sealed_us, device_serial, samples) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
    )
    await store.write(lambda tx: tx.raw.execute(statement, values))


async def test_a_bag_that_passes_every_gate_says_so_gate_by_gate(store):
    bag = await store.add_bag(place="cold-1/q1/001")
    found = await gates(store, bag)
    assert list(found) == list(GateName)
    assert {state for state, _ in found.values()} == {GateState.PASSED}
    assert await store.write(lambda tx: release_if_ready(tx, TESTER, bag)) is None


async def test_a_gate_that_fails_lists_every_reason(store):
    await donation(store, minutes=40, volume=300)
    bag = await store.add_bag(product="D0003V00", label_check="failed", epc=None, process_check="failed", volume_ml=5.0)
    await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="torn"))
    await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="dropped"))
    found = await gates(store, bag)
    assert found[GateName.COLLECTION] == (
        GateState.FAILED,
        "300 mL collected, target 400 mL within 10%; the draw took 40 min, at most 13 for FFP",
    )
    assert (
        found[GateName.LABEL][1] == "label: no tag is bound to the bag; label check: the check of the label is failed"
    )
    assert found[GateName.HOLD] == (GateState.FAILED, "torn; dropped")
    assert found[GateName.PROCESS] == (GateState.FAILED, "the freeze record is failed")
    assert found[GateName.VOLUME] == (GateState.FAILED, "5 mL, permitted 30-700 mL")


@pytest.mark.parametrize(
    ("product", "volume", "minutes", "passes"),
    [
        ("D0002V00", 400, 19, True),
        ("D0002V00", 400, 21, False),
        ("D0003V00", 400, 13, True),
        ("D0003V00", 400, 14, False),
        ("D0003V00", 200, 8, False),
    ],
)
async def test_a_slow_draw_keeps_the_components_that_it_spoils(store, product, volume, minutes, passes):
    await donation(store, minutes=minutes, volume=volume, target=volume)
    bag = await store.add_bag(product=product)
    state = (await gates(store, bag))[GateName.COLLECTION][0]
    assert state is (GateState.PASSED if passes else GateState.FAILED)


async def test_a_record_without_its_target_is_not_taken_for_good(store):
    await donation(store, target=None)
    bag = await store.add_bag()
    assert (await gates(store, bag))[GateName.COLLECTION][0] is GateState.FAILED


async def test_plasma_separated_too_late_after_collection_fails_its_process_gate(store):
    whole = await store.add_bag(1, "D0001V00", status="CONSUMED")
    late = to_us(store.clock.now() - timedelta(hours=9))
    plasma = await store.add_bag(1, "D0003V00", collected_us=late)
    assert (await gates(store, plasma))[GateName.PROCESS][0] is GateState.PASSED  # imported: who brings it vouches
    link = "INSERT INTO bag_parentage (parent, child) VALUES (?, ?)"
    await store.write(lambda tx: tx.raw.execute(link, (whole, plasma)))
    assert (await gates(store, plasma))[GateName.PROCESS] == (
        GateState.FAILED,
        "separated 9.0 h after collection, at most 8 h",
    )


@pytest.mark.parametrize(
    ("watched", "reasons"),
    [
        (Watched(), []),
        (Watched(unwatched_min=600.0), []),
        (Watched(core_outside_min=5.0, worst_c=8.4), ["5 min outside its limits (core), at most 2"]),
        (Watched(air_outside_min=12.0), []),
        (Watched(air_outside_min=31.0), ["31 min outside its limits (air), at most 30"]),
        (Watched(gap_min=241.0), ["241 min without a temperature, at most 240"]),
        (
            Watched(gap_min=300.0, still_min=500.0),
            ["300 min without a temperature, at most 240", "500 min without agitation, at most 480"],
        ),
    ],
)
def test_a_temperature_record_is_judged_by_the_profiles_limits(clock, watched, reasons):
    judgement = judge(watched, LIMITS.temperature, clock.now())
    assert [english for english, _ in judgement.reasons] == reasons
    assert judgement.state is (JudgementState.FAILED if reasons else JudgementState.PASSED)


async def test_no_bag_is_released_before_its_record_is_judged_good_and_fresh(store):
    bag = await store.add_bag(place="cold-1/q1/001")
    await store.write(lambda tx: tx.raw.execute("DELETE FROM temperature_judgement"))
    assert (await gates(store, bag))[GateName.TEMPERATURE][0] is GateState.PENDING
    refusal = await store.write(lambda tx: release_if_ready(tx, TESTER, bag))
    assert [reason.detail for reason in refusal.reasons] == ["temperature: the temperature record is not judged yet"]
    await judged(store, bag, unknown(store.clock.now(), ("no probe answered", "探头无应答")))
    assert (await gates(store, bag))[GateName.TEMPERATURE] == (GateState.FAILED, "no probe answered")
    assert await store.write(lambda tx: release_ready_bags(tx, TESTER)) == []
    await judged(store, bag, judge(Watched(), LIMITS.temperature, store.clock.now()))
    store.clock.step(FRESH.total_seconds() + 1)
    assert (await gates(store, bag))[GateName.TEMPERATURE] == (
        GateState.PENDING,
        "the temperature record is being judged anew",
    )
    assert await store.write(lambda tx: release_ready_bags(tx, TESTER)) == []
    assert await store.write(lambda tx: release_if_ready(tx, TESTER, bag)) is not None
    await judged(store, bag, judge(Watched(), LIMITS.temperature, store.clock.now()))
    with store.database.read() as conn:
        assert judgement_of(driver_of(conn), bag).state is JudgementState.PASSED
    assert await store.write(lambda tx: release_ready_bags(tx, TESTER)) == [bag]


async def test_bags_that_wait_for_their_record_do_not_stand_before_those_that_may_go(store):
    waiting = [await store.add_bag(number, place=f"cold-1/q1/{number:03d}") for number in (1, 2)]
    await store.write(lambda tx: tx.raw.execute("DELETE FROM temperature_judgement"))
    good = await store.add_bag(3, place="cold-1/q1/003")
    assert await store.write(lambda tx: release_ready_bags(tx, TESTER, limit=1)) == [good]
    assert {store.bag(bag)["status"] for bag in waiting} == {"QUARANTINE"}


async def test_the_list_counts_what_waits_at_each_gate(store):
    await store.add_bag(1, place="cold-1/q1/001", label_check="pending")
    await store.add_bag(2, place="cold-1/q1/002", tests="pending", abo_rhd=None, label_check="pending")
    ready = await store.add_bag(3, place="cold-1/q1/003")
    with store.database.read() as conn:

        def look(state):
            return list_release(conn, store.plant, lambda _: False, store.clock.now(), state=state)

        assert [item.bag for item in look(ReleaseState.READY).items] == [ready]
        blocked = look(ReleaseState.BLOCKED)
        assert (blocked.total, look(ReleaseState.ALL).total) == (2, 3)
        assert {gate: count for gate, count in blocked.counts.items() if count} == {"label": 2, "tests": 1, "group": 1}


async def failed_temperature(store, number: int = 1) -> str:
    bag = await store.add_bag(number, place=f"cold-1/q1/{number:03d}")
    await judged(store, bag, judge(Watched(gap_min=300.0), LIMITS.temperature, store.clock.now()))
    return bag


async def test_two_people_release_past_a_failed_gate_and_the_bag_carries_it_for_ever(store):
    bag = await failed_temperature(store)
    await store.write(lambda tx: override(tx, TESTER, bag, [GateName.TEMPERATURE], "second probe agrees", PAIR))
    assert store.bag(bag)["status"] == "AVAILABLE"
    with store.database.read() as conn:
        (kept,) = overrides_of(driver_of(conn), bag)
    assert (kept.gate, kept.people, kept.reason) == ("temperature", ("operator", "quality"), "second probe agrees")
    assert kept.detail_en == "300 min without a temperature, at most 240"
    (entry,) = store.one("SELECT data FROM ledger WHERE kind = 'release.overridden'")
    assert '"people":["operator","quality"]' in entry


async def test_a_bag_that_waits_for_its_label_is_passed_by_first_and_released_when_it_is_labelled(store):
    bag = await failed_temperature(store)
    await store.write(lambda tx: change_fields(tx, TESTER, bag, "bag.unlabelled", label_check="pending"))
    await store.write(lambda tx: override(tx, TESTER, bag, [GateName.TEMPERATURE], "second probe agrees", PAIR))
    assert store.bag(bag)["status"] == "QUARANTINE"
    with store.database.read() as conn:
        now = to_us(store.clock.now())
        assert ready_bags(driver_of(conn), now, now, 10) == [bag]
    assert await store.write(lambda tx: other_reasons(tx, bag)) == []
    await store.write(lambda tx: label_agrees(tx, TESTER, bag, None))
    assert store.bag(bag)["status"] == "AVAILABLE"


async def test_what_people_passed_by_fails_anew_when_it_says_something_else(store):
    bag = await failed_temperature(store)
    await store.write(lambda tx: change_fields(tx, TESTER, bag, "bag.unlabelled", label_check="pending"))
    await store.write(lambda tx: override(tx, TESTER, bag, [GateName.TEMPERATURE], "second probe agrees", PAIR))
    assert (await gates(store, bag))[GateName.TEMPERATURE] == (
        GateState.PASSED,
        "300 min without a temperature, at most 240; overridden by operator, quality: second probe agrees",
    )
    await judged(store, bag, judge(Watched(gap_min=300.0, core_outside_min=9.0), LIMITS.temperature, store.clock.now()))
    assert (await gates(store, bag))[GateName.TEMPERATURE][0] is GateState.FAILED
    await store.write(lambda tx: change_fields(tx, TESTER, bag, "bag.labelled", label_check="passed"))
    assert await store.write(lambda tx: release_ready_bags(tx, TESTER)) == []


async def test_an_overridden_bag_is_released_by_the_clockwork_when_the_rest_has_come(store):
    bag = await failed_temperature(store)
    await store.write(lambda tx: change_fields(tx, TESTER, bag, "bag.unlabelled", label_check="pending"))
    await store.write(lambda tx: override(tx, TESTER, bag, [GateName.TEMPERATURE], "second probe agrees", PAIR))
    await store.write(lambda tx: change_fields(tx, TESTER, bag, "bag.labelled", label_check="passed"))
    assert await store.write(lambda tx: release_ready_bags(tx, TESTER)) == [bag]


@pytest.mark.parametrize(
    ("fields", "named", "code"),
    [
        ({"tests": "not_negative"}, GateName.TESTS, "release.no_override"),
        ({"tests": "pending"}, GateName.TESTS, "release.not_failed"),
        ({"abo_rhd": None}, GateName.GROUP, "release.not_failed"),
        ({"donation_type": "autologous"}, GateName.PURPOSE, "release.no_override"),
        ({"expires_us": 1}, GateName.EXPIRY, "release.no_override"),
        ({"label_check": "failed"}, GateName.LABEL, "release.no_override"),
        ({"status": "AVAILABLE"}, GateName.PURPOSE, "release.no_override"),
        ({}, GateName.VOLUME, "release.not_failed"),
    ],
)
async def test_what_nobody_may_pass_by(store, fields, named, code):
    bag = await store.add_bag(place="cold-1/q1/001", **fields)
    with pytest.raises(Refused) as refused:
        await store.write(lambda tx: override(tx, TESTER, bag, [named], "because", PAIR))
    assert refused.value.code == code
    assert store.rows("SELECT 1 FROM release_override") == []


async def test_other_failing_gates_keep_a_bag_although_one_is_passed_by(store):
    bag = await failed_temperature(store)
    await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="torn"))
    with pytest.raises(Refused, match="hold: torn") as refused:
        await store.write(lambda tx: override(tx, TESTER, bag, [GateName.TEMPERATURE], "because", PAIR))
    assert refused.value.code == "release.other_gates"


async def test_an_override_needs_a_reason_two_people_and_each_gate_once(store):
    bag = await failed_temperature(store)
    gate = GateName.TEMPERATURE
    for named, reason, signed, error in (
        ([gate], " ", PAIR, Invalid),
        ([gate, gate], "because", PAIR, Invalid),
        ([], "because", PAIR, Invalid),
        ([gate], "because", (PAIR[0], PAIR[0]), Refused),
    ):
        with pytest.raises(error):
            await store.write(lambda tx, n=named, r=reason, s=signed: override(tx, TESTER, bag, n, r, s))
    assert store.bag(bag)["status"] == "QUARANTINE"


async def test_who_reported_results_does_not_override_the_release(store):
    bag = await store.add_bag(1, place="cold-1/q1/001", tests="pending", abo_rhd=None)
    await store.write(lambda tx: tx.raw.execute("DELETE FROM temperature_judgement"))
    now, tester = store.clock.now(), Actor("quality", "bench")
    values = {**dict.fromkeys(("hbsag", "anti_hcv", "hiv", "syphilis", "nat"), "negative"), "alt": "20"}
    results = [RawResult(test, value, "clia", now) for test, value in values.items()]
    results += [RawResult("abo_rhd", "A+", method, now) for method in ("forward", "reverse")]
    await store.write(lambda tx: take_results(tx, tester, "A999926000001", "run-1", results))
    await judged(store, bag, judge(Watched(gap_min=300.0), LIMITS.temperature, now))
    with pytest.raises(Refused, match="quality reported results") as refused:
        await store.write(lambda tx: override(tx, TESTER, bag, [GateName.TEMPERATURE], "because", PAIR))
    assert refused.value.code == "release.tester"


@pytest.mark.parametrize("profile", ["cn-2012", "us", "uk"])
def test_every_profile_has_release_limits_with_sources(profile):
    limits = release_limits(profile)
    assert limits.temperature.gap_max_min.value == 240
    assert all(number.source for number in (limits.collection_tolerance, limits.temperature.air_outside_max_min))
    with pytest.raises(ValueError, match="cn-1999"):
        release_limits("cn-1999")
