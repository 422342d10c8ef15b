"""How well a donor's platelets match a patient: antibody exclusion first, then grades A to D (domain.md 4.3). Pure.

Grades say how many of the donor's HLA-A/-B antigens the patient has (identical), has a cousin of (cross-reactive), or
lacks (mismatched). CREG predicts poorly, so an antibody always decides before a grade does.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

from blood.antigens import Result
from blood.evidence import Evidence
from blood.hla import HlaType
from blood.toml_reading import Reading


class CregError(ValueError):
    """A CREG file with an empty or unknown entry; the text names each fault."""


class Grade(StrEnum):
    """Match grades, best first (Korean J Blood Transfus table; D and the order: domain.md 4.3, design)."""

    A = "A"
    B1U = "B1U"
    B2U = "B2U"
    B1X = "B1X"
    B2UX = "B2UX"
    B2X = "B2X"
    B3UX = "B3UX"
    B3X = "B3X"
    B4X = "B4X"
    C = "C"
    D = "D"

    @property
    def rank(self) -> int:
        """0 for the best grade."""
        return _RANK[self]


_RANK: Final = {grade: place for place, grade in enumerate(Grade)}
_BY_COUNTS: Final[Mapping[tuple[int, int], Grade]] = {
    (4, 0): Grade.A,
    (3, 0): Grade.B1U,
    (2, 0): Grade.B2U,
    (3, 1): Grade.B1X,
    (2, 1): Grade.B2UX,
    (2, 2): Grade.B2X,
    (1, 2): Grade.B3UX,
    (1, 3): Grade.B3X,
    (0, 4): Grade.B4X,
    # Blanks that the table does not name: the worst grade with as many cross-reactive antigens (design).
    (1, 1): Grade.B2UX,
    (0, 2): Grade.B3UX,
    (0, 3): Grade.B3X,
}
"""(identical, cross-reactive) of the donor's detected antigens, when none is mismatched."""


@dataclass(frozen=True, slots=True)
class CrossReaction:
    """Which antigens stand for one another, and who says so."""

    version: int
    cousins: Mapping[str, frozenset[str]]
    epitopes: Mapping[str, frozenset[str]]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class LocusMatch:
    """The donor's antigens of one locus, counted against a patient."""

    identical: int
    cross_reactive: int
    mismatched: int

    def __add__(self, other: LocusMatch) -> LocusMatch:
        return LocusMatch(
            self.identical + other.identical,
            self.cross_reactive + other.cross_reactive,
            self.mismatched + other.mismatched,
        )


@dataclass(frozen=True, slots=True)
class Match:
    """A donor against a patient; ``grade`` None: one of them is not typed.

    ``excluded_by``: what the donor has and the patient has antibodies against; ``untested``: what the patient has
    antibodies against and the donor was not tested for, so it is not to be used before it is.
    """

    grade: Grade | None
    mismatches: int
    hpa_mismatches: int
    excluded_by: tuple[str, ...]
    untested: tuple[str, ...]

    @property
    def usable(self) -> bool:
        """True when no antibody forbids it and everything that must be known is."""
        return not self.excluded_by and not self.untested and self.grade is not None


@cache
def load_cross_reaction() -> CrossReaction:
    """The bundled CREG lists; raises CregError naming every fault."""
    return parse_cross_reaction((resources.files("blood") / "rules" / "hla.toml").read_text(encoding="utf-8"))


def parse_cross_reaction(text: str) -> CrossReaction:
    """Read a CREG file; raises CregError naming every fault."""
    faults: list[str] = []
    reading = Reading("CREG", tomllib.loads(text), faults)
    reading.keys({"version", "source", "status", "creg", "epitope"})
    groups, epitopes = reading.table("creg"), reading.table("epitope")
    cousins: dict[str, set[str]] = {}
    for name in groups.entry:
        members = groups.texts(name)
        if len(members) < 2:
            groups.fault(f"{name} names fewer than two antigens")
        for member in members:
            cousins.setdefault(member, set()).update(members)
    made = CrossReaction(
        version=reading.whole("version", least=1) or 0,
        cousins={antigen: frozenset(others - {antigen}) for antigen, others in cousins.items()},
        epitopes={name: frozenset(epitopes.texts(name)) for name in epitopes.entry},
        evidence=reading.evidence(),
    )
    if faults:
        raise CregError("; ".join(faults))
    return made


def match_of(donor: HlaType, patient: HlaType | None, antibodies: Collection[str], reaction: CrossReaction) -> Match:
    """Match one donor; ``antibodies`` are antigens as `blood.hla.platelet_antigen` names them."""
    met = tuple(sorted(name for name in antibodies if meets(donor, name, reaction)))
    untested = tuple(sorted(name for name in antibodies if not is_tested(donor, name)))
    if patient is None or not (donor.a and donor.b and patient.a and patient.b):
        return Match(None, 0, hpa_mismatches(donor, patient), met, untested)
    counts = count(donor.a, patient.a + patient.b, reaction) + count(donor.b, patient.a + patient.b, reaction)
    return Match(grade_of(counts), counts.mismatched, hpa_mismatches(donor, patient), met, untested)


def count(donor: Iterable[str], patient: Collection[str], reaction: CrossReaction) -> LocusMatch:
    """Count the donor's antigens of a locus against all of the patient's; one that is homozygous counts twice."""
    identical = cross = mismatched = 0
    for antigen in donor:
        if antigen in patient:
            identical += 1
        elif not reaction.cousins.get(antigen, frozenset()).isdisjoint(patient):
            cross += 1
        else:
            mismatched += 1
    return LocusMatch(identical, cross, mismatched)


def grade_of(counts: LocusMatch) -> Grade:
    """The grade of both loci together."""
    if counts.mismatched:
        return Grade.C if counts.mismatched == 1 else Grade.D
    return _BY_COUNTS[counts.identical, counts.cross_reactive]


def meets(donor: HlaType, antibody: str, reaction: CrossReaction) -> bool:
    """True when the donor has what the antibody is against."""
    if antibody.startswith("HPA"):
        return donor.hpa_of(antibody) is Result.POSITIVE
    against = reaction.epitopes.get(antibody, frozenset({antibody}))
    return not against.isdisjoint(donor.a + donor.b)


def is_tested(donor: HlaType, antibody: str) -> bool:
    """True when the donor was typed for what the antibody is against."""
    if antibody.startswith("HPA"):
        return donor.hpa_of(antibody) is not None
    if antibody.startswith("Bw"):
        return bool(donor.a and donor.b)
    return bool(donor.a if antibody.startswith("A") else donor.b)


def hpa_mismatches(donor: HlaType, patient: HlaType | None) -> int:
    """Platelet antigens that the donor is known to have and the patient to lack."""
    if patient is None:
        return 0
    lacks = {one.antigen for one in patient.hpa if one.result is Result.NEGATIVE}
    return sum(one.result is Result.POSITIVE and one.antigen in lacks for one in donor.hpa)


def ranking_key(match: Match, abo_rank: int = 0) -> tuple[int, int, int, int]:
    """Sort key of usable matches, best first: grade, mismatched antigens, platelet antigens, ABO preference."""
    rank = len(Grade) if match.grade is None else match.grade.rank
    return (rank, match.mismatches, match.hpa_mismatches, abo_rank)
