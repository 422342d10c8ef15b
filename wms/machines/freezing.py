"""Freezing: plasma from the robot -> quick freezer -> quarantine, with the freeze record judged by the rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Final

from blood.components import FreezeRule
from blood.eligibility import BagStatus
from plant.model import DeviceKind
from plc_bridge.messages import BatchFrozen, CommandAnswered
from wms.bags.commands import change_fields, move_to, observe
from wms.bags.projection import require
from wms.holds.commands import place_hold
from wms.machines.batches import (
    CAPACITY,
    WAITING_OR_HELD,
    answered,
    close_batch,
    idle,
    into_machine,
    outlet_of,
    send_freeze,
)
from wms.machines.records import BatchRecord, UnitRecord, encode_record
from wms.moves.wanted import plan_move
from wms.release.gates import FREEZE_FAILED
from wms.release.release import release_if_ready
from wms.store.tx import Actor, Tx

_STEP_MIN: Final = 5.0
"""Longest gap between two points of a freezing curve that still counts as a record."""


def freeze_waiting(tx: Tx, actor: Actor) -> None:
    """Give each idle freezer the plasma that waits: it must not stand warm, so nothing is collected first.

    Held plasma is frozen too, and stays held: warm it would be lost before anybody has decided.
    """
    for device in tx.plant.devices:
        if device.kind is not DeviceKind.QUICK_FREEZER or not idle(tx, device.id):
            continue
        waiting = [
            bag
            for component in tx.plant.components.values()
            if component.freeze is not None
            for bag, _ in tx.raw.execute(
                WAITING_OR_HELD, (BagStatus.PROCESSING.value, outlet_of(tx.plant, device), component.key)
            ).fetchall()
        ]
        if waiting:
            send_freeze(tx, actor, device.id, waiting[:CAPACITY])


def freezing_answered(tx: Tx, actor: Actor, answer: CommandAnswered, at: datetime) -> None:
    """The freezer took a batch in."""
    for bag in answered(tx, actor, answer):
        into_machine(tx, actor, bag, answer.device, at)


def batch_frozen(tx: Tx, actor: Actor, report: BatchFrozen, at: datetime) -> None:
    """The freezer's report: plasma goes to quarantine, held when the record misses the component's rule.

    Raises NotFound when a bag is unknown; then nothing of the report is applied.
    """
    faults = {bag: _fault_of(tx, report, bag) for bag in report.bags}
    close_batch(tx, report.batch, encode_record(_record(report, faults)))
    for bag, fault in faults.items():
        state = require(tx.raw, bag)
        move_to(tx, actor, bag, report.place, at, data={"batch": report.batch})
        check = "passed" if fault is None and state["process_check"] != "failed" else "failed"
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


def _fault_of(tx: Tx, report: BatchFrozen, bag: str) -> str | None:
    return freeze_fault(report, tx.plant.components[str(require(tx.raw, bag)["component"])].freeze)


def _record(report: BatchFrozen, faults: Mapping[str, str | None]) -> BatchRecord:
    return BatchRecord(
        started_at=report.started_at,
        ended_at=report.ended_at,
        units=tuple(
            UnitRecord((bag,), bag, "done" if fault is None else "out_of_limits", fault or "")
            for bag, fault in faults.items()
        ),
        curve=tuple((point.minute, point.core_c) for point in report.curve),
        minutes_to_target=report.minutes_to_target,
        target_c=report.target_c,
    )


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
