"""Who has a bag now and must be told: the centre, a hospital, a vehicle on the road with the hospital it goes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from blood.eligibility import BagStatus
from plant.model import Plant
from wms.store.driver import Driver

_PART: Final = 500


class HolderKind(StrEnum):
    """What kind of holder."""

    CENTRE = "centre"
    HOSPITAL = "hospital"
    VEHICLE = "vehicle"


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """Somebody who has bags: id of the site, the hospital or the vehicle."""

    kind: HolderKind
    id: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What the warehouse knows of where a bag is; ``box`` is the transport box that it left in, or lies in."""

    bag: str
    status: BagStatus
    place: str | None
    hospital: str | None
    box: str | None
    vehicle: str | None
    patient: str | None

    def holders(self, site: str) -> tuple[Holder, ...]:
        """Who must be told; nobody where the bag exists no more."""
        if self.status in _GONE:
            return ()
        if self.status is BagStatus.IN_TRANSIT:
            on_the_road = () if self.vehicle is None else (Holder(HolderKind.VEHICLE, self.vehicle),)
            bound_for = () if self.hospital is None else (Holder(HolderKind.HOSPITAL, self.hospital),)
            return (*on_the_road, *bound_for) or (Holder(HolderKind.CENTRE, site),)
        if self.hospital is not None:
            return (Holder(HolderKind.HOSPITAL, self.hospital),)
        return (Holder(HolderKind.CENTRE, site),)


_GONE: Final = frozenset({BagStatus.CONSUMED, BagStatus.DISCARDED, BagStatus.LOST})


def names_of(plant: Plant, holder: Holder) -> tuple[str, str]:
    """What a holder is called in English and Chinese; one that the plant lost keeps its id."""
    match holder.kind:
        case HolderKind.CENTRE:
            return plant.site.name_en, plant.site.name_zh
        case HolderKind.HOSPITAL:
            hospital = plant.hospital_by_id.get(holder.id)
            return (holder.id, holder.id) if hospital is None else (hospital.name_en, hospital.name_zh)
        case HolderKind.VEHICLE:
            vehicle = plant.vehicle_by_id.get(holder.id)
            return (holder.id, holder.id) if vehicle is None else (vehicle.name_en, vehicle.name_zh)


def whereabouts(raw: Driver, bags: Iterable[str]) -> Mapping[str, Whereabouts]:
    """Where each of these bags is; the hospital is the one that has it or that it is on its way to."""
    asked, found = list(bags), {}
    for start in range(0, len(asked), _PART):
        part = asked[start : start + _PART]
        marks = ",".join("?" * len(part))
        journeys = {row[0]: row[1:] for row in raw.execute(_JOURNEYS.format(marks), tuple(part)).fetchall()}
        for bag, status, place, custody, hospital, patient in raw.execute(_BAGS.format(marks), tuple(part)).fetchall():
            bound_for, box, vehicle = journeys.get(bag, (None, None, None))
            is_moving = status == BagStatus.IN_TRANSIT.value
            inside = place.removeprefix("box/") if place is not None and place.startswith("box/") else None
            found[bag] = Whereabouts(
                bag=bag,
                status=BagStatus(status),
                place=place,
                hospital=bound_for if is_moving else hospital if custody == "hospital" else None,
                box=inside or box,
                vehicle=vehicle if is_moving else None,
                patient=patient,
            )
    return found


_BAGS: Final = "SELECT id, status, place, custody, hospital, patient FROM bag WHERE id IN ({})"
_JOURNEYS: Final = (
    "SELECT shipment_bag.bag, shipment.hospital, shipment_bag.box, trip.vehicle FROM shipment_bag "
    "JOIN shipment ON shipment.id = shipment_bag.shipment "
    "LEFT JOIN trip_stop ON trip_stop.shipment = shipment.id "
    "LEFT JOIN trip ON trip.id = trip_stop.trip AND trip.state <> 'cancelled' "
    "WHERE shipment_bag.bag IN ({}) ORDER BY shipment.created_us, coalesce(trip.created_us, 0)"
)
"""Oldest first: what stands last is the journey that a bag makes, or made last."""
