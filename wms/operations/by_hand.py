"""Doing an operation by hand: both codes of every bag scanned, the same rules, genealogy and holds as a machine's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from blood.eligibility import Act, BagStatus, Purpose, ReasonCode, eligibility
from blood.isbt128 import BagId, ScanError
from blood.operations import Measured, Operation, OperationKind, Trait, faults_of
from blood.tags import epc_of
from plant.model import PlaceKind
from plc_bridge.messages import ChildBag
from runtime.ids import new_id
from wms.bags.commands import change_fields, move_to, observe
from wms.bags.facts import facts_of
from wms.bags.projection import BagState, load, require
from wms.errors import Conflict, Invalid, Refused
from wms.holds.commands import Signature, place_hold
from wms.machines.batches import BatchKind, in_open_batch
from wms.machines.records import BatchRecord, UnitMeasure, UnitRecord, encode_record
from wms.moves.model import TaskState
from wms.moves.slots import require_place
from wms.moves.tasks import cancel_move, open_task_of
from wms.moves.wanted import plan_move
from wms.operations.catalogue import RELABEL, SPLIT, needs_approval, operation_of, volumes_asked
from wms.operations.freezing import freezing_faults
from wms.operations.pieces import codes_of
from wms.outbound.boxes import box_at
from wms.preparation.children import Birth, begin_child, use_up
from wms.preparation.genealogy import traits_of
from wms.preparation.pools import next_pool_din
from wms.release.gates import FREEZE_FAILED
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

SIGNATURES_TO_APPROVE: Final = 2
BY_HAND: Final = "by-hand"
"""What stands for the machine in the record of a batch that people made."""


class OperationRefused(Refused):
    """Bags that must not be processed so; nothing was changed, and each is named with its reasons."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("operation.refused", f"Nothing was made. {'; '.join(reasons)}")


@dataclass(frozen=True, slots=True)
class Work:
    """What people did: ``bags`` became units of ``output``; ``volumes_ml`` as `volumes_asked` has it."""

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
    reasons = [reason for unit in units for reason in _why_not(tx, operation, unit)]
    if reasons:
        raise OperationRefused(reasons)
    place = _place(tx, work, states[0])
    batch = new_id("bat")
    faults = freezing_faults(tx.plant, states, work.measures) if operation.output is None else ()
    faults = faults or faults_of(operation, work.measures)
    _write_batch(tx, batch, operation, units)
    data = {"operation": work.operation, "bags": list(work.bags), "output": operation.output, "reason": work.reason}
    signed = {"people": people, "signatures": [one.id for one in signatures]} if people else {}
    tx.record("operation.done", actor=actor, subject=batch, data={**data, **signed})
    made: list[str] = []
    records: list[UnitRecord] = []
    for unit in units:
        children = (
            _keep(tx, actor, unit[0], place, batch, faults)
            if operation.output is None
            else _make(tx, actor, operation, work, unit, place, batch, faults)
        )
        made += children
        parents = tuple(str(state["id"]) for state in unit)
        records += [_record(operation, work, parents, child, faults) for child in children]
    tx.raw.execute(
        "UPDATE batch SET record = ? WHERE id = ?", (encode_record(BatchRecord(tx.now, tx.now, tuple(records))), batch)
    )
    for bag in made:
        plan_move(tx, actor, bag)
    tx.notify("batch", batch)
    held = tuple(bag for bag in made if facts_of(tx, bag).open_holds)
    return Made(batch, tuple(made), held)


def _approved(operation: Operation, work: Work, signatures: Sequence[Signature]) -> list[str]:
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


def _why_not(tx: Tx, operation: Operation, unit: Sequence[BagState]) -> list[str]:
    reasons = [f"{state['id']}: {reason}" for state in unit for reason in _against(tx, operation, state)]
    groups = {state["abo_rhd"] for state in unit}
    if len(unit) > 1 and {Trait.ABO, Trait.RHD} <= operation.same and (len(groups) > 1 or None in groups):
        reasons.append("the bags of one unit must be of one confirmed group")
    return reasons


def _against(tx: Tx, operation: Operation, state: BagState) -> list[str]:
    bag, kind = str(state["id"]), operation.recipe
    passing = _PASSING.get(kind.value, frozenset())
    found = eligibility(facts_of(tx, bag), Purpose(Act.PROCESS, operation=kind), tx.now)
    reasons = [f"{one.code.value}: {one.detail}" for one in found if one.code not in passing]
    if state["status"] == BagStatus.RECEIVED.value or state["custody"] != "centre":
        reasons.append("a hospital has it")
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


_PASSING: Final = {
    RELABEL: frozenset({ReasonCode.EXPIRED, ReasonCode.EXPOSURE}),  # what it expires by is what the relabel is about
    OperationKind.FREEZE.value: frozenset({ReasonCode.HOLD}),  # warm it would be lost before anybody has decided
}
"""What speaks against processing and not against this."""


