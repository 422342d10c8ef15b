"""Doing an operation by hand: both codes of every bag scanned, the same rules, genealogy and holds as a machine's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from blood.operations import Measured, Operation, OperationKind, faults_of
from plant.model import PlaceKind
from runtime.ids import new_id
from wms.bags.facts import facts_of
from wms.bags.projection import BagState, require
from wms.errors import Invalid, Refused
from wms.holds.commands import Signature
from wms.moves.slots import require_place
from wms.moves.wanted import plan_move
from wms.operations.catalogue import keeps_bag, needs_approval, operation_of, volumes_asked
from wms.operations.fitness import why_not
from wms.operations.freezing import freezing_faults
from wms.operations.record import begin_record, end_record
from wms.operations.units import Bench, keep_bag, make_children
from wms.store.tx import Actor, Tx

SIGNATURES_TO_APPROVE: Final = 2


class OperationRefused(Refused):
    """Bags that must not be processed so; nothing was changed, and each is named with its reasons."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("operation.refused", f"Nothing was made. {'; '.join(reasons)}")


@dataclass(frozen=True, slots=True)
class Work:
    """What people did with ``bags``; ``volumes_ml`` as `volumes_asked` has it, ``place`` where the result lies."""

    operation: str
    bags: tuple[str, ...]
    output: str | None = None
    volumes_ml: tuple[float, ...] = ()
    measures: tuple[Measured, ...] = ()
    place: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it: the batch that records it, its bags, and those of them that are held."""

    batch: str
    children: tuple[str, ...]
    held: tuple[str, ...]


def perform(tx: Tx, actor: Actor, work: Work, signatures: Sequence[Signature] = ()) -> Made:
    """Follow an operation that people did: children begin, parents are used up, what must be held is held.

    An operation with approval (a relabel, the only one that may lengthen an expiry) needs a reason and two people.
    Raises NotFound, Invalid, Conflict when what it makes is known already, OperationRefused with every reason why one
    of the bags must not be processed, Refused without the signatures; then nothing was changed.
    """
    if not work.bags or len(set(work.bags)) != len(work.bags):
        raise Invalid("bags", "Scan each bag once")
    states = [require(tx.raw, bag) for bag in work.bags]
    operation = operation_of(tx.plant, work.operation, [str(state["component"]) for state in states], work.output)
    people = _approved(operation, work, signatures)
    units = _units(operation, states)
    _check_volumes(operation, work)
    if reasons := [reason for unit in units for reason in why_not(tx, operation, unit)]:
        raise OperationRefused(reasons)
    batch = new_id("bat")
    bench = Bench(batch, operation, _place(tx, work, states[0]), _faults(tx, operation, states, work))
    begin_record(tx, batch, operation, work.bags)
    data = {"operation": work.operation, "bags": list(work.bags), "output": operation.output, "reason": work.reason}
    signed = {"people": people, "signatures": [one.id for one in signatures]} if people else {}
    tx.record("operation.done", actor=actor, subject=batch, data={**data, **signed})
    came_of: list[tuple[str, ...]] = []
    for unit in units:
        if keeps_bag(operation):
            came_of.append(keep_bag(tx, actor, bench, unit[0]))
        else:
            came_of.append(make_children(tx, actor, bench, unit, work.volumes_ml))
    end_record(tx, bench, [[str(state["id"]) for state in unit] for unit in units], came_of, work.measures)
    made = tuple(bag for bags in came_of for bag in bags)
    for bag in made:
        plan_move(tx, actor, bag)
    tx.notify("batch", batch)
    return Made(batch, made, tuple(bag for bag in made if facts_of(tx, bag).open_holds))


def _approved(operation: Operation, work: Work, signatures: Sequence[Signature]) -> list[str]:
    """Who approved, for an operation that asks for it."""
    if not needs_approval(operation):
        return []
    people = sorted({signature.person for signature in signatures})
    if len(people) < SIGNATURES_TO_APPROVE:
        detail = f"{work.operation} needs the signatures of two people; {len(people)} signed"
        raise Refused("operation.signatures", detail)
    if not (work.reason or "").strip():
        raise Invalid("reason", f"{work.operation} needs a reason")
    return people


def _units(operation: Operation, states: Sequence[BagState]) -> list[list[BagState]]:
    """Bags that become one unit each; several bags are several units only where a unit is one bag that stays whole."""
    if operation.max_parents == 1 and volumes_asked(operation) == 0:
        return [[state] for state in states]
    if not operation.min_parents <= len(states) <= operation.max_parents:
        wanted = f"{operation.min_parents} to {operation.max_parents}" if operation.max_parents > 1 else "1"
        raise Invalid("bags", f"{operation.recipe.value} makes one unit of {wanted} bags; {len(states)} were scanned")
    return [list(states)]


def _check_volumes(operation: Operation, work: Work) -> None:
    asked = volumes_asked(operation)
    if asked is not None and len(work.volumes_ml) != asked:
        order = f", in the order {', '.join(operation.outputs)}" if asked else ""
        raise Invalid("volumes_ml", f"{operation.recipe.value} asks for {asked} volumes in mL{order}")


def _faults(tx: Tx, operation: Operation, states: Sequence[BagState], work: Work) -> tuple[str, ...]:
    """Every limit that the record misses; a value that was not measured is missed."""
    freezing = operation.recipe is OperationKind.FREEZE and keeps_bag(operation)
    frozen = freezing_faults(tx.plant, states, work.measures) if freezing else ()
    return (*frozen, *faults_of(operation, work.measures))


def _place(tx: Tx, work: Work, first: BagState) -> str:
    """Where what was made lies: where the person says, else the first lane of the plant, where machines lay theirs."""
    lane = next((place.path for place in tx.plant.places if place.kind is PlaceKind.LANE), str(first["place"]))
    place = work.place or lane
    require_place(tx.raw, tx.plant, place, for_bag=str(first["id"]))
    return place
