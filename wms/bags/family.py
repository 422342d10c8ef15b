"""The family of a bag: everything that it was made from, everything that was made of it, and of its siblings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from wms.store.database import driver_of
from wms.store.driver import Driver

MOST_BAGS: Final = 200
"""More than this no screen can draw; a pool of pools may have more."""
_PART: Final = 200


@dataclass(frozen=True, slots=True)
class FamilyNode:
    """One bag of a family."""

    id: str
    din: str
    component: str
    group: str | None
    status: str
    place: str | None


@dataclass(frozen=True, slots=True)
class FamilyEdge:
    """``child`` was made from ``parent`` by an operation; None where it was not recorded."""

    parent: str
    child: str
    operation: str | None


@dataclass(frozen=True, slots=True)
class Family:
    """A connected genealogy, nearest bags first; ``is_cut`` when there is more than was looked at."""

    nodes: tuple[FamilyNode, ...]
    edges: tuple[FamilyEdge, ...]
    is_cut: bool


def family_of(conn: Connection, bag: str, most: int = MOST_BAGS) -> Family:
    """The whole connected genealogy of a bag, up and down, nearest first, at most ``most`` bags of it."""
    raw = driver_of(conn)
    known: dict[str, None] = {bag: None}
    edges: dict[tuple[str, str], FamilyEdge] = {}
    frontier: list[str] = [bag]
    is_cut = False
    while frontier:
        found = _edges_at(raw, frontier)
        frontier = []
        for edge in found:
            new = [one for one in (edge.parent, edge.child) if one not in known]
            if new and len(known) >= most:
                is_cut = True
                continue
            edges[edge.parent, edge.child] = edge
            known.update(dict.fromkeys(new))
            frontier += new
    return Family(_nodes(raw, list(known)), tuple(edges.values()), is_cut)


def _edges_at(raw: Driver, bags: Sequence[str]) -> list[FamilyEdge]:
    found: dict[tuple[str, str], FamilyEdge] = {}
    for part in _parts(bags):
        marks = ",".join("?" * len(part))
        for side in ("parent", "child"):
            rows = raw.execute(
                f"SELECT parent, child, operation FROM bag_parentage WHERE {side} IN ({marks}) ORDER BY parent, child",  # noqa: S608 - two names and marks
                tuple(part),
            )
            found.update({(parent, child): FamilyEdge(parent, child, made_by) for parent, child, made_by in rows})
    return list(found.values())


def _nodes(raw: Driver, bags: Sequence[str]) -> tuple[FamilyNode, ...]:
    found: dict[str, FamilyNode] = {}
    for part in _parts(bags):
        marks = ",".join("?" * len(part))
        rows = raw.execute(
            f"SELECT id, din, component, abo_rhd, status, place FROM bag WHERE id IN ({marks})",  # noqa: S608 - marks only
            tuple(part),
        )
        found.update({row[0]: FamilyNode(*row) for row in rows})
    return tuple(found[bag] for bag in bags if bag in found)


def _parts(bags: Collection[str]) -> list[list[str]]:
    listed = list(bags)
    return [listed[start : start + _PART] for start in range(0, len(listed), _PART)]
