"""Claims: room that an open task has reserved in places of limited capacity, and the slot at its end.

A task begins only when all room on its whole way is claimed, in one transaction. So a task that has begun never waits
for room, its claims fall one after the other as machines carry it on, and no two tasks can wait for each other. A task
that has not begun holds nothing but the slot that was chosen for it and the place where its bag stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from plant.model import Plant
from wms.moves.graph import Way, graph_of
from wms.store.driver import Driver
from wms.store.tx import Tx

_STANDING: Final = "SELECT place, count(*) FROM bag WHERE place = ? GROUP BY place"
_CLAIMED: Final = (
    "SELECT claim.place, count(*) FROM claim JOIN task ON task.id = claim.task JOIN bag ON bag.id = task.bag "
    "WHERE claim.exclusive = 0 AND (bag.place IS NULL OR bag.place <> claim.place) GROUP BY claim.place"
)
_GIVE_BACK: Final = "DELETE FROM claim WHERE task = ? AND exclusive = 0"


class Room:
    """Room left in the places of limited capacity, as it stands in this transaction: bags there and claims on it."""

    def __init__(self, tx: Tx) -> None:
        self._limits = limits(tx.plant)
        self._used: Counter[str] = Counter()
        for place in self._limits:
            self._used.update(dict(tx.raw.execute(_STANDING, (place,)).fetchall()))
        for place, count in tx.raw.execute(_CLAIMED).fetchall():
            self._used[place] += count
        self._kept: Counter[str] = Counter()

    def stops(self, way: Way) -> tuple[str, ...]:
        """Places on a way where a bag takes room of a limited place."""
        return tuple(leg.to_place for leg in way if leg.to_place in self._limits)

    def lacking(self, stops: Iterable[str], own: Iterable[str] = ()) -> str | None:
        """The first place without room for one more bag, None when all have; ``own`` is claimed by the asker itself."""
        mine = set(own)
        for place in stops:
            if place not in mine and self._used[place] + self._kept[place] >= self._limits[place]:
                return place
        return None

    def keep(self, stops: Iterable[str]) -> None:
        """Leave room to somebody who waits for it, until this transaction ends: later ones must not overtake."""
        self._kept.update(stops)

    def claim(self, tx: Tx, task: str, stops: Sequence[str]) -> None:
        """Reserve one bag's room at each stop; ask `lacking` first."""
        tx.raw.executemany("INSERT INTO claim (place, task, exclusive) VALUES (?, ?, 0)", [(p, task) for p in stops])
        self._used.update(stops)

    def exchange(self, tx: Tx, task: str, own: Sequence[str], stops: Sequence[str]) -> None:
        """Give back what a task had claimed and reserve other stops instead."""
        tx.raw.execute(_GIVE_BACK, (task,))
        self._used.subtract(own)
        self.claim(tx, task, stops)

    def give_back(self, tx: Tx, task: str, own: Sequence[str]) -> None:
        """Give back all room of a task that does not begin after all; its slot stays its own."""
        self.exchange(tx, task, own, ())


def limits(plant: Plant) -> dict[str, int]:
    """Places on the routes of a plant that hold only so many bags."""
    graph = graph_of(plant)
    return {
        place.path: place.capacity
        for place in plant.places
        if place.capacity is not None and graph.node(place.path) == place.path
    }


def is_full(tx: Tx, place: str, *, for_task: str) -> bool:
    """True when a place of limited capacity has no room for one more bag, and the task has none reserved there."""
    mine = tx.raw.execute("SELECT 1 FROM claim WHERE place = ? AND task = ?", (place, for_task)).fetchone()
    return place in limits(tx.plant) and mine is None and Room(tx).lacking((place,)) is not None


def claimed_stops(raw: Driver, task: str) -> list[str]:
    """Shared places in which a task has reserved room."""
    rows = raw.execute("SELECT place FROM claim WHERE task = ? AND exclusive = 0 ORDER BY place", (task,))
    return [place for (place,) in rows.fetchall()]


def claim_slot(raw: Driver, task: str, slot: str) -> None:
    """Reserve a slot for a task, in the place of any other slot that it had."""
    raw.execute("DELETE FROM claim WHERE task = ? AND exclusive = 1", (task,))
    raw.execute("INSERT INTO claim (place, task, exclusive) VALUES (?, ?, 1)", (slot, task))


def give_up(raw: Driver, task: str, *, but: str = "") -> None:
    """Give back everything that a task had claimed, ``but`` the place that a machine may still bring its bag to."""
    raw.execute("DELETE FROM claim WHERE task = ? AND place <> ?", (task, but))


def leave(raw: Driver, task: str, place: str) -> None:
    """The bag has left a shared place: its room there is free."""
    raw.execute("DELETE FROM claim WHERE task = ? AND place = ?", (task, place))
