"""After the door: the road without boxes, the hand-over, use at the bedside, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from plant.model import PortalKind
from rfid.messages import Direction
from simulators.chance import draw
from simulators.passages import Passage
from simulators.people.state import BedsideStep, Delivery, Fitness, Parcel, People, Return, Trip
from simulators.rhythm.hospitals import RETURN_UNFIT, RETURNED, drive_min, fate_in_hospital
from simulators.scene import Scene

NO_BOX: Final = ""
"""Name of the parcel of a shipment that travelled without a box."""
USED_AFTER_H: Final = (6.0, 72.0)
"""Hours from receipt to use (design)."""
_RETURNED_AFTER_H: Final = (0.3, 3.0)
_WAY_BACK_MIN: Final = (5.0, 20.0)
"""A return waits for the next van home, then rides for the time of the road."""
_PORTAL_RETURNS: Final = "p5"
_RETURNS: Final = "returns"


def leave(scene: Scene, people: People, shipment: str, hospital: str) -> None:
    """A van drives off with everything that came through the portal for this shipment without a box."""
    to = scene.plant.hospital_by_id[hospital]
    minutes = drive_min(draw(scene.seed, "road", shipment), to.size, median_min=to.road_min)
    bags = [bag.id for bag in scene.floor.at(f"transit/{shipment}")]
    people.trips.append(Trip(shipment, hospital, bags, scene.now + timedelta(minutes=minutes)))
    scene.note("dispatched", shipment=shipment, hospital=hospital, bags=bags)


def arrive(scene: Scene, people: People) -> None:
    """Trips without boxes reach their hospitals."""
    for trip in [trip for trip in people.trips if trip.arrives_at <= scene.now]:
        people.trips.remove(trip)
        hand_over(scene, people, trip.shipment, trip.hospital, NO_BOX, trip.bags)


def hand_over(scene: Scene, people: People, shipment: str, hospital: str, box: str, bags: Sequence[str]) -> None:
    """A hospital takes one box of a shipment out of a vehicle's hands: thermometer, then its bags go into its store."""
    warm = [name for name in bags if not _in_range(scene, name)]
    place = scene.plant.hospital_by_id[hospital].place
    for name in bags:
        scene.floor.put(scene.floor.bags[name], place)
    delivery = people.delivered.setdefault(shipment, Delivery(hospital))
    delivery.parcels[box] = Parcel(list(bags), Fitness.OUT_OF_RANGE if warm else Fitness.IN_RANGE)


def receive(
    scene: Scene,
    people: People,
    shipment: str,
    box: str | None = None,
    *,
    returned_share: float = RETURNED,
    used_after_h: tuple[float, float] = USED_AFTER_H,
) -> None:
    """The hospital has receipted a box (None: all of the shipment): its bags are used within days, a few come back."""
    delivery = people.delivered[shipment]
    for name in [box] if box is not None else list(delivery.parcels):
        for bag in delivery.parcels.pop(name).bags:
            scene.note("received", bag=bag, shipment=shipment, hospital=delivery.hospital)
            back = Return(bag, delivery.hospital, shipment, scene.now)
            _decide(scene, people, back, returned_share, used_after_h)
    if not delivery.parcels:
        del people.delivered[shipment]


def _decide(
    scene: Scene, people: People, back: Return, returned_share: float, used_after_h: tuple[float, float]
) -> None:
    """Decide whether a bag will be used or come back."""
    chance = draw(scene.seed, "use", back.bag)
    used_h = chance.uniform(*used_after_h)
    if chance.random() >= returned_share or not takes_returns(scene):
        people.in_use[back.bag] = scene.now + timedelta(hours=used_h)
        return
    back.fitness = Fitness.OUT_OF_RANGE if chance.random() < RETURN_UNFIT else Fitness.IN_RANGE
    back.at += timedelta(hours=chance.uniform(*_RETURNED_AFTER_H))
    people.returns[back.bag] = back


def use(scene: Scene, people: People) -> None:
    """Bags whose time has come are used: transfused, nearly all of them. One that has papers waits until it is issued.

    With papers, what nobody needs lies in the hospital's store until it has expired.
    """
    for name in [name for name, at in people.in_use.items() if at <= scene.now]:
        bag = scene.floor.bags[name]
        papers = people.bedside.get(name)
        fate = fate_in_hospital(draw(scene.seed, "fate", name), bag.component)
        if papers is not None and papers.step is not BedsideStep.UNTOLD:
            if papers.step is not BedsideStep.ISSUED:
                continue
            papers.step, papers.at, papers.component, papers.refusals = BedsideStep.USED, scene.now, bag.component, 0
        del people.in_use[name]
        scene.floor.remove(bag)
        people.used += 1
        scene.note("used", bag=name, fate=fate)
        if papers is not None and papers.step is BedsideStep.UNTOLD:
            del people.bedside[name]


def send_back(scene: Scene, people: People, passages: list[Passage], bag: str) -> None:
    """The hospital has announced a return: the bag rides home and passes the returns portal."""
    back = people.returns.pop(bag)
    wait_min = draw(scene.seed, "way back", bag).uniform(*_WAY_BACK_MIN)
    at = scene.now + timedelta(minutes=wait_min + _road_min(scene, back.hospital))
    place = scene.floor.bags[bag].place
    passages.append(Passage(_PORTAL_RETURNS, Direction.IN, [bag], place, _RETURNS, ends=at))
    scene.note("returned", bag=bag, shipment=back.shipment, hospital=back.hospital, fitness=back.fitness)


def keep(scene: Scene, people: People, bag: str) -> None:
    """The centre takes nothing back: the hospital uses the bag after all."""
    del people.returns[bag]
    used_after_h = draw(scene.seed, "kept", bag).uniform(*USED_AFTER_H)
    people.in_use[bag] = scene.now + timedelta(hours=used_after_h)


def takes_returns(scene: Scene) -> bool:
    """True where the plant has a portal for what hospitals send back."""
    return any(portal.id == _PORTAL_RETURNS and portal.kind is PortalKind.PASSAGE for portal in scene.plant.portals)


def _road_min(scene: Scene, hospital: str) -> float:
    return scene.plant.hospital_by_id[hospital].road_min


def _in_range(scene: Scene, name: str) -> bool:
    """What the hospital's thermometer says of one bag in the box."""
    bag = scene.floor.bags[name]
    return scene.plant.components[bag.component].transport.contains(round(bag.core_c, 1))
