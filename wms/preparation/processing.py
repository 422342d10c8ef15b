"""The robot's report of a recipe: children begin, parents are used up, and every measure is judged by the profile."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from blood.eligibility import BagStatus
from blood.operations import Measured, Operation, faults_of
from plc_bridge.messages import BatchProcessed, ChildBag, Outcome, ProcessedUnit
from wms.bags.commands import change_fields, move_to, raise_finding
from wms.bags.projection import BagState, require
from wms.errors import Invalid
from wms.holds.commands import place_hold
from wms.machines.batches import close_batch, order_of
from wms.machines.records import BatchRecord, UnitMeasure, UnitRecord, encode_record
from wms.moves.wanted import plan_move
from wms.preparation.children import PROCESS_FAILED, Birth, begin_child, product_made, set_aside, use_up
from wms.preparation.genealogy import traits_of
from wms.preparation.orders import count_units
from wms.preparation.pools import is_pool_din
from wms.preparation.recipes import operation_for
from wms.store.tx import Actor, Tx

BATCH_FAILED = "batch_failed"
"""How the hold on a sound unit begins whose batch is not to be trusted."""


def batch_processed(tx: Tx, actor: Actor, report: BatchProcessed, at: datetime) -> None:
    """Follow a robot's report of a batch.

    A unit whose measures miss the recipe's limits, or are missing, is set aside and held; when too large a share of the
    units failed, the others are held as well. Raises NotFound, Invalid or Conflict when a bag in it cannot be; then
    nothing of the report is applied.
    """
    order, asked = order_of(tx.raw, report.batch), _asked(tx, report.batch)
    judged = [(unit, *_judged(tx, report.recipe, unit)) for unit in report.units]
    records = tuple(_record(unit, operation, faults) for unit, operation, faults in judged)
    close_batch(tx, report.batch, encode_record(BatchRecord(report.started_at, report.ended_at, records)))
    for unit, operation, faults in judged:
        if unit.child is None:
            _left_over(tx, actor, report, unit, faults, at)
        else:
            _made(tx, actor, report, unit, unit.child, operation, faults, asked, at)
    failed = sum(bool(faults) for _, _, faults in judged)
    condemned = _hold_batch(tx, actor, judged, failed)
    for unit, _, _ in judged:
        for bag in (unit.child.bag,) if unit.child is not None else unit.parents:
            plan_move(tx, actor, bag)
    data = {"device": report.device, "recipe": report.recipe, "units": len(judged), "failed": failed}
    tx.record("batch.processed", actor=actor, subject=report.batch, data={**data, "batch_failed": condemned})
    good = 0 if condemned else len(judged) - failed
    count_units(tx, actor, order, made=good, held=len(judged) - good)


def _asked(tx: Tx, batch: str) -> Mapping[str, tuple[str, ...]]:
    """What was asked for: child -> parents; empty for a batch that is not known (any more)."""
    row = tx.raw.execute("SELECT asked FROM batch WHERE id = ?", (batch,)).fetchone()
    if row is None or row[0] is None:
        return {}
    return {child: tuple(parents) for child, parents in json.loads(row[0])}


def _judged(tx: Tx, recipe: str, unit: ProcessedUnit) -> tuple[Operation, tuple[str, ...]]:
    """The operation that a unit went through, and all that is wrong with it."""
    if not unit.parents:
        raise Invalid("report.parents", f"A unit of {recipe} has no parents")
    parents = [require(tx.raw, parent) for parent in unit.parents]
    operation = _operation(tx, recipe, unit.child, parents)
    wrong = sorted({str(parent["component"]) for parent in parents} - set(operation.inputs))
    faults = [f"{recipe} of {operation.output} does not take {component}" for component in wrong]
    if not operation.min_parents <= len(parents) <= operation.max_parents:
        faults.append(f"made of {len(parents)} bags, {operation.min_parents} to {operation.max_parents} are allowed")
    if unit.outcome is Outcome.FAILED:
        faults.append(unit.reason or "the robot failed")
    elif unit.child is None:
        faults.append("nothing came of it")
    if unit.child is not None:
        faults += faults_of(operation, [Measured(one.name, one.value, one.unit) for one in unit.measures])
    return operation, tuple(faults)


def _operation(tx: Tx, recipe: str, child: ChildBag | None, parents: Sequence[BagState]) -> Operation:
    if child is not None:
        return operation_for(tx.plant, recipe, product_made(tx, child)[1].key)
    outputs = [product.component for product in tx.plant.products]
    for component in outputs:
        try:
            operation = operation_for(tx.plant, recipe, component)
        except Invalid:
            continue
        if str(parents[0]["component"]) in operation.inputs:
            return operation
    raise Invalid("report.recipe", f"{recipe} is no recipe for {parents[0]['id']} ({parents[0]['component']})")


def _made(
    tx: Tx,
    actor: Actor,
    report: BatchProcessed,
    unit: ProcessedUnit,
    child: ChildBag,
    operation: Operation,
    faults: Sequence[str],
    asked: Mapping[str, tuple[str, ...]],
    at: datetime,
) -> None:
    parents = [require(tx.raw, parent) for parent in unit.parents]
    bag, _ = product_made(tx, child)
    if operation.max_parents == 1 and bag.din != parents[0]["din"]:
        raise Invalid("report.child", f"{child.bag} does not carry the donation number of {parents[0]['id']}")
    if operation.max_parents > 1 and not is_pool_din(tx.plant, bag.din):
        raise Invalid("report.child", f"{child.bag} is a pool and has no number for pools")
    birth = Birth(report.batch, operation, report.place, at)
    begin_child(tx, actor, birth, child, traits_of(parents, bag.din), parents, faults)
    if asked and sorted(asked.get(child.bag, ())) != sorted(unit.parents):
        raise_finding(tx, actor, child.bag, f"{report.device} made it from {', '.join(unit.parents)}, as nobody asked")
    for parent in unit.parents:
        use_up(tx, actor, parent, "bag.processed", report.batch, at)


def _left_over(
    tx: Tx, actor: Actor, report: BatchProcessed, unit: ProcessedUnit, faults: Sequence[str], at: datetime
) -> None:
    """Nothing came of a unit: its parents lie where the report says, held until somebody has looked at them."""
    reason = f"{PROCESS_FAILED}: {'; '.join(faults)}"
    for parent in unit.parents:
        move_to(tx, actor, parent, report.place, at, data={"batch": report.batch})
        change_fields(tx, actor, parent, "bag.not_processed", data={"batch": report.batch}, claim=None)
        if require(tx.raw, parent)["status"] == BagStatus.PROCESSING.value:
            set_aside(tx, actor, parent, reason)
        else:
            place_hold(tx, actor, bag=parent, reason=reason)


def _hold_batch(
    tx: Tx, actor: Actor, judged: Sequence[tuple[ProcessedUnit, Operation, tuple[str, ...]]], failed: int
) -> bool:
    """Hold the sound units of a batch in which too many failed; returns whether that was so."""
    if not failed or failed < min(operation.batch_fails_at for _, operation, _ in judged) * len(judged):
        return False
    for unit, _, faults in judged:
        if unit.child is not None and not faults:
            reason = f"{BATCH_FAILED}: {failed} of {len(judged)} units of its batch failed"
            place_hold(tx, actor, bag=unit.child.bag, reason=reason)
    return True


def _record(unit: ProcessedUnit, operation: Operation, faults: Sequence[str]) -> UnitRecord:
    limits = {limit.name: limit for limit in operation.measures}
    measures = tuple(
        UnitMeasure(
            name=one.name,
            value=one.value,
            unit=one.unit,
            min=limits[one.name].min if one.name in limits else None,
            max=limits[one.name].max if one.name in limits else None,
        )
        for one in unit.measures
    )
    outcome = unit.outcome.value if unit.outcome is Outcome.FAILED else "out_of_limits" if faults else "done"
    child = None if unit.child is None else unit.child.bag
    return UnitRecord(unit.parents, child, outcome, "; ".join(faults), measures)
