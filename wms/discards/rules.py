"""Which bags may be destroyed now, what has to let go of them first, and why others may not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from blood.eligibility import BagStatus
from wms.bags.lifecycle import FINAL
from wms.bags.projection import BagState, load
from wms.moves.model import TaskState
from wms.moves.tasks import open_task_of
from wms.orders import reservations
from wms.outbound.boxes import box_at
from wms.store.tx import Tx

S = BagStatus
_AWAY: Final = frozenset({S.IN_TRANSIT, S.RECEIVED, S.ISSUED, S.PRESUMED_TRANSFUSED})
_IN_MACHINE: Final = (
    "SELECT device FROM batch JOIN batch_bag ON batch_bag.batch = batch.id "
    "WHERE batch_bag.bag = ? AND batch.state IN ('sent', 'accepted') "
    "UNION ALL SELECT device FROM label WHERE label.bag = ? AND state = 'at_station'"
)


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about a bag that is to be destroyed: a code, and a sentence for a person."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands against destroying a bag, and what only has to let go of it first."""

    bag: str
    refused: tuple[Remark, ...]
    freed: tuple[Remark, ...]


def standing(tx: Tx, bag: str) -> Standing:
    """How a bag stands now. Held, expired, recalled or reactive is no obstacle; being somewhere else is."""
    state = load(tx.raw, bag)
    if state is None:
        return Standing(bag, (Remark("unknown", f"There is no bag {bag}"),), ())
    status = S(str(state["status"]))
    if status in FINAL:
        return Standing(bag, (Remark("status", f"it is {status.value}; its story is over"),), ())
    refused = [*_elsewhere(state, status), *_in_use(tx, state)]
    return Standing(bag, tuple(refused), tuple(_kept(tx, bag, state)))


def _elsewhere(state: BagState, status: BagStatus) -> list[Remark]:
    if status in _AWAY or state["custody"] != "centre":
        whose = state["hospital"] or "a hospital"
        return [
            Remark("away", f"it is {status.value}; {whose} has it, or it is on the way, and says what became of it")
        ]
    if status is S.MISSING or state["place"] is None:
        return [Remark("place_unknown", "nobody knows where it is; find it first, or have it declared lost")]
    return []


def _in_use(tx: Tx, state: BagState) -> list[Remark]:
    bag, found = str(state["id"]), []
    machine = tx.raw.execute(_IN_MACHINE, (bag, bag)).fetchone()
    if machine is not None:
        found.append(
            Remark("machine", f"{machine[0] or 'a machine'} has it, or is about to take it; wait for its report")
        )
    task = open_task_of(tx.raw, bag)
    if task is not None and task.state is TaskState.SENT:
        found.append(
            Remark("carried", f"{task.device or 'a machine'} is carrying it (task {task.id}); wait until it lies")
        )
    box = box_at(tx.plant, None if state["place"] is None else str(state["place"]))
    if box is not None:
        found.append(Remark("box", f"it lies in transport box {box}; take it out first"))
    return found


def _kept(tx: Tx, bag: str, state: BagState) -> list[Remark]:
    kept = []
    held = reservations.standing_of(tx.conn, bag)
    if held is not None:
        kept.append(Remark("reserved", f"order {held.order} loses it and is planned again"))
    if state["claim"] is not None:
        kept.append(Remark("claimed", f"preparation order {state['claim']} loses it"))
    task = open_task_of(tx.raw, bag)
    if task is not None and task.state is TaskState.WAITING:
        kept.append(Remark("move", f"its move {task.id} ({task.purpose.value}) is taken back"))
    return kept
