"""Operational conditions read from the database at each tick: dead letters, spools, findings, failed freezes and moves.

A condition stands while its rows do, so nobody has to remember to raise or to clear it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from wms.alarms import conditions
from wms.alarms.book import News, clear, tell
from wms.alarms.machine import Condition
from wms.alarms.tables import alarm
from wms.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Standing:
    """One source for which a condition stands now.

    `ever` is how many there have been, done with or not: it never falls, so a new one always shows as more.
    """

    source: str
    count: int
    place: str | None
    ever: int


_QUERIES: Final[dict[str, str]] = {
    conditions.DEAD_LETTER: (
        "SELECT edge, count(*) - count(applied_us), NULL, count(*) FROM dead_letter "
        "GROUP BY edge HAVING count(*) > count(applied_us)"
    ),
    conditions.SPOOL_LOST: (
        "SELECT edge, count(*) - count(accepted_us), NULL, count(*) FROM edge_trouble WHERE kind = 'lost' "
        "GROUP BY edge HAVING count(*) > count(accepted_us)"
    ),
    conditions.SPOOL_REPLACED: (
        "SELECT edge, count(*) - count(accepted_us), NULL, count(*) FROM edge_trouble WHERE kind = 'replaced' "
        "GROUP BY edge HAVING count(*) > count(accepted_us)"
    ),
    conditions.TWO_EDGES: (
        "SELECT edge, count(*) - count(accepted_us), NULL, count(*) FROM edge_trouble WHERE kind = 'two_edges' "
        "GROUP BY edge HAVING count(*) > count(accepted_us)"
    ),
    conditions.FREEZE_FAILED: (
        "SELECT hold.bag, 1, bag.place, 1 FROM hold JOIN bag ON bag.id = hold.bag "
        "WHERE hold.lifted_us IS NULL AND hold.reason LIKE 'freeze_failed%' GROUP BY hold.bag, bag.place"
    ),
    conditions.OBSERVED_CONFLICT: (
        "SELECT hold.bag, count(*) - count(hold.lifted_us), bag.place, count(*) FROM hold "
        "JOIN bag ON bag.id = hold.bag WHERE hold.reason LIKE 'finding:%' GROUP BY hold.bag, bag.place "
        "HAVING count(*) > count(hold.lifted_us)"
    ),
    conditions.MOVE_FAILED: (
        "SELECT task.bag, count(*), bag.place, count(*) FROM task JOIN bag ON bag.id = task.bag "
        "WHERE task.state = 'failed' AND task.from_place = bag.place AND task.ended_us >= bag.place_since_us "
        "GROUP BY task.bag, bag.place"
    ),
    conditions.PLACE_UNKNOWN: (  # whether a task still looks for it or not; the index of places is full of used-up bags
        "SELECT id, 1, NULL, 1 FROM bag WHERE coalesce(place, '') = '' AND status IN ('COLLECTED', 'PROCESSING', "
        "'QUARANTINE', 'AVAILABLE', 'RESERVED', 'PICKED', 'PACKED', 'RETURNED_PENDING', 'NONCONFORMING')"
    ),
}
"""Condition -> (source, how many, place, how many ever) of everything for which it stands now."""


def tick(tx: Tx) -> None:
    """Tell the book what stands and what has ended; more of the same re-alarms what was acknowledged."""
    for condition, query in _QUERIES.items():
        follow(tx, condition, [Standing(*row) for row in tx.raw.execute(query).fetchall()])


def follow(tx: Tx, condition: str, standing: Sequence[Standing], unsure: Collection[str] = ()) -> None:
    """Tell the book for what a condition stands; it has ended for every other source that one can be sure of."""
    for one in standing:
        tell(tx, _news(tx, condition, one))
    for source in sorted(_active(tx, condition) - {one.source for one in standing} - set(unsure)):
        clear(tx, source, condition)


def _news(tx: Tx, condition: str, one: Standing) -> News:
    return News(
        source=one.source,
        condition=condition,
        state=Condition.ACTIVE,
        at=tx.now,
        level=one.ever,
        value=float(one.count),
        place=one.place,
    )


def _active(tx: Tx, condition: str) -> set[str]:
    known = (alarm.c.condition == condition) & (alarm.c.known == Condition.ACTIVE.value)
    return set(tx.conn.execute(select(alarm.c.source).where(known)).scalars())
