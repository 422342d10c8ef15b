"""Does a bag serve a request? Its type first, then what eligibility would say if it were reserved for this patient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from blood import antigens, hla
from blood.antigens import Result
from blood.components import Family
from blood.eligibility import Act, BagFacts, BagStatus, Purpose, ReasonCode, eligibility
from blood.hla import HlaType
from blood.hla_match import Grade, load_cross_reaction, match_of
from wms.bags.facts import facts_of
from wms.bags.projection import require
from wms.registries.donors import PLATELETS, RARE, find_donor
from wms.registries.model import RequestKind, Verdict
from wms.registries.requests import RequestRow, patient_of
from wms.store.tx import Tx

WORST: Final = Grade.C
"""The worst grade that is told as fitting; a request may still lock any bag that no antibody forbids (design)."""
_NOT_YET: Final = frozenset(
    {ReasonCode.STATUS, ReasonCode.ZONE, ReasonCode.TESTS, ReasonCode.LABEL, ReasonCode.GROUP_UNKNOWN}
    | {ReasonCode.EXCURSION, ReasonCode.PLACE_UNKNOWN}
)
"""What a bag may still get over by itself; anything else speaks against it."""
_AHEAD: Final = frozenset(
    {BagStatus.COLLECTED, BagStatus.PROCESSING, BagStatus.QUARANTINE, BagStatus.AVAILABLE, BagStatus.RESERVED}
)


@dataclass(frozen=True, slots=True)
class Fit:
    """What a bag is to a request, with the reason in words."""

    verdict: Verdict
    detail: str


def fit_of(tx: Tx, row: RequestRow, bag: str) -> Fit:
    """Judge one bag for one request; raises NotFound for an unknown bag."""
    facts = _typed(tx, row.kind, facts_of(tx, bag))
    typed = _platelets(tx, row, facts) if row.kind is RequestKind.PLATELET else _red_cells(row, facts)
    if typed.verdict is Verdict.NO:
        return typed
    purpose = Purpose(Act.RESERVE, patient=patient_of(tx.conn, row), hospital=row.hospital)
    reasons = eligibility(facts, purpose, tx.now)
    if not reasons:
        return typed
    words = "; ".join(f"{reason.code.value}: {reason.detail}" for reason in reasons)
    passing = all(reason.code in _NOT_YET for reason in reasons) and facts.status in _AHEAD
    return Fit(Verdict.LATER if passing else Verdict.NO, f"{typed.detail}; {words}")


def _typed(tx: Tx, kind: RequestKind, facts: BagFacts) -> BagFacts:
    """A bag that nobody typed has the type of its donor, where the registry knows that one (historic evidence)."""
    donor = str(require(tx.raw, facts.bag)["donor"])
    if kind is RequestKind.PLATELET and facts.hla is None:
        known = find_donor(tx.conn, PLATELETS, donor)
        return facts if known is None else replace(facts, hla=hla.read(known.facts.typed))
    if kind is RequestKind.RARE and not facts.antigens.typed:
        known = find_donor(tx.conn, RARE, donor)
        return facts if known is None else replace(facts, antigens=antigens.read(known.facts.typed))
    return facts


def _platelets(tx: Tx, row: RequestRow, facts: BagFacts) -> Fit:
    if facts.family is not Family.PLATELETS:
        return Fit(Verdict.NO, f"{facts.component} is no platelet")
    patient = patient_of(tx.conn, row)
    match = match_of(facts.hla or HlaType(), patient.hla, patient.platelet_antibodies, load_cross_reaction())
    if match.excluded_by:
        return Fit(Verdict.NO, f"antibody against {', '.join(match.excluded_by)}")
    if match.grade is None or match.untested:
        lacking = ", ".join(match.untested) or "HLA-A and HLA-B"
        return Fit(Verdict.NO, f"not typed for {lacking}")
    if match.grade.rank > WORST.rank:
        return Fit(Verdict.NO, f"grade {match.grade.value}")
    return Fit(Verdict.FITS, f"grade {match.grade.value}")


def _red_cells(row: RequestRow, facts: BagFacts) -> Fit:
    if facts.family is not Family.RED_CELLS:
        return Fit(Verdict.NO, f"{facts.component} holds no red cells to give")
    typings = {name: facts.antigens.of(name) for name in row.antigens_absent}
    carried = [name for name, one in typings.items() if one is not None and one.result is Result.POSITIVE]
    unknown = [name for name, one in typings.items() if one is None]
    if carried:
        return Fit(Verdict.NO, f"it carries {', '.join(carried)}")
    if unknown:
        return Fit(Verdict.NO, f"not typed for {', '.join(unknown)}")
    return Fit(Verdict.FITS, f"lacks {', '.join(row.antigens_absent)}")
