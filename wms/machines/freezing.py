"""Freezing: plasma from the robot -> quick freezer -> quarantine, with the freeze record judged by the rule."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Final

from blood.components import FreezeRule
from blood.eligibility import BagStatus
from plant.model import DeviceKind, PlaceKind
from plc_bridge.messages import BatchFrozen, CommandAnswered
from wms.bags.commands import change_fields, move_to, observe
from wms.bags.projection import require
from wms.holds.commands import place_hold
from wms.intake.gates import FREEZE_FAILED
from wms.intake.release import release_if_ready
from wms.ledger.chain import canonical
from wms.machines.batches import CAPACITY, WAITING_FOR, BatchKind, answered, close_batch, idle, into_machine, send_batch
from wms.moves.ended import plan_move
from wms.store.tx import Actor, Tx

_STEP_MIN: Final = 5.0
"""Longest gap between two points of a freezing curve that still counts as a record."""


def freeze_waiting(tx: Tx, actor: Actor) -> None:
    """Give each idle freezer the plasma that waits: it must not stand warm, so nothing is collected first."""
    lanes = [place.path for place in tx.plant.places if place.kind is PlaceKind.LANE]
    for device in tx.plant.devices:
        if device.kind is not DeviceKind.QUICK_FREEZER or not idle(tx, device.id):
            continue
        waiting = [
            bag
            for component in tx.plant.components.values()
            if component.freeze is not None
            for lane in lanes
            for bag, _ in tx.raw.execute(WAITING_FOR, (BagStatus.PROCESSING.value, lane, component.key)).fetchall()
        ]
        if waiting:
            send_batch(tx, actor, device.id, BatchKind.FREEZE, waiting[:CAPACITY], ())


def freezing_answered(tx: Tx, actor: Actor, answer: CommandAnswered, at: datetime) -> None:
    """The freezer took a batch in."""
    for bag in answered(tx, actor, answer):
        into_machine(tx, actor, bag, answer.device, at)


def batch_frozen(tx: Tx, actor: Actor, report: BatchFrozen, at: datetime) -> None:
    """The freezer's report: plasma goes to quarantine, held when the record misses the component's rule.

    Raises NotFound when a bag is unknown; then nothing of the report is applied.
    """
    close_batch(tx, report.batch, canonical({"curve": [[p.minute, p.core_c] for p in report.curve]}))
    for bag in report.bags:
        state = require(tx.raw, bag)
        rule = tx.plant.components[str(state["component"])].freeze
        fault = freeze_fault(report, rule)
        move_to(tx, actor, bag, report.place, at, data={"batch": report.batch})
        check = "passed" if fault is None else "failed"
        data = {"batch": report.batch, "fault": fault}
        if state["status"] == BagStatus.NONCONFORMING.value:
            change_fields(tx, actor, bag, "bag.frozen", data=data, process_check=check)
        else:
            observe(tx, actor, bag, BagStatus.QUARANTINE, "bag.frozen", data=data, process_check=check)
        if fault is not None:
            place_hold(tx, actor, bag=bag, reason=f"{FREEZE_FAILED}: {fault}")
        if require(tx.raw, bag)["status"] == BagStatus.QUARANTINE.value:
            release_if_ready(tx, actor, bag)
        plan_move(tx, actor, bag)
    summary = {"device": report.device, "minutes_to_target": report.minutes_to_target, "lowest_c": report.lowest_core_c}
    tx.record("batch.frozen", actor=actor, subject=report.batch, data=summary)


def freeze_fault(report: BatchFrozen, rule: FreezeRule | None) -> str | None:
    """Why a freeze record fails, judged from its curve and not from what the machine concludes; None when it passes."""
    if rule is None:
        return "this component is not to be frozen"
    if len(report.curve) < 2:
        return "there is no freezing curve"
    minutes = [point.minute for point in report.curve]
    if any(later <= earlier or later - earlier > _STEP_MIN for earlier, later in pairwise(minutes)):
        return f"the freezing curve has a gap longer than {_STEP_MIN:g} min"
    reached = next((point.minute for point in report.curve if point.core_c <= rule.core_c), None)
    limit = rule.within.total_seconds() / 60
    if reached is None:
        return f"the core did not reach {rule.core_c:g} °C"
    if reached > limit:
        return f"the core reached {rule.core_c:g} °C after {reached:g} min, at most {limit:g}"
    return None
