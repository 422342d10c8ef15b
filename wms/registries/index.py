"""All typed platelet donors in memory as arrays: what a search over 100 000 of them runs on.

The grade of a row is the grade of `blood.hla_match.match_of`, by the same counts and the same table; a property test
compares the two.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from blood import hla
from blood.antigens import Result
from blood.groups import BloodGroup
from blood.hla import HPA_ANTIGENS, HlaType
from blood.hla_match import CrossReaction, Grade, LocusMatch, grade_of
from wms.registries import tables
from wms.registries.donors import revision
from wms.registries.model import DonorState

GROUPS: Final = tuple(BloodGroup)
"""Order of the codes in `DonorArrays.group`; -1 is a group that nobody knows."""
UNTYPED: Final = len(Grade)
"""Rank where no grade can be told."""
NEVER: Final = np.iinfo(np.int64).min
"""`last_us` of a donor of whom no donation is known."""
_LOCUS: Final = {"A": 0, "B": 10_000}
_CODES: Final = 20_000
_BLANK, _IDENTICAL, _CROSS, _MISMATCH = range(4)
_HPA_BIT: Final = {name: 1 << place for place, name in enumerate(HPA_ANTIGENS)}


@dataclass(frozen=True, slots=True)
class DonorArrays:
    """One row a donor, by name: antigen codes (A, A, B, B; 0 is a blank), HPA bits, group, state, last donation."""

    names: tuple[str, ...]
    antigens: NDArray[np.int32]
    hpa_positive: NDArray[np.int32]
    hpa_tested: NDArray[np.int32]
    group: NDArray[np.int8]
    active: NDArray[np.bool_]
    last_us: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Graded:
    """What a patient is to each row: rank of the grade, mismatches, and whether an antibody or a gap forbids it."""

    rank: NDArray[np.int8]
    mismatches: NDArray[np.int8]
    hpa_mismatches: NDArray[np.int8]
    excluded: NDArray[np.bool_]
    untested: NDArray[np.bool_]


class DonorIndex:
    """The registry in memory; `arrays(conn)` is never older than the connection's snapshot. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revision = 0
        self._arrays = arrays_of([])

    def arrays(self, conn: Connection) -> DonorArrays:
        """The donors as arrays, rebuilt when the registry changed since: only changed rows are read again."""
        with self._lock:
            now = revision(conn)
            if now < self._revision:  # the database was put back: nothing in memory holds any more
                self._revision, self._arrays = 0, arrays_of([])
            if now != self._revision:
                self._arrays = merged(self._arrays, _changed_since(conn, self._revision))
                self._revision = now
            return self._arrays


def _changed_since(conn: Connection, revision: int) -> list[_Row]:
    table = tables.platelet_donor
    query = select(table.c.donor, table.c.hla, table.c.abo_rhd, table.c.state, table.c.last_donation_us)
    rows = conn.execute(query.where(table.c.revision > revision).order_by(table.c.donor))
    read_type = cache(lambda text: hla.read(text) or HlaType())  # many donors share a type
    return [
        row_of(donor, read_type(typed), None if group is None else BloodGroup(group), DonorState(state), last_us)
        for donor, typed, group, state, last_us in rows
    ]


