"""The donor check: lists, intervals and information hold donations whole, quality decides, nobody else learns why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from blood.eligibility import DonationType
from wms.bags.commands import create_bag
from wms.donors.causes import causes
from wms.donors.checks import DONOR_CHECK, CheckState, CheckVerdict, decide, state_of
from wms.donors.information import take_information
from wms.donors.lists import DeferralEntry, EntryKind, parse_list, take_list
from wms.donors.read import held_donation, held_donations, may_donate
from wms.donors.rules import DonationKind, donor_rules
from wms.errors import Conflict, FaultyLines, Invalid, NotFound
from wms.intake.collection import Collection, collect
from wms.release.release import release_failures
from wms.store.database import driver_of
from wms.store.tx import Actor

NURSE, QUALITY = Actor("agent-collection", "van"), Actor("quality", "desk")
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"
WB, AP = DonationKind.WHOLE_BLOOD, DonationKind.APHERESIS


def donation(number: int, donor: str, at: datetime, product: str = "") -> Collection:
    din = f"A999926{number:06d}"
    return Collection(
        din_scan=f"={din}00", din_scan_again=f"={din}00", donor=donor, volume_ml=400.0, target_ml=400.0,
        anticoagulant="CPDA-1", started_at=at - timedelta(minutes=8), ended_at=at, sealed_at=at, samples=(f"={din}07",),
        device="mixer", device_serial="S-1", operator="nurse", donation_type=DonationType.ALLOGENEIC, product=product,
    )  # fmt: skip


async def give(store, number: int, donor: str, at: datetime = START, product: str = "") -> str:
    return await store.write(lambda tx: collect(tx, NURSE, donation(number, donor, at, product)))


def deferral(donor: str, since: datetime, until: datetime | None = None, entry=EntryKind.DEFERRAL) -> DeferralEntry:
    return DeferralEntry(donor, entry, since, until, "hepatitis contact")


async def listed(store, *entries: DeferralEntry, centre: str = "north"):
    return await store.write(lambda tx: take_list(tx, QUALITY, centre, entries))


def held(store, bag: str) -> list[str]:
    return [reason for (reason,) in store.rows("SELECT reason FROM hold WHERE bag = ? AND lifted_us IS NULL", bag)]


async def test_a_deferred_donor_is_held_at_collection_and_the_ledger_does_not_say_why(store):
    await listed(store, deferral("d-1", START - timedelta(days=3), START + timedelta(days=30)))
    bag = await give(store, 1, "d-1")
    free = await give(store, 2, "d-2")
    assert (held(store, bag), held(store, free)) == ([DONOR_CHECK], [])
    told = "\n".join(data for (data,) in store.rows("SELECT data FROM ledger"))
    assert "hepatitis" not in told
    reasons = await store.write(lambda tx: release_failures(tx, bag))
    assert not any("hepatitis" in reason.detail for reason in reasons)


async def test_a_later_list_holds_all_components_before_release_and_what_has_left_is_reported(store):
    red = await store.add_bag(1, status="AVAILABLE", place="cold-1/s1/001", donor="d-1")
    plasma = await store.add_bag(1, "D0003V00", donor="d-1")
    taken = await listed(store, deferral("d-1", START - timedelta(days=1)))
    assert taken.held == ("A999926000001",)
    assert held(store, red) == held(store, plasma) == [DONOR_CHECK]
    with store.database.read() as conn:
        (one,) = held_donations(conn)
    assert (one.state, one.gone, one.codes) == (CheckState.HELD, (red,), ("hepatitis contact",))
    assert {bag.bag for bag in one.bags} == {red, plasma}


async def test_a_deferral_before_or_after_the_donation_does_not_touch_it(store):
    bag = await store.add_bag(1, donor="d-1")
    await listed(store, deferral("d-1", START - timedelta(days=9), START - timedelta(days=1)))
    await listed(store, deferral("d-1", START + timedelta(hours=1)))
    assert held(store, bag) == []


@pytest.mark.parametrize(
    ("first", "second", "days", "is_held"),
    [
        ("", "", 183, True),
        ("", "", 185, False),
        ("D0006V00", "D0006V00", 13, True),
        ("D0006V00", "D0006V00", 14, False),
        ("D0006V00", "", 27, True),
        ("D0006V00", "", 28, False),
        ("", "D0006V00", 80, True),
        ("", "D0006V00", 93, False),
    ],
)
async def test_a_donation_within_the_interval_is_held(store, first, second, days, is_held):
    await give(store, 1, "d-1", START, first)
    store.clock.step(days * 86_400)
    bag = await give(store, 2, "d-1", START + timedelta(days=days), second)
    assert bool(held(store, bag)) is is_held


async def test_a_donation_that_was_given_elsewhere_counts_for_the_interval(store):
    bag = await store.add_bag(1, donor="d-1")
    elsewhere = deferral("d-1", START - timedelta(days=60), entry=EntryKind.WHOLE_BLOOD)
    assert (await listed(store, elsewhere)).held == ("A999926000001",)
    assert held(store, bag) == [DONOR_CHECK]


async def test_the_same_list_again_and_what_quality_cleared_hold_nothing(store):
    bag = await store.add_bag(1, donor="d-1")
    entry = deferral("d-1", START - timedelta(days=1))
    first = await listed(store, entry)
    await store.write(lambda tx: decide(tx, QUALITY, "A999926000001", CheckVerdict.CLEARED, "another person"))
    assert held(store, bag) == []
    again = await listed(store, entry)
    assert (again.id, again.held) == (first.id, ())
    assert held(store, bag) == []
    other = await listed(store, entry, centre="south")
    assert other.held == ("A999926000001",)


async def test_quality_decides_once_with_a_comment_that_is_not_in_the_ledger(store):
    bag = await store.add_bag(1, donor="d-1")
    await listed(store, deferral("d-1", START - timedelta(days=1)))
    din = "A999926000001"
    for verdict, comment, error in ((CheckVerdict.CLEARED, " ", Invalid),):
        with pytest.raises(error):
            await store.write(lambda tx, v=verdict, c=comment: decide(tx, QUALITY, din, v, c))
    await store.write(lambda tx: decide(tx, QUALITY, din, CheckVerdict.CONDEMNED, "secret words"))
    assert store.bag(bag)["status"] == "NONCONFORMING"
    assert not any("secret words" in data for (data,) in store.rows("SELECT data FROM ledger"))
    with store.database.read() as conn:
        assert held_donation(conn, din).comment == "secret words"
        assert state_of(driver_of(conn), din) is CheckState.CONDEMNED
    with pytest.raises(Conflict):
        await store.write(lambda tx: decide(tx, QUALITY, din, CheckVerdict.CLEARED, "no"))
    with pytest.raises(NotFound):
        await store.write(lambda tx: decide(tx, QUALITY, "A999926000077", CheckVerdict.CLEARED, "no"))


async def test_lifting_the_hold_does_not_pass_the_donor_check(store):
    bag = await store.add_bag(1, donor="d-1", place="cold-1/q1/001")
    await listed(store, deferral("d-1", START - timedelta(days=1)))
    await store.write(lambda tx: tx.raw.execute("UPDATE hold SET lifted_us = 1"))
    reasons = await store.write(lambda tx: release_failures(tx, bag))
    assert {reason.code.value for reason in reasons} == {"donor", "release_gate"}


async def test_a_pool_with_a_donation_under_its_donors_check_is_refused_also_when_its_hold_is_lifted(store):
    part = await store.add_bag(1, "D0004V00", donor="d-1", status="CONSUMED")
    values = {name: store.bag(part)[name] for name in ("component", "collected_us", "expires_us", "abo_rhd", "tests")}
    pool, din = "A999926950000-D0005V00", "A999926950000"
    fields = {
        **values, "din": din, "product": "D0005V00", "status": "QUARANTINE", "volume_ml": 200.0, "donor": f"pool {din}",
        "donation_type": "allogeneic", "custody": "centre", "process_check": "passed", "label_check": "pending",
    }  # fmt: skip
    await store.write(
        lambda tx: create_bag(
            tx, NURSE, pool, kind="bag.made", place="platelet/q1", at=START, fields=fields, parents=[part]
        )
    )
    await listed(store, deferral("d-1", START - timedelta(days=1)))
    await store.write(lambda tx: tx.raw.execute("UPDATE hold SET lifted_us = 1"))
    reasons = await store.write(lambda tx: release_failures(tx, pool))
    assert "donor" in {reason.code.value for reason in reasons}
    await store.write(lambda tx: decide(tx, QUALITY, "A999926000001", CheckVerdict.CLEARED, "looked at"))
    reasons = await store.write(lambda tx: release_failures(tx, pool))
    assert "donor" not in {reason.code.value for reason in reasons}


@pytest.mark.parametrize(
    ("kind", "days_before", "is_held"),
    [("illness", 13, True), ("illness", 15, False), ("risk", 300, True), ("diagnosis", 3000, True)],
)
async def test_information_after_a_donation_holds_what_it_throws_doubt_on(store, kind, days_before, is_held):
    bag = await store.add_bag(1, donor="d-1")
    at = START + timedelta(days=days_before)
    store.clock.step(days_before * 86_400 + 3600)
    _, found = await store.write(lambda tx: take_information(tx, QUALITY, "d-1", at, kind, "fever"))
    assert bool(found) is is_held
    assert bool(held(store, bag)) is is_held
    _, again = await store.write(lambda tx: take_information(tx, QUALITY, "d-1", at, kind, "fever"))
    assert again == []


async def test_information_that_cannot_be_is_refused(store):
    for donor, at, kind, detail in (
        ("d-1", START, "gossip", "x"),
        (" ", START, "illness", "x"),
        ("d-1", START + timedelta(days=1), "illness", "x"),
        ("d-1", START, "illness", " "),
    ):
        with pytest.raises(Invalid):
            await store.write(lambda tx, d=donor, a=at, k=kind, t=detail: take_information(tx, QUALITY, d, a, k, t))
    assert store.one("SELECT count(*) FROM donor_information") == (0,)


async def test_may_this_donor_give_says_until_when_not(store):
    await listed(store, deferral("d-1", START, START + timedelta(days=30)), deferral("d-2", START))
    await give(store, 3, "d-3")
    with store.database.read() as conn:
        asked = {
            donor: may_donate(conn, store.plant, donor, START + timedelta(days=10), WB)
            for donor in ("d-1", "d-2", "d-3", "d-4")
        }
        raw = driver_of(conn)
        assert causes(raw, store.plant, "d-3", START + timedelta(days=10), AP)[0].code == "interval"
    assert (asked["d-1"].may_donate, asked["d-1"].until) == (False, START + timedelta(days=30))
    assert (asked["d-2"].may_donate, asked["d-2"].until) == (False, None)
    assert (asked["d-3"].may_donate, asked["d-3"].until) == (False, datetime(2026, 9, 2, 8, 0, tzinfo=UTC))
    assert asked["d-4"].may_donate


HEADER = "donor,entry,from,until,code"


def test_a_list_is_read_with_days_of_the_site():
    (entry, given) = parse_list(f"{HEADER}\nd-1,deferral,2026-03-01,2026-03-31,A1\nd-2,apheresis,2026-02-01,,X\n", ZONE)
    assert entry.since == datetime(2026, 2, 28, 16, 0, tzinfo=UTC)
    assert entry.until == datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
    assert (given.entry, given.until) == (EntryKind.APHERESIS, None)


@pytest.mark.parametrize(
    ("text", "where", "code"),
    [
        ("donor,from\n", 1, "header"),
        (HEADER, 1, "empty"),
        (f"{HEADER}\nd-1,deferral,2026-03-01,,A1\nd-2,ban,2026-03-01,,A1", 3, "entry"),
        (f"{HEADER}\n,deferral,2026-03-01,,A1", 2, "donor"),
        (f"{HEADER}\nd-1,deferral,2026-13-01,,A1", 2, "from"),
        (f"{HEADER}\nd-1,deferral,2026-03-01T08:00:00,,A1", 2, "from"),
        (f"{HEADER}\nd-1,deferral,2026-03-01,2026-02-01,A1", 2, "until"),
        (f"{HEADER}\nd-1,whole_blood,2026-03-01,2026-04-01,A1", 2, "until"),
        (f"{HEADER}\nd-1,deferral,2026-03-01,,", 2, "code"),
        (f"{HEADER}\nd-1,deferral,2026-03-01,,A1,B2", 2, "columns"),
        (f"{HEADER}\nd-1,deferral,2026-03-01,,A1\nd-1,deferral,2026-03-01,,A2", 3, "double"),
    ],
)
def test_each_fault_of_a_list_is_named_by_its_line(text, where, code):
    with pytest.raises(FaultyLines) as refused:
        parse_list(text, ZONE)
    assert (where, code) in {(fault.line, fault.code) for fault in refused.value.faults}


async def test_a_list_without_a_centre_or_entries_is_refused(store):
    with pytest.raises(Invalid, match="names the centre"):
        await listed(store, deferral("d-1", START), centre=" ")
    with pytest.raises(Invalid, match="no entries"):
        await listed(store)


@pytest.mark.parametrize("profile", ["cn-2012", "us", "uk"])
def test_every_profile_has_intervals_between_all_kinds_with_a_source(profile):
    rules = donor_rules(profile)
    for after in DonationKind:
        for before in DonationKind:
            interval = rules.after(after, before)
            assert interval is not None
            assert interval.source
            assert interval.ends(START) > START
