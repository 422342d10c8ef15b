"""Eligibility judged by an oracle of its own: a grid of faults and acts written by hand, and every combination of them.

The oracle does not look at the code's table of acts: it says again, in another form, what each act must refuse.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from blood import antigens
from blood.attributes import Attribute
from blood.components import Family
from blood.eligibility import (
    Act,
    BagFacts,
    BagStatus,
    Crossmatch,
    CrossmatchResult,
    Custody,
    DonationType,
    DonorCheck,
    Purpose,
    ReasonCode,
    Zone,
    eligibility,
)
from blood.evidence import Evidence
from blood.groups import BloodGroup
from blood.operations import OperationKind
from blood.out_of_control import OutEvent, OutOfControlRule
from blood.patients import Patient, PatientClass, Requirement

NOW = datetime(2026, 11, 20, 14, 32, tzinfo=UTC)
HOUR = timedelta(hours=1)
PATIENT = Patient(
    "P-7",
    BloodGroup.A_POS,
    antibodies=frozenset({"K"}),
    requirements=frozenset({Requirement.IRRADIATED}),
    patient_class=PatientClass.OTHER,
)
GOOD = BagFacts(
    bag="A999926000001-D0002V00",
    status=BagStatus.AVAILABLE,
    component="RBC_IRR",
    family=Family.RED_CELLS,
    group=BloodGroup.A_POS,
    expires_at=NOW + timedelta(days=10),
    zone=Zone.STOCK,
    tests_negative=True,
    labelled=True,
    order_line="ln-1",
    antigens=antigens.read("K-"),
    attributes=frozenset({Attribute.IRRADIATED}),
    crossmatches=(Crossmatch("P-7", CrossmatchResult.COMPATIBLE, NOW + HOUR),),
    issued_to="P-7",
    clock=OutOfControlRule(30, Evidence("test", "S"), transfuse_within_h=4),
    out_events=(OutEvent(NOW - 20 * HOUR, NOW - 20 * HOUR + timedelta(minutes=5)),),
)
AT_H1: Final = {"custody": Custody.HOSPITAL, "hospital": "h1"}
ACTS: Final = (
    *("release", "reserve", "pick", "pass_gate", "dispatch", "receive"),
    *("crossmatch", "issue", "transfuse", "process", "return_to_stock"),
)
# What a sound bag looks like before each act, and who asks.
SOUND: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "release": ({"status": BagStatus.QUARANTINE, "zone": Zone.QUARANTINE}, {}),
    "reserve": ({"status": BagStatus.AVAILABLE}, {"patient": PATIENT}),
    "pick": ({"status": BagStatus.RESERVED}, {"patient": PATIENT}),
    "pass_gate": ({"status": BagStatus.PICKED, "zone": Zone.NONE}, {"patient": PATIENT}),
    "dispatch": ({"status": BagStatus.PACKED, "zone": Zone.NONE}, {"patient": PATIENT}),
    "receive": ({"status": BagStatus.IN_TRANSIT, "zone": Zone.NONE}, {}),
    "crossmatch": ({"status": BagStatus.RECEIVED, "zone": Zone.NONE, **AT_H1}, {"patient": PATIENT, "hospital": "h1"}),
    "issue": ({"status": BagStatus.RECEIVED, "zone": Zone.NONE, **AT_H1}, {"patient": PATIENT, "hospital": "h1"}),
    "transfuse": ({"status": BagStatus.ISSUED, "zone": Zone.NONE, **AT_H1}, {"patient": PATIENT, "hospital": "h1"}),
    "process": ({"status": BagStatus.AVAILABLE}, {"operation": OperationKind.WASH}),
    "return_to_stock": ({"status": BagStatus.RETURNED_PENDING, "zone": Zone.RETURNED}, {}),
}
STATUSES: Final = {
    "release": "QUARANTINE",
    "reserve": "AVAILABLE",
    "pick": "RESERVED",
    "pass_gate": "PICKED PACKED",
    "dispatch": "PACKED",
    "receive": "IN_TRANSIT",
    "crossmatch": "AVAILABLE RESERVED RECEIVED",
    "issue": "RECEIVED",
    "transfuse": "ISSUED",
    "process": "COLLECTED PROCESSING QUARANTINE AVAILABLE RESERVED RECEIVED",
    "return_to_stock": "RETURNED_PENDING",
}
# One fault each; "x": this act refuses it, with exactly this code.
#                      rel res pic gat dis rec xma iss tra pro ret
GRID: Final = """
hold                    x   x   x   x   x   x   x   x   x   x   x
recall                  x   x   x   x   x   x   x   x   x   x   x
donor                   x   x   x   x   x   x   x   x   x   x   x
expired                 x   x   x   x   x   x   x   x   x   x   x
expired_this_minute     x   x   x   x   x   x   x   x   x   x   x
excursion               x   x   x   x   x   x   x   x   x   x   x
place_unknown           x   x   x   x   x   x   x   x   x   x   x
untested                x   x   x   x   x   x   x   x   x   x   x
reactive                x   x   x   x   x   x   x   x   x   x   x
group_unknown           x   x   x   x   x   x   x   x   x   .   x
release_gate            x   .   .   .   .   .   .   .   .   .   .
wrong_zone              .   x   x   .   .   .   .   .   .   .   .
other_line              .   .   x   x   x   .   .   .   .   .   .
label                   .   x   x   x   x   .   x   x   x   x   x
claimed                 .   x   x   x   x   .   x   x   x   x   x
custody                 x   x   x   x   x   .   x   x   x   x   .
nobody_s_autologous     x   x   x   x   x   x   x   x   x   .   x
another_s_autologous    .   x   x   x   x   .   x   x   x   .   .
biohazard               x   x   x   x   x   x   x   x   x   .   x
kept_for_another        .   x   x   x   x   .   x   x   x   .   .
issued_to_another       .   .   .   .   .   .   .   .   x   .   .
wrong_component         x   x   x   x   x   x   x   x   x   .   x
too_short_lived         x   x   x   x   x   x   x   x   x   .   x
line_of_group_o         x   x   x   x   x   x   x   x   x   .   .
patient_of_group_o      x   x   x   x   x   x   x   x   x   .   .
k_positive              .   x   x   x   x   .   x   x   x   .   .
k_not_typed             .   x   x   x   x   .   x   x   x   .   .
k_of_old                .   x   x   x   x   .   x   x   x   .   .
anti_d                  .   x   x   x   x   .   x   x   x   .   .
not_irradiated          .   x   x   x   x   .   x   x   x   .   .
no_patient              .   .   .   .   .   .   x   x   x   .   .
not_crossmatched        .   .   .   .   .   .   .   x   x   .   .
crossmatch_pending      .   .   .   .   .   .   .   x   x   .   .
crossmatch_over         .   .   .   .   .   .   .   x   x   .   .
crossmatch_of_another   .   .   .   .   .   .   .   x   x   .   .
incompatible            .   .   .   .   .   .   .   x   x   .   .
out_too_long            .   x   x   x   x   .   .   x   .   x   x
out_unwatched           .   x   x   x   x   .   .   x   .   x   x
no_clock                .   .   .   .   .   .   .   .   .   .   x
out_for_four_hours      .   x   x   x   x   .   .   x   x   x   x
"""
C = ReasonCode
OTHER_WAY = {Custody.CENTRE: AT_H1, Custody.HOSPITAL: {"custody": Custody.CENTRE, "hospital": None}}
# fault -> code, change of the facts, change of the purpose
FAULTS: Final[dict[str, tuple[ReasonCode, dict[str, Any], dict[str, Any]]]] = {
    "hold": (C.HOLD, {"open_holds": ("temperature",)}, {}),
    "recall": (C.RECALL, {"recalls": ("look-back 7",)}, {}),
    "donor": (C.DONOR, {"donor": DonorCheck.HELD}, {}),
    "expired": (C.EXPIRED, {"expires_at": NOW - timedelta(minutes=1)}, {}),
    "expired_this_minute": (C.EXPIRED, {"expires_at": NOW}, {}),
    "excursion": (C.EXCURSION, {"open_excursion": True}, {}),
    "place_unknown": (C.PLACE_UNKNOWN, {"place_known": False}, {}),
    "untested": (C.TESTS, {"tests_negative": None}, {}),
    "reactive": (C.TESTS, {"tests_negative": False}, {}),
    "group_unknown": (C.GROUP_UNKNOWN, {"group": None}, {}),
    "release_gate": (C.RELEASE_GATE, {"release_failures": ("freeze record",)}, {}),
    "wrong_zone": (C.ZONE, {"zone": Zone.NONCONFORMING}, {}),
    "other_line": (C.OTHER_ORDER, {"order_line": "ln-2"}, {}),
    "label": (C.LABEL, {"labelled": False}, {}),
    "claimed": (C.CLAIMED, {"claim": "prp-1"}, {}),
    "custody": (C.CUSTODY, {}, {}),
    "nobody_s_autologous": (C.DONATION_TYPE, {"donation_type": DonationType.AUTOLOGOUS}, {}),
    "another_s_autologous": (
        C.DONATION_TYPE,
        {"donation_type": DonationType.AUTOLOGOUS, "intended_for": "P-8"},
        {},
    ),
    "biohazard": (C.DONATION_TYPE, {"donation_type": DonationType.BIOHAZARD, "intended_for": "P-7"}, {}),
    "kept_for_another": (C.OTHER_PATIENT, {"intended_for": "P-8"}, {}),
    "issued_to_another": (C.OTHER_PATIENT, {"issued_to": "P-8"}, {}),
    "wrong_component": (C.WRONG_COMPONENT, {}, {"component": "FFP"}),
    "too_short_lived": (C.TOO_SHORT_LIVED, {}, {"usable_until": NOW + timedelta(days=11)}),
    "line_of_group_o": (C.INCOMPATIBLE, {}, {"recipient": BloodGroup.O_POS}),
    "patient_of_group_o": (C.INCOMPATIBLE, {}, {"patient": replace(PATIENT, group=BloodGroup.O_POS)}),
    "k_positive": (C.ANTIGEN, {"antigens": antigens.read("K+")}, {}),
    "k_not_typed": (C.ANTIGEN, {"antigens": antigens.UNTESTED}, {}),
    "k_of_old": (C.ANTIGEN, {"antigens": antigens.read("K-h")}, {}),
    "anti_d": (C.ANTIGEN, {}, {"patient": replace(PATIENT, antibodies=frozenset({"K", "D"}))}),
    "not_irradiated": (C.REQUIREMENT, {"attributes": frozenset()}, {}),
    "no_patient": (C.PATIENT_MISSING, {}, {"patient": None}),
    "not_crossmatched": (C.CROSSMATCH, {"crossmatches": ()}, {}),
    "crossmatch_pending": (C.CROSSMATCH, {"crossmatches": (Crossmatch("P-7", CrossmatchResult.PENDING),)}, {}),
    "crossmatch_over": (C.CROSSMATCH, {"crossmatches": (Crossmatch("P-7", CrossmatchResult.COMPATIBLE, NOW),)}, {}),
    "crossmatch_of_another": (C.CROSSMATCH, {"crossmatches": (Crossmatch("P-8", CrossmatchResult.COMPATIBLE),)}, {}),
    "incompatible": (C.CROSSMATCH, {"crossmatches": (Crossmatch("P-7", CrossmatchResult.INCOMPATIBLE),)}, {}),
    "out_too_long": (C.EXPOSURE, {"out_events": (OutEvent(NOW - 9 * HOUR, NOW - 8 * HOUR),)}, {}),
    "out_unwatched": (C.EXPOSURE, {"out_events": (OutEvent(NOW - 9 * HOUR, NOW - 8.9 * HOUR, None, 6),)}, {}),
    "no_clock": (C.EXPOSURE, {"out_events": None}, {}),
    "out_for_four_hours": (C.EXPOSURE, {"out_events": (OutEvent(NOW - 4 * HOUR, None),)}, {}),
}
REFUSED: Final = {
    (name, act)
    for name, *marks in (line.split() for line in GRID.strip().splitlines())
    for act, mark in zip(ACTS, marks, strict=True)
    if mark == "x"
}
# What the patient's absence also takes away: nothing can be said against somebody who is not named.
NEEDS_PATIENT: Final = frozenset(
    {"kept_for_another", "patient_of_group_o", "k_positive", "k_not_typed", "k_of_old", "anti_d", "not_irradiated"}
    | {"issued_to_another", "not_crossmatched", "crossmatch_pending", "crossmatch_over", "crossmatch_of_another"}
    | {"incompatible"}
)


def question(act: str, *faults: str) -> tuple[BagFacts, Purpose]:
    """A sound bag before an act, with these faults."""
    facts, asked = SOUND[act]
    facts, asked = {**facts}, {"order_line": "ln-1", **asked}
    for fault in faults:
        _, changed, asked_for = FAULTS[fault]
        facts |= changed
        asked |= asked_for
        if fault == "custody":
            facts |= OTHER_WAY[facts.get("custody", Custody.CENTRE)]
    return replace(GOOD, **facts), Purpose(Act(act), **asked)


def codes(act: str, *faults: str) -> set[str]:
    return {reason.code.value for reason in eligibility(*question(act, *faults), NOW)}


def expected(act: str, *faults: str) -> set[str]:
    return {FAULTS[fault][0].value for fault in faults if (fault, act) in REFUSED}


def test_the_oracle_knows_every_act_every_fault_and_every_reason() -> None:
    assert set(ACTS) == {act.value for act in Act}
    assert {name for name, _ in REFUSED} == set(FAULTS)
    told = {code for code, _, _ in FAULTS.values()} | {C.STATUS, C.HLA}
    assert told == set(ReasonCode)


@pytest.mark.parametrize("act", ACTS)
def test_a_sound_bag_may(act: str) -> None:
    assert eligibility(*question(act), NOW) == []


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_refused_and_named_by_the_acts_of_the_grid_and_by_no_other(fault: str, act: str) -> None:
    assert codes(act, fault) == expected(act, fault)


@pytest.mark.parametrize("act", ACTS)
def test_only_the_right_status_passes_with_any_fault_or_none(act: str) -> None:
    unreleased = {"COLLECTED", "PROCESSING", "QUARANTINE"}
    for status, fault in itertools.product(BagStatus, (None, *FAULTS)):
        facts, purpose = question(act, *(() if fault is None else (fault,)))
        found = {reason.code.value for reason in eligibility(replace(facts, status=status), purpose, NOW)}
        want = set() if fault is None else expected(act, fault)
        if status.value not in STATUSES[act].split():
            want |= {"status"}
        if (
            act == "process"
            and status.value in unreleased
            and fault in {*("untested", "label", "out_too_long", "out_unwatched", "out_for_four_hours")}
        ):
            want = set()  # blood is prepared before it is tested and labelled, and its clock begins later
        if act == "process" and status is BagStatus.RESERVED and fault == "other_line":
            want = {"other_order"}
        assert found == want, (status, fault)


def changes(fault: str) -> set[str]:
    """Fields that a fault changes; two faults of one field cannot be told apart."""
    _, facts, asked = FAULTS[fault]
    clash = {"custody", "hospital"} if fault == "custody" else set()
    typed = {"donation_type", "intended_for"} if {"donation_type", "intended_for"} & set(facts) else set()
    return set(facts) | {f"asked {name}" for name in asked} | clash | typed


@pytest.mark.parametrize("act", ACTS)
def test_two_faults_are_both_named(act: str) -> None:
    """More than 7 000 pairs: no reason hides another."""
    for one, other in itertools.combinations(FAULTS, 2):
        if changes(one) & changes(other):
            continue
        want = expected(act, one, other)
        pair = {one, other}
        if "group_unknown" in pair:  # of an unknown group nothing further can be said
            want -= {"incompatible"}
            if "anti_d" in pair:
                assert "group_unknown" in codes(act, one, other) or act == "process"
                continue
        if "no_patient" in pair and pair & NEEDS_PATIENT:
            if act in {"crossmatch", "issue", "transfuse"}:
                assert "patient_missing" in codes(act, one, other)
            continue
        assert codes(act, one, other) == want, (one, other)


@pytest.mark.parametrize("act", ["reserve", "pick", "pass_gate", "dispatch", "crossmatch", "issue", "transfuse"])
@pytest.mark.parametrize("kind", [DonationType.AUTOLOGOUS, DonationType.DIRECTED])
def test_a_unit_given_for_a_patient_passes_for_that_patient_and_nobody_else(act: str, kind: DonationType) -> None:
    facts, purpose = question(act)
    own = replace(facts, donation_type=kind, intended_for="P-7")
    assert eligibility(own, purpose, NOW) == []
    other = replace(PATIENT, pseudonym="P-8")
    named = replace(own, crossmatches=(Crossmatch("P-8", CrossmatchResult.COMPATIBLE),), issued_to="P-8")
    assert [r.code for r in eligibility(named, replace(purpose, patient=other), NOW)] == [C.DONATION_TYPE]


def test_a_biohazard_unit_goes_to_its_own_patient_only_where_policy_says_so() -> None:
    facts, purpose = question("issue", "biohazard")
    assert eligibility(replace(facts, policy="us"), purpose, NOW) == []
    assert [r.code for r in eligibility(replace(facts, policy="uk"), purpose, NOW)] == [C.DONATION_TYPE]


@pytest.mark.parametrize("fault", ["nobody_s_autologous", "another_s_autologous", "kept_for_another"])
def test_what_belongs_to_one_patient_is_never_pooled(fault: str) -> None:
    facts, purpose = question("process", fault)
    pool = replace(purpose, operation=OperationKind.POOL)
    assert [r.code for r in eligibility(facts, pool, NOW)] == [FAULTS[fault][0]]


def test_the_order_that_keeps_a_bag_may_process_it() -> None:
    facts, purpose = question("process", "claimed")
    assert eligibility(facts, replace(purpose, claim="prp-1"), NOW) == []


def test_another_hospital_may_do_nothing_with_a_bag() -> None:
    for act in ("crossmatch", "issue", "transfuse"):
        facts, purpose = question(act)
        assert [r.code for r in eligibility(facts, replace(purpose, hospital="h2"), NOW)] == [C.CUSTODY]


def test_the_centre_crossmatches_what_it_has_itself() -> None:
    facts, purpose = question("crossmatch", "custody")
    assert eligibility(replace(facts, status=BagStatus.AVAILABLE), replace(purpose, hospital=None), NOW) == []


def test_every_failing_release_gate_is_listed() -> None:
    facts, purpose = question("release", "untested")
    broken = replace(facts, release_failures=("label", "freeze record"))
    assert [r.detail for r in eligibility(broken, purpose, NOW)] == [
        "label",
        "freeze record",
        "laboratory results are not complete",
    ]


def test_a_quarantine_of_the_clock_ends_by_itself() -> None:
    facts, purpose = question("reserve")
    rule = OutOfControlRule(30, Evidence("test", "S"), quarantine_ok_min=60, quarantine_h=6, max_events=3)
    rested = replace(facts, clock=rule, out_events=(OutEvent(NOW - 7 * HOUR, NOW - 6.25 * HOUR),))
    assert eligibility(rested, purpose, NOW) == []
    assert [r.code for r in eligibility(rested, purpose, NOW - 0.5 * HOUR)] == [C.EXPOSURE]
