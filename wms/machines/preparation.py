"""Preparation: whole blood at the dock -> batch for the robot -> red cells and plasma, each a bag of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from blood.components import Family
from blood.eligibility import BagStatus
from blood.isbt128 import ScanError, parse_bag_id
from plant.model import DeviceKind
from plc_bridge.messages import BatchSeparated, ChildBag, CommandAnswered, Outcome, SeparatedUnit
from wms.bags.commands import change_status, create_bag, move_to, observe, raise_finding
from wms.bags.lifecycle import allowed
from wms.bags.projection import BagState, require
from wms.bags.tags import contradiction
from wms.errors import Invalid
from wms.holds.commands import hold_if_leaving_held_place, open_holds, place_hold
from wms.intake.expiry import expiry_of
from wms.intake.release import release_if_ready
from wms.ledger.chain import canonical
from wms.machines.batches import CAPACITY, WAITING_FOR, BatchKind, answered, close_batch, idle, into_machine, send_batch
from wms.moves.by_hand import receiving_dock
from wms.moves.ended import plan_move
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

PATIENCE: Final = timedelta(minutes=10)
"""How long the first bag waits for a full batch (domain time)."""


def prepare_waiting(tx: Tx, actor: Actor) -> None:
    """Give each idle robot a batch: 12 bags, or fewer once the first has waited ten minutes."""
    for device in tx.plant.devices:
        if device.kind is not DeviceKind.PREP_ROBOT or not idle(tx, device.id):
            continue
        waiting = [
            (bag, since)
            for component in tx.plant.components.values()
            if component.family is Family.WHOLE_BLOOD
            for bag, since in tx.raw.execute(
                WAITING_FOR, (BagStatus.COLLECTED.value, receiving_dock(tx), component.key)
            ).fetchall()
        ]
        if len(waiting) >= CAPACITY or (waiting and waiting[0][1] <= to_us(tx.now - PATIENCE)):
            bags = [bag for bag, _ in waiting[:CAPACITY]]
            send_batch(tx, actor, device.id, BatchKind.SEPARATE, bags, _outputs(tx))


def separation_answered(tx: Tx, actor: Actor, answer: CommandAnswered, at: datetime) -> None:
    """The robot took a batch in: its bags are PROCESSING in the robot."""
    for bag in answered(tx, actor, answer):
        into_machine(tx, actor, bag, answer.device, at)
        observe(tx, actor, bag, BagStatus.PROCESSING, "bag.processing")


def batch_separated(tx: Tx, actor: Actor, report: BatchSeparated, at: datetime) -> None:
    """The robot's report: parents are used up, their children begin, failed parents are set aside.

    Raises NotFound, Invalid or Conflict when a bag in it cannot be; then nothing of the report is applied.
    """
    close_batch(tx, report.batch, canonical({"started_at": report.started_at, "ended_at": report.ended_at}))
    for unit in report.units:
        if unit.outcome is Outcome.DONE:
            _separated(tx, actor, report, unit, at)
        else:
            move_to(tx, actor, unit.parent, report.place, at)
            observe(tx, actor, unit.parent, BagStatus.NONCONFORMING, "bag.separation_failed", process_check="failed")
            place_hold(tx, actor, bag=unit.parent, reason=f"separation failed: {unit.reason}")
            plan_move(tx, actor, unit.parent)
    tx.record("batch.separated", actor=actor, subject=report.batch, data={"device": report.device})


def _outputs(tx: Tx) -> list[str]:
    wanted = {Family.RED_CELLS, Family.PLASMA}
    return [product.code for product in tx.plant.products if tx.plant.components[product.component].family in wanted]


def _separated(tx: Tx, actor: Actor, report: BatchSeparated, unit: SeparatedUnit, at: datetime) -> None:
    parent = require(tx.raw, unit.parent)
    for child in unit.children:
        _begin(tx, actor, report, parent, child, at)
    observe(tx, actor, unit.parent, BagStatus.CONSUMED, "bag.separated", data={"batch": report.batch})
    move_to(tx, actor, unit.parent, None, at, kind="bag.used_up")


def _begin(tx: Tx, actor: Actor, report: BatchSeparated, parent: BagState, child: ChildBag, at: datetime) -> None:
    try:
        bag = parse_bag_id(child.bag)
        component = tx.plant.product_component[bag.product]
    except (ScanError, KeyError) as error:
        raise Invalid("report.child", f"{child.bag} is no bag that this site makes: {error}") from error
    if bag.din != parent["din"]:
        raise Invalid("report.child", f"{child.bag} does not carry the donation number of {parent['id']}")
    frozen = component.freeze is not None
    collected = from_us(int(parent["collected_us"] or 0))
    create_bag(
        tx,
        actor,
        child.bag,
        kind="bag.made",
        place=report.place,
        at=at,
        parents=(str(parent["id"]),),
        fields={
            **{name: parent[name] for name in ("din", "donor", "donation_type", "custody", "tests", "abo_rhd")},
            "product": bag.product,
            "component": component.key,
            "status": (BagStatus.PROCESSING if frozen else BagStatus.QUARANTINE).value,
            "volume_ml": child.volume_ml,
            "collected_us": to_us(collected),
            "expires_us": to_us(expiry_of(tx.plant, component.key, collected)),
            "epc": child.epc,
            "tid": child.tid,
            "process_check": "pending" if frozen else "passed",
            "label_check": "pending",
        },
        data={"batch": report.batch},
    )
    if (wrong := contradiction(child.bag, child.epc)) is not None:
        raise_finding(tx, actor, child.bag, wrong)
    inherit_trouble(tx, actor, child.bag, parent)
    if require(tx.raw, child.bag)["status"] == BagStatus.QUARANTINE.value:
        release_if_ready(tx, actor, child.bag)
    plan_move(tx, actor, child.bag)


def inherit_trouble(tx: Tx, actor: Actor, bag: str, parent: BagState) -> None:
    """What is wrong with a parent is wrong with what is made from it: holds go along, failed tests condemn."""
    for reason in open_holds(tx.raw, str(parent["id"]), None):
        place_hold(tx, actor, bag=bag, reason=reason)
    if parent["place"] is not None:
        hold_if_leaving_held_place(tx, actor, bag, str(parent["place"]))
    status = BagStatus(str(require(tx.raw, bag)["status"]))
    condemned = parent["tests"] == "not_negative" or parent["status"] == BagStatus.NONCONFORMING.value
    if condemned and allowed(status, BagStatus.NONCONFORMING):
        place_hold(tx, actor, bag=bag, reason=f"made from {parent['id']}, which is not fit for use")
        change_status(tx, actor, bag, BagStatus.NONCONFORMING, "bag.failed_tests")
