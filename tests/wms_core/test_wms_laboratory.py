"""The laboratory: first reactions are repeated, a bad result is never washed away, files are taken whole or not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.bags.commands import create_bag
from wms.errors import FaultyLines, Invalid
from wms.laboratory.algorithm import Result, Verdict, assess
from wms.laboratory.files import parse_file, take_file
from wms.laboratory.profile import required_tests
from wms.laboratory.read import TestsState, list_donations, one_donation
from wms.laboratory.results import REPEAT_HOLD, RawResult, take_results
from wms.store.metadata import to_us
from wms.store.tx import Actor

CN = required_tests("cn-2012")
LAB = Actor("agent-laboratory", "lab")
DIN = "A999926000042"
SEROLOGY = ("hbsag", "anti_hcv", "hiv", "syphilis")


def good(*, leave: tuple[str, ...] = (), group: str = "A+") -> list[Result]:
    results = [Result(test, "negative", "run-1", "clia", f"{test}-a") for test in (*SEROLOGY, "nat")]
    results += [Result("alt", "22", "run-1", "rate")]
    results += [Result("abo_rhd", group, "run-1", method) for method in ("forward", "reverse", "weak-d")]
    return [result for result in results if result.test not in leave]


def hbsag(value: str, run: str, reagent: str = "a") -> Result:
    return Result("hbsag", value, run, "clia", reagent)


@pytest.mark.parametrize(
    ("hbsag_results", "verdict", "repeat"),
    [
        ([hbsag("initially_reactive", "r1")], Verdict.PENDING, ("hbsag",)),
        ([hbsag("equivocal", "r1")], Verdict.PENDING, ("hbsag",)),
        ([hbsag("equivocal", "r1"), hbsag("negative", "r2")], Verdict.PENDING, ("hbsag",)),
        ([hbsag("equivocal", "r1"), hbsag("negative", "r2"), hbsag("negative", "r3")], Verdict.NEGATIVE, ()),
        ([hbsag("equivocal", "r1"), hbsag("negative", "r2"), hbsag("equivocal", "r3")], Verdict.NOT_NEGATIVE, ()),
        ([hbsag("equivocal", "r1"), hbsag("initially_reactive", "r2")], Verdict.NOT_NEGATIVE, ()),
        ([hbsag("initially_reactive", "r1"), hbsag("negative", "r1")], Verdict.PENDING, ("hbsag",)),
        (
            [hbsag("initially_reactive", "r1"), hbsag("negative", "r2", "b"), hbsag("negative", "r3", "b")],
            Verdict.PENDING,
            ("hbsag",),
        ),
        ([hbsag("negative", "r0"), hbsag("negative", "r0b"), hbsag("equivocal", "r1")], Verdict.PENDING, ("hbsag",)),
        ([hbsag("reactive", "r1"), hbsag("negative", "r2"), hbsag("negative", "r3")], Verdict.NOT_NEGATIVE, ()),
    ],
)
def test_a_first_reaction_is_repeated_in_duplicate_by_the_same_reagent(hbsag_results, verdict, repeat):
    assessment = assess(CN, [*good(leave=("hbsag",)), *hbsag_results])
    assert (assessment.verdict, assessment.repeat) == (verdict, repeat)


@pytest.mark.parametrize("value", ["reactive", "positive", "equivocal"])
def test_one_bad_nat_is_never_washed_away(value):
    again = [Result("nat", "negative", f"run-{number}", "nat-id") for number in range(2, 9)]
    assert assess(CN, [*good(), Result("nat", value, "run-x", "nat-mp"), *again]).verdict is Verdict.NOT_NEGATIVE


def test_two_reagents_or_one_and_nat():
    one = [*good(leave=("nat", "hbsag")), hbsag("negative", "r1")]
    assert "hbsag" in assess(CN, one).missing
    assert "hbsag" in assess(CN, [*one, hbsag("negative", "r2")]).missing
    assert "hbsag" not in assess(CN, [*one, hbsag("negative", "r2", "b")]).missing
    assert assess(CN, good()).verdict is Verdict.NEGATIVE


def test_a_group_is_two_agreeing_results_three_when_rhd_negative_or_the_donors_own():
    def found(group: str, count: int, history: tuple[str, ...] = ()):
        tests = [Result("abo_rhd", group, "run-1", f"method-{number}") for number in range(count)]
        return assess(CN, [*good(leave=("abo_rhd",)), *tests], history)

    assert found("A+", 1).verdict is Verdict.PENDING
    assert found("A+", 2).verdict is Verdict.NEGATIVE
    assert found("A-", 2).verdict is Verdict.PENDING
    assert found("A-", 3).group == "A-"
    assert found("A-", 1, ("A-",)).group == "A-"
    other = found("A+", 2, ("O+",))
    assert other.group is None
    assert other.contradiction == "abo_rhd: A+ now, O+ in earlier donations"


RESULTS = st.builds(
    lambda test, value, run, reagent: Result(test, value, f"run-{run}", "clia", reagent),
    st.sampled_from((*SEROLOGY, "nat")),
    st.sampled_from(("negative", "equivocal", "reactive", "positive")),
    st.integers(1, 4),
    st.sampled_from(("a", "b")),
)


@given(st.lists(RESULTS, max_size=12), RESULTS)
def test_nothing_that_comes_later_makes_a_bad_donation_good(results, later):
    if assess(CN, [*good(), *results]).verdict is Verdict.NOT_NEGATIVE:
        assert assess(CN, [*good(), *results, later]).verdict is Verdict.NOT_NEGATIVE


@given(st.lists(RESULTS, max_size=12))
def test_negative_means_that_every_reaction_was_repeated_away(results):
    assessment = assess(CN, [*good(), *results])
    values = {result.value for result in results}
    if values & {"reactive", "positive"} or any(r.test == "nat" and r.value != "negative" for r in results):
        assert assessment.verdict is Verdict.NOT_NEGATIVE
    if assessment.verdict is Verdict.NEGATIVE and "equivocal" in values:
        assert sum(result.value == "negative" for result in results) >= 2


@pytest.mark.parametrize("profile", ["cn-2012", "us", "uk"])
def test_every_profile_has_its_tests_with_a_source_for_each_number(profile):
    for test in required_tests(profile).test:
        assert test.source
        assert test.name_en
        assert test.name_zh
        for number in (test.repeats, test.reagents, test.max, test.agreeing, test.agreeing_negative):
            assert number is None or number.source


def raw(test: str, value: str, at, *, reagent: str | None = None, method: str = "clia") -> RawResult:
    return RawResult(test, value, method, at, reagent, "immuno-1")


def all_results(at, **changes: str) -> list[RawResult]:
    values = {**dict.fromkeys((*SEROLOGY, "nat"), "negative"), "alt": "22", **changes}
    results = [raw(test, value, at) for test, value in values.items()]
    return [*results, *(raw("abo_rhd", "A+", at, method=method) for method in ("forward", "reverse"))]


async def test_a_first_reaction_holds_every_bag_and_negative_repeats_free_them(store):
    bag = await store.add_bag(42, tests="pending", abo_rhd=None)
    at = store.clock.now()
    taken = await store.write(lambda tx: take_results(tx, LAB, DIN, "run-1", all_results(at, hiv="initially_reactive")))
    assert (taken.tests, taken.released) == (Verdict.PENDING, ())
    assert store.one("SELECT reason FROM hold WHERE bag = ? AND lifted_us IS NULL", bag) == (REPEAT_HOLD,)
    with store.database.read() as conn:
        found = one_donation(conn, store.plant, DIN)
        assert (found.state, found.repeat) == (TestsState.REPEAT, ("hiv",))
        assert list_donations(conn, store.plant, state=TestsState.REPEAT).total == 1
        assert list_donations(conn, store.plant, state=TestsState.PENDING).total == 0
    await store.write(lambda tx: take_results(tx, LAB, DIN, "run-2", [raw("hiv", "negative", at)]))
    assert store.bag(bag)["status"] == "QUARANTINE"
    taken = await store.write(lambda tx: take_results(tx, LAB, DIN, "run-3", [raw("hiv", "negative", at)]))
    assert (taken.tests, taken.released) == (Verdict.NEGATIVE, (bag,))
    assert store.rows("SELECT 1 FROM hold WHERE lifted_us IS NULL") == []
    assert store.one("SELECT outcome FROM test_repeat") == ("negative",)


async def test_a_new_reaction_at_the_instant_when_the_last_was_answered_is_repeated_too(store):
    bag = await store.add_bag(42, tests="pending", abo_rhd=None)
    at = store.clock.now()
    await store.write(lambda tx: take_results(tx, LAB, DIN, "run-1", all_results(at, hiv="equivocal")))
    for run in ("run-2", "run-3"):
        await store.write(lambda tx, run=run: take_results(tx, LAB, DIN, run, [raw("hiv", "negative", at)]))
    other = [raw("hiv", "equivocal", at, reagent="b")]
    taken = await store.write(lambda tx: take_results(tx, LAB, DIN, "run-4", other))
    assert taken.tests is Verdict.PENDING
    assert store.one("SELECT count(*) FROM hold WHERE bag = ? AND lifted_us IS NULL", bag) == (1,)


async def pooled_and_released(store) -> tuple[str, str]:
    bag = await store.add_bag(42, "D0004V00", tests="negative", abo_rhd="A+", status="CONSUMED")
    fields = {**store.bag(bag), "din": "A999926950000", "product": "D0005V00", "status": "AVAILABLE", "epc": None}
    for name in ("id", "version", "ledger_seq", "place", "place_since_us"):
        fields.pop(name)
    await store.write(
        lambda tx: create_bag(
            tx, LAB, "A999926950000-D0005V00", kind="bag.made", place="platelet-1/s1/001", at=store.clock.now(),
            fields=fields, parents=[bag],
        )
    )  # fmt: skip
    return bag, "A999926950000-D0005V00"


async def test_a_late_first_reaction_holds_released_bags_and_the_pools_made_from_them(store):
    red = await store.add_bag(42, status="AVAILABLE", abo_rhd="A+", place="cold-1/s1/001")
    _, pool = await pooled_and_released(store)
    at = store.clock.now()
    await store.write(lambda tx: take_results(tx, LAB, DIN, "run-1", all_results(at)))
    await store.write(lambda tx: take_results(tx, LAB, DIN, "run-2", [raw("hiv", "equivocal", at, reagent="second")]))
    held = {bag for (bag,) in store.rows("SELECT bag FROM hold WHERE lifted_us IS NULL AND bag IS NOT NULL")}
    assert {red, pool} <= held
    assert (store.bag(red)["status"], store.bag(red)["tests"]) == ("AVAILABLE", "pending")
    for run in ("run-3", "run-4"):
        result = [raw("hiv", "negative", at, reagent="second")]
        await store.write(lambda tx, run=run, result=result: take_results(tx, LAB, DIN, run, result))
    assert store.rows("SELECT bag FROM hold WHERE lifted_us IS NULL") == []
    assert (store.bag(red)["status"], store.bag(red)["tests"]) == ("AVAILABLE", "negative")


async def test_a_reaction_among_the_repeats_condemns_the_bags_and_what_was_made_of_them(store):
    red = await store.add_bag(42, status="AVAILABLE", abo_rhd="A+", place="cold-1/s1/001")
    used, pool = await pooled_and_released(store)
    at = store.clock.now()
    await store.write(lambda tx: take_results(tx, LAB, DIN, "run-1", all_results(at, hbsag="initially_reactive")))
    taken = await store.write(lambda tx: take_results(tx, LAB, DIN, "run-2", [raw("hbsag", "reactive", at)]))
    assert taken.tests is Verdict.NOT_NEGATIVE
    assert [store.bag(bag)["status"] for bag in (red, pool, used)] == ["NONCONFORMING", "NONCONFORMING", "CONSUMED"]
    reasons = {reason for (reason,) in store.rows("SELECT reason FROM hold WHERE bag = ? AND lifted_us IS NULL", pool)}
    assert "laboratory: hbsag: reactive" in reasons


async def test_a_pool_knows_what_its_donations_know_also_when_its_hold_is_lifted(store):
    used, pool = await pooled_and_released(store)
    at = store.clock.now()
    await store.write(lambda tx: take_results(tx, LAB, DIN, "run-1", all_results(at)))
    await store.write(lambda tx: take_results(tx, LAB, DIN, "run-2", [raw("hiv", "equivocal", at, reagent="second")]))
    await store.write(lambda tx: tx.raw.execute("UPDATE hold SET lifted_us = 1"))
    assert (store.bag(used)["tests"], store.bag(pool)["tests"]) == ("pending", "pending")
    for run in ("run-3", "run-4"):
        result = [raw("hiv", "negative", at, reagent="second")]
        await store.write(lambda tx, run=run, result=result: take_results(tx, LAB, DIN, run, result))
    assert store.bag(pool)["tests"] == "negative"
    await store.write(lambda tx: take_results(tx, LAB, DIN, "run-5", [raw("alt", "500", at, method="late")]))
    assert store.bag(pool)["tests"] == "not_negative"


async def test_a_pool_of_untested_bags_is_negative_when_all_its_donations_are(store):
    parents = [
        await store.add_bag(number, "D0004V00", tests="pending", abo_rhd="A+", status="CONSUMED") for number in (42, 43)
    ]
    fields = {**store.bag(parents[0]), "din": "A999926950000", "product": "D0005V00", "status": "QUARANTINE"}
    for name in ("id", "version", "ledger_seq", "place", "place_since_us", "ended_us"):
        fields.pop(name, None)
    pool, at = "A999926950000-D0005V00", store.clock.now()
    fields["epc"] = None
    await store.write(
        lambda tx: create_bag(
            tx, LAB, pool, kind="bag.made", place="platelet-1/s1/001", at=at, fields=fields, parents=parents
        )
    )
    await store.write(lambda tx: take_results(tx, LAB, DIN, "run-1", all_results(at)))
    assert store.bag(pool)["tests"] == "pending"
    await store.write(lambda tx: take_results(tx, LAB, "A999926000043", "run-1", all_results(at)))
    assert store.bag(pool)["tests"] == "negative"


async def test_another_donation_of_the_same_donor_confirms_or_contradicts_the_group(store):
    now = store.clock.now()
    for number, donor in ((42, "d"), (43, "d")):
        statement = "INSERT INTO donation VALUES (?,?,400,'CPD',?,'x','y','allogeneic',NULL,NULL,NULL,NULL,NULL,NULL)"
        values = (f"A999926{number:06d}", donor, to_us(now))
        await store.write(lambda tx, s=statement, v=values: tx.raw.execute(s, v))
    await store.add_bag(43, abo_rhd="O+")
    bag = await store.add_bag(42, tests="pending", abo_rhd=None)
    await store.write(lambda tx: take_results(tx, LAB, DIN, "run-1", all_results(now)))
    assert store.bag(bag)["abo_rhd"] is None
    (reason,) = store.one("SELECT reason FROM hold WHERE bag = ? AND lifted_us IS NULL", bag)
    assert reason == "finding: abo_rhd: A+ now, O+ in earlier donations"


async def test_a_result_of_tomorrow_is_refused(store):
    await store.add_bag(42, tests="pending", abo_rhd=None)
    ahead = all_results(store.clock.now() + timedelta(hours=1))
    with pytest.raises(Invalid, match="has not come yet"):
        await store.write(lambda tx: take_results(tx, LAB, DIN, "run-1", ahead))


HEADER = "din,run,test,value,method,reagent,device,at"


def file_text(at, *, first: str = "negative", din: str = DIN) -> str:
    lines = [f"{din},plate-1,{test},negative,clia,{test}-a,immuno-1,{at}" for test in ("anti_hcv", "hiv", "syphilis")]
    lines += [f"{din},plate-1,hbsag,{first},clia,hbsag-a,immuno-1,{at}", f"{din},pool-1,nat,negative,mp6,,nat-1,{at}"]
    lines += [f"{din},chem-1,alt,23.5,rate,,chem-1,{at}"]
    lines += [f"{din},group-1,abo_rhd,A+,{method},,group-1,{at}" for method in ("forward", "reverse")]
    return "\n".join([HEADER, *lines]) + "\n"


async def take(store, text: str):
    lines = parse_file(CN, store.plant.identifiers, text)
    return await store.write(lambda tx: take_file(tx, LAB, "results.csv", text, lines))


async def test_a_file_is_taken_once_and_its_bags_are_released_by_it(store):
    bag = await store.add_bag(42, tests="pending", abo_rhd=None)
    text = file_text(store.clock.now().isoformat())
    taken = await take(store, text)
    assert (taken.rows, taken.donations, taken.already, taken.released) == (8, 1, False, (bag,))
    entries = store.one("SELECT count(*) FROM ledger")
    again = await take(store, text)
    assert (again.rows, again.donations, again.already, again.released) == (8, 1, True, ())
    assert store.one("SELECT count(*) FROM ledger") == entries
    assert store.one("SELECT reagent, device, reported_by FROM test_result WHERE test = 'hiv'") == (
        "hiv-a", "immuno-1", LAB.id,
    )  # fmt: skip


def line(at: str, **changes: str) -> str:
    cells = dict(zip(HEADER.split(","), [DIN, "run-9", "hiv", "negative", "clia", "", "", at], strict=True)) | changes
    return ",".join(cells.values())


@pytest.mark.parametrize(
    ("text", "where", "code"),
    [
        ("din,run\n1,2", 1, "header"),
        (HEADER, 1, "empty"),
        ("\ufffd" + HEADER, 1, "encoding"),
        (f"{HEADER}\n{line('2026-03-02T08:00:00Z')},more", 2, "columns"),
        (f"{HEADER}\n{line('2026-03-02T08:00:00Z', din='A9999260')}", 2, "din"),
        (f"{HEADER}\n{line('2026-03-02T08:00:00Z', test='colour')}", 2, "result.test"),
        (f"{HEADER}\n{line('2026-03-02T08:00:00Z', value='fine')}", 2, "result.value"),
        (f"{HEADER}\n{line('2026-03-02T08:00:00Z', test='alt', value='high')}", 2, "result.value"),
        (f"{HEADER}\n{line('2026-03-02T08:00:00Z', run='')}", 2, "run"),
        (f"{HEADER}\n{line('2026-03-02T08:00:00')}", 2, "at"),
        (f"{HEADER}\n{line('soon')}", 2, "at"),
        (f'{HEADER}\n"{DIN}', 2, "csv"),
    ],
)
def test_each_fault_of_a_file_is_named_by_its_line(plant, text, where, code):
    with pytest.raises(FaultyLines) as refused:
        parse_file(CN, plant.identifiers, text)
    assert (where, code) in {(fault.line, fault.code) for fault in refused.value.faults}


async def test_a_file_with_one_unknown_donation_takes_nothing(store):
    await store.add_bag(42, tests="pending", abo_rhd=None)
    at = store.clock.now().isoformat()
    text = file_text(at) + line(at, din="A999926000099") + "\n"
    with pytest.raises(FaultyLines) as refused:
        await take(store, text)
    assert [(fault.line, fault.code) for fault in refused.value.faults] == [(10, "din.unknown")]
    assert store.one("SELECT count(*) FROM test_result") == (0,)


async def test_a_contradiction_is_named_by_its_line_whether_stored_or_in_the_file(store):
    await store.add_bag(42, tests="pending", abo_rhd=None)
    at = store.clock.now().isoformat()
    await take(store, file_text(at))
    with pytest.raises(FaultyLines) as refused:
        await take(store, file_text(at, first="equivocal"))
    assert [(fault.line, fault.code) for fault in refused.value.faults] == [(5, "result.changed")]
    both = f"{HEADER}\n{line(at)}\n{line(at, value='reactive')}\n"
    with pytest.raises(FaultyLines) as refused:
        await take(store, both)
    assert [fault.line for fault in refused.value.faults] == [3]
    assert store.one("SELECT count(*) FROM test_result WHERE run = 'run-9'") == (0,)
