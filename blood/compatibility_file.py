"""Reading the rules of compatibility; every fault of the file is named, not only the first."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

from blood.antigens import RED_CELL_ANTIGENS, TypingEvidence
from blood.components import Family
from blood.evidence import Evidence, Sourced
from blood.hla_match import Grade
from blood.patients import PatientClass, Requirement
from blood.policy import BiohazardRule, Choice, Condition, EmergencyRule, Policy, RhdRule, Rules
from blood.toml_reading import Reading

_ABO: Final = ("O", "A", "B", "AB")
_TYPING: Final = {one.name.lower(): one for one in TypingEvidence}
_EVIDENCE: Final = frozenset({"source", "status"})
_POLICY: Final = frozenset(
    {"name_en", "name_zh", "abo", "rhd", "crossmatch", "biohazard", "emergency", "child_until_years"}
    | {"childbearing_until_years", "source", "status"}
)
AboTable = Mapping[str | None, tuple[Choice, ...]]


class RulesError(ValueError):
    """A compatibility file with a missing, unknown or impossible entry; the text names each fault."""


@cache
def load_rules() -> Rules:
    """The bundled rules; raises RulesError naming every fault."""
    return parse_rules((resources.files("blood") / "rules" / "compatibility.toml").read_text(encoding="utf-8"))


def parse_rules(text: str) -> Rules:
    """Read a compatibility file; raises RulesError naming every fault."""
    faults: list[str] = []
    file = Reading("Compatibility", tomllib.loads(text), faults)
    file.keys({"version", "abo", "policy", "requirement", "antibodies", "bombay", "hla"})
    evidence: dict[str, Evidence] = {}
    tables = {name: _abo_table(one, evidence) for name, one in _each(file, "abo")}
    policies = {name: _policy(name, one, tables) for name, one in _each(file, "policy")}
    if not policies:
        file.fault("it names no policy")
    rules = Rules(
        version=file.whole("version", least=1) or 0,
        policies=policies,
        required_of=_requirements(file, evidence),
        untested_allowed=_untested_allowed(file, evidence),
        accepted_evidence=_accepted(file),
        worst_hla_grade=_worst_grade(file, evidence),
        evidence=evidence,
    )
    bombay = file.table("bombay")
    bombay.keys(_EVIDENCE)
    evidence["bombay"] = bombay.evidence()
    if faults:
        raise RulesError("; ".join(faults))
    return rules


def _each(file: Reading, key: str) -> list[tuple[str, Reading]]:
    table = file.table(key)
    return [(name, table.table(name)) for name in table.entry]


def _abo_table(one: Reading, evidence: dict[str, Evidence]) -> AboTable:
    one.keys({*_ABO, "unknown"} | _EVIDENCE)
    evidence[one.where] = one.evidence()
    rows: dict[str | None, tuple[Choice, ...]] = {}
    for row in (*_ABO, "unknown"):
        choices = tuple(_choice(one, text) for text in one.texts(row))
        groups = [choice.abo for choice in choices]
        if len(set(groups)) != len(groups):
            one.fault(f"{row} names a group twice")
        rows[None if row == "unknown" else row] = choices
    return rows


def _choice(one: Reading, text: str) -> Choice:
    abo = text.rstrip("*!")
    if abo not in _ABO:
        one.fault(f"{text!r} is no ABO group with its conditions, such as AB or B*!")
    return Choice(abo, frozenset(Condition(mark) for mark in text[len(abo) :]))


def _policy(name: str, one: Reading, tables: Mapping[str, AboTable]) -> Policy:
    one.keys(_POLICY)
    child, childbearing = one.sourced_whole("child_until_years"), one.sourced_whole("childbearing_until_years")
    own = one.evidence()
    emergency = one.table("emergency")
    emergency.keys({"d_negative_for", "k_negative_for"} | _EVIDENCE)
    return Policy(
        key=name,
        name_en=one.text("name_en"),
        name_zh=one.text("name_zh"),
        abo=_abo_of(one, tables),
        rhd=_rhd_of(one),
        crossmatch=one.choices(Family, "crossmatch"),
        biohazard=one.choice(BiohazardRule, "biohazard", BiohazardRule.REFUSED),
        emergency=EmergencyRule(
            emergency.choices(PatientClass, "d_negative_for"),
            emergency.choices(PatientClass, "k_negative_for"),
            emergency.evidence(),
        ),
        child_until_years=child or Sourced(0, own),
        childbearing_until_years=childbearing or Sourced(0, own),
        evidence={"policy": own},
    )


def _abo_of(one: Reading, tables: Mapping[str, AboTable]) -> Mapping[Family, AboTable]:
    named = one.table("abo")
    named.keys(tuple(Family))
    found = {}
    for family in Family:
        name = named.text(family)
        if name not in tables:
            named.fault(f"{family} follows {name!r}, which is no table")
        found[family] = tables.get(name, {})
    return found


def _rhd_of(one: Reading) -> Mapping[Family, RhdRule]:
    rules = one.table("rhd")
    rules.keys(tuple(Family))
    return {family: rules.choice(RhdRule, family, RhdRule.STRICT) for family in Family}


def _requirements(file: Reading, evidence: dict[str, Evidence]) -> Mapping[Requirement, frozenset[Family]]:
    table = file.table("requirement")
    table.keys(tuple(Requirement))
    found = {}
    for requirement in Requirement:
        one = table.table(requirement)
        one.keys({"families"} | _EVIDENCE)
        evidence[one.where] = one.evidence()
        found[requirement] = one.choices(Family, "families")
    return found


def _untested_allowed(file: Reading, evidence: dict[str, Evidence]) -> frozenset[str]:
    one = file.table("antibodies")
    one.keys({"untested_allowed", "accepted"} | _EVIDENCE)
    evidence["antibodies"] = one.evidence()
    names = one.texts("untested_allowed")
    for name in names:
        if name not in RED_CELL_ANTIGENS:
            one.fault(f"{name!r} is no antigen")
    return frozenset(names)


def _accepted(file: Reading) -> frozenset[TypingEvidence]:
    one = file.table("antibodies")
    words = one.texts("accepted")
    for word in words:
        if word not in _TYPING:
            one.fault(f"accepted {word!r} is none of {', '.join(_TYPING)}")
    return frozenset(_TYPING[word] for word in words if word in _TYPING)


def _worst_grade(file: Reading, evidence: dict[str, Evidence]) -> Grade:
    one = file.table("hla")
    one.keys({"worst_grade"} | _EVIDENCE)
    evidence["hla"] = one.evidence()
    return one.choice(Grade, "worst_grade", Grade.A)
