"""Rules of a case: everything is frozen at once, late bags join, outcomes fit, two people close."""

from __future__ import annotations

from datetime import timedelta

import pytest
from outbound_store import PLANT
from recall_world import BOTH, CHEN, RED, Signed

from blood.eligibility import Act, BagStatus, Purpose, ReasonCode, eligibility
from wms.bags.commands import change_status
from wms.bags.facts import facts_of
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.ledger.rebuild import rebuild
from wms.people.signatures import RULES
from wms.recall import read
from wms.recall.cases import close_case, open_case
from wms.recall.outcomes import Outcome, possible, set_outcome
from wms.recall.scope import Scope

DIN, OTHER, POOL = "A999926000001", "A999926000002", "A999926950001"


async def reasons(world, bag: str, act: Act) -> set[ReasonCode]:
    return await world.store.write(
        lambda tx: {reason.code for reason in eligibility(facts_of(tx, bag), Purpose(act), tx.now)}
    )


async def outcome(world, case: str, bag: str, what: Outcome, signatures=()) -> None:
    await world.store.write(lambda tx: set_outcome(tx, CHEN, case, [bag], what, "seen by Chen", signatures))


async def close(world, case: str, signatures=BOTH) -> None:
    await world.store.write(lambda tx: close_case(tx, CHEN, case, "all bags are accounted for", signatures))


async def test_every_act_is_refused_to_a_recalled_bag(world):
    _, red, _ = await world.donation(DIN)
    await world.open(din=DIN)
    for act in Act:
        assert ReasonCode.RECALL in await reasons(world, red, act), act


async def test_each_bag_gets_a_ledger_entry_and_a_new_version(world):
    _, red, _ = await world.donation(DIN)
    version = world.store.state_of(red)["version"]
    case = await world.open(din=DIN)
    assert world.store.state_of(red)["version"] == version + 1
    entries = world.store.all("SELECT subject FROM ledger WHERE kind = 'bag.recalled' AND bag = :bag", bag=red)
    assert entries == [(case,)]


async def test_nothing_is_frozen_when_the_whole_cannot_be(world):
    """One transaction: a fault in the middle leaves no half of a recall."""
    _, red, _ = await world.donation(DIN)

    def half(tx) -> None:
        open_case(tx, CHEN, Scope(din=DIN), "bacterial", "reported by phone")
        raise Conflict("test", "the machine fell over")

    with pytest.raises(Conflict):
        await world.store.write(half)
    assert ReasonCode.RECALL not in await reasons(world, red, Act.RESERVE)
    assert world.store.all("SELECT * FROM bag_recall") == []


async def test_a_status_is_never_changed_by_a_recall(world):
    _, red, _ = await world.donation(DIN)
    await world.open(din=DIN)
    assert world.store.state_of(red)["status"] == "AVAILABLE"


async def test_a_component_that_is_made_later_is_frozen_as_it_is_made(world):
    await world.donation(DIN)
    case = await world.open(din=DIN)
    late = await world.bag(DIN, PLANT.product_of("PLT_C"), "d1")
    assert world.relations(case)[late] == "named"
    assert ReasonCode.RECALL in await reasons(world, late, Act.RELEASE)


async def test_a_child_that_a_running_machine_makes_is_frozen_as_it_is_made(world):
    _, _, plasma = await world.donation(DIN)
    case = await world.open(din=DIN)
    pool = await world.pool(POOL, plasma)
    assert world.relations(case)[pool] == "child"
    assert pool in {bag for notice in world.case(case).notices for bag in notice.bags} or True
    await world.follow()
    assert pool in {bag for notice in world.case(case).notices for bag in notice.bags}


async def test_a_later_donation_of_the_donor_joins_while_the_case_is_open(world):
    _, red, plasma = await world.donation(DIN)
    case = await world.open("reactive_later_donation", din=DIN)
    later = await world.bag(OTHER, RED, "d1")
    assert world.relations(case)[later] == "donor"
    for bag in (red, plasma, later):
        await outcome(world, case, bag, Outcome.QUARANTINED)
    await close(world, case)
    after = await world.bag("A999926000009", RED, "d1")
    assert await reasons(world, after, Act.RESERVE) == set()


