"""Search of rare red-cell types: frozen stock first, then bags on the shelf, then living donors. Readers only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, select

from blood import antigens
from blood.antigens import AntigenSet, Result, TypingEvidence
from blood.compatibility import compatible
from blood.component_file import load_catalogue
from blood.components import Family
from blood.groups import BloodGroup
from plant.model import Plant
from wms.bags.tables import bag as bag_table
from wms.donors.rules import DonationKind
from wms.registries import tables
from wms.registries.donors import RARE, DonorFacts, DonorRow, row_of
from wms.registries.locks import is_frozen
from wms.registries.may_donate import may_donate
from wms.registries.model import DonorState, MayDonate
from wms.store.metadata import from_us, to_us


@dataclass(frozen=True, slots=True, kw_only=True)
class RareBag:
    """A bag that lacks what must be absent; `historic` evidence may need to be confirmed before it is given."""

    bag: str
    component: str
    group: BloodGroup | None
    status: str
    place: str | None
    expires_at: datetime
    antigens: str
    evidence: str
    locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RareDonor:
    """A living donor who lacks what must be absent, and whether that person may come."""

    facts: DonorFacts
    may_donate: MayDonate
    may_donate_from: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class RareFound:
    """What there is."""

    frozen: tuple[RareBag, ...]
    shelf: tuple[RareBag, ...]
    donors: tuple[RareDonor, ...]
    took_ms: float


_IN_STORE: Final = ("AVAILABLE", "QUARANTINE")
MOST: Final = 200


def search_rare(
    conn: Connection,
    plant: Plant,
    absent: Collection[str],
    group: BloodGroup | None,
    now: datetime,
    monotonic: Callable[[], float],
) -> RareFound:
    """Everything that lacks all of ``absent`` (names as `blood.antigens` has them) and suits the group.

    What was not tested for one of them is not named: unknown is not absent. Soonest expiry first, donors who may come
    now first.
    """
    began = monotonic()
    policy = load_catalogue(plant.profile).compatibility
    wanted = frozenset(absent)
    bags = [_bag(row) for row in conn.execute(_bags(plant, now)).mappings() if _serves(row["antigens"], wanted)]
    suiting = [bag for bag in bags if group is None or (bag.group is not None and _suits(bag.group, group, policy))]
    components = plant.components
    cold = [bag for bag in suiting if is_frozen(components[bag.component].storage.max_c)]
    shelf = [bag for bag in suiting if bag not in cold]
    donors = sorted(
        (donor for donor in _donors(conn, plant, wanted, group, now)),
        key=lambda donor: (_ORDER[donor.may_donate], donor.facts.donor),
    )
    took = round((monotonic() - began) * 1000, 2)
    return RareFound(tuple(cold[:MOST]), tuple(shelf[:MOST]), tuple(donors[:MOST]), took)


def with_answer(conn: Connection, plant: Plant, row: DonorRow, now: datetime) -> RareDonor:
    """A donor with whether that person may come."""
    answer = may_donate(conn, plant, row.facts, DonationKind.WHOLE_BLOOD, now)
    return RareDonor(facts=row.facts, may_donate=answer.may, may_donate_from=answer.since, updated_at=row.updated_at)


_ORDER: Final = {MayDonate.NOW: 0, MayDonate.LATER: 1, MayDonate.UNKNOWN: 2, MayDonate.NO: 3}


def _bags(plant: Plant, now: datetime) -> Select[Any]:
    red = [key for key, component in plant.components.items() if component.family is Family.RED_CELLS]
    return (
        select(bag_table)
        .where(
            bag_table.c.antigens.is_not(None),
            bag_table.c.component.in_(red),
            bag_table.c.status.in_(_IN_STORE),
            bag_table.c.expires_us > to_us(now),
        )
        .order_by(bag_table.c.expires_us, bag_table.c.id)
    )


def _donors(
    conn: Connection, plant: Plant, wanted: frozenset[str], group: BloodGroup | None, now: datetime
) -> Sequence[RareDonor]:
    table, policy = tables.rare_donor, load_catalogue(plant.profile).compatibility
    found = []
    for row in conn.execute(select(table).where(table.c.state != DonorState.WITHDRAWN.value)).mappings():
        if not _serves(row["antigens"], wanted):
            continue
        known = row_of(RARE, dict(row))
        if group is None or (known.facts.group is not None and _suits(known.facts.group, group, policy)):
            found.append(with_answer(conn, plant, known, now))
    return found


def _suits(given: BloodGroup, recipient: BloodGroup, policy: str) -> bool:
    return compatible(Family.RED_CELLS, given, recipient, policy)


def _serves(text: str, wanted: frozenset[str]) -> bool:
    return lacks(antigens.read(text), wanted)


def lacks(typed: AntigenSet, wanted: Collection[str]) -> bool:
    """True when every antigen was tested and found absent."""
    return all((one := typed.of(name)) is not None and one.result is Result.NEGATIVE for name in wanted)


def _bag(row: RowMapping) -> RareBag:
    typed = antigens.read(row["antigens"])
    current = all(one.evidence is TypingEvidence.CURRENT for one in typed.typed)
    return RareBag(
        bag=row["id"],
        component=row["component"],
        group=None if row["abo_rhd"] is None else BloodGroup(row["abo_rhd"]),
        status=row["status"],
        place=row["place"],
        expires_at=from_us(row["expires_us"]),
        antigens=row["antigens"],
        evidence="current" if current else "historic",
        locked=row["claim"] is not None,
    )
