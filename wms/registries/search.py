"""Search of matched platelet donors: antibodies exclude, grades rank, then group, shelf, rest. Readers only."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from blood import hla
from blood.compatibility import preference
from blood.component_file import load_catalogue
from blood.components import Family
from blood.groups import BloodGroup
from blood.hla import HlaType
from blood.hla_match import CrossReaction, Grade, load_cross_reaction
from plant.model import Plant
from wms.bags.tables import bag as bag_table
from wms.donors.rules import DonationKind
from wms.registries import tables
from wms.registries.donors import PLATELETS, DonorFacts, row_of
from wms.registries.index import GROUPS, UNTYPED, DonorArrays, DonorIndex, Graded, graded
from wms.registries.may_donate import Answer, may_donate, rests_until
from wms.registries.model import MayDonate
from wms.store.metadata import to_us


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom platelets are sought; ``antibodies`` are antigens as `blood.hla.platelet_antigen` names them."""

    typed: HlaType
    antibodies: frozenset[str] = frozenset()
    group: BloodGroup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One donor who may serve; ``mismatches`` are antigens that the patient lacks, ``bags`` platelets on the shelf."""

    donor: str
    grade: Grade
    mismatches: tuple[str, ...]
    cross_reactive: tuple[str, ...]
    group: BloodGroup | None
    group_fit: str
    last_donation_at: datetime | None
    may_donate: MayDonate
    may_donate_from: datetime | None
    bags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The best candidates of all that were searched; ``excluded``: an antibody forbids them, or nobody tested that."""

    searched: int
    excluded: int
    took_ms: float
    items: tuple[Candidate, ...]


_ASKED: Final = 3
"""Of how many donors deferrals are asked, in multiples of what is shown: a deferred one gives way to its equals."""


def search(
    conn: Connection,
    plant: Plant,
    index: DonorIndex,
    wanted: Wanted,
    now: datetime,
    *,
    limit: int,
    monotonic: Callable[[], float],
) -> Found:
    """The best donors for a patient among all active ones.

    Order: grade, mismatched antigens, platelet-antigen mismatches, ABO preference; among equals platelets on the shelf
    first, then who may donate now, then who has rested longest. ``monotonic`` gives real seconds.
    """
    began = monotonic()
    reaction = load_cross_reaction()
    abo = abo_ranks(wanted.group, load_catalogue(plant.profile).compatibility)
    donors = index.arrays(conn)
    shelf = _on_the_shelf(conn, plant, now)
    found = graded(donors, wanted.typed, wanted.antibodies, reaction)
    usable = donors.active & ~found.excluded & ~found.untested & (found.rank < UNTYPED)
    rows = _best(donors, found, usable, abo, shelf, _rest_before(plant, now), limit * _ASKED)
    known = _stored(conn, [donors.names[row] for row in rows])
    candidates = [
        _candidate(conn, plant, known[donors.names[row]], found.rank[row], wanted, shelf, reaction, now) for row in rows
    ]
    keys = [_key(found, donors, row, abo) for row in rows]
    ranked = sorted(
        zip(keys, candidates, strict=True),
        key=lambda pair: (pair[0], not pair[1].bags, _MAY_ORDER[pair[1].may_donate]),
    )
    excluded = int((donors.active & (found.excluded | found.untested)).sum())
    items = tuple(candidate for _, candidate in ranked[:limit])
    return Found(int(donors.active.sum()), excluded, round((monotonic() - began) * 1000, 2), items)


_MAY_ORDER: Final = {MayDonate.NOW: 0, MayDonate.LATER: 1, MayDonate.UNKNOWN: 2, MayDonate.NO: 3}


def abo_ranks(group: BloodGroup | None, policy: str) -> NDArray[np.int8]:
    """How well each donor group serves a patient's platelets, 0 is best; the last entry is a group nobody knows."""
    if group is None:
        return np.zeros(len(GROUPS) + 1, np.int8)
    order = preference(Family.PLATELETS, group, policy)
    ranks = [order.index(one) if one in order else len(order) for one in GROUPS]
    return np.array([*ranks, len(order) + 1], np.int8)


def group_fit(patient: BloodGroup | None, donor: BloodGroup | None, policy: str) -> str:
    """In a word: identical, compatible, not_compatible, unknown."""
    if patient is None or donor is None:
        return "unknown"
    if patient is donor:
        return "identical"
    return "compatible" if donor in preference(Family.PLATELETS, patient, policy) else "not_compatible"


