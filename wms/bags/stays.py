"""Where a bag was, when: one gap-free history per bag, ordered by when things happened and not by when we heard."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from wms.store.driver import Driver


class Arrival(StrEnum):
    """How a new place fitted into the history."""

    CURRENT = "current"  # it is where the bag is now
    HISTORY = "history"  # a later place is already known: this one is in the past
    KNOWN = "known"  # nothing new


@dataclass(frozen=True, slots=True)
class _Stay:
    id: int
    place: str
    from_us: int
    to_us: int | None

    @staticmethod
    def of(row: tuple[int, str, int, int | None] | None) -> _Stay | None:
        return None if row is None else _Stay(*row)


_OPEN: Final = "SELECT id, place, from_us, to_us FROM stay WHERE bag = ? AND to_us IS NULL"
_BEFORE: Final = (
    "SELECT id, place, from_us, to_us FROM stay WHERE bag = ? AND from_us <= ? ORDER BY from_us DESC, id DESC LIMIT 1"
)
_AFTER: Final = "SELECT id, place, from_us, to_us FROM stay WHERE bag = ? AND from_us > ? ORDER BY from_us, id LIMIT 1"

_END: Final = "UPDATE stay SET to_us = CASE WHEN from_us > ?1 THEN from_us ELSE ?1 END WHERE bag = ?2 AND to_us IS NULL"


def first_stay(raw: Driver, bag: str, place: str, at_us: int) -> None:
    """Begin the history of a new bag."""
    _insert(raw, bag, place, at_us, None)


def insert_stay(raw: Driver, bag: str, place: str, at_us: int) -> Arrival:
    """Enter "the bag was at ``place`` from ``at_us`` on" into its history and say whether that is now.

    A late fact splits or shortens what is known of the past and leaves everything later as it is.
    """
    before, after = _Stay.of(raw.execute(_OPEN, (bag,)).fetchone()), None
    if before is None or before.from_us > at_us:
        before = _Stay.of(raw.execute(_BEFORE, (bag, at_us)).fetchone())
        after = _Stay.of(raw.execute(_AFTER, (bag, at_us)).fetchone())
    covered = before is not None and (before.to_us is None or at_us < before.to_us)
    if before is not None and covered:
        if before.place == place:
            return Arrival.KNOWN
        _end(raw, before.id, at_us)
    _insert(raw, bag, place, at_us, None if after is None else after.from_us)
    return Arrival.CURRENT if after is None else Arrival.HISTORY


def end_stay(raw: Driver, bag: str, at_us: int) -> None:
    """Nobody knows where the bag is since ``at_us``."""
    raw.execute(_END, (at_us, bag))


def end_of_stay(raw: Driver, bag: str, from_us: int) -> int | None:
    """When the stay that began at ``from_us`` ended; None while it lasts or when there is none."""
    row = raw.execute(
        "SELECT to_us FROM stay WHERE bag = ? AND from_us = ? ORDER BY id DESC", (bag, from_us)
    ).fetchone()
    return None if row is None else row[0]


def _end(raw: Driver, stay: int, at_us: int) -> None:
    raw.execute("UPDATE stay SET to_us = ? WHERE id = ?", (at_us, stay))


def _insert(raw: Driver, bag: str, place: str, from_us: int, to_us: int | None) -> None:
    raw.execute("INSERT INTO stay (bag, place, from_us, to_us) VALUES (?, ?, ?, ?)", (bag, place, from_us, to_us))
