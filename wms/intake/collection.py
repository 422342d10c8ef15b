"""Collection: a donation enters the warehouse with its donation number scanned twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from blood.components import Family
from blood.eligibility import BagStatus, DonationType
from blood.isbt128 import BagId, ScanError
from plant.model import Plant
from wms.bags.commands import create_bag
from wms.donors.checks import check_donor
from wms.errors import Conflict, Invalid
from wms.intake.expiry import expiry_of
from wms.preparation.pools import is_pool_din
from wms.preparation.recipes import operations_of
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

COLLECTION_PLACE: Final = "mobile"
"""Where collected bags are until the receiving portal sees them."""

_AHEAD: Final = timedelta(minutes=10)
_LONGEST_DRAW: Final = timedelta(hours=6)
"""Longer is a wrong clock; what a profile permits is far less and stands before release."""
_DONATION_ML: Final = (50.0, 600.0)
"""Plausible whole-blood volumes; Chinese collections are 200, 300 or 400 mL (domain.md 1.1)."""

_COMPONENT: Final = 7
"""Where the component stands in `_COLUMNS`."""
_COLUMNS: Final = (
    "donor, volume_ml, anticoagulant, collected_us, device, operator, donation_type, component, target_ml, started_us, "
    "sealed_us, device_serial, samples"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """What a collection device reports of one donation; all scans are of labels as read, ``donor`` is a pseudonym.

    ``product`` is the product code of what was collected finished, by apheresis; none is whole blood. ``samples`` are
    the sample tubes' own labels. The donation counts from the end of the draw.
    """

    din_scan: str
    din_scan_again: str
    donor: str
    volume_ml: float
    target_ml: float
    anticoagulant: str
    started_at: datetime
    ended_at: datetime
    sealed_at: datetime
    samples: Sequence[str]
    device: str
    device_serial: str
    operator: str
    donation_type: DonationType
    product: str = ""


def collect(tx: Tx, actor: Actor, collection: Collection) -> str:
    """Take a donation in: the donation and its bag, COLLECTED at the van. Returns the bag id.

    The same report again returns the same bag and changes nothing. A donation that its donor speaks against is held at
    once. A slow draw or a volume off its target is taken and stands before release. Raises Invalid naming the field,
    Conflict when the number is already used for another donation.
    """
    din = _checked(tx.plant, collection, tx.now)
    component = _component(tx.plant, collection.product)
    bag = BagId(din, tx.plant.product_of(component))
    if _known(tx, din, collection, component):
        return str(bag)
    tx.raw.execute(
        f"INSERT INTO donation (din, {_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",  # noqa: S608 - names below
        (din, *_values(collection, component)),
    )
    create_bag(
        tx,
        actor,
        str(bag),
        kind="bag.collected",
        place=COLLECTION_PLACE,
        at=collection.ended_at,
        fields={
            "din": din,
            "product": bag.product,
            "component": component,
            "status": BagStatus.COLLECTED.value,
            "volume_ml": collection.volume_ml,
            "collected_us": to_us(collection.ended_at),
            "expires_us": to_us(expiry_of(tx.plant, component, collection.ended_at)),
            "donor": collection.donor,
            "epc": tx.plant.identifiers.epc_of(bag),
            "donation_type": collection.donation_type.value,
            "custody": "centre",
            "tests": "pending",
            "process_check": "passed" if collection.product else "pending",
            "label_check": "pending",
        },
        data={
            "anticoagulant": collection.anticoagulant,
            "device": collection.device,
            "serial": collection.device_serial,
            "operator": collection.operator,
            "samples": len(collection.samples),
        },
    )
    check_donor(tx, actor, collection.donor, only=din)
    return str(bag)


def _checked(plant: Plant, collection: Collection, now: datetime) -> str:
    din = _din(plant, "din_scan", collection.din_scan)
    again = _din(plant, "din_scan_again", collection.din_scan_again)
    if din != again:
        raise Invalid("din_scan_again", f"The second scan says {again}, the first {din}; scan both labels again")
    if not din.startswith(plant.site.facility):
        raise Invalid("din_scan", f"{din} was not given out by {plant.site.facility}, this site's facility")
    if is_pool_din(plant, din):
        raise Invalid("din_scan", f"{din} is a number for pools; use a collection label")
    for name in ("donor", "anticoagulant", "device", "device_serial", "operator"):
        if not getattr(collection, name).strip():
            raise Invalid(name, f"A collection needs its {name}")
    if not collection.samples:
        raise Invalid("samples", "A collection has at least one sample tube")
    for number, scan in enumerate(collection.samples, start=1):
        sample = _din(plant, "samples", scan)
        if sample != din:
            raise Invalid("samples", f"Sample tube {number} says {sample}, the bag {din}; set the donation aside")
    low, high = _DONATION_ML
    for name in ("volume_ml", "target_ml"):
        if not low <= getattr(collection, name) <= high:
            raise Invalid(name, f"A donation has {low:g} to {high:g} mL, not {getattr(collection, name):g}")
    _check_times(collection, now)
    return din


def _check_times(collection: Collection, now: datetime) -> None:
    if collection.ended_at <= collection.started_at:
        raise Invalid("ended_at", "The draw ends before it begins")
    if collection.ended_at - collection.started_at > _LONGEST_DRAW:
        raise Invalid("started_at", f"No draw takes longer than {_LONGEST_DRAW}")
    if collection.sealed_at < collection.ended_at:
        raise Invalid("sealed_at", "The bag was sealed before the draw ended")
    for name in ("ended_at", "sealed_at"):
        if getattr(collection, name) > now + _AHEAD:
            raise Invalid(name, f"{getattr(collection, name).isoformat()} has not come yet")


def _din(plant: Plant, field: str, scan: str) -> str:
    try:
        return plant.identifiers.parse_din_scan(scan)
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


def _values(collection: Collection, component: str) -> tuple[str | float | int, ...]:
    """In the order of `_COLUMNS`."""
    return (
        collection.donor,
        collection.volume_ml,
        collection.anticoagulant,
        to_us(collection.ended_at),
        collection.device,
        collection.operator,
        collection.donation_type.value,
        component,
        collection.target_ml,
        to_us(collection.started_at),
        to_us(collection.sealed_at),
        collection.device_serial,
        len(collection.samples),
    )


def _known(tx: Tx, din: str, collection: Collection, component: str) -> bool:
    row = tx.raw.execute(f"SELECT {_COLUMNS} FROM donation WHERE din = ?", (din,)).fetchone()  # noqa: S608 - names above
    if row is None:
        return False
    if row[_COMPONENT] != component:
        raise Conflict("product", f"Donation {din} is already recorded as something else than {component}")
    if tuple(row) != _values(collection, component):
        raise Conflict("din_scan", f"Donation {din} is already recorded with other data; use a new number")
    return True
