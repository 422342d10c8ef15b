"""The stations of the way out, found in the plant by their kind: gate, lanes, packing station, tunnel, lock."""

from __future__ import annotations

from typing import Final

from plant.model import Device, DeviceKind, PlaceKind, Plant, Portal, PortalKind
from wms.errors import NotFound
from wms.store.tx import Tx

_SORTING: Final = "sort-"
"""How the last part of a sorting lane's path begins; other lanes hold rejects, empty boxes, finished preparations."""
_BOXES: Final = "boxes"


def gate_of(plant: Plant) -> Portal:
    """The dispatch gate: bags stand at its inside until the diverter lets them into a lane."""
    return next(portal for portal in plant.portals if portal.kind is PortalKind.GATE)


def gate_named(plant: Plant, portal: str) -> Portal:
    """The gate with this id; raises NotFound."""
    for found in plant.portals:
        if found.id == portal and found.kind is PortalKind.GATE:
            return found
    raise NotFound("gate_unknown", f"This plant has no gate {portal}")


def sorting_lanes(plant: Plant) -> tuple[str, ...]:
    """The lanes behind the gate in which shipments gather; empty where bags pass the gate right into the lock."""
    return tuple(
        place.path
        for place in plant.places
        if place.kind is PlaceKind.LANE and place.path.rpartition("/")[2].startswith(_SORTING)
    )


def gathering_places(plant: Plant) -> tuple[str, ...]:
    """Where a shipment can come together: the sorting lanes, or the lock itself in a plant that has none."""
    return sorting_lanes(plant) or (lock_place(plant),)


def lock_place(plant: Plant) -> str:
    """The place of the dispatch lock."""
    return exit_of(plant).inside


def exit_of(plant: Plant) -> Portal:
    """The passage behind the dispatch lock."""
    return next(portal for portal in plant.portals if portal.device is not None and is_lock(plant, portal.device))


def is_lock(plant: Plant, device: str) -> bool:
    """True for a dispatch lock."""
    found = plant.device_by_id.get(device)
    return found is not None and found.kind is DeviceKind.DISPATCH_LOCK


def packing_station(plant: Plant) -> Device | None:
    """The packing station, or None in a plant where people pack."""
    return next((device for device in plant.devices if device.kind is DeviceKind.PACK_STATION), None)


def tunnel_of(plant: Plant) -> Portal | None:
    """The tunnel in which a packed box is checked, or None where people check."""
    return next((portal for portal in plant.portals if portal.kind is PortalKind.TUNNEL), None)


def line_places(plant: Plant) -> frozenset[str]:
    """Packing station, tunnel and lock: one line, on which the boxes of one shipment stand at a time."""
    station, tunnel = packing_station(plant), tunnel_of(plant)
    places = {lock_place(plant)}
    places |= set() if station is None else {station.place}
    places |= set() if tunnel is None else {tunnel.inside}
    return frozenset(places)


def home_of_boxes(plant: Plant) -> str:
    """Where empty boxes wait: the lane named so, else beside the packing station or the lock."""
    for place in plant.places:
        if place.kind is PlaceKind.LANE and place.path.rpartition("/")[2] == _BOXES:
            return place.path
    station = packing_station(plant)
    return lock_place(plant) if station is None else station.place


def tag_of(tx: Tx, bag: str) -> str | None:
    """The tag bound to a bag, or None."""
    row = tx.raw.execute("SELECT epc FROM bag WHERE id = ?", (bag,)).fetchone()
    return None if row is None else row[0]
