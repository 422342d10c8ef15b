"""Collection: a donation enters the warehouse with its donation number scanned twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from blood.components import Family
from blood.eligibility import BagStatus, DonationType
from blood.isbt128 import BagId, ScanError, parse_din_scan
from blood.tags import epc_of
from plant.model import Plant
from wms.bags.commands import create_bag
from wms.errors import Conflict, Invalid
from wms.intake.expiry import expiry_of
from wms.preparation.pools import is_pool_din
from wms.preparation.recipes import operations_of
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

COLLECTION_PLACE: Final = "mobile"
"""Where collected bags are until the receiving portal sees them."""

_AHEAD: Final = timedelta(minutes=10)
_DONATION_ML: Final = (50.0, 600.0)
"""Plausible whole-blood volumes; Chinese collections are 200, 300 or 400 mL (domain.md 1.1)."""


@dataclass(frozen=True, slots=True)
class Collection:
    """What the collection team reports of one donation; both scans are of the label as read.

    ``product`` is the product code of what was collected finished, by apheresis; none is whole blood.
    """

    din_scan: str
    din_scan_again: str
    donor: str
    volume_ml: float
    anticoagulant: str
    collected_at: datetime
    device: str
    operator: str
    donation_type: DonationType
    product: str = ""


def collect(tx: Tx, actor: Actor, collection: Collection) -> str:
    """Take a donation in: the donation and its bag, COLLECTED at the van. Returns the bag id.

    The same report again returns the same bag and changes nothing. Raises Invalid naming the field, Conflict when
    the number is already used for another donation.
    """
    din = _checked(tx.plant, collection, tx.now)
    component = _component(tx.plant, collection.product)
    bag = BagId(din, tx.plant.product_of(component))
    if _known(tx, din, collection):
        if tx.raw.execute("SELECT 1 FROM bag WHERE id = ?", (str(bag),)).fetchone() is None:
            raise Conflict("product", f"Donation {din} is already recorded as something else than {component}")
        return str(bag)
    tx.raw.execute(
        "INSERT INTO donation (din, donor, volume_ml, anticoagulant, collected_us, device, operator, donation_type) "
        "VALUES (?,?,?,?,?,?,?,?)",
        (din, *_values(collection)),
    )
    create_bag(
        tx,
        actor,
        str(bag),
        kind="bag.collected",
        place=COLLECTION_PLACE,
        at=collection.collected_at,
        fields={
            "din": din,
            "product": bag.product,
            "component": component,
            "status": BagStatus.COLLECTED.value,
            "volume_ml": collection.volume_ml,
            "collected_us": to_us(collection.collected_at),
            "expires_us": to_us(expiry_of(tx.plant, component, collection.collected_at)),
            "donor": collection.donor,
            "epc": epc_of(bag),
            "donation_type": collection.donation_type.value,
            "custody": "centre",
            "tests": "pending",
            "process_check": "passed" if collection.product else "pending",
            "label_check": "pending",
        },
        data={"anticoagulant": collection.anticoagulant, "device": collection.device, "operator": collection.operator},
    )
    return str(bag)


def _checked(plant: Plant, collection: Collection, now: datetime) -> str:
    din = _din("din_scan", collection.din_scan)
    again = _din("din_scan_again", collection.din_scan_again)
    if din != again:
        raise Invalid("din_scan_again", f"The second scan says {again}, the first {din}; scan both labels again")
    if not din.startswith(plant.site.facility):
        raise Invalid("din_scan", f"{din} was not given out by {plant.site.facility}, this site's facility")
    if is_pool_din(plant, din):
        raise Invalid("din_scan", f"{din} is a number for pools; use a collection label")
    for name in ("donor", "anticoagulant", "device", "operator"):
        if not getattr(collection, name).strip():
            raise Invalid(name, f"A collection needs its {name}")
    if not _DONATION_ML[0] <= collection.volume_ml <= _DONATION_ML[1]:
        low, high = _DONATION_ML
        raise Invalid("volume_ml", f"A donation has {low:g} to {high:g} mL, not {collection.volume_ml:g}")
    if collection.collected_at > now + _AHEAD:
        raise Invalid("collected_at", f"{collection.collected_at.isoformat()} has not come yet")
    return din


def _din(field: str, scan: str) -> str:
    try:
        return parse_din_scan(scan)
    except ScanError as error:
        raise Invalid(field, str(error)) from error


def _component(plant: Plant, product: str) -> str:
    """What a donation is; raises Invalid for a product that is made here and not collected."""
    if not product:
        return _whole_blood(plant)
    component = plant.product_component.get(product)
    if component is None:
        raise Invalid("product", f"{product!r} is no product of this site")
    if component.key in {output for one in operations_of(plant) for output in one.outputs}:
        raise Invalid("product", f"{component.key} is prepared here; it is not collected")
    return component.key


def _whole_blood(plant: Plant) -> str:
    return next(key for key, component in plant.components.items() if component.family is Family.WHOLE_BLOOD)


def _values(collection: Collection) -> tuple[str | float | int, ...]:
    return (
        collection.donor,
        collection.volume_ml,
        collection.anticoagulant,
        to_us(collection.collected_at),
        collection.device,
        collection.operator,
        collection.donation_type.value,
    )


def _known(tx: Tx, din: str, collection: Collection) -> bool:
    row = tx.raw.execute(
        "SELECT donor, volume_ml, anticoagulant, collected_us, device, operator, donation_type FROM donation "
        "WHERE din = ?",
        (din,),
    ).fetchone()
    if row is not None and row != _values(collection):
        raise Conflict("din_scan", f"Donation {din} is already recorded with other data; use a new number")
    return row is not None
