"""What the laboratory reports of a donation, truthfully: a first run, and repeats when a marker reacted in it.

A first reaction is repeated in duplicate; fit blood turns out negative (`REPEATED`, world.md 1.2), unfit does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from simulators.chance import draw
from simulators.people.pace import Compressed, Pace
from simulators.people.state import Donation
from simulators.rhythm.arrivals import REPEATED

SEROLOGY: Final = ("hbsag", "anti_hcv", "hiv", "syphilis")
_GROUP_METHODS: Final = ("forward-microplate", "reverse-microplate")  # two concordant results (domain.md 5.3)
_WEAK_D: Final = "weak-d-antiglobulin"  # RhD negative is confirmed
_FIRST: Final = ("initially_reactive", "initially_reactive", "equivocal")
TYPED: Final = 0.15
"""Share of whole blood that is typed beyond ABO and RhD; design."""
_HLA_A: Final = ("02", "11", "24", "33")
_HLA_B: Final = ("13", "46", "51", "58", "60", "62")
"""Antigens that are common in China; which and how often is a design of the simulation."""
# Digits of DS012 (ST-001 Table 12) with how often: design, in the order of published East Asian frequencies.
_KELL: Final = {"5": 0.998, "8": 0.002}  # K- k+, K+ k+
_MIA: Final = {"1": 0.96, "2": 0.04}  # Mi(a-), Mi(a+)
_FY: Final = {"7": 0.9, "8": 0.09, "5": 0.01}  # Fy(a+b-), Fy(a+b+), Fy(a-b+)
_JK: Final = {"7": 0.24, "8": 0.5, "5": 0.26}  # Jk(a+b-), Jk(a+b+), Jk(a-b+)
_CMV: Final = {"1": 0.1, "2": 0.9}  # antibody negative, positive
_NEXT_DAY: Final = timedelta(hours=24)


def first_reaction(seed: int, donation: Donation) -> tuple[str, str] | None:
    """The marker that reacts in the first run and how: of unfit blood always, of fit blood now and then; else None."""
    chance = draw(seed, "first reaction", donation.din)
    if donation.reactive in SEROLOGY:
        return str(donation.reactive), "initially_reactive"
    if donation.reactive is None and chance.random() < REPEATED:
        return chance.choice(SEROLOGY), chance.choice(_FIRST)
    return None


def first_run(seed: int, donation: Donation, at: datetime) -> dict[str, Any]:
    """POST /laboratory/results: every required test of one donation."""
    chance, when = draw(seed, "results", donation.din), _iso(at)
    reaction = first_reaction(seed, donation)
    results = [
        _serology(marker, reaction[1] if reaction is not None and reaction[0] == marker else "negative", when)
        for marker in SEROLOGY
    ]
    nat = "reactive" if donation.reactive == "nat" else "negative"
    results.append(_result("nat", nat, "nat-mp6", when, "nat-triplex", "nat-1"))
    alt = chance.uniform(60.0, 120.0) if donation.reactive == "alt" else chance.uniform(8.0, 45.0)
    results.append(_result("alt", f"{alt:.1f}", "rate", when, "alt-liquid", "chemistry-1"))
    methods = (*_GROUP_METHODS, _WEAK_D) if donation.group.endswith("-") else _GROUP_METHODS
    results += [_result("abo_rhd", donation.group, method, when, method, "grouping-1") for method in methods]
    return {"din": donation.din, "run": f"run-{donation.din}", "results": results}


def typing_run(seed: int, donation: Donation, at: datetime) -> dict[str, Any] | None:
    """POST /laboratory/typings: HLA and HPA of apheresis platelets, red-cell antigens of a part of whole blood."""
    chance = draw(seed, "typing", donation.din)
    if donation.product:
        a, b = (sorted(chance.choices(common, k=2)) for common in (_HLA_A, _HLA_B))
        code = f"&{{{''.join((*a, *b))}{chance.choice('788')}{'9' * 7}0{chance.choice('19')}"
    elif chance.random() < TYPED:
        kell, mia, fy, jk, cmv = (_pick(chance, weights) for weights in (_KELL, _MIA, _FY, _JK, _CMV))
        code = f"=\\9{kell}{mia}99999{fy}{jk}99999{cmv}00"
    else:
        return None
    return {"din": donation.din, "run": f"typing-{donation.din}", "codes": [code], "at": _iso(at)}


def _pick(chance: Random, weights: Mapping[str, float]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def repeat_runs(seed: int, donation: Donation, at: datetime) -> list[dict[str, Any]]:
    """POST /laboratory/results of the duplicate repeats of what reacted first; none when nothing did."""
    reaction = first_reaction(seed, donation)
    if reaction is None:
        return []
    value = "reactive" if donation.reactive is not None else "negative"
    return [
        {
            "din": donation.din,
            "run": f"run-{donation.din}-repeat-{number}",
            "results": [_serology(reaction[0], value, _iso(at))],
        }
        for number in (1, 2)
    ]


def repeats_due(seed: int, pace: Pace, donation: Donation, at: datetime) -> datetime:
    """When the repeats of a first run are done: the next day, or as long after as results take in compressed time."""
    if isinstance(pace.tempo, Compressed):
        wait_min = draw(seed, "repeats", donation.din).uniform(*pace.tempo.results_after_min)
        return at + timedelta(minutes=wait_min)
    return at + _NEXT_DAY


def _serology(marker: str, value: str, when: str) -> dict[str, Any]:
    return _result(marker, value, "clia", when, f"{marker}-a", "immuno-1")


def _result(test: str, value: str, method: str, when: str, reagent: str, device: str) -> dict[str, Any]:
    return {"test": test, "value": value, "method": method, "at": when, "reagent": reagent, "device": device}


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