def merged(donors: DonorArrays, rows: Sequence[_Row]) -> DonorArrays:
    """The arrays with some rows in place of those of the same name, and new ones among them; ordered by name."""
    news = {row.donor for row in rows}
    kept = np.array([name not in news for name in donors.names], np.bool_)
    fresh = arrays_of(rows)
    names = np.array([*itertools.compress(donors.names, kept), *fresh.names], np.str_)
    order = np.argsort(names, kind="stable")

    def join(one: NDArray[Any], two: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([one[kept], two])[order]

    return DonorArrays(
        names=tuple(names[order].tolist()),
        antigens=join(donors.antigens, fresh.antigens),
        hpa_positive=join(donors.hpa_positive, fresh.hpa_positive),
        hpa_tested=join(donors.hpa_tested, fresh.hpa_tested),
        group=join(donors.group, fresh.group),
        active=join(donors.active, fresh.active),
        last_us=join(donors.last_us, fresh.last_us),
    )


def graded(donors: DonorArrays, patient: HlaType, antibodies: Collection[str], reaction: CrossReaction) -> Graded:
    """Match every donor with one patient; ``antibodies`` as `blood.hla.platelet_antigen` names them."""
    classes = _classes(patient, reaction)[donors.antigens]
    identical = (classes == _IDENTICAL).sum(axis=1, dtype=np.int8)
    cross = (classes == _CROSS).sum(axis=1, dtype=np.int8)
    mismatched = (classes == _MISMATCH).sum(axis=1, dtype=np.int8)
    typed = (donors.antigens[:, 0] > 0) & (donors.antigens[:, 2] > 0)
    is_typed = bool(patient.a and patient.b)
    rank = np.where(typed & is_typed, _RANKS[identical, cross, mismatched], UNTYPED).astype(np.int8)
    mismatched[rank == UNTYPED] = 0
    excluded, untested = _forbidden(donors, antibodies, reaction)
    lacks = _bits(one.antigen for one in patient.hpa if one.result is Result.NEGATIVE)
    hpa_mismatches = _count_bits(donors.hpa_positive & lacks)
    return Graded(rank, mismatched, hpa_mismatches, excluded, untested)


@dataclass(frozen=True, slots=True)
class _Row:
    donor: str
    antigens: tuple[int, int, int, int]
    hpa_positive: int
    hpa_tested: int
    group: int
    active: bool
    last_us: int


def row_of(donor: str, typed: HlaType, group: BloodGroup | None, state: DonorState, last_us: int | None) -> _Row:
    """One donor as numbers."""
    a, b = _two(typed.a), _two(typed.b)
    return _Row(
        donor,
        (a[0], a[1], b[0], b[1]),
        _bits(one.antigen for one in typed.hpa if one.result is Result.POSITIVE),
        _bits(one.antigen for one in typed.hpa),
        -1 if group is None else GROUPS.index(group),
        state is DonorState.ACTIVE,
        NEVER if last_us is None else last_us,
    )


def arrays_of(rows: Sequence[_Row]) -> DonorArrays:
    """Rows as arrays, in the order given."""
    return DonorArrays(
        names=tuple(row.donor for row in rows),
        antigens=np.array([row.antigens for row in rows], np.int32).reshape(len(rows), 4),
        hpa_positive=np.array([row.hpa_positive for row in rows], np.int32),
        hpa_tested=np.array([row.hpa_tested for row in rows], np.int32),
        group=np.array([row.group for row in rows], np.int8),
        active=np.array([row.active for row in rows], np.bool_),
        last_us=np.array([row.last_us for row in rows], np.int64),
    )


def code_of(antigen: str) -> int:
    """The number of an HLA antigen: 1..9999 for locus A, 10001..19999 for locus B."""
    return _LOCUS[antigen[0]] + int(antigen[1:])


def _two(antigens: tuple[str, ...]) -> tuple[int, int]:
    codes = [code_of(antigen) for antigen in antigens]
    return (codes[0] if codes else 0, codes[1] if len(codes) > 1 else 0)


def _classes(patient: HlaType, reaction: CrossReaction) -> NDArray[np.int8]:
    """What each antigen of a donor is to the patient: identical, a cousin, or a mismatch."""
    classes = np.full(_CODES, _MISMATCH, np.int8)
    own = {*patient.a, *patient.b}
    for antigen, cousins in reaction.cousins.items():
        if not cousins.isdisjoint(own):
            classes[code_of(antigen)] = _CROSS
    for antigen in own:
        classes[code_of(antigen)] = _IDENTICAL
    classes[0] = _BLANK
    return classes


def _forbidden(
    donors: DonorArrays, antibodies: Collection[str], reaction: CrossReaction
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows that carry what an antibody is against, and rows that were not tested for it."""
    platelet = _bits(one for one in antibodies if one.startswith("HPA"))
    leucocyte = [one for one in antibodies if not one.startswith("HPA")]
    against = np.zeros(_CODES, np.bool_)
    for antibody in leucocyte:
        for antigen in reaction.epitopes.get(antibody, frozenset({antibody})):
            if not antigen.startswith("Bw"):
                against[code_of(antigen)] = True
    excluded = against[donors.antigens].any(axis=1) | ((donors.hpa_positive & platelet) != 0)
    untested = (donors.hpa_tested & platelet) != platelet
    typed_a, typed_b = donors.antigens[:, 0] > 0, donors.antigens[:, 2] > 0
    if any(one.startswith("A") for one in leucocyte):
        untested |= ~typed_a
    if any(one.startswith("B") and not one.startswith("Bw") for one in leucocyte):
        untested |= ~typed_b
    if any(one.startswith("Bw") for one in leucocyte):
        untested |= ~(typed_a & typed_b)
    return excluded, untested


def _bits(antigens: Iterable[str]) -> int:
    return sum({_HPA_BIT[one] for one in antigens})


def _count_bits(masks: NDArray[np.int32]) -> NDArray[np.int8]:
    found = np.zeros(len(masks), np.int8)
    for place in range(len(HPA_ANTIGENS)):
        found += ((masks >> place) & 1).astype(np.int8)
    return found


def _rank_table() -> NDArray[np.int8]:
    """Rank of the grade by (identical, cross-reactive, mismatched); combinations that no donor has stay untyped."""
    ranks = np.full((5, 5, 5), UNTYPED, np.int8)
    for identical in range(5):
        for cross in range(5 - identical):
            for mismatched in range(5 - identical - cross):
                if identical + cross + mismatched >= 2:
                    ranks[identical, cross, mismatched] = grade_of(LocusMatch(identical, cross, mismatched)).rank
    return ranks


_RANKS: Final = _rank_table()
