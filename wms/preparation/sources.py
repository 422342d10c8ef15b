"""Which bags an order may take: of the right component, group and age, fit, and of the same kind within one unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from blood.eligibility import Act, BagStatus, DonationType, Purpose, ReasonCode, eligibility
from blood.operations import Operation, OperationKind, Trait
from wms.bags.facts import facts_of
from wms.bags.projection import load, require
from wms.moves.by_hand import receiving_dock
from wms.preparation.orders import PreparationOrder
from wms.preparation.recipes import child_of, expiry_of_child, parents_a_unit
from wms.store.metadata import from_us, to_us
from wms.store.tx import Tx

_LOOK: Final = 200
_CANDIDATES: Final = (
    "SELECT id FROM bag WHERE component = ?1 AND status = ?2 AND claim IS NULL AND order_line IS NULL "
    "AND place IS NOT NULL AND (CAST(?3 AS TEXT) IS NULL OR abo_rhd = ?3) AND expires_us > ?4 "
    "AND NOT EXISTS (SELECT 1 FROM task WHERE task.bag = bag.id AND task.purpose = 'prepare' "
    "AND task.state = 'failed' AND task.ended_us > ?5) "
    "AND NOT EXISTS (SELECT 1 FROM batch_bag JOIN batch ON batch.id = batch_bag.batch "
    "WHERE batch_bag.bag = bag.id AND batch.state IN ('sent', 'accepted')) "
    "ORDER BY collected_us, id LIMIT ?6"
)
_HOUR_US: Final = 3_600_000_000
_IN_ITS_PLACE: Final = frozenset({ReasonCode.CLAIMED, ReasonCode.ZONE})
"""What eligibility says of a claimed bag that was brought to the robot, and that is as it should be."""
_UNRELEASED: Final = {
    OperationKind.SEPARATE: BagStatus.COLLECTED,
    OperationKind.VIRUS_INACTIVATE: BagStatus.PROCESSING,
}
"""Operations on blood that is not released yet; all others take bags from stock."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Bags that become one unit."""

    parents: tuple[str, ...]


def source_status(operation: Operation) -> BagStatus:
    """The status that bags for an operation have."""
    return _UNRELEASED.get(operation.recipe, BagStatus.AVAILABLE)


def find_units(tx: Tx, order: PreparationOrder, operation: Operation, outlet: str, units: int) -> list[Unit]:
    """Units that could be made now from bags that nobody keeps, at most ``units`` of them; oldest fit bags first."""
    fit: list[str] = []
    wanted = units * operation.max_parents
    for bag in _candidates(tx, order, operation):
        if not why_unfit(tx, order, operation, bag, outlet):
            fit.append(bag)
        if len(fit) >= wanted and not _is_pool(operation):
            break
    return form_units(tx, operation, fit)[:units]


def form_units(tx: Tx, operation: Operation, bags: Sequence[str]) -> list[Unit]:
    """Group bags into units: one each, or for a pool as many alike as a usual unit has, the fullest kind first."""
    if not _is_pool(operation):
        return [Unit((bag,)) for bag in bags]
    usual = parents_a_unit(tx.plant, operation)
    alike: dict[tuple[str, ...], list[str]] = {}
    for bag in bags:
        alike.setdefault(_kind(tx, operation, bag), []).append(bag)
    units = []
    for kind in sorted(alike.values(), key=len, reverse=True):
        while len(kind) >= operation.min_parents:
            units.append(Unit(tuple(kind[:usual])))
            del kind[:usual]
    return units


def why_unfit(tx: Tx, order: PreparationOrder, operation: Operation, bag: str, outlet: str) -> str:
    """Every reason why an order must not take a bag now, in words; empty when it may. Asked again before the robot."""
    state = require(tx.raw, bag)
    reasons = []
    if state["status"] != source_status(operation).value:
        reasons.append(f"it is {state['status']}")
    collected, expires = from_us(int(state["collected_us"] or 0)), from_us(int(state["expires_us"] or 0))
    if operation.too_old(collected, tx.now):
        reasons.append("it is too old for this operation")
    if operation.max_parents == 1 and load(tx.raw, child_of(tx.plant, operation, bag)) is not None:
        reasons.append("what it would become is known already")
    if state["status"] == BagStatus.AVAILABLE.value:
        reasons += _of_stock(tx, bag)
        if order.usable_until is not None and not _lasts(tx, operation, collected, expires, order.usable_until):
            reasons.append("what it becomes would not last long enough")
    else:
        reasons += _of_unreleased(tx, operation, bag, outlet)
    return "; ".join(reasons)


def _candidates(tx: Tx, order: PreparationOrder, operation: Operation) -> list[str]:
    if order.named:
        return [bag for bag in order.named if (state := load(tx.raw, bag)) is not None and state["claim"] is None]
    group = None if order.group is None else order.group.value
    status = source_status(operation).value
    now = to_us(tx.now)
    rows = (
        tx.raw.execute(_CANDIDATES, (component, status, group, now, now - _HOUR_US, _LOOK)).fetchall()
        for component in operation.inputs
    )
    return [bag for part in rows for (bag,) in part]


def _of_stock(tx: Tx, bag: str) -> list[str]:
    facts = facts_of(tx, bag)
    passing = _IN_ITS_PLACE if facts.claim is not None else frozenset()
    reasons = eligibility(facts, Purpose(Act.RESERVE), tx.now)
    return [f"{reason.code.value}: {reason.detail}" for reason in reasons if reason.code not in passing]


def _of_unreleased(tx: Tx, operation: Operation, bag: str, outlet: str) -> list[str]:
    facts = facts_of(tx, bag)
    where = receiving_dock(tx) if operation.recipe is OperationKind.SEPARATE else outlet
    purpose = Purpose(Act.PROCESS, operation=operation.recipe, claim=facts.claim)
    reasons = [f"{reason.code.value}: {reason.detail}" for reason in eligibility(facts, purpose, tx.now)]
    if require(tx.raw, bag)["place"] != where:
        reasons.append(f"it does not lie at {where}")
    if facts.donation_type is not DonationType.ALLOGENEIC:
        reasons.append(facts.donation_type.value)
    return reasons


def _lasts(tx: Tx, operation: Operation, collected: datetime, expires: datetime, until: datetime) -> bool:
    return expiry_of_child(tx.plant, operation, str(operation.output), [expires], collected, tx.now) >= until


def _is_pool(operation: Operation) -> bool:
    return operation.max_parents > 1


def _kind(tx: Tx, operation: Operation, bag: str) -> tuple[str, ...]:
    """What bags of one unit must have in common."""
    group = facts_of(tx, bag).group
    if group is None:
        return (bag,)
    traits = {Trait.ABO: group.abo, Trait.RHD: str(group.rhd_positive)}
    return tuple(traits[trait] for trait in sorted(operation.same))
