"""What a bag may do, judged by tables of this file alone and by what the machine itself told the centre.

Nothing here imports a rule of the program: status ranks, required tests, ABO tables and shelf lives are written down a
second time on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

GOING = {"RESERVED": 1, "PICKED": 2, "PACKED": 3, "IN_TRANSIT": 4, "ISSUED": 6}
"""Statuses that take a bag nearer to a patient by a guarded act; RECEIVED is what a hospital saw: never refused."""
RANK = {"QUARANTINE": 0, "AVAILABLE": 0, "RECEIVED": 5, "TRANSFUSED": 7, "PRESUMED_TRANSFUSED": 7, **GOING}
FINAL = {"TRANSFUSED", "CONSUMED", "DISCARDED", "LOST"}
MARKERS = ("hbsag", "anti_hcv", "hiv", "syphilis", "nat")
FIRST_REACTIONS = ("initially_reactive", "equivocal")
REPEATS = 2
ALT_MAX = 50.0
DAYS = {"WB": 35, "RBC_S": 35, "FFP": 365, "FP": 1461, "PLT_A": 5, "PLT_C": 5, "CRYO": 365}
RED_CELLS = {"O": "O", "A": "AO", "B": "BO", "AB": ("AB", "A", "B", "O")}
PLASMA = {"O": ("O", "A", "B", "AB"), "A": ("A", "AB"), "B": ("B", "AB"), "AB": ("AB",)}
RED = {"RBC_S", "RBC_W", "RBC_IRR", "RBC_F", "RBC_D", "RBC_LR"}
WHOLE = {"WB"}
FROZEN_OR_PLASMA = {"FFP", "FP", "FFP_MB", "FP_MB", "FFP_T", "CRYO", "CRYO_T"}


@dataclass
class Donation:
    """What the machine told of one donation."""

    donor: str
    group: str
    collected_at: datetime
    results: list[tuple[str, str]] = field(default_factory=list)

    def clean(self) -> str | None:
        """Why its bags must not go, as the oracle sees the raw results; None when they may."""
        told: dict[str, list[str]] = {}
        for test, value in self.results:
            told.setdefault(test, []).append(value)
        for test in MARKERS:
            values = told.get(test, [])
            if not values or not set(values) <= {"negative", *FIRST_REACTIONS}:
                return f"{test}: {values}"
            reacted = [place for place, value in enumerate(values) if value != "negative"]
            if reacted and (test == "nat" or len(values) - 1 - reacted[-1] < REPEATS):
                return f"{test}: {values}"
        if not told.get("alt") or any(float(value) > ALT_MAX for value in told["alt"]):
            return f"alt: {told.get('alt')}"
        groups = told.get("abo_rhd", [])
        if len(groups) < 2 or set(groups) != {self.group}:
            return f"abo_rhd: {groups}"
        return None


@dataclass
class Told:
    """All that the machine knows because it did it."""

    donations: dict[str, Donation] = field(default_factory=dict)
    labelled: set[str] = field(default_factory=set)
    overridden: set[str] = field(default_factory=set)
    relabelled: set[str] = field(default_factory=set)
    deferred: set[str] = field(default_factory=set)
    crossmatched: set[tuple[str, str]] = field(default_factory=set)
    patients: dict[str, str] = field(default_factory=dict)
    emergencies: set[str] = field(default_factory=set)


def may_give(component: str, bag_group: str, patient_group: str) -> bool:
    """ABO and RhD by hand-written tables: red cells one way, plasma the other, whole blood identical."""
    bag, patient = bag_group[:-1], patient_group[:-1]
    if component in WHOLE:
        return bag == patient and (bag_group[-1] == "-" or patient_group[-1] == "+")
    if component in RED:
        return bag in RED_CELLS[patient] and (bag_group[-1] == "-" or patient_group[-1] == "+")
    if component in FROZEN_OR_PLASMA:
        return bag in PLASMA[patient]
    return True


def ancestors(parents: dict[str, set[str]], bag: str) -> set[str]:
    """The bag and everything that it was made from."""
    found, waiting = set(), [bag]
    while waiting:
        one = waiting.pop()
        assert one not in found or one != bag, f"{bag} is its own ancestor"
        if one not in found:
            found.add(one)
            waiting.extend(parents.get(one, ()))
    return found


def no_circle(parents: dict[str, set[str]]) -> None:
    """The genealogy has no circle."""
    done: set[str] = set()

    def walk(bag: str, above: tuple[str, ...]) -> None:
        assert bag not in above, f"{bag} is its own ancestor: {above}"
        if bag not in done:
            for parent in parents.get(bag, ()):
                walk(parent, (*above, bag))
            done.add(bag)

    for bag in parents:
        walk(bag, ())


def latest_expiry(component: str, collected_at: datetime) -> datetime | None:
    """The latest instant that a component of this age may have, to the end of that day anywhere; None: not listed."""
    days = DAYS.get(component)
    return None if days is None else collected_at + timedelta(days=days + 1)


def plain(row: dict[str, Any]) -> str:
    """A bag in a message of a failed test."""
    return " ".join(f"{name}={value}" for name, value in row.items() if value is not None)
