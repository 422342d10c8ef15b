"""From order to robot: keep bags, have them brought, hand them over, and never let them stand warm for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from blood.eligibility import BagStatus
from blood.isbt128 import BagId
from blood.operations import Operation, OperationKind
from plant.model import Device
from plc_bridge.messages import ProcessUnit
from wms.bags.projection import require
from wms.machines.batches import CAPACITY, idle, outlet_of, send_process, send_separate
from wms.moves.model import DeviceState, MovePurpose
from wms.moves.tasks import open_task_of, request_move
from wms.preparation.automatic import send_share
from wms.preparation.orders import (
    PreparationOrder,
    PrepState,
    claim,
    claimed,
    end_order,
    open_orders,
    require_order,
    set_state,
    unclaim,
)
from wms.preparation.pools import next_pool_din
from wms.preparation.recipes import child_of, operation_for, products_of, robots_for
from wms.preparation.sentences import PrepWait
from wms.preparation.sources import Unit, find_units, form_units, source_status, why_unfit
from wms.store.apart import apart
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

PATIENCE: Final = timedelta(minutes=30)
"""How long released blood stands in front of a robot that does not take it (domain.md 2.3: 30 min)."""
PAUSE: Final = timedelta(minutes=30)
"""After that it goes back into the cold, and the order waits so long before it tries again."""
_WAIT_FOR: Final = {
    OperationKind.SEPARATE: PrepWait.DOCK,
    OperationKind.VIRUS_INACTIVATE: PrepWait.PLASMA,
}


def advance(tx: Tx, actor: Actor) -> str | None:
    """Bring every open order as far as it can come now; a robot gathers for one order at a time, the oldest first.

    Returns what could not be done: an order that fails does not stop the others.
    """
    first = [("forgotten bags", partial(_free_forgotten, tx, actor)), ("the share", partial(send_share, tx, actor))]
    faults = [apart(tx, first)]
    orders = open_orders(tx.raw)
    gathering = _gathering(tx, orders)
    faults.append(apart(tx, [(f"order {order.id}", partial(_turn, tx, actor, order, gathering)) for order in orders]))
    return "; ".join(fault for fault in faults if fault is not None) or None


def _turn(tx: Tx, actor: Actor, order: PreparationOrder, gathering: dict[str, str]) -> None:
    robot = _robot(tx, order, gathering)
    if robot is None:
        return
    _advance(tx, actor, order, robot)
    if claimed(tx.raw, order.id):
        gathering[robot.id] = order.id


def _gathering(tx: Tx, orders: Sequence[PreparationOrder]) -> dict[str, str]:
    """Robot -> the order that it has a batch of, or that keeps bags for it."""
    taken: dict[str, str] = {}
    for order in orders:
        if (device := _open_batch(tx, order.id)) is not None:
            taken[device] = order.id
    for order in orders:
        if order.id not in taken.values() and claimed(tx.raw, order.id):
            free = [robot.id for robot in robots_for(tx.plant, order.recipe) if robot.id not in taken]
            taken.update(dict.fromkeys(free[:1], order.id))
    return taken


def _robot(tx: Tx, order: PreparationOrder, gathering: dict[str, str]) -> Device | None:
    """The robot for an order, or None when it has to wait for one, and then it says so."""
    robots = robots_for(tx.plant, order.recipe)
    if not robots:
        set_state(tx, order, PrepState.WAITING, PrepWait.NO_ROBOT, order.recipe)
        return None
    mine = [robot for robot in robots if gathering.get(robot.id) == order.id]
    free = mine or [robot for robot in robots if robot.id not in gathering]
    if not free:
        set_state(tx, order, PrepState.WAITING, PrepWait.TURN, gathering[robots[0].id])
        return None
    running = [robot for robot in free if tx.hooks.device_state(robot.id) is DeviceState.RUNNING]
    return running[0] if running else free[0]


def _advance(tx: Tx, actor: Actor, order: PreparationOrder, robot: Device) -> None:
    operation = operation_for(tx.plant, order.recipe, order.component)
    outlet = outlet_of(tx.plant, robot)
    if (device := _open_batch(tx, order.id)) is not None:
        set_state(tx, order, PrepState.RUNNING, PrepWait.MACHINE, device)
        return
    _drop_unfit(tx, actor, order, operation, outlet)
    if _stood_too_long(tx, order, operation, outlet):
        _stand_down(tx, actor, order, robot.id)
        return
    if order.not_before > tx.now:
        return
    kept = claimed(tx.raw, order.id)
    if not kept:
        begins = _earliest(order, operation)
        if begins is not None and tx.now < begins:
            local = begins.astimezone(ZoneInfo(tx.plant.site.timezone))
            set_state(tx, order, PrepState.WAITING, PrepWait.TOO_EARLY, f"{local:%Y-%m-%d %H:%M}")
            return
        if tx.hooks.device_state(robot.id) is not DeviceState.RUNNING:
            set_state(tx, order, PrepState.WAITING, PrepWait.ROBOT_DOWN, robot.id)
            return
        kept = _keep(tx, actor, order, operation, outlet)
    if not kept and order.named and not _any_left(tx, order, operation):
        end_order(tx, actor, order, PrepState.CANCELLED, "none of the bags that it was for can be used any more")
        return
    if not kept:
        wait = _WAIT_FOR.get(operation.recipe, PrepWait.SOURCES)
        set_state(tx, order, PrepState.WAITING, wait, _wanted(tx, order, operation, outlet))
        return
    _bring_or_start(tx, actor, require_order(tx.raw, order.id), operation, robot, kept)


def _earliest(order: PreparationOrder, operation: Operation) -> datetime | None:
    """When what lasts only so long after the operation may be made at the earliest; None when at any time."""
    if order.usable_until is None or operation.expiry_limit is None:
        return None
    return order.usable_until - operation.expiry_limit


def _keep(tx: Tx, actor: Actor, order: PreparationOrder, operation: Operation, outlet: str) -> list[str]:
    """Keep the bags of one batch; what is left of the order waits for the next."""
    units = min(order.quantity - order.made - order.held, CAPACITY // operation.min_parents)
    room = CAPACITY
    for unit in find_units(tx, order, operation, outlet, units):
        if len(unit.parents) <= room:
            claim(tx, actor, order.id, unit.parents)
            room -= len(unit.parents)
    return claimed(tx.raw, order.id)


def _any_left(tx: Tx, order: PreparationOrder, operation: Operation) -> bool:
    """False when every bag that a person chose has become something else."""
    wanted = source_status(operation).value
    return any(require(tx.raw, bag)["status"] == wanted for bag in order.named)


def _wanted(tx: Tx, order: PreparationOrder, operation: Operation, outlet: str) -> str:
    """What bags an order lacks: by component and group, or why those that a person chose do not suit."""
    for bag in order.named:
        if reasons := why_unfit(tx, order, operation, bag, outlet):
            return f"{bag}: {reasons}"
    return ", ".join((*operation.inputs, *(() if order.group is None else (order.group.value,))))


def _bring_or_start(
    tx: Tx, actor: Actor, order: PreparationOrder, operation: Operation, robot: Device, kept: Sequence[str]
) -> None:
    outlet = outlet_of(tx.plant, robot)
    if source_status(operation) is BagStatus.AVAILABLE:
        there = [bag for bag in kept if require(tx.raw, bag)["place"] == outlet]
        if len(there) < len(kept):
            for bag in kept:
                if bag not in there and open_task_of(tx.raw, bag) is None:
                    request_move(tx, actor, bag, purpose=MovePurpose.PREPARE, to_place=outlet)
            set_state(tx, order, PrepState.GATHERING, PrepWait.BRINGING, f"{len(there)} / {len(kept)}")
            return
    if not idle(tx, robot.id):
        set_state(tx, order, PrepState.GATHERING, PrepWait.ROBOT, robot.id)
        return
    units = form_units(tx, operation, kept)
    if operation.recipe is OperationKind.SEPARATE:
        send_separate(tx, actor, robot.id, kept, products_of(tx.plant, operation), order.id)
    elif units:
        asked = [_process_unit(tx, operation, unit) for unit in units]
        send_process(tx, actor, robot, order.recipe, asked, order.id)
    set_state(tx, order, PrepState.RUNNING, PrepWait.MACHINE, robot.id)


def _process_unit(tx: Tx, operation: Operation, unit: Unit) -> ProcessUnit:
    if operation.max_parents == 1:
        bag = child_of(tx.plant, operation, unit.parents[0])
    else:
        bag = str(BagId(next_pool_din(tx), tx.plant.product_of(str(operation.output))))
    return ProcessUnit(
        parents=unit.parents, bag=bag, epc=tx.plant.identifiers.epc_of(tx.plant.identifiers.parse_bag_id(bag))
    )


def _drop_unfit(tx: Tx, actor: Actor, order: PreparationOrder, operation: Operation, outlet: str) -> None:
    """Free bags that became unfit, could not be brought, or are too few for a unit by now."""
    for bag in claimed(tx.raw, order.id):
        reasons = why_unfit(tx, order, operation, bag, outlet)
        if reasons or _could_not_be_brought(tx, bag):
            unclaim(tx, actor, bag, reasons or "it could not be brought")
    kept = claimed(tx.raw, order.id)
    grouped = {bag for unit in form_units(tx, operation, kept) for bag in unit.parents}
    for bag in kept:
        if bag not in grouped:
            unclaim(tx, actor, bag, "too few bags of its kind are left for a unit")


def _could_not_be_brought(tx: Tx, bag: str) -> bool:
    row = tx.raw.execute(
        "SELECT 1 FROM task JOIN bag ON bag.id = task.bag WHERE task.bag = ? AND task.purpose = 'prepare' "
        "AND task.state = 'failed' AND task.ended_us >= bag.place_since_us",
        (bag,),
    ).fetchone()
    return row is not None


def _free_forgotten(tx: Tx, actor: Actor) -> None:
    """Free bags of an order that has ended whose batch was taken back since."""
    rows = tx.raw.execute(
        "SELECT DISTINCT claim FROM bag JOIN preparation_order ON preparation_order.id = bag.claim "
        "WHERE preparation_order.ended_us IS NOT NULL"
    ).fetchall()
    for (order,) in rows:
        for bag in claimed(tx.raw, order):
            unclaim(tx, actor, bag, "its preparation order has ended")


def _stood_too_long(tx: Tx, order: PreparationOrder, operation: Operation, outlet: str) -> bool:
    """Released blood may wait a little for the robot; unreleased blood has another way to go when it was refused."""
    if source_status(operation) is not BagStatus.AVAILABLE:
        refused = tx.raw.execute(
            "SELECT 1 FROM batch WHERE prep_order = ? AND state = 'cancelled' AND ended_us > ?",
            (order.id, to_us(max(order.not_before, tx.now - PAUSE))),
        ).fetchone()
        return refused is not None
    row = tx.raw.execute(
        "SELECT 1 FROM bag WHERE claim = ? AND status = 'AVAILABLE' AND place = ? AND place_since_us < ?",
        (order.id, outlet, to_us(tx.now - PATIENCE)),
    ).fetchone()
    return row is not None


def _stand_down(tx: Tx, actor: Actor, order: PreparationOrder, reason: str) -> None:
    for bag in claimed(tx.raw, order.id):
        unclaim(tx, actor, bag, f"it stood in front of {reason} for too long")
    tx.raw.execute("UPDATE preparation_order SET not_before_us = ? WHERE id = ?", (to_us(tx.now + PAUSE), order.id))
    set_state(tx, order, PrepState.WAITING, PrepWait.STOOD_DOWN, reason)


def _open_batch(tx: Tx, order: str) -> str | None:
    """The machine that has, or is to get, a batch of an order."""
    row = tx.raw.execute(
        "SELECT device FROM batch WHERE prep_order = ? AND state IN ('sent', 'accepted')", (order,)
    ).fetchone()
    return None if row is None else str(row[0])
