"""Which shelf slot a bag may be put into and which is best: temperature, zone, segregation, way, balance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from blood.components import Component
from blood.eligibility import DonationType, Zone
from plant.model import Place, PlaceKind, Plant
from wms.bags.projection import BagState, load
from wms.bags.ranges import within
from wms.errors import Invalid
from wms.moves.graph import graph_of
from wms.moves.model import Wait
from wms.store.driver import Driver
from wms.store.metadata import from_us

BALANCE_S: Final = 120.0
"""Seconds of carrying that it is worth to put a bag into a store with none of its component and group instead of into
the one that holds them all: one compressor's failure must not take all of a group."""
RETRIEVAL: Final = 5.0
"""Seconds of score for each second that a shelf is nearer or farther than the bag's expiry asks for."""
UNREACHABLE_S: Final = 100_000.0
"""A shelf that no machine reaches from where the bag is comes after all others; people can carry it there."""
_ON_SHELF: Final = (
    "SELECT place, donation_type FROM bag WHERE place > ?1 || '/' AND place < ?1 || '0' "
    "UNION ALL SELECT claim.place, bag.donation_type FROM claim JOIN task ON task.id = claim.task "
    "JOIN bag ON bag.id = task.bag WHERE claim.place > ?1 || '/' AND claim.place < ?1 || '0'"
)
_OF_GROUP: Final = (
    "SELECT count(*) FROM bag WHERE component = ?1 AND abo_rhd IS NOT DISTINCT FROM ?2 "
    "AND place > ?3 || '/' AND place < ?3 || '0' "
    "UNION ALL SELECT count(*) FROM claim JOIN task ON task.id = claim.task JOIN bag ON bag.id = task.bag "
    "WHERE claim.place > ?3 || '/' AND claim.place < ?3 || '0' "
    "AND bag.component = ?1 AND bag.abo_rhd IS NOT DISTINCT FROM ?2"
)
_OWNER: Final = (
    "SELECT id FROM bag WHERE place = ?1 AND id <> ?2 UNION ALL SELECT task.bag FROM claim "
    "JOIN task ON task.id = claim.task WHERE claim.place = ?1 AND task.bag <> ?2"
)


@dataclass(frozen=True, slots=True)
class Search:
    """What a slot is looked for: a bag, a zone, and the machines that cannot help now."""

    state: BagState
    zone: Zone
    at: datetime
    blocked: frozenset[str] = frozenset()
    reachable_only: bool = False


def choose_slot(raw: Driver, plant: Plant, search: Search) -> str | Wait:
    """The best free slot, or what there is none for (`Wait.SLOT`, `Wait.ALONE`); nothing is claimed yet.

    The score of a shelf in seconds, of which the least wins: the way there by machine, plus `BALANCE_S` times the share
    that its store already holds of the bag's component and group, plus in the stock zone `RETRIEVAL` times the distance
    between the shelf's `reach_s` and the one that the bag's remaining life asks for (soonest to expire: nearest). A bag
    that was not given for everybody (autologous, directed, biohazard) only goes to a shelf without other kinds.
    """
    kind = DonationType(str(search.state["donation_type"]))
    refusal = Wait.SLOT
    for shelf in _by_score(raw, plant, search):
        lying = raw.execute(_ON_SHELF, (shelf.path,)).fetchall()
        if _segregates(kind, lying):
            refusal = Wait.ALONE
            continue
        taken = {place for place, _ in lying}
        for slot in plant.slots(shelf.path):
            if slot not in taken:
                return slot
    return refusal


def shelves_for(plant: Plant, component: Component, zone: Zone) -> Iterator[Place]:
    """Shelves of a zone that are kept for a component, inside whose storage range their permitted temperature lies."""
    for place in plant.places:
        if place.kind is PlaceKind.SHELF and place.zone is zone and place.slots:
            envelope = plant.envelope_of(place.path)
            kept = not place.only or component.key in place.only
            if kept and envelope is not None and within(envelope.limits, component.storage):
                yield place


def require_place(raw: Driver, plant: Plant, path: str, *, for_bag: str) -> None:
    """Raises Invalid when a path is no place of this centre, no slot of its shelf, or not for this bag.

    A slot is not for it when it belongs to another bag, or when its shelf holds bags that must lie apart from it.
    """
    try:
        place = plant.place_of(path)
    except KeyError:
        raise Invalid("place.unknown", f"There is no place {path}") from None
    if place.slots == 0:
        if path != place.path:
            raise Invalid("place.unknown", f"There is no place {path}")
        return
    if path not in plant.slots(place.path):
        raise Invalid("place.slot", f"{place.path} has the slots 001 to {place.slots:03d}; {path} is none of them")
    owner = raw.execute(_OWNER, (path, for_bag)).fetchone()
    if owner is not None:
        raise Invalid("place.taken", f"Slot {path} belongs to {owner[0]}")
    state = load(raw, for_bag)
    if state is not None and state["place"] != path:
        _require_apart(raw, place, DonationType(str(state["donation_type"])))


def _require_apart(raw: Driver, shelf: Place, kind: DonationType) -> None:
    lying = raw.execute(_ON_SHELF, (shelf.path,)).fetchall()
    if _segregates(kind, lying):
        detail = f"Shelf {shelf.path} holds bags that must lie apart from an {kind.value} one; choose another shelf"
        raise Invalid("place.segregation", detail)


def _segregates(kind: DonationType, lying: Sequence[tuple[str, str]]) -> bool:
    """True when a kind of donation must not lie with what lies there: everything but allogeneic stays with its own."""
    return any(other != kind.value for _, other in lying)


def _by_score(raw: Driver, plant: Plant, search: Search) -> Sequence[Place]:
    component = plant.components[str(search.state["component"])]
    shelves = list(shelves_for(plant, component, search.zone))
    stores = {_store(shelf) for shelf in shelves}
    held = {store: _of_group(raw, search.state, store) for store in stores} if len(stores) > 1 else {}
    whole = sum(held.values())
    wished = _wished_reach(component, search, shelves)
    graph, place = graph_of(plant), search.state["place"]
    scored = []
    for shelf in shelves:
        way = None if place is None else graph.seconds(str(place), shelf.path, search.blocked)
        if way is None and search.reachable_only:
            continue
        share = held[_store(shelf)] / whole if whole else 0.0
        retrieval = RETRIEVAL * abs(shelf.reach_s - wished) if search.zone is Zone.STOCK else 0.0
        scored.append(((UNREACHABLE_S if way is None else way) + BALANCE_S * share + retrieval, shelf.path, shelf))
    return [shelf for _, _, shelf in sorted(scored, key=lambda one: one[:2])]


def _wished_reach(component: Component, search: Search, shelves: Sequence[Place]) -> float:
    """The reach that a bag's remaining life asks for: nearest for the soonest to expire, farthest for a fresh one."""
    if not shelves:
        return 0.0
    nearest, farthest = min(shelf.reach_s for shelf in shelves), max(shelf.reach_s for shelf in shelves)
    left = (from_us(int(search.state["expires_us"] or 0)) - search.at) / component.shelf_life
    return nearest + max(0.0, min(1.0, left)) * (farthest - nearest)


def _of_group(raw: Driver, state: BagState, store: str) -> int:
    rows = raw.execute(_OF_GROUP, (state["component"], state["abo_rhd"], store))
    return sum(count for (count,) in rows)


def _store(shelf: Place) -> str:
    return shelf.path.rpartition("/")[0]
