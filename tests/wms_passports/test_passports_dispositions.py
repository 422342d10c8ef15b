"""Dispositions: what opens one, what it holds, who may decide what, and what a decision does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from passport_house import START, TESTER, House, Opened, line

from blood.eligibility import Act, Purpose, ReasonCode, eligibility
from hemovault.services.passports import Passports
from runtime.health import HealthPart
from wms.bags.facts import facts_of
from wms.errors import Conflict, Invalid, Refused, Unavailable
from wms.holds.commands import lift_hold, place_hold
from wms.labelling.by_hand import label_by_hand
from wms.ledger.rebuild import rebuild
from wms.passports.decide import Decision, decide, void_ended
from wms.passports.opening import open_items
from wms.passports.outcomes import DispositionOutcome as Outcome
from wms.passports.read import list_dispositions, one_disposition
from wms.passports.tick import tick
from wms.passports.watch import Looks, look
from wms.store.tx import Actor

QA, OPERATOR = Actor("wang.qa", "desk-2"), "chen.op"


@dataclass(frozen=True)
class Signed:
    id: str
    person: str


ONE, BOTH = (Signed("sig-1", QA.id),), (Signed("sig-1", QA.id), Signed("sig-2", OPERATOR))


async def watched(house: House, looks: Looks | None = None) -> list[str]:
    """One round of the service without its thread; returns what is open."""
    with house.database.read() as conn:
        seen = look(conn, house.plant, house.history, house.clock.now(), looks or Looks())
    for bag, found in seen.found:
        await house.write(lambda tx, bag=bag, found=found: open_items(tx, bag, found))
    with house.database.read() as conn:
        return [one.trigger for one in list_dispositions(conn, house.plant)]


def warm(house: House, celsius: float, minutes: float, begin: float = 60) -> None:
    end = begin + minutes
    house.measure("cold-1-load", line((-10, begin, 4, 4), (begin, end, celsius, celsius), (end, end + 60, 4, 4)))
    house.measure("cold-1-air", line((-10, end + 60, 4, 4)))
    house.pass_minutes(end + 59)


async def test_a_thawed_bag_may_only_be_discarded(house: House) -> None:
    await house.add_bag(1, "FFP", "plasma-1/s1/001")
    house.measure("plasma-1-load", line((-10, 60, -28, -28), (60, 80, -2, -2), (80, 140, -28, -28)))
    house.measure("plasma-1-air", line((-10, 140, -28, -28)))
    house.pass_minutes(139)
    assert await watched(house) == ["frozen_thawed"]
    assert [one.outcome for one in only(house).outcomes] == [Outcome.DISCARD]


def only(house: House):
    with house.database.read() as conn:
        (one,) = list_dispositions(conn, house.plant, "all")
        return one


def holds(house: House, bag: str) -> list[str]:
    return [reason for (reason,) in house.rows("SELECT reason FROM hold WHERE bag = ? AND lifted_us IS NULL", bag)]


@pytest.mark.parametrize(
    ("celsius", "minutes", "trigger", "people", "outcomes"),
    [
        (7.0, 20, "storage_alarm", 1, [Outcome.RELEASE, Outcome.RELEASE_SHORTENED, Outcome.DISCARD]),
        (7.0, 45, "over_limit", 2, [Outcome.DISCARD, Outcome.NON_CLINICAL]),
        (11.0, 10, "over_limit", 2, [Outcome.DISCARD, Outcome.NON_CLINICAL]),
        (0.5, 10, "red_cells_frozen", 2, [Outcome.DISCARD]),
    ],
)
async def test_what_happened_decides_the_trigger_and_what_may_be_decided(
    house: House, celsius, minutes, trigger, people, outcomes
) -> None:
    bag = await house.add_bag()
    warm(house, celsius, minutes)
    assert await watched(house) == [trigger]
    item = only(house)
    assert (item.bag, item.people, [one.outcome for one in item.outcomes]) == (bag, people, outcomes)
    assert holds(house, bag) == [f"temperature:{trigger}"]


async def test_a_frozen_bag_above_its_limit_may_be_kept_downgraded_or_discarded(house: House) -> None:
    await house.add_bag(1, "FFP", "plasma-1/s1/001")
    house.measure("plasma-1-load", line((-10, 60, -28, -28), (60, 80, -15, -15), (80, 140, -28, -28)))
    house.measure("plasma-1-air", line((-10, 140, -28, -28)))
    house.pass_minutes(139)
    assert await watched(house) == ["frozen_warm"]
    assert [one.outcome for one in only(house).outcomes] == [Outcome.KEEP, Outcome.DOWNGRADE, Outcome.DISCARD]


async def test_looking_again_or_after_a_restart_changes_nothing(house: House) -> None:
    bag = await house.add_bag()
    warm(house, 7.0, 20)
    looks = Looks()
    await watched(house, looks)
    (entries,) = house.rows("SELECT count(*) FROM ledger")
    await watched(house, looks)
    await watched(house, Looks())
    assert house.rows("SELECT count(*) FROM ledger") == [entries]
    assert holds(house, bag) == ["temperature:storage_alarm"]


async def test_an_excursion_that_goes_on_is_raised_to_the_graver_trigger(house: House) -> None:
    bag = await house.add_bag()
    house.measure("cold-1-load", line((-10, 60, 4, 4), (60, 81, 7, 7)))
    house.measure("cold-1-air", line((-10, 81, 4, 4)))
    house.pass_minutes(80)
    assert await watched(house) == ["storage_alarm"]
    house.measure("cold-1-load", line((81, 121, 7, 7), (121, 180, 4, 4)))
    house.measure("cold-1-air", line((81, 180, 4, 4)))
    house.pass_minutes(60)
    assert await watched(house) == ["over_limit"]
    assert holds(house, bag) == ["temperature:over_limit"]


async def test_a_later_excursion_opens_a_new_item_and_is_no_first_event(house: House) -> None:
    bag = await house.add_bag()
    warm(house, 7.0, 20)
    await watched(house)
    await house.write(lambda tx: decide(tx, QA, only(house).id, Decision(Outcome.RELEASE, "looked at"), ONE))
    assert holds(house, bag) == []
    house.measure("cold-1-load", line((141, 300, 4, 4), (300, 310, 7, 7), (310, 360, 4, 4)))
    house.measure("cold-1-air", line((140, 360, 4, 4)))
    house.pass_minutes(220)
    assert await watched(house) == ["over_limit"]


async def test_a_decision_lifts_its_own_hold_and_no_other(house: House) -> None:
    bag = await house.add_bag()
    warm(house, 7.0, 20)
    await watched(house)
    await house.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="something else"))
    await house.write(lambda tx: decide(tx, QA, only(house).id, Decision(Outcome.RELEASE, "looked at"), ONE))
    assert holds(house, bag) == ["something else"]
    item = only(house)
    assert (item.state, item.outcome, item.decided_by) == ("decided", Outcome.RELEASE, (QA.id,))
    assert house.rows("SELECT kind FROM ledger WHERE subject = ? ORDER BY seq", item.id) == [
        ("disposition.opened",),
        ("disposition.decided",),
    ]
    assert [one.outcome for one in house.passport(bag).decisions] == ["release"]
    assert rebuild(house.database).equal


async def test_its_hold_ends_with_the_decision_and_in_no_other_way(house: House) -> None:
    bag = await house.add_bag()
    warm(house, 0.5, 10)
    await watched(house)
    ((hold,),) = house.rows("SELECT id FROM hold WHERE bag = ?", bag)
    with pytest.raises(Refused) as refused:
        await house.write(lambda tx: lift_hold(tx, QA, hold, "we need it", BOTH))
    assert refused.value.code == "hold.disposition"
    assert holds(house, bag) == ["temperature:red_cells_frozen"]


@pytest.mark.parametrize(
    ("outcome", "signatures", "code"),
    [
        (Outcome.RELEASE, BOTH, "disposition.outcome"),
        (Outcome.DISCARD, ONE, "disposition.signatures"),
        (Outcome.NON_CLINICAL, ONE, "disposition.signatures"),
    ],
)
async def test_a_grave_trigger_allows_less_and_asks_two_people(house: House, outcome, signatures, code) -> None:
    bag = await house.add_bag()
    warm(house, 7.0, 45)
    await watched(house)
    with pytest.raises(Refused) as refused:
        await house.write(lambda tx: decide(tx, QA, only(house).id, Decision(outcome, "looked at"), signatures))
    assert refused.value.code == code
    assert holds(house, bag) == ["temperature:over_limit"]


async def test_a_shortened_shelf_life_is_only_ever_earlier(house: House) -> None:
    bag = await house.add_bag()
    warm(house, 7.0, 20)
    await watched(house)
    for wanted in (None, START + timedelta(days=40), START):
        with pytest.raises(Invalid):
            await house.write(
                lambda tx, at=wanted: decide(
                    tx, QA, only(house).id, Decision(Outcome.RELEASE_SHORTENED, "looked at", at), ONE
                )
            )
    at = START + timedelta(days=10)
    await house.write(lambda tx: decide(tx, QA, only(house).id, Decision(Outcome.RELEASE_SHORTENED, "ok", at), ONE))
    with house.database.read() as conn:
        assert house.passport(bag).expires_at == at
        assert one_disposition(conn, house.plant, only(house).id).hold is None


async def test_a_shortened_bag_gets_a_new_label_before_it_is_given_to_anybody(house: House) -> None:
    """What is printed on it says an expiry that holds no more."""
    bag = await house.add_bag()
    warm(house, 7.0, 20)
    await watched(house)
    decision = Decision(Outcome.RELEASE_SHORTENED, "ok", START + timedelta(days=10))
    await house.write(lambda tx: decide(tx, QA, only(house).id, decision, ONE))
    facts = await house.write(lambda tx: facts_of(tx, bag))
    asked = Purpose(Act.RESERVE)
    assert [one.code for one in eligibility(facts, asked, house.clock.now())] == [ReasonCode.LABEL]
    din, _, product = bag.partition("-")
    scans = f"={din}00", f"=<{product}"
    await house.write(lambda tx: label_by_hand(tx, TESTER, *scans))
    facts = await house.write(lambda tx: facts_of(tx, bag))
    assert eligibility(facts, asked, house.clock.now()) == []


async def test_a_bag_that_cannot_get_a_new_label_now_is_not_shortened(house: House) -> None:
    bag = await house.add_bag(status="PACKED")
    warm(house, 7.0, 20)
    await watched(house)
    decision = Decision(Outcome.RELEASE_SHORTENED, "ok", START + timedelta(days=10))
    with pytest.raises(Refused) as refused:
        await house.write(lambda tx: decide(tx, QA, only(house).id, decision, ONE))
    assert refused.value.code == "disposition.status"
    assert holds(house, bag) == ["temperature:storage_alarm"]


async def test_a_discard_destroys_the_bag_in_the_same_transaction(house: House) -> None:
    bag = await house.add_bag()
    warm(house, 0.5, 10)
    await watched(house)
    await house.write(lambda tx: decide(tx, QA, only(house).id, Decision(Outcome.DISCARD, "it froze"), BOTH))
    assert house.rows("SELECT status FROM bag WHERE id = ?", bag) == [("DISCARDED",)]
    assert house.rows("SELECT cause FROM discard WHERE bag = ?", bag) == [("temperature",)]
    assert holds(house, bag) == []


async def test_what_is_not_for_patients_is_set_aside(house: House) -> None:
    bag = await house.add_bag()
    warm(house, 7.0, 45)
    await watched(house)
    await house.write(lambda tx: decide(tx, QA, only(house).id, Decision(Outcome.NON_CLINICAL, "for teaching"), BOTH))
    assert house.rows("SELECT status FROM bag WHERE id = ?", bag) == [("NONCONFORMING",)]


async def test_plasma_is_downgraded_by_the_relabel_operation(house: House) -> None:
    bag = await house.add_bag(1, "FFP", "plasma-1/s1/001")
    house.measure("plasma-1-load", line((-10, 60, -28, -28), (60, 80, -15, -15), (80, 140, -28, -28)))
    house.measure("plasma-1-air", line((-10, 140, -28, -28)))
    house.pass_minutes(139)
    await watched(house)
    await house.write(lambda tx: decide(tx, QA, only(house).id, Decision(Outcome.DOWNGRADE, "still solid"), BOTH))
    ((status,),) = house.rows("SELECT status FROM bag WHERE id = ?", bag)
    assert status == "CONSUMED"
    ((component,),) = house.rows(
        "SELECT component FROM bag JOIN bag_parentage ON bag.id = bag_parentage.child WHERE parent = ?", bag
    )
    assert component == "FP"
    assert await watched(house) == []  # it was decided about with its parent


async def test_it_is_decided_once_and_with_a_comment(house: House) -> None:
    await house.add_bag()
    warm(house, 7.0, 20)
    await watched(house)
    with pytest.raises(Invalid):
        await house.write(lambda tx: decide(tx, QA, only(house).id, Decision(Outcome.RELEASE, " "), ONE))
    await house.write(lambda tx: decide(tx, QA, only(house).id, Decision(Outcome.RELEASE, "looked at"), ONE))
    with pytest.raises(Conflict):
        await house.write(lambda tx: decide(tx, QA, only(house).id, Decision(Outcome.RELEASE, "again"), ONE))


async def test_a_silence_of_more_than_four_hours_holds_and_a_shorter_one_does_not(house: House) -> None:
    bag = await house.add_bag()
    for probe in ("cold-1-load", "cold-1-air"):
        house.measure(probe, line((-10, 60, 4, 4)))
    house.pass_minutes(60 + 3 * 60)
    assert await watched(house) == []
    house.pass_minutes(2 * 60)
    assert await watched(house) == ["no_data"]
    assert holds(house, bag) == ["temperature:no_data"]


async def test_platelets_at_rest_for_too_long_are_held(house: House) -> None:
    bag = await house.add_bag(component="PLT_A", place="platelet/s1/001")
    for probe in ("platelet-1-load", "platelet-1-air"):
        house.steady(probe, 26 * 60, 22.0)
    house.signal("platelet-1", "Agitator/Running", line((-10, 60, 1, 1), (60, 26 * 60 + 1, 0, 0)))
    house.pass_minutes(26 * 60)
    assert await watched(house) == ["agitation"]
    assert holds(house, bag) == ["temperature:agitation"]


async def test_a_bag_that_had_left_the_store_is_held_too_when_the_excursion_is_heard_late(house: House) -> None:
    bag = await house.add_bag()
    await house.move(bag, "belt/cold-1", 130)
    warm(house, 7.0, 20)
    assert await watched(house) == ["storage_alarm"]
    other = await house.add_bag(2, place="cold-2/s1/001")
    assert holds(house, other) == []


async def test_items_of_a_bag_whose_story_ended_are_void(house: House) -> None:
    bag = await house.add_bag()
    warm(house, 7.0, 20)
    await watched(house)
    await house.write(lambda tx: tx.raw.execute("UPDATE bag SET ended_us = 1 WHERE id = ?", (bag,)))
    assert await house.write(lambda tx: void_ended(tx, TESTER)) == 1
    assert only(house).state == "void"


async def test_open_items_stand_as_one_alarm_for_each_trigger(house: House) -> None:
    await house.add_bag(1)
    await house.add_bag(2, place="cold-1/s1/002")
    warm(house, 7.0, 20)
    await watched(house)
    await house.write(tick)
    query = "SELECT source, known FROM alarm WHERE condition = 'disposition_open'"
    assert house.rows(query) == [("disposition-storage_alarm", "active")]
    for number in (1, 2):
        with house.database.read() as conn:
            first = list_dispositions(conn, house.plant)[0].id
        decision = Decision(Outcome.RELEASE, f"looked at it, {number}")
        await house.write(lambda tx, first=first, decision=decision: decide(tx, QA, first, decision, ONE))
    await house.write(tick)
    assert house.rows(query) == [("disposition-storage_alarm", "inactive")]


async def test_a_bag_whose_record_cannot_be_read_hides_no_other_and_is_tried_again(house: House) -> None:
    broken, bag = await house.add_bag(1), await house.add_bag(2, place="cold-1/s1/002")
    await house.write(lambda tx: tx.raw.execute("UPDATE bag SET component = 'NONE' WHERE id = ?", (broken,)))
    warm(house, 7.0, 20)
    looks = Looks()
    assert await watched(house, looks) == ["storage_alarm"]
    assert list(looks.failed) == [broken]
    await house.write(lambda tx: tx.raw.execute("UPDATE bag SET component = 'RBC_S' WHERE id = ?", (broken,)))
    assert await watched(house, looks) == ["storage_alarm", "storage_alarm"]
    assert (holds(house, broken), holds(house, bag)) == (["temperature:storage_alarm"], ["temperature:storage_alarm"])


async def test_what_could_not_be_opened_is_looked_at_again(house: House) -> None:
    bag = await house.add_bag()
    warm(house, 7.0, 20)
    opened = Opened(house)
    service = Passports(opened, house.history, HealthPart("passports"))

    async def gone(_: object) -> None:
        raise Unavailable("store.failed", "the database is gone")

    opened.write = gone
    with pytest.raises(Unavailable):
        await service.watch_once()
    opened.write = house.write
    await service.watch_once()
    assert holds(house, bag) == ["temperature:storage_alarm"]


async def test_a_swing_of_the_air_beside_a_load_probe_that_speaks_makes_nobody_look(house: House) -> None:
    bag = await house.add_bag()
    house.measure("cold-1-load", line((-10, 200, 4, 4)))
    house.measure("cold-1-air", line((-10, 60, 4, 4), (60, 90, 9, 9), (90, 200, 4, 4)))
    house.pass_minutes(199)
    looks = Looks()
    assert await watched(house, looks) == []
    assert [key for key in looks.last if key[1] == bag] == []


async def test_a_swing_of_the_air_while_the_load_probe_is_silent_is_looked_at(house: House) -> None:
    await house.add_bag()
    house.measure("cold-1-load", line((-10, 50, 4, 4), (100, 200, 4, 4)))
    house.measure("cold-1-air", line((-10, 60, 4, 4), (60, 90, 9, 9), (90, 200, 4, 4)))
    house.pass_minutes(199)
    assert await watched(house) == ["storage_alarm"]
