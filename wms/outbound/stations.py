"""The stations of the way out, found in the plant by their kind: gate, lane, reject lane, lock; and a bag's tag."""

from __future__ import annotations

from plant.model import DeviceKind, Plant, Portal, PortalKind
from wms.errors import NotFound
from wms.store.tx import Tx


def gate_of(plant: Plant) -> Portal:
    """The dispatch gate: bags stand at its inside until the diverter lets them to its outside, the lane of the lock."""
    return next(portal for portal in plant.portals if portal.kind is PortalKind.GATE)


def gate_named(plant: Plant, portal: str) -> Portal:
    """The gate with this id; raises NotFound."""
    for found in plant.portals:
        if found.id == portal and found.kind is PortalKind.GATE:
            return found
    raise NotFound("gate_unknown", f"This plant has no gate {portal}")


def exit_of(plant: Plant) -> Portal:
    """The passage behind the dispatch lock."""
    return next(portal for portal in plant.portals if portal.device is not None and is_lock(plant, portal.device))


def is_lock(plant: Plant, device: str) -> bool:
    """True for a dispatch lock."""
    found = plant.device_by_id.get(device)
    return found is not None and found.kind is DeviceKind.DISPATCH_LOCK


def tag_of(tx: Tx, bag: str) -> str | None:
    """The tag bound to a bag, or None."""
    row = tx.raw.execute("SELECT epc FROM bag WHERE id = ?", (bag,)).fetchone()
    return None if row is None else row[0]
