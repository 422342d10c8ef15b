"""Whether bags may be processed by hand now: eligibility, and what machines and boxes have to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from blood.eligibility import Act, Purpose, ReasonCode, eligibility
from blood.operations import Operation, OperationKind, Trait
from wms.bags.facts import facts_of
from wms.bags.projection import BagState
from wms.machines.batches import in_open_batch
from wms.moves.model import TaskState
from wms.moves.tasks import open_task_of
from wms.outbound.boxes import box_at
from wms.store.metadata import from_us
from wms.store.tx import Tx

_PASSING: Final[Mapping[OperationKind, frozenset[ReasonCode]]] = {
    OperationKind.RELABEL: frozenset({ReasonCode.EXPIRED}),  # what it expires by is what the relabel is about
    OperationKind.FREEZE: frozenset({ReasonCode.HOLD}),  # warm it would be lost before anybody has decided
}
"""What speaks against processing and not against this."""


def why_not(tx: Tx, operation: Operation, unit: Sequence[BagState]) -> list[str]:
    """Every reason why these bags must not become one unit now, each with the bag that it is about."""
    reasons = [f"{state['id']}: {reason}" for state in unit for reason in _against(tx, operation, state)]
    groups = {state["abo_rhd"] for state in unit}
    if len(unit) > 1 and operation.same >= {Trait.ABO, Trait.RHD} and (len(groups) > 1 or None in groups):
        reasons.append("the bags of one unit must be of one confirmed group")
    return reasons


def _against(tx: Tx, operation: Operation, state: BagState) -> list[str]:
    bag, kind = str(state["id"]), operation.recipe
    passing = _PASSING.get(kind, frozenset())
    found = eligibility(facts_of(tx, bag), Purpose(Act.PROCESS, operation=kind), tx.now)
    reasons = [f"{one.code.value}: {one.detail}" for one in found if one.code not in passing]
    if operation.too_old(from_us(int(state["collected_us"] or 0)), tx.now):
        reasons.append("it is too old for this operation")
    if state["claim"] is None and in_open_batch(tx.raw, bag):
        reasons.append("a machine has it, or is about to take it")
    task = open_task_of(tx.raw, bag)
    if task is not None and task.state is TaskState.SENT:
        reasons.append(f"{task.device or 'a machine'} is carrying it")
    box = box_at(tx.plant, None if state["place"] is None else str(state["place"]))
    if box is not None:
        reasons.append(f"it lies in transport box {box}")
    return reasons
