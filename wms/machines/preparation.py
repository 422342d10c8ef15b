"""Separation: whole blood at the dock -> batch for the robot -> red cells and plasma, each a bag of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from blood.components import Family
from blood.eligibility import Act, BagStatus, Purpose, eligibility
from blood.operations import Operation, OperationKind
from plant.model import Recipe
from plc_bridge.messages import BatchSeparated, CommandAnswered, Outcome, SeparatedUnit
from wms.bags.commands import move_to, observe
from wms.bags.facts import facts_of
from wms.bags.projection import require
from wms.errors import Invalid
from wms.machines.batches import (
    CAPACITY,
    WAITING_FREELY,
    answered,
    close_batch,
    idle,
    into_machine,
    order_of,
    send_separate,
)
from wms.machines.records import BatchRecord, UnitRecord, encode_record
from wms.moves.by_hand import receiving_dock
from wms.moves.wanted import plan_move
from wms.preparation.children import Birth, begin_child, product_made, set_aside, use_up
from wms.preparation.genealogy import traits_of
from wms.preparation.orders import count_units
from wms.preparation.recipes import operations_of, products_of, robots_for, usual_separation
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

PATIENCE: Final = timedelta(minutes=10)
"""How long the first bag waits for a full batch (domain time)."""
_SEPARATION: Final = Purpose(Act.PROCESS, operation=OperationKind.SEPARATE)


def prepare_waiting(tx: Tx, actor: Actor) -> None:
    """Give each idle robot that separates a batch: 12 bags, or fewer once the first has waited ten minutes.

    What a preparation order keeps for itself is left alone, and what may not be processed (held, recalled, deferred).
    """
    for device in robots_for(tx.plant, Recipe.SEPARATE):
        if not idle(tx, device.id):
            continue
        waiting = [
            (bag, since)
            for component in tx.plant.components.values()
            if component.family is Family.WHOLE_BLOOD
            for bag, since in tx.raw.execute(
                WAITING_FREELY, (BagStatus.COLLECTED.value, receiving_dock(tx), component.key)
            ).fetchall()
            if not eligibility(facts_of(tx, bag), _SEPARATION, tx.now)
        ]
        if len(waiting) >= CAPACITY or (waiting and waiting[0][1] <= to_us(tx.now - PATIENCE)):
            bags = [bag for bag, _ in waiting[:CAPACITY]]
            send_separate(tx, actor, device.id, bags, products_of(tx.plant, usual_separation(tx.plant)))


def preparation_answered(tx: Tx, actor: Actor, answer: CommandAnswered, at: datetime) -> None:
    """A robot took a batch in: whole blood is PROCESSING in it; what an order keeps stays what it is, in the robot."""
    for bag in answered(tx, actor, answer):
        into_machine(tx, actor, bag, answer.device, at)
        if require(tx.raw, bag)["status"] == BagStatus.COLLECTED.value:
            observe(tx, actor, bag, BagStatus.PROCESSING, "bag.processing")


def batch_separated(tx: Tx, actor: Actor, report: BatchSeparated, at: datetime) -> None:
    """The robot's report: parents are used up, their children begin, failed parents are set aside.

    Raises NotFound, Invalid or Conflict when a bag in it cannot be; then nothing of the report is applied.
    """
    close_batch(tx, report.batch, encode_record(_record(report)))
    made = held = 0
    for unit in report.units:
        if unit.outcome is Outcome.DONE:
            _separated(tx, actor, report, unit, at)
            made += 1
        else:
            _failed(tx, actor, report, unit, at)
            held += 1
    tx.record("batch.separated", actor=actor, subject=report.batch, data={"device": report.device})
    count_units(tx, actor, order_of(tx.raw, report.batch), made=made, held=held)


def _record(report: BatchSeparated) -> BatchRecord:
    units = [
        UnitRecord((unit.parent,), child.bag, unit.outcome.value, unit.reason)
        for unit in report.units
        for child in unit.children
    ]
    units += [
        UnitRecord((unit.parent,), None, unit.outcome.value, unit.reason) for unit in report.units if not unit.children
    ]
    return BatchRecord(report.started_at, report.ended_at, tuple(units))


def _separated(tx: Tx, actor: Actor, report: BatchSeparated, unit: SeparatedUnit, at: datetime) -> None:
    parent = require(tx.raw, unit.parent)
    birth = Birth(report.batch, _operation(tx, unit), report.place, at)
    for child in unit.children:
        bag, _ = product_made(tx, child)
        if bag.din != parent["din"]:
            raise Invalid("report.child", f"{child.bag} does not carry the donation number of {parent['id']}")
        begin_child(tx, actor, birth, child, traits_of([parent], bag.din), [parent], ())
        plan_move(tx, actor, child.bag)
    use_up(tx, actor, unit.parent, "bag.separated", report.batch, at)


def _operation(tx: Tx, unit: SeparatedUnit) -> Operation:
    """The separation that makes at least what a unit became; a broken report may lack a child."""
    became = {product_made(tx, child)[1].key for child in unit.children}
    for one in operations_of(tx.plant):
        if one.recipe.value == Recipe.SEPARATE and became <= set(one.outputs):
            return one
    raise Invalid("report.child", f"No separation of this site makes {', '.join(sorted(became))} of one bag")


def _failed(tx: Tx, actor: Actor, report: BatchSeparated, unit: SeparatedUnit, at: datetime) -> None:
    move_to(tx, actor, unit.parent, report.place, at)
    observe(
        tx, actor, unit.parent, BagStatus.NONCONFORMING, "bag.separation_failed", process_check="failed", claim=None
    )
    set_aside(tx, actor, unit.parent, f"separation failed: {unit.reason}")
    plan_move(tx, actor, unit.parent)
