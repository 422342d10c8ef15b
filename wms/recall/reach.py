"""Every bag that belongs to a recall: whole donations, what the named bags came from, and what became of them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from plant.model import Plant
from wms.recall.scope import Relation, Scope
from wms.store.driver import Driver
from wms.store.metadata import to_us

_PART: Final = 500
"""Names in one question: far below what either database takes."""
_FOR_EVER_US: Final = 2**62


@dataclass(frozen=True, slots=True)
class Reach:
    """The bags of a case with their relation, and what later bags are known by to belong to it as well."""

    bags: Mapping[str, Relation]
    donations: Mapping[str, Relation]
    donors: frozenset[str]


def reach_of(raw: Driver, plant: Plant, scope: Scope, *, of_the_donor: bool) -> Reach:
    """Follow a checked scope through donations, donors and genealogy; an unknown name reaches nothing.

    A pool of one named donation belongs to the case, its other donations do not; a pool that is named itself takes all
    donations into the case that it was made from.
    """
    bags = dict.fromkeys(_named(raw, plant, scope), Relation.NAMED)
    _add(bags, _follow(raw, _PARENTS, bags), Relation.PARENT)
    donors = _donors(raw, bags) if of_the_donor or scope.donor is not None else frozenset()
    if scope.donor is not None:
        donors |= {scope.donor}
    _add(bags, _ask(raw, "SELECT id FROM bag WHERE donor IN ({})", donors), Relation.DONOR)
    donations = _donations(raw, bags)
    if scope.din is not None:
        donations[scope.din] = Relation.NAMED
    _add(bags, _ask(raw, "SELECT id FROM bag WHERE din IN ({})", donations), Relation.SIBLING)
    _add(bags, _follow(raw, _CHILDREN, bags), Relation.CHILD)
    return Reach(bags, donations, donors)


_PARENTS: Final = "SELECT parent FROM bag_parentage WHERE child IN ({})"
_CHILDREN: Final = "SELECT child FROM bag_parentage WHERE parent IN ({})"


def _named(raw: Driver, plant: Plant, scope: Scope) -> Iterable[str]:
    if scope.din is not None:
        return _ask(raw, "SELECT id FROM bag WHERE din IN ({})", [scope.din])
    if scope.donor is not None:
        return _ask(raw, "SELECT id FROM bag WHERE donor IN ({})", [scope.donor])
    if scope.batch is not None:
        return _of_batch(raw, scope.batch)
    from_us = 0 if scope.from_at is None else to_us(scope.from_at)
    to_us_ = _FOR_EVER_US if scope.to_at is None else to_us(scope.to_at)
    if scope.place is not None:
        return _at_place(raw, plant, scope.place, from_us, to_us_)
    return _at_device(raw, plant, str(scope.device), from_us, to_us_)


def _of_batch(raw: Driver, batch: str) -> Iterable[str]:
    return _ask(raw, "SELECT bag FROM batch_bag WHERE batch IN ({})", [batch])


def _at_place(raw: Driver, plant: Plant, place: str, from_us: int, until_us: int) -> Sequence[str]:
    """Bags that lay at a place, or below it, at any moment of the time."""
    return _ask(
        raw,
        "SELECT DISTINCT bag FROM stay WHERE place IN ({}) AND from_us < ? AND (to_us IS NULL OR to_us > ?)",
        paths_below(plant, place),
        until_us,
        from_us,
    )


def _at_device(raw: Driver, plant: Plant, device: str, from_us: int, until_us: int) -> Iterable[str]:
    """Bags that were at the machine, in a batch of its, or collected with it."""
    found: list[str] = []
    machine = plant.device_by_id.get(device)
    if machine is not None:
        found += _at_place(raw, plant, machine.place, from_us, until_us)
    found += _column(
        raw.execute(
            "SELECT batch_bag.bag FROM batch JOIN batch_bag ON batch_bag.batch = batch.id "
            "WHERE batch.device = ? AND batch.created_us < ? AND (batch.ended_us IS NULL OR batch.ended_us > ?)",
            (device, until_us, from_us),
        ).fetchall()
    )
    found += _column(
        raw.execute(
            "SELECT bag.id FROM donation JOIN bag ON bag.din = donation.din "
            "WHERE donation.device = ? AND donation.collected_us >= ? AND donation.collected_us < ?",
            (device, from_us, until_us),
        ).fetchall()
    )
    return found


def paths_below(plant: Plant, place: str) -> Sequence[str]:
    """A place, the declared places below it, and all their slots: a list that an index can answer."""
    declared = [path for path in plant.place_by_path if path == place or path.startswith(f"{place}/")]
    slots = [slot for path in declared for slot in plant.slots(path)]
    return list(dict.fromkeys([place, *declared, *slots]))


def _donors(raw: Driver, bags: Mapping[str, Relation]) -> frozenset[str]:
    """Who gave these; a pool is nobody's."""
    rows = _rows(raw, "SELECT din, donor FROM bag WHERE id IN ({})", bags)
    return frozenset(donor for din, donor in rows if donor != f"pool {din}")


def _donations(raw: Driver, bags: Mapping[str, Relation]) -> dict[str, Relation]:
    """The donations of these bags, each with what another bag of it is to the case."""
    found: dict[str, Relation] = {}
    for bag, din in _rows(raw, "SELECT id, din FROM bag WHERE id IN ({})", bags):
        found[din] = Relation.DONOR if bags[bag] is Relation.DONOR else Relation.SIBLING
    return found


def _follow(raw: Driver, question: str, bags: Iterable[str]) -> Iterable[str]:
    """Everything that a step through the genealogy leads to, at any distance."""
    seen, edge = set(bags), list(bags)
    found: list[str] = []
    while edge:
        edge = [bag for bag in _ask(raw, question, edge) if bag not in seen]
        edge = list(dict.fromkeys(edge))
        seen.update(edge)
        found += edge
    return found


def _add(bags: dict[str, Relation], found: Iterable[str], relation: Relation) -> None:
    for bag in found:
        bags.setdefault(bag, relation)


def _ask(raw: Driver, question: str, names: Iterable[str], *values: int) -> list[str]:
    return _column(_rows(raw, question, names, *values))


def _rows(raw: Driver, question: str, names: Iterable[str], *values: int) -> list[tuple[str, ...]]:
    """Rows of a question about many names, asked in parts; ``{}`` stands for their marks."""
    asked, rows = list(names), []
    for start in range(0, len(asked), _PART):
        part = asked[start : start + _PART]
        rows += raw.execute(question.format(",".join("?" * len(part))), (*part, *values)).fetchall()
    return rows


def _column(rows: Sequence[tuple[str, ...]]) -> list[str]:
    return [row[0] for row in rows]