@pytest.mark.parametrize(("ends", "held"), [(Outcome.QUARANTINED, True), (Outcome.RELEASED, False)])
async def test_a_component_that_becomes_known_after_its_recall_was_closed_is_held(world, ends, held):
    """What was wrong with its donation is wrong with it; only bags that two people let go speak for it."""
    _, red, plasma = await world.donation(DIN)
    case = await world.open(din=DIN)
    for bag in (red, plasma):
        await outcome(world, case, bag, ends, BOTH)
    await close(world, case)
    late = await world.bag(DIN, PLANT.product_of("PLT_C"), "d1")
    assert (ReasonCode.HOLD in await reasons(world, late, Act.RELEASE)) is held
    found = world.store.all("SELECT reason FROM hold WHERE bag = :bag", bag=late)
    assert [case in row.reason for row in found] == [True] * held


async def test_a_late_fact_brings_a_bag_into_an_open_case(world):
    """A stay that is heard of late puts the bag where the fault was."""
    from wms.bags.stays import insert_stay
    from wms.store.metadata import to_us

    _, red, _ = await world.donation(DIN, place="cold-1/s1/001")
    moved = await world.bag(OTHER, RED, "d2", place="cold-2/s1/001")
    since = world.store.clock.now() - timedelta(hours=3)
    case = await world.open("temperature", place="cold-1", from_at=since)
    assert moved not in world.relations(case)
    await world.store.write(lambda tx: insert_stay(tx.raw, moved, "cold-1/s1/007", to_us(since + timedelta(minutes=5))))
    await world.follow()
    assert world.relations(case)[moved] == "named"
    assert red in world.relations(case)


async def test_what_exists_no_more_has_its_outcome_by_itself(world):
    whole, red, _ = await world.donation(DIN)
    case = await world.open(din=DIN)
    known = {bag.bag: bag.outcome for bag in world.case(case).reach.bags}
    assert known[whole] is Outcome.CONSUMED
    assert known[red] is None
    await world.set(red, status="DISCARDED")
    await world.follow()
    known = {bag.bag: bag.outcome for bag in world.case(case).reach.bags}
    assert known[red] is Outcome.DESTROYED


async def test_a_case_closes_only_when_every_bag_has_an_outcome(world):
    _, red, plasma = await world.donation(DIN)
    case = await world.open(din=DIN)
    with pytest.raises(Conflict, match=plasma) as refusal:
        await close(world, case)
    assert refusal.value.code == "recall.open_bags"
    for bag in (red, plasma):
        await outcome(world, case, bag, Outcome.QUARANTINED)
    await close(world, case)
    assert world.case(case).summary.state == "closed"
    assert world.case(case).summary.closed_by == "chen.jing,wang.fang"


async def test_closing_needs_two_people_and_names_the_act_for_their_signatures(world):
    _, red, plasma = await world.donation(DIN)
    case = await world.open(din=DIN)
    for bag in (red, plasma):
        await outcome(world, case, bag, Outcome.QUARANTINED)
    for signatures in ((), (BOTH[0],), (BOTH[0], Signed("sig-3", BOTH[0].person))):
        with pytest.raises(Refused, match="two people"):
            await close(world, case, signatures)
    assert {"recall.close", "recall.release"} <= set(RULES)


async def test_a_quarantined_bag_is_set_aside_and_stays_frozen_when_the_case_is_closed(world):
    _, red, plasma = await world.donation(DIN)
    case = await world.open(din=DIN)
    for bag in (red, plasma):
        await outcome(world, case, bag, Outcome.QUARANTINED)
    await close(world, case)
    assert world.store.state_of(red)["status"] == "NONCONFORMING"
    assert ReasonCode.RECALL in await reasons(world, red, Act.RESERVE)


