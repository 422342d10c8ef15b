"""People's blood groups and tissue types, drawn as genes: antigens follow from two haplotypes, never one by one."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from blood.groups import BloodGroup
from simulators.rhythm import frequencies
from simulators.rhythm.frequencies import Region
from simulators.rhythm.sampling import pick


class RhD(StrEnum):
    """How red cells carry RhD; DEL types as negative in the routine laboratory."""

    POSITIVE = "positive"
    DEL = "del"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True)
class Person:
    """What a person's blood carries.

    ``rh`` are the two Rh haplotypes; ``hla`` two (A, B) haplotypes; ``hpa`` the two alleles of each system, e.g.
    ``{"15": "ab"}``; ``antigens`` the red-cell antigens present (``C c E e Mia Fya Fyb Jka Jkb Dia S s K``).
    """

    group: BloodGroup
    rhd: RhD
    rh: tuple[str, str]
    antigens: frozenset[str]
    hla: tuple[tuple[str, str], tuple[str, str]]
    hpa: Mapping[str, str]


def draw_person(chance: random.Random, region: Region, *, rhd_negative: float | None = None) -> Person:
    """A person of a region; ``rhd_negative`` replaces the share that the region's haplotypes give."""
    abo = pick(chance, frequencies.ABO[region])
    rh = _rh(chance, region, rhd_negative)
    positive = any("D" in haplotype for haplotype in rh)
    rhd = RhD.POSITIVE
    if not positive:
        rhd = RhD.DEL if chance.random() < frequencies.DEL_OF_RHD_NEGATIVE else RhD.NEGATIVE
    antigens = {letter for haplotype in rh for letter in haplotype if letter in "CcEe"}
    antigens |= {"Mia"} if chance.random() < frequencies.MI_A[region] else set()
    antigens |= _pair(chance, frequencies.FY_A_ALLELE, "Fya", "Fyb")
    kidd = _pair(chance, frequencies.JK_A_ALLELE, "Jka", "Jkb")
    antigens |= set() if chance.random() < frequencies.JK_NULL else kidd
    antigens |= _pair(chance, frequencies.DI_A_ALLELE, "Dia", "Dib") - {"Dib"}
    antigens |= _pair(chance, frequencies.S_ALLELE, "S", "s")
    antigens |= _pair(chance, frequencies.K_ALLELE, "K", "k") - {"k"}
    return Person(
        group=BloodGroup(abo + ("+" if positive else "-")),
        rhd=rhd,
        rh=rh,
        antigens=frozenset(antigens),
        hla=(_hla(chance), _hla(chance)),
        hpa={system: _genotype(chance, share) for system, share in frequencies.HPA_B_ALLELES.items()},
    )


def group_in(chance: random.Random, region: Region, *, rhd_negative: float | None = None) -> BloodGroup:
    """Only the ABO/RhD group of a person of a region: what an order asks for."""
    abo = pick(chance, frequencies.ABO[region])
    share = rhd_negative_share(region) if rhd_negative is None else rhd_negative
    return BloodGroup(abo + ("-" if chance.random() < share else "+"))


@cache
def rhd_negative_share(region: Region) -> float:
    """Share of RhD-negative people that the haplotypes of a region give."""
    return sum(share for haplotype, share in frequencies.RH_HAPLOTYPES[region].items() if "d" in haplotype) ** 2


def _rh(chance: random.Random, region: Region, rhd_negative: float | None) -> tuple[str, str]:
    table = frequencies.RH_HAPLOTYPES[region]
    if rhd_negative is None:
        return pick(chance, table), pick(chance, table)
    without = {haplotype: share for haplotype, share in table.items() if "d" in haplotype}
    if chance.random() < rhd_negative:
        return pick(chance, without), pick(chance, without)
    while True:
        pair = pick(chance, table), pick(chance, table)
        if "D" in pair[0] + pair[1]:
            return pair


def _pair(chance: random.Random, first_share: float, first: str, second: str) -> set[str]:
    return {first if chance.random() < first_share else second for _ in range(2)}


def _genotype(chance: random.Random, b_share: float) -> str:
    return "".join(sorted("b" if chance.random() < b_share else "a" for _ in range(2)))


def _hla(chance: random.Random) -> tuple[str, str]:
    if chance.random() < sum(frequencies.HLA_HAPLOTYPES.values()):
        return pick(chance, frequencies.HLA_HAPLOTYPES)
    return pick(chance, _unlinked(0)), pick(chance, _unlinked(1))


@cache
def _unlinked(locus: int) -> dict[str, float]:
    """Alleles of a locus (0 A, 1 B) outside the linked haplotypes, so that the locus keeps its frequencies."""
    left = dict((frequencies.HLA_A, frequencies.HLA_B)[locus])
    for haplotype, share in frequencies.HLA_HAPLOTYPES.items():
        left[haplotype[locus]] -= share
    return left
