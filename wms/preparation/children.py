"""Beginning the bags that a preparation made: known at once, with all that their parents hand down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from blood.attributes import Attribute
from blood.components import Component
from blood.eligibility import BagStatus
from blood.isbt128 import BagId, ScanError
from blood.operations import Operation
from plant.model import Plant
from plc_bridge.messages import ChildBag
from wms.bags.commands import change_status, create_bag, move_to, observe, raise_finding
from wms.bags.lifecycle import allowed
from wms.bags.projection import BagState, require
from wms.bags.tags import contradiction
from wms.errors import Invalid
from wms.holds.commands import inherit_holds, place_hold
from wms.preparation.genealogy import Traits
from wms.preparation.recipes import expiry_of_child
from wms.release.release import release_if_ready
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

PROCESS_FAILED = "process_failed"
"""How the hold on a unit begins whose record missed the limits of its recipe."""


@dataclass(frozen=True, slots=True)
class Birth:
    """Where, when and by which operation children were made."""

    batch: str
    operation: Operation
    place: str
    at: datetime


def product_made(tx: Tx, child: ChildBag) -> tuple[BagId, Component]:
    """Which bag a reported child is, and what is in it; raises Invalid when this site makes no such bag."""
    try:
        bag = tx.plant.identifiers.parse_bag_id(child.bag)
        return bag, component_of(tx.plant, bag)
    except (ScanError, KeyError) as error:
        raise Invalid("report.child", f"{child.bag} is no bag that this site makes: {error}") from error


def component_of(plant: Plant, bag: BagId) -> Component:
    """What a bag of this site contains; a division of it contains the same. Raises KeyError for an unknown product."""
    known = plant.product_component
    return known[bag.product] if bag.product in known else known[f"{bag.product[:6]}00"]


def begin_child(
    tx: Tx,
    actor: Actor,
    birth: Birth,
    child: ChildBag,
    traits: Traits,
    parents: Sequence[BagState],
    faults: Sequence[str],
) -> None:
    """Make a child known: frozen components go on to the freezer, others to quarantine; faulty ones are set aside.

    ``faults`` are the limits that its record missed. Raises Conflict when the bag is known already.
    """
    bag, component = product_made(tx, child)
    expires = expiry_of_child(
        tx.plant, birth.operation, component.key, list(traits.expiries), traits.collected_at, birth.at
    )
    given = component.attributes | _given(birth, component, parents)
    to_be_frozen = component.freeze is not None
    check = "failed" if faults else "pending" if to_be_frozen else "passed"
    create_bag(
        tx,
        actor,
        child.bag,
        kind="bag.made",
        place=birth.place,
        at=birth.at,
        parents=[str(parent["id"]) for parent in parents],
        operation=birth.operation.recipe.value,
        fields={
            **traits.fields(given),
            "product": bag.product,
            "component": component.key,
            "status": (BagStatus.PROCESSING if to_be_frozen else BagStatus.QUARANTINE).value,
            "volume_ml": child.volume_ml,
            "collected_us": to_us(traits.collected_at),
            "expires_us": to_us(expires),
            "epc": child.epc,
            "tid": child.tid or None,
            "process_check": check,
            "label_check": "pending",
        },
        data={"batch": birth.batch, "recipe": birth.operation.recipe.value},
    )
    wrong = [contradiction(tx.plant.identifiers, child.bag, child.epc), traits.contradiction]
    for text in (one for one in wrong if one is not None):
        raise_finding(tx, actor, child.bag, text)
    for parent in parents:
        inherit_trouble(tx, actor, child.bag, parent)
    if faults:
        set_aside(tx, actor, child.bag, f"{PROCESS_FAILED}: {'; '.join(faults)}")
    if require(tx.raw, child.bag)["status"] == BagStatus.QUARANTINE.value:
        release_if_ready(tx, actor, child.bag)


def _given(birth: Birth, component: Component, parents: Sequence[BagState]) -> frozenset[Attribute]:
    """What an operation makes of its output (or of what it only divides); not of what comes of it besides."""
    chief = {birth.operation.output or str(parent["component"]) for parent in parents}
    return birth.operation.attributes if component.key in chief else frozenset()


def use_up(tx: Tx, actor: Actor, parent: str, kind: str, batch: str, at: datetime) -> None:
    """A parent has become something else: it is nowhere any more, and nothing keeps it."""
    observe(tx, actor, parent, BagStatus.CONSUMED, kind, data={"batch": batch}, claim=None)
    move_to(tx, actor, parent, None, at, kind="bag.used_up")


def set_aside(tx: Tx, actor: Actor, bag: str, reason: str) -> None:
    """Hold a bag and condemn it, as far as its status allows."""
    place_hold(tx, actor, bag=bag, reason=reason)
    status = BagStatus(str(require(tx.raw, bag)["status"]))
    if allowed(status, BagStatus.NONCONFORMING):
        change_status(tx, actor, bag, BagStatus.NONCONFORMING, "bag.failed_process")


def inherit_trouble(tx: Tx, actor: Actor, bag: str, parent: BagState) -> None:
    """What is wrong with a parent is wrong with what is made from it: holds go along, failed tests condemn."""
    inherit_holds(tx, actor, bag, str(parent["id"]), None if parent["place"] is None else str(parent["place"]))
    status = BagStatus(str(require(tx.raw, bag)["status"]))
    condemned = parent["tests"] == "not_negative" or parent["status"] == BagStatus.NONCONFORMING.value
    if condemned and allowed(status, BagStatus.NONCONFORMING):
        place_hold(tx, actor, bag=bag, reason=f"made from {parent['id']}, which is not fit for use")
        change_status(tx, actor, bag, BagStatus.NONCONFORMING, "bag.failed_tests")
