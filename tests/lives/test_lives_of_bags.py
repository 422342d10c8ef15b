"""Random lives of bags through the public commands, honest and not: no path may let the wrong bag go."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from lives_centre import LivesCentre
from lives_hands import HOSPITAL, Hands
from lives_oracle import FINAL, RANK, Told, ancestors, latest_expiry, may_give, no_circle
from stores import Templates

GROUPS = st.sampled_from(["O+", "O-", "A+", "B+", "AB+", "A-"])
PICK = st.integers(0, 10_000)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WATCHED = "id, component, abo_rhd, status, place, din, donation_type, expires_us, label_check, patient, custody"


def at(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


class LivesOfBags(RuleBasedStateMachine):
    """Donors, laboratory, floor, quality and a hospital, each doing something at random."""

    def __init__(self, templates: Templates, kind: str) -> None:
        super().__init__()
        folder = Path(tempfile.mkdtemp(prefix="lives-"))
        self.database = ExitStack()
        place = self.database.enter_context(templates.copy(kind, folder))
        self.centre = LivesCentre(folder, place if isinstance(place, str) else None)
        self.told = Told()
        self.hands = Hands(self.centre, self.told)
        self.before: dict[str, dict[str, Any]] = {}
        self.reached: set[str] = set()
        self.recalls = 0

    @initialize(groups=st.lists(GROUPS, min_size=2, max_size=3))
    def a_few_bags_are_on_the_shelf(self, groups: list[str]) -> None:
        for number, group in enumerate(groups):
            self.hands.collect(group, f"donor-{number}", "WB" if number else "PLT_A", "allogeneic")
        for _ in range(8):
            self.centre.step(30)
            for bag in self.hands.bags():
                if self.hands.bag(bag)["status"] in {"COLLECTED", "PROCESSING", "QUARANTINE"}:
                    self.hands.advance(bag)
        for bag in self.hands.bags():
            if self.hands.bag(bag)["status"] == "AVAILABLE":
                self.hands.put_away(bag)

    def some_bag(self, which: int) -> str | None:
        bags = self.hands.bags()
        return bags[which % len(bags)] if bags else None

    # what honest people do

    @rule(group=GROUPS, donor=st.integers(0, 3), component=st.sampled_from(["WB", "PLT_A"]), kind=st.sampled_from(
        ["allogeneic", "allogeneic", "allogeneic", "autologous", "directed", "biohazard"]))  # fmt: skip
    def donate(self, group: str, donor: int, component: str, kind: str) -> None:
        self.hands.collect(group, f"donor-{donor}", component, kind)

    @rule(which=PICK, times=st.sampled_from([1, 2, 5, 12]))
    def go_on(self, which: int, times: int) -> None:
        bag = self.some_bag(which)
        for _ in range(times if bag else 0):
            self.hands.advance(str(bag))

    @rule(which=PICK)
    def a_bag_goes_its_way(self, which: int) -> None:
        bag, stood = self.some_bag(which), 0
        while bag and stood < 2 and self.hands.bag(bag)["status"] != "ISSUED":
            before = self.hands.bag(bag)
            self.hands.advance(bag)
            stood = stood + 1 if self.hands.bag(bag) == before else 0

    @rule(component=st.sampled_from(["RBC_S", "FFP", "PLT_A"]), group=GROUPS, quantity=st.integers(1, 3))
    def order(self, component: str, group: str, quantity: int) -> None:
        self.hands.order(component, group, quantity)

    @rule(minutes=st.sampled_from([1, 20, 90, 600, 3 * 1440, 12 * 1440]))
    def time_passes(self, minutes: int) -> None:
        self.centre.step(minutes * 60)

    # what goes wrong, and what nobody should try

    @rule(which=PICK, test=st.sampled_from(["nat", "hiv", "hbsag", "alt", "abo_rhd"]),
          value=st.sampled_from(["reactive", "initially_reactive", "equivocal"]))  # fmt: skip
    def a_bad_result_comes(self, which: int, test: str, value: str) -> None:
        bag = self.some_bag(which)
        if bag and bag[:13] in self.told.donations:
            own = self.told.donations[bag[:13]].group
            self.hands.test(
                bag[:13], **{test: {"alt": "90", "abo_rhd": "AB-" if own != "AB-" else "O+"}.get(test, value)}
            )

    @rule(which=PICK)
    def the_laboratory_repeats(self, which: int) -> None:
        bag = self.some_bag(which)
        if bag and bag[:13] in self.told.donations:
            self.hands.test(bag[:13])

    @rule(which=PICK)
    def somebody_holds_a_bag(self, which: int) -> None:
        if bag := self.some_bag(which):
            self.centre.call("operator", "POST", "/holds", {"bag": bag, "reason": "it looks wrong"})

    @rule(place=st.sampled_from(["cold-1/s2", "plasma-1/s1", "platelet", "dispatch"]))
    def somebody_holds_a_place(self, place: str) -> None:
        self.centre.call("operator", "POST", "/holds", {"place": place, "reason": "the door stood open"})

    @rule(which=PICK)
    def two_people_lift_a_hold(self, which: int) -> None:
        holds = [hold for (hold,) in self.centre.rows("SELECT id FROM hold WHERE lifted_us IS NULL ORDER BY id")]
        if holds:
            hold = holds[which % len(holds)]
            body = self.centre.signed("hold.lift", hold, {"reason": "looked at"}, "quality", "operator")
            self.centre.call("quality", "POST", f"/holds/{hold}/lift", body)

    @rule(which=PICK, shelf=st.sampled_from(["cold-1/s1", "cold-1/q1", "plasma-1/s1", "platelet/s1", "cold-1/n1"]))
    def somebody_puts_a_bag_anywhere(self, which: int, shelf: str) -> None:
        if bag := self.some_bag(which):
            self.hands.put_away(bag, shelf)

    @rule(which=PICK, status=st.sampled_from(["_from_reserved", "_from_picked", "_from_packed", "_from_in_transit"]))
    def somebody_skips_steps(self, which: int, status: str) -> None:
        if bag := self.some_bag(which):
            getattr(self.hands, status)(self.hands.bag(bag))

    @rule(place=st.sampled_from(["cold-1", "plasma-1", "box/r20-1"]))
    def a_place_is_warm_or_cold_again(self, place: str) -> None:
        self.centre.warm ^= {place}

    @rule(which=PICK, with_which=PICK, operation=st.sampled_from(
        ["separate", "freeze", "irradiate", "wash", "pool", "split", "thaw", "relabel"]))  # fmt: skip
    def somebody_prepares_a_bag(self, which: int, with_which: int, operation: str) -> None:
        bags = sorted({bag for bag in (self.some_bag(which), self.some_bag(with_which)) if bag})
        if bags:
            self.hands.operate(operation, bags if operation == "pool" else bags[:1])

    @rule(which=PICK, group=GROUPS, patient=st.integers(1, 2), result=st.sampled_from(
        ["compatible", "compatible", "incompatible", "pending"]))  # fmt: skip
    def a_hospital_crossmatches(self, which: int, group: str, patient: int, result: str) -> None:
        if bag := self.some_bag(which):
            self.hands.know_patient(f"PT-0000{patient}", group)
            self.hands.crossmatch(bag, f"PT-0000{patient}", result)

    @rule(which=PICK, patient=st.integers(1, 2), people=st.sampled_from(
        [(), (), (HOSPITAL,), (HOSPITAL, "hospital-2"), (HOSPITAL, "quality")]))  # fmt: skip
    def a_hospital_issues(self, which: int, patient: int, people: tuple[str, ...]) -> None:
        if bag := self.some_bag(which):
            self.hands.issue(bag, f"PT-0000{patient}", *people)

    @rule(which=PICK, fate=st.sampled_from(["transfused", "transfused_with_reaction", "returned"]))
    def a_hospital_tells_a_fate(self, which: int, fate: str) -> None:
        if bag := self.some_bag(which):
            self.hands.tell_fate(bag, fate)

    @rule(which=PICK, people=st.sampled_from([("quality",), ("quality", "operator"), ("quality", "quality")]))
    def somebody_discards(self, which: int, people: tuple[str, ...]) -> None:
        if bag := self.some_bag(which):
            self.hands.discard([bag], *people)

    @precondition(lambda self: not self.recalls)
    @rule(which=PICK, donor=st.integers(0, 3), by_donor=st.booleans())
    def quality_recalls(self, which: int, donor: int, *, by_donor: bool) -> None:
        if bag := self.some_bag(which):
            self.recalls += 1
            self.hands.recall({"donor": f"donor-{donor}"} if by_donor else {"din": bag[:13]})

    @rule(which=PICK, gates=st.sampled_from([["label"], ["process"], ["temperature"], ["tests"], ["group", "label"]]),
          people=st.sampled_from([("quality", "operator"), ("quality", "quality"), ("quality",)]))  # fmt: skip
    def somebody_overrides(self, which: int, gates: list[str], people: tuple[str, ...]) -> None:
        if bag := self.some_bag(which):
            content = {"gates": gates, "reason": "we are sure of it"}
            body = self.centre.signed("release.override", bag, content, *people)
            if self.centre.call("quality", "POST", f"/bags/{bag}/release-override", body).ok:
                self.told.overridden.add(bag)

    # what must always hold

    @invariant()
    def nothing_goes_that_must_not(self) -> None:
        for bag, now in self.now().items():
            before = self.before.get(bag)
            nearer = RANK.get(now["status"], -1) > RANK.get(before["status"], -1) if before else False
            if nearer and now["status"] in {"RESERVED", "PICKED", "PACKED", "IN_TRANSIT", "ISSUED"}:
                self.may_go(now)
            if before and before["status"] in FINAL:
                assert now["status"] == before["status"], f"{bag} came back from {before['status']}"
            self.reached.add(now["status"])
        self.before = self.now()

    def may_go(self, bag: dict[str, Any]) -> None:
        told, parents = self.told, self.parents()
        for one in ancestors(parents, bag["id"]):
            donation = told.donations.get(one[:13])
            if donation is not None:
                assert donation.clean() is None, f"{bag['id']} is {bag['status']}: {one}: {donation.clean()}"
        assert bag["donation_type"] == "allogeneic" or bag["patient"], bag
        checked = bag["id"] in told.labelled | told.overridden
        assert checked, f"{bag['id']} is {bag['status']} without a checked label"
        recalled = self.centre.rows("SELECT din FROM recall_donation JOIN recall ON recall.id = recall_donation.recall "
                                    "WHERE recall.closed_us IS NULL")  # fmt: skip
        of = {one[:13] for one in ancestors(parents, bag["id"])}
        assert not of & {din for (din,) in recalled}, f"{bag['id']} is {bag['status']} and recalled"
        assert at(bag["expires_us"]) > self.centre.clock.now(), f"{bag['id']} is {bag['status']} and expired"
        held = self.centre.rows("SELECT id, bag, place FROM hold WHERE lifted_us IS NULL")
        for hold, on_bag, on_place in held:
            inside = on_place is not None and f"{bag['place']}/".startswith(f"{on_place}/")
            assert on_bag != bag["id"], f"{bag['id']} is {bag['status']} under hold {hold}"
            assert not inside, f"{bag['id']} is {bag['status']} under hold {hold} of {on_place}"
        if bag["status"] == "ISSUED":
            self.may_be_issued(bag)

    def may_be_issued(self, bag: dict[str, Any]) -> None:
        patient = bag["patient"]
        assert patient is not None, bag
        if bag["id"] in self.told.emergencies:
            return
        assert (bag["id"], patient) in self.told.crossmatched, f"{bag['id']} was issued without a crossmatch"
        assert may_give(bag["component"], bag["abo_rhd"], self.told.patients[patient]), bag

    @invariant()
    def no_bag_is_in_two_places(self) -> None:
        open_stays: dict[str, list[str]] = {}
        for bag, place in self.centre.rows("SELECT bag, place FROM stay WHERE to_us IS NULL"):
            open_stays.setdefault(bag, []).append(place)
        slots: dict[str, str] = {}
        for bag, now in self.now().items():
            assert open_stays.get(bag, []) == ([now["place"]] if now["place"] else []), (bag, now, open_stays.get(bag))
            place = str(now["place"])
            if place[-3:].isdigit() and now["status"] not in FINAL:
                assert slots.setdefault(place, bag) == bag, f"{place} holds {bag} and {slots[place]}"

    @invariant()
    def genealogy_has_no_circle_and_expiry_never_grows(self) -> None:
        parents = self.parents()
        no_circle(parents)
        bags = self.now()
        for child, above in parents.items():
            if child in self.told.relabelled:
                continue
            for parent in above:
                if bags[parent]["component"] == bags[child]["component"]:
                    assert bags[child]["expires_us"] <= bags[parent]["expires_us"], (child, parent)
        for bag, now in bags.items():
            before = self.before.get(bag)
            if before and bag not in self.told.relabelled:
                assert now["expires_us"] <= before["expires_us"], f"{bag} lives longer than before"
            donation = self.told.donations.get(bag[:13])
            latest = latest_expiry(now["component"], donation.collected_at) if donation else None
            assert latest is None or at(now["expires_us"]) <= latest, f"{bag} expires {at(now['expires_us'])}"

    def now(self) -> dict[str, dict[str, Any]]:
        names = _WATCHED.split(", ")
        rows = self.centre.rows(f"SELECT {_WATCHED} FROM bag")
        return {row[0]: dict(zip(names, row, strict=True)) for row in rows}

    def parents(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for parent, child in self.centre.rows("SELECT parent, child FROM bag_parentage"):
            found.setdefault(child, set()).add(parent)
        return found

    def teardown(self) -> None:
        for status in sorted({now["status"] for now in self.now().values()} | self.reached):
            event(f"a bag became {status}")
        try:
            self.centre.check_ledger()
        finally:
            self.centre.close()
            self.database.close()


EXAMPLES = int(os.environ.get("HEMOVAULT_LIVES", "10"))


@pytest.mark.timeout(1800)
def test_no_life_ends_where_it_must_not(store_kind: str, templates: Templates) -> None:
    run_state_machine_as_test(
        lambda: LivesOfBags(templates, store_kind),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
            print_blob=True,
        ),
    )