def _place(tx: Tx, work: Work, first: BagState) -> str:
    """Where what was made lies: where the person says, else the lane of preparation, else where the parent lay."""
    lane = next((place.path for place in tx.plant.places if place.kind is PlaceKind.LANE), str(first["place"]))
    place = work.place or lane
    require_place(tx.raw, tx.plant, place, for_bag=str(first["id"]))
    return place


def _make(
    tx: Tx,
    actor: Actor,
    operation: Operation,
    work: Work,
    unit: Sequence[BagState],
    place: str,
    batch: str,
    faults: Sequence[str],
) -> list[str]:
    parents = [str(state["id"]) for state in unit]
    din = next_pool_din(tx) if operation.max_parents > 1 else str(unit[0]["din"])
    codes = codes_of(tx.plant, operation, din, parents[0], len(work.volumes_ml))
    volumes = work.volumes_ml or tuple(float(unit[0]["volume_ml"] or 0.0) for _ in codes)
    whole_ml = float(unit[0]["volume_ml"] or 0.0)
    if operation.recipe.value == SPLIT and sum(volumes) > whole_ml:
        raise Invalid("volumes_ml", f"{sum(volumes):g} mL cannot come out of {parents[0]}, which has {whole_ml:g} mL")
    if len(codes) > 1 and tx.plant.place_of(place).slots:
        raise Invalid("place", f"{len(codes)} bags do not lie in one slot; name the lane or bench where they are")
    for parent in parents:
        _off_its_way(tx, actor, parent)
    birth = Birth(batch, operation, place, tx.now)
    for code, volume in zip(codes, volumes, strict=True):
        if load(tx.raw, str(code)) is not None:
            raise Conflict("bag.exists", f"{code} is known already; it was made before")
        child = ChildBag(bag=str(code), epc=_tag(code), tid="", volume_ml=volume)  # its tag is bound when labelled
        begin_child(tx, actor, birth, child, traits_of(unit, din, operation.attributes), unit, faults)
    for parent in parents:
        use_up(tx, actor, parent, "bag.processed", batch, tx.now)
    return [str(code) for code in codes]


def _keep(tx: Tx, actor: Actor, state: BagState, place: str, batch: str, faults: Sequence[str]) -> list[str]:
    """An operation that leaves the bag what it is (freezing): it goes on to quarantine, held when its record fails."""
    bag = str(state["id"])
    _off_its_way(tx, actor, bag)
    move_to(tx, actor, bag, place, tx.now, data={"batch": batch})
    check = "failed" if faults or state["process_check"] == "failed" else "passed"
    data = {"batch": batch, "faults": list(faults)}
    if state["status"] == BagStatus.PROCESSING.value:
        observe(tx, actor, bag, BagStatus.QUARANTINE, "bag.frozen", data=data, process_check=check)
    else:
        change_fields(tx, actor, bag, "bag.frozen", data=data, process_check=check)
    if faults:
        place_hold(tx, actor, bag=bag, reason=f"{FREEZE_FAILED}: {'; '.join(faults)}")
    return [bag]


def _off_its_way(tx: Tx, actor: Actor, bag: str) -> None:
    task = open_task_of(tx.raw, bag)
    if task is not None:
        cancel_move(tx, actor, task.id, "it was processed by hand")


def _tag(code: BagId) -> str:
    """What the tag under the new label must carry."""
    try:
        return epc_of(code)
    except ScanError as error:
        raise Invalid("bags", f"No tag can carry {code}: {error}") from error


def _write_batch(tx: Tx, batch: str, operation: Operation, units: Sequence[Sequence[BagState]]) -> None:
    kind = {"separate": BatchKind.SEPARATE, "freeze": BatchKind.FREEZE}.get(operation.recipe.value, BatchKind.PROCESS)
    now = to_us(tx.now)
    tx.raw.execute(
        "INSERT INTO batch (id, kind, recipe, device, state, command, created_us, ended_us) VALUES (?,?,?,?,?,?,?,?)",
        (batch, kind.value, operation.recipe.value, BY_HAND, "done", "", now, now),
    )
    bags = [(batch, str(state["id"])) for unit in units for state in unit]
    tx.raw.executemany("INSERT INTO batch_bag (batch, bag) VALUES (?, ?)", bags)


def _record(
    operation: Operation, work: Work, parents: tuple[str, ...], child: str, faults: Sequence[str]
) -> UnitRecord:
    limits = {limit.name: limit for limit in operation.measures}
    measures = tuple(
        UnitMeasure(
            one.name,
            one.value,
            one.unit,
            limits[one.name].min if one.name in limits else None,
            limits[one.name].max if one.name in limits else None,
        )
        for one in work.measures
    )
    return UnitRecord(parents, child, "out_of_limits" if faults else "done", "; ".join(faults), measures)
