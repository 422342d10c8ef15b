"""Which shelf slot a bag may be put into: right temperature, right zone, free, and reserved in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from sqlite3 import Connection

from blood.components import Component, Limits
from blood.eligibility import Zone
from plant.model import DeviceKind, Place, PlaceKind, Plant
from wms.errors import Invalid


def choose_slot(raw: Connection, plant: Plant, component: Component, zone: Zone) -> str | None:
    """The first free slot where this component may lie in this zone, or None; nothing is reserved yet."""
    for shelf in shelves_for(plant, component, zone):
        taken = _taken(raw, shelf.path)
        for slot in plant.slots(shelf.path):
            if slot not in taken:
                return slot
    return None


def shelves_for(plant: Plant, component: Component, zone: Zone) -> Iterator[Place]:
    """Shelves of a zone whose permitted temperature lies inside the component's storage range."""
    for place in plant.places:
        if place.kind is PlaceKind.SHELF and place.zone is zone and place.slots:
            envelope = plant.envelope_of(place.path)
            if envelope is not None and within(envelope.limits, component.storage):
                yield place


def within(inner: Limits, outer: Limits) -> bool:
    """True when every temperature that ``inner`` permits is permitted by ``outer``."""
    low = outer.min_c is None or (inner.min_c is not None and inner.min_c >= outer.min_c)
    high = outer.max_c is None or (inner.max_c is not None and inner.max_c <= outer.max_c)
    return low and high


def crane_for(plant: Plant, component: Component, *places: str | None) -> str | None:
    """The crane that serves a move: that of the store it begins or ends in, else that of the component's store."""
    cranes = [device for device in plant.devices if device.kind is DeviceKind.CRANE]
    for place in places:
        for crane in cranes:
            if place is not None and (place == crane.place or place.startswith(crane.place + "/")):
                return crane.id
    for crane in cranes:
        envelope = plant.envelope_of(crane.place)
        if envelope is not None and within(envelope.limits, component.storage):
            return crane.id
    return None


def require_place(raw: Connection, plant: Plant, path: str, *, for_bag: str) -> None:
    """Raises Invalid when a path is no place of this centre, no slot of its shelf, or the slot of another bag."""
    try:
        place = plant.place_of(path)
    except KeyError:
        raise Invalid("place.unknown", f"There is no place {path}") from None
    if place.slots == 0:
        if path != place.path:
            raise Invalid("place.unknown", f"There is no place {path}")
        return
    if path not in plant.slots(place.path):
        raise Invalid("place.slot", f"{place.path} has the slots 001 to {place.slots:03d}; {path} is none of them")
    owner = raw.execute(
        "SELECT id FROM bag WHERE place = ?1 AND id <> ?2 "
        "UNION SELECT bag FROM task WHERE slot = ?1 AND bag <> ?2 AND state IN ('waiting', 'sent')",
        (path, for_bag),
    ).fetchone()
    if owner is not None:
        raise Invalid("place.taken", f"Slot {path} belongs to {owner[0]}")


def _taken(raw: Connection, shelf: str) -> set[str]:
    rows = raw.execute(
        "SELECT place FROM bag WHERE place > ?1 || '/' AND place < ?1 || '0' "
        "UNION SELECT slot FROM task WHERE slot > ?1 || '/' AND slot < ?1 || '0' AND state IN ('waiting', 'sent')",
        (shelf,),
    )
    return {place for (place,) in rows}