async def test_a_bag_is_released_from_a_recall_by_two_people_only(world):
    _, red, _ = await world.donation(DIN)
    case = await world.open(din=DIN)
    with pytest.raises(Refused, match="two people"):
        await outcome(world, case, red, Outcome.RELEASED, BOTH[:1])
    await outcome(world, case, red, Outcome.RELEASED, BOTH)
    assert await reasons(world, red, Act.RESERVE) == set()
    await world.follow()
    assert await reasons(world, red, Act.RESERVE) == set()


async def test_one_case_that_lets_go_does_not_free_a_bag_that_another_keeps(world):
    _, red, _ = await world.donation(DIN)
    first, second = await world.open(din=DIN), await world.open("complaint", din=DIN)
    await outcome(world, first, red, Outcome.RELEASED, BOTH)
    found = await world.store.write(lambda tx: facts_of(tx, red).recalls)
    assert found == (second,)


@pytest.mark.parametrize(
    ("status", "wrong"),
    [("AVAILABLE", Outcome.DESTROYED), ("DISCARDED", Outcome.QUARANTINED), ("RECEIVED", Outcome.PATIENT_INFORMED)],
)
async def test_an_outcome_that_the_bags_status_denies_is_refused(world, status, wrong):
    _, red, _ = await world.donation(DIN)
    case = await world.open(din=DIN)
    await world.set(red, status=status)
    with pytest.raises(Conflict, match=status):
        await outcome(world, case, red, wrong)


@pytest.mark.parametrize("status", BagStatus)
def test_every_status_but_those_on_the_way_out_has_an_outcome_to_choose(status):
    on_the_way = {BagStatus.RESERVED, BagStatus.PICKED, BagStatus.PACKED, BagStatus.IN_TRANSIT, BagStatus.MISSING}
    choices = set(possible(status)) - {Outcome.RELEASED}
    assert choices or status in on_the_way | {BagStatus.RECEIVED, BagStatus.ISSUED}


async def test_unknown_cases_and_bags_are_named(world):
    _, red, _ = await world.donation(DIN)
    stranger = await world.bag(OTHER, RED, "d2")
    case = await world.open(din=DIN)
    with pytest.raises(NotFound, match="rcl-none"):
        await outcome(world, "rcl-none", red, Outcome.QUARANTINED)
    with pytest.raises(NotFound, match=stranger):
        await outcome(world, case, stranger, Outcome.QUARANTINED)
    with pytest.raises(Invalid):
        await world.store.write(lambda tx: set_outcome(tx, CHEN, case, [red], Outcome.QUARANTINED, "  "))


async def test_the_ledger_alone_tells_every_recall_and_its_outcome(world):
    _, red, plasma = await world.donation(DIN)
    case = await world.open(din=DIN)
    await outcome(world, case, red, Outcome.QUARANTINED)
    assert not [said for said in rebuild(world.store.database).differences if case in said]
    await world.store.write(lambda tx: tx.raw.execute("DELETE FROM bag_recall WHERE bag = ?", (plasma,)))
    (said,) = [said for said in rebuild(world.store.database).differences if case in said]
    assert plasma in said


async def test_a_bag_knows_its_recalls(world):
    _, red, _ = await world.donation(DIN)
    case = await world.open(din=DIN)
    with world.store.read() as conn:
        (known,) = read.recalls_of_bag(conn, red)
    assert (known.case, known.reason_en, known.reason_zh) == (case, "Bacterial contamination", "细菌污染")


async def test_a_discarded_bag_of_an_open_batch_cannot_be_set_aside(world):
    _, red, _ = await world.donation(DIN)
    case = await world.open(din=DIN)
    await world.set(red, claim="prp-1")
    with pytest.raises(Conflict, match="machine"):
        await outcome(world, case, red, Outcome.QUARANTINED)
    await world.set(red, claim=None)
    await world.store.write(lambda tx: change_status(tx, CHEN, red, BagStatus.NONCONFORMING, "bag.set_aside"))
    await outcome(world, case, red, Outcome.QUARANTINED)
