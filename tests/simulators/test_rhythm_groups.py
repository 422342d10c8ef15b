"""People's groups (world.md 1.4): antigens from genes, shares within their statistical error."""

from collections import Counter
from functools import cache

import pytest
from rhythm_sampling import by_chance

from simulators.chance import draw
from simulators.rhythm import frequencies
from simulators.rhythm.frequencies import ABO, HLA_A, HLA_B, HLA_HAPLOTYPES, HPA_B_ALLELES, RH_HAPLOTYPES, Region
from simulators.rhythm.groups import Person, RhD, draw_person, group_in, rhd_negative_share

N = 30_000


@cache
def people(region: Region) -> tuple[Person, ...]:
    chance = draw(1, "people", region)
    return tuple(draw_person(chance, region) for _ in range(N))


def share(region: Region, *antigens: str) -> float:
    return sum(set(antigens) <= person.antigens for person in people(region)) / N


@pytest.mark.parametrize("table", [*ABO.values(), *RH_HAPLOTYPES.values(), HLA_A, HLA_B])
def test_tables_are_whole(table: dict[str, float]) -> None:
    assert sum(table.values()) == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize("region", Region)
def test_abo_by_region(region: Region) -> None:
    counts = Counter(person.group.abo for person in people(region))
    for abo, expected in ABO[region].items():
        assert counts[abo] / N == by_chance(expected, N)


@pytest.mark.parametrize(("region", "negative", "ccdee"), [(Region.NORTH, 0.0049, 0.42), (Region.SOUTH, 0.0029, 0.55)])
def test_rh_haplotypes_give_the_published_phenotypes(region: Region, negative: float, ccdee: float) -> None:
    """RhD- .49 / .29 %, CCDee 42 / 55 %."""
    found = sum(not person.group.rhd_positive for person in people(region)) / N
    assert found == by_chance(negative, N)
    assert rhd_negative_share(region) == pytest.approx(negative, abs=0.0001)
    plain = [
        p for p in people(region) if p.group.rhd_positive and {"C", "e"} <= p.antigens and not {"c", "E"} & p.antigens
    ]
    assert len(plain) / N == pytest.approx(ccdee, abs=0.035)


def test_antigens_of_han_donors_with_rhd() -> None:
    """ZHU05: C+ 89, c+ 55, E+ 39, e+ 95 % if alleles were independent; haplotypes move them by a few percent."""
    for antigen, expected in {"C": 0.89, "c": 0.55, "E": 0.39, "e": 0.95}.items():
        assert share(Region.NORTH, antigen) == pytest.approx(expected, abs=0.05)


def test_every_red_cell_carries_c_or_big_c_and_e_or_big_e() -> None:
    for person in people(Region.EAST):
        assert person.antigens & {"C", "c"}
        assert person.antigens & {"E", "e"}
        assert person.group.rhd_positive == any("D" in haplotype for haplotype in person.rh)


def test_a_recalled_donor_base_has_the_rhd_share_it_asks_for() -> None:
    chance = draw(2, "recalled")
    found = [draw_person(chance, Region.NORTH, rhd_negative=0.10) for _ in range(N)]
    negative = [person for person in found if not person.group.rhd_positive]
    assert len(negative) / N == by_chance(0.10, N)
    assert sum(person.rhd is RhD.DEL for person in negative) / len(negative) == by_chance(0.30, len(negative))
    assert sum(
        group_in(chance, Region.NORTH, rhd_negative=0.10).value.endswith("-") for _ in range(N)
    ) / N == by_chance(0.10, N)


@pytest.mark.parametrize(("region", "expected"), [(Region.NORTH, 0.01), (Region.EAST, 0.03), (Region.SOUTH, 0.07)])
def test_mi_a_grows_to_the_south(region: Region, expected: float) -> None:
    assert share(region, "Mia") == by_chance(expected, N)


def test_duffy_kidd_diego_mns_and_kell() -> None:
    """Fy(a+b-) 89, (a+b+) 10.4, (a-b+) .3; Jk(a-b+) 35, (a+b+) 48, (a+b-) 17; Di(a+) 6-9; S+ 8, s+ 99; K+ 0 %."""
    both, only = share(Region.EAST, "Fya", "Fyb"), share(Region.EAST, "Fya")
    assert both == pytest.approx(0.104, abs=0.01)
    assert only - both == pytest.approx(0.89, abs=0.01)
    assert 1 - only == pytest.approx(0.003, abs=0.0015)
    both, a, b = (share(Region.EAST, *antigens) for antigens in (("Jka", "Jkb"), ("Jka",), ("Jkb",)))
    assert (b - both, both, a - both) == pytest.approx((0.35, 0.48, 0.17), abs=0.012)
    assert 0.06 <= share(Region.EAST, "Dia") <= 0.09
    assert share(Region.EAST, "S") == by_chance(0.08, N)
    assert share(Region.EAST, "s") == pytest.approx(0.99, abs=0.01)
    assert share(Region.EAST, "K") == 0.0


def test_kidd_null_is_one_in_22_000() -> None:
    assert pytest.approx(4.5e-5, rel=0.02) == frequencies.JK_NULL


def test_hla_alleles_keep_their_frequencies_though_haplotypes_are_linked() -> None:
    haplotypes = [haplotype for person in people(Region.EAST) for haplotype in person.hla]
    for locus, table in ((0, HLA_A), (1, HLA_B)):
        counts = Counter(haplotype[locus] for haplotype in haplotypes)
        for allele, expected in table.items():
            assert counts[allele] / len(haplotypes) == by_chance(expected, len(haplotypes))
    counts = Counter(haplotypes)
    for haplotype, expected in HLA_HAPLOTYPES.items():
        by_accident = (HLA_A[haplotype[0]] - expected) * (HLA_B[haplotype[1]] - expected)
        assert expected - 0.007 <= counts[haplotype] / len(haplotypes) <= expected + by_accident + 0.02


@pytest.mark.parametrize("system", HPA_B_ALLELES)
def test_platelet_antigens(system: str) -> None:
    alleles = "".join(person.hpa[system] for person in people(Region.EAST))
    assert alleles.count("b") / len(alleles) == by_chance(HPA_B_ALLELES[system], len(alleles))


def test_rh_negative_haplotypes_are_mostly_c_and_e() -> None:
    """Of d- haplotypes c .77 in the north (.055 of .070 here) and e .96 (all here: dE is rarer than the table)."""
    without = {haplotype: value for haplotype, value in RH_HAPLOTYPES[Region.NORTH].items() if "d" in haplotype}
    assert without["cde"] / sum(without.values()) == pytest.approx(0.77, abs=0.03)
