"""What becomes of the bags of one unit: children of their own, or the same bag changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from blood.attributes import read as read_attributes
from blood.attributes import write as write_attributes
from blood.eligibility import BagStatus
from blood.expiry import expiry_after
from blood.isbt128 import BagId, ScanError
from blood.operations import ExpiryBasis, Operation, OperationKind
from plant.model import Plant
from plc_bridge.messages import ChildBag
from wms.bags.commands import change_fields, change_status, move_to
from wms.bags.projection import BagState, Scalar, load
from wms.errors import Conflict, Invalid
from wms.holds.commands import place_hold
from wms.moves.tasks import cancel_move, open_task_of
from wms.operations.pieces import codes_of
from wms.preparation.children import PROCESS_FAILED, Birth, begin_child, use_up
from wms.preparation.genealogy import traits_of
from wms.preparation.pools import next_pool_din
from wms.release.gates import FREEZE_FAILED
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx


@dataclass(frozen=True, slots=True)
class Bench:
    """Where an operation was done: its batch, its rules, the place of what was made, and what its record missed."""

    batch: str
    operation: Operation
    place: str
    faults: tuple[str, ...]


def make_children(
    tx: Tx, actor: Actor, bench: Bench, unit: Sequence[BagState], volumes_ml: Sequence[float]
) -> tuple[str, ...]:
    """Begin the children of a unit and use up its parents; returns the children.

    Raises Invalid for volumes that cannot come out of the parent or a code that no tag can carry, Conflict when a child
    is known already.
    """
    operation = bench.operation
    parents = [str(state["id"]) for state in unit]
    din = next_pool_din(tx) if operation.max_parents > 1 else str(unit[0]["din"])
    codes = codes_of(tx.plant, operation, din, parents[0], len(volumes_ml))
    whole_ml = float(unit[0]["volume_ml"] or 0.0)
    if operation.recipe is OperationKind.SPLIT and sum(volumes_ml) > whole_ml:
        raise Invalid("volumes_ml", f"{parents[0]} has {whole_ml:g} mL; {sum(volumes_ml):g} mL cannot come out of it")
    if len(codes) > 1 and tx.plant.place_of(bench.place).slots:
        raise Invalid("place", f"{len(codes)} bags do not lie in one slot; name the lane or bench where they are")
    for parent in parents:
        _off_its_way(tx, actor, parent)
    birth = Birth(bench.batch, operation, bench.place, tx.now)
    for code, volume in zip(codes, volumes_ml or [whole_ml] * len(codes), strict=True):
        if load(tx.raw, str(code)) is not None:
            raise Conflict("bag.exists", f"{code} is known already; it was made before")
        child = ChildBag(
            bag=str(code), epc=_tag(tx.plant, code), tid="", volume_ml=volume
        )  # bound to its tag by the label
        begin_child(tx, actor, birth, child, traits_of(unit, din), unit, bench.faults)
    for parent in parents:
        use_up(tx, actor, parent, "bag.processed", bench.batch, tx.now)
    return tuple(str(code) for code in codes)


def keep_bag(tx: Tx, actor: Actor, bench: Bench, state: BagState) -> tuple[str, ...]:
    """Change a bag that stays what it is (frozen, opened): back to quarantine, held when the record failed.

    What it is opened for has an earlier expiry, so its label must be checked again.
    """
    bag, operation = str(state["id"]), bench.operation
    _off_its_way(tx, actor, bag)
    move_to(tx, actor, bag, bench.place, tx.now, data={"batch": bench.batch})
    check = "failed" if bench.faults or state["process_check"] == "failed" else "passed"
    fields: dict[str, Scalar] = {"process_check": check}
    if operation.attributes:
        has = read_attributes(None if state["attributes"] is None else str(state["attributes"]))
        fields["attributes"] = write_attributes(has | operation.attributes)
    if operation.expiry is ExpiryBasis.PARENTS:
        expires_us = to_us(expiry_after(operation, [from_us(int(state["expires_us"] or 0))], tx.now))
        if expires_us != state["expires_us"]:
            fields |= {"expires_us": expires_us, "label_check": "pending"}
    kind, data = f"bag.{operation.recipe.value}", {"batch": bench.batch, "faults": list(bench.faults)}
    change_fields(tx, actor, bag, kind, data=data, **fields)
    if state["status"] in {BagStatus.PROCESSING.value, BagStatus.AVAILABLE.value}:
        change_status(tx, actor, bag, BagStatus.QUARANTINE, "bag.to_quarantine", data={"batch": bench.batch})
    if bench.faults:
        begins = FREEZE_FAILED if operation.recipe is OperationKind.FREEZE else PROCESS_FAILED
        place_hold(tx, actor, bag=bag, reason=f"{begins}: {'; '.join(bench.faults)}")
    return (bag,)


def _off_its_way(tx: Tx, actor: Actor, bag: str) -> None:
    task = open_task_of(tx.raw, bag)
    if task is not None:
        cancel_move(tx, actor, task.id, "it was processed by hand")


def _tag(plant: Plant, code: BagId) -> str:
    """What the tag under the new label must carry."""
    try:
        return plant.identifiers.epc_of(code)
    except ScanError as error:
        raise Invalid("bags", f"No tag can carry {code}: {error}") from error