def _best(
    donors: DonorArrays,
    found: Graded,
    usable: NDArray[np.bool_],
    abo: NDArray[np.int8],
    shelf: Mapping[str, Sequence[str]],
    rested_before_us: int,
    most: int,
) -> list[int]:
    """Rows of the best usable donors in order; all equals of the last one compete by shelf, rest and last donation."""
    rows = np.flatnonzero(usable)
    if not len(rows):
        return []
    has_bags = np.zeros(len(donors.names), np.bool_)
    for name in shelf:
        place = bisect_left(donors.names, name)
        if place < len(donors.names) and donors.names[place] == name:
            has_bags[place] = True
    abo = abo[donors.group[rows]].astype(np.int64)
    key = found.rank[rows].astype(np.int64)
    for part, size in ((found.mismatches[rows], 8), (found.hpa_mismatches[rows], 16), (abo, 16)):
        key = key * size + part
    tired = donors.last_us[rows] > rested_before_us
    key = (key * 2 + ~has_bags[rows]) * 2 + tired
    if len(rows) > most:
        worst = np.partition(key, most - 1)[most - 1]
        chosen = key <= worst
        rows, key = rows[chosen], key[chosen]
    order = np.lexsort((rows, donors.last_us[rows], key))
    return [int(row) for row in rows[order][:most]]


def _key(found: Graded, donors: DonorArrays, row: int, abo: NDArray[np.int8]) -> tuple[int, int, int, int]:
    return (
        int(found.rank[row]),
        int(found.mismatches[row]),
        int(found.hpa_mismatches[row]),
        int(abo[donors.group[row]]),
    )


def _stored(conn: Connection, names: Sequence[str]) -> Mapping[str, DonorFacts]:
    table = tables.platelet_donor
    rows = conn.execute(select(table).where(table.c.donor.in_(names))).mappings()
    return {row["donor"]: row_of(PLATELETS, dict(row)).facts for row in rows}


def _candidate(
    conn: Connection,
    plant: Plant,
    facts: DonorFacts,
    rank: int,
    wanted: Wanted,
    shelf: Mapping[str, Sequence[str]],
    reaction: CrossReaction,
    now: datetime,
) -> Candidate:
    answer: Answer = may_donate(conn, plant, facts, DonationKind.APHERESIS, now)
    typed = hla.read(facts.typed) or HlaType()
    own = {*wanted.typed.a, *wanted.typed.b}
    differing = [antigen for antigen in dict.fromkeys(typed.a + typed.b) if antigen not in own]
    cousins = {one for one in differing if not reaction.cousins.get(one, frozenset()).isdisjoint(own)}
    return Candidate(
        donor=facts.donor,
        grade=tuple(Grade)[rank],
        mismatches=tuple(one for one in differing if one not in cousins),
        cross_reactive=tuple(one for one in differing if one in cousins),
        group=facts.group,
        group_fit=group_fit(wanted.group, facts.group, load_catalogue(plant.profile).compatibility),
        last_donation_at=facts.last_donation_at,
        may_donate=answer.may,
        may_donate_from=answer.since,
        bags=tuple(shelf.get(facts.donor, ())),
    )


def _on_the_shelf(conn: Connection, plant: Plant, now: datetime) -> Mapping[str, Sequence[str]]:
    """Platelet bags that may still be given, by donor."""
    platelets = [component.key for component in plant.components.values() if component.family is Family.PLATELETS]
    query = select(bag_table.c.donor, bag_table.c.id).where(
        bag_table.c.component.in_(platelets),
        bag_table.c.status == "AVAILABLE",
        bag_table.c.expires_us > to_us(now),
        bag_table.c.claim.is_(None),
    )
    found: dict[str, list[str]] = {}
    for donor, bag in conn.execute(query.order_by(bag_table.c.expires_us)):
        found.setdefault(str(donor).strip().upper(), []).append(bag)
    return found


def _rest_before(plant: Plant, now: datetime) -> int:
    """Donors whose last donation is later than this may not come yet."""
    # the interval is added to a date, so it is taken off by asking how long it is from now
    ends = rests_until(plant, now, DonationKind.APHERESIS)
    return to_us(now) if ends is None else to_us(now - (ends - now))
