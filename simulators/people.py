"""People: donors and the collection team, the laboratory's bench, the hospitals' needs.

This is what they intend; the agents report it by HTTP and tell the world when the warehouse has it. The van with a
tote leaves only when its paperwork is done.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Final

import msgspec

from blood.isbt128 import BagId
from plant.model import Plant
from rfid.messages import Direction
from simulators.chance import draw
from simulators.floor import new_bag
from simulators.pace import Pace
from simulators.passages import Passage
from simulators.scene import Scene

ABO: Final = (("A", 0.2872), ("B", 0.2817), ("O", 0.3420), ("AB", 0.0891))  # ABO23M: 23 million people in China
RHD_NEGATIVE: Final = 0.02
"""Demo share between the 0.3-0.5 % of Han donors and a centre that calls in its RhD-negative donors."""
MARKERS: Final = (
    ("alt", 0.564),
    ("hbsag", 0.144),
    ("anti_hcv", 0.128),
    ("syphilis", 0.108),
    ("hiv", 0.056),
)  # ZZ, shares of reactive
_VOLUMES: Final = ((200.0, 0.25), (300.0, 0.15), (400.0, 0.60))
_TOTE_DRIVE_MIN: Final = (1.0, 3.0)
_USED_AFTER_H: Final = (6.0, 72.0)
_PORTAL_RECEIVING: Final = "p1"


class Donation(msgspec.Struct):
    """One donation with the truth that only its blood knows; `reactive` names a reactive marker."""

    din: str
    bag: str
    donor: str
    volume_ml: float
    collected_at: datetime
    group: str
    reactive: str | None
    results_due: datetime | None = None


class Need(msgspec.Struct):
    """What a hospital will order at `at`: lines are (component, group, bags)."""

    number: int
    hospital: str
    at: datetime
    lines: list[tuple[str, str, int]]


class Tote(msgspec.Struct):
    """Bags of one collection run; it drives off once every bag of it is reported."""

    bags: list[str]
    passes_at: datetime | None = None


class Delivery(msgspec.Struct):
    """A shipment that has arrived and is not yet receipted."""

    hospital: str
    bags: list[str]


class Trip(msgspec.Struct):
    """A van on the road."""

    shipment: str
    hospital: str
    bags: list[str]
    arrives_at: datetime


class People(msgspec.Struct):
    """State of all people: what they did and what they still have to report."""

    year: int
    next_din: int
    next_tote_at: datetime | None = None
    next_need_at: datetime | None = None
    donations: int = 0
    needs: int = 0
    totes: list[Tote] = []
    unreported: dict[str, Donation] = {}
    untested: dict[str, Donation] = {}
    unordered: dict[int, Need] = {}
    trips: list[Trip] = []
    delivered: dict[str, Delivery] = {}
    in_use: dict[str, datetime] = {}
    used: int = 0
    next_story_at: datetime | None = None


def pick(chance: random.Random, shares: tuple[tuple[str, float], ...]) -> str:
    """Draw one of (value, share)."""
    return chance.choices([value for value, _ in shares], [share for _, share in shares])[0]


def group_of(chance: random.Random) -> str:
    """A donor's group from the Chinese mix."""
    return pick(chance, ABO) + ("-" if chance.random() < RHD_NEGATIVE else "+")


def new_din(plant: Plant, year: int, serial: int) -> str:
    """Donation number of a serial: facility, two digits of the year, six digits."""
    return f"{plant.site.facility}{year % 100:02d}{serial:06d}"


def donate(scene: Scene, people: People, pace: Pace, place: str) -> Donation:
    """One donor gives blood; the bag appears at ``place``."""
    chance = draw(scene.seed, "donation", people.next_din)
    donation = Donation(
        din=new_din(scene.plant, people.year, people.next_din),
        bag="",
        donor=f"D{chance.randrange(10**8):08d}",
        volume_ml=chance.choices([v for v, _ in _VOLUMES], [s for _, s in _VOLUMES])[0],
        collected_at=scene.now - timedelta(minutes=chance.uniform(1.0, 15.0)),
        group=group_of(chance),
        reactive=pick(chance, MARKERS) if chance.random() < pace.reactive_share else None,
        results_due=scene.now + timedelta(minutes=chance.uniform(*pace.results_after_min)),
    )
    bag = new_bag(
        scene.plant,
        scene.seed,
        BagId(donation.din, scene.plant.product_of("WB")),
        group=donation.group,
        volume_ml=donation.volume_ml,
        donor=donation.donor,
        collected_at=donation.collected_at,
        place=place,
        temperature_c=22.0,
    )
    donation.bag = bag.id
    people.next_din += 1
    people.donations += 1
    scene.floor.add(bag)
    truth = {"group": bag.group, "reactive": donation.reactive}
    scene.note("collected", donation.collected_at, bag=bag.id, place=place, **truth)
    return donation


def begin(scene: Scene, people: People, pace: Pace) -> None:
    """First hour of a centre: set the rhythm that a pace asks for, where nothing is set yet."""
    people.next_tote_at = people.next_tote_at or scene.now + timedelta(minutes=pace.first_tote_min)
    people.next_need_at = people.next_need_at or scene.now + timedelta(minutes=pace.first_order_min)
    if pace.door_first_min is not None and people.next_story_at is None:
        people.next_story_at = scene.now + timedelta(minutes=pace.door_first_min)
    for donation in people.untested.values():
        if donation.results_due is None:
            wait_min = draw(scene.seed, "opening results", donation.din).uniform(*pace.opening_results_min)
            donation.results_due = scene.now + timedelta(minutes=wait_min)


def step(scene: Scene, people: People, pace: Pace, passages: list[Passage]) -> None:
    """People act up to the scene's time."""
    _collect(scene, people, pace)
    _drive_totes(scene, people, passages)
    _need_blood(scene, people, pace)
    _arrive(scene, people)
    _transfuse(scene, people)


def _collect(scene: Scene, people: People, pace: Pace) -> None:
    if people.next_tote_at is None or people.next_tote_at > scene.now:
        return
    people.next_tote_at += timedelta(minutes=pace.tote_every_min)
    if people.next_tote_at <= scene.now:  # the world stood still: nobody catches up on lost donors
        people.next_tote_at = scene.now + timedelta(minutes=pace.tote_every_min)
    left = pace.tote_bags if pace.max_donations is None else min(pace.tote_bags, pace.max_donations - people.donations)
    if left <= 0 or _full(scene, pace):
        return
    tote = Tote([])
    for _ in range(left):
        donation = donate(scene, people, pace, "mobile")
        tote.bags.append(donation.bag)
        people.unreported[donation.din] = donation
        people.untested[donation.din] = donation
    people.totes.append(tote)


def _full(scene: Scene, pace: Pace) -> bool:
    count: dict[str, int] = {}
    for bag in scene.floor.bags.values():
        if not bag.place.startswith(("hospital", "transit")):
            count[bag.component] = count.get(bag.component, 0) + 1
    return max(count.values(), default=0) + count.get("WB", 0) >= pace.stock_ceiling


def _drive_totes(scene: Scene, people: People, passages: list[Passage]) -> None:
    for tote in list(people.totes):
        if tote.passes_at is None:
            dins = {scene.floor.bags[name].din for name in tote.bags}
            if dins & people.unreported.keys():
                continue
            chance = draw(scene.seed, "tote", tote.bags[0])
            tote.passes_at = scene.now + timedelta(minutes=chance.uniform(*_TOTE_DRIVE_MIN))
        if tote.passes_at <= scene.now:
            people.totes.remove(tote)
            passages.append(Passage(_PORTAL_RECEIVING, Direction.IN, tote.bags, "mobile", "dock", ends=scene.now))


def _need_blood(scene: Scene, people: People, pace: Pace) -> None:
    if people.next_need_at is None or people.next_need_at > scene.now:
        return
    if pace.max_orders is not None and people.needs >= pace.max_orders:
        return
    chance = draw(scene.seed, "need", people.needs)
    hospitals = scene.plant.hospitals
    hospital = chance.choices(hospitals, [hospital.share for hospital in hospitals])[0]
    wanted = {"RBC_S": 1.0 if chance.random() < 0.85 else 0.0, "FFP": 1.0 if chance.random() < 0.75 else 0.0}
    components = [key for key, is_wanted in wanted.items() if is_wanted] or ["RBC_S"]
    lines = [(component, group_of(chance), chance.randint(*pace.order_line_bags)) for component in components]
    people.unordered[people.needs] = Need(people.needs, hospital.id, scene.now, lines)
    people.needs += 1
    people.next_need_at = scene.now + timedelta(minutes=chance.uniform(*pace.order_every_min))


def leave(scene: Scene, people: People, shipment: str, hospital: str) -> None:
    """The van drives off with everything that came through the portal for this shipment."""
    road_min = next(entry.road_min for entry in scene.plant.hospitals if entry.id == hospital)
    drive_min = road_min * draw(scene.seed, "road", shipment).lognormvariate(0.0, 0.2)
    bags = [bag.id for bag in scene.floor.at(f"transit/{shipment}")]
    people.trips.append(Trip(shipment, hospital, bags, scene.now + timedelta(minutes=drive_min)))
    scene.note("dispatched", shipment=shipment, hospital=hospital, bags=bags)


def _arrive(scene: Scene, people: People) -> None:
    for trip in [trip for trip in people.trips if trip.arrives_at <= scene.now]:
        people.trips.remove(trip)
        place = next(entry.place for entry in scene.plant.hospitals if entry.id == trip.hospital)
        for name in trip.bags:
            scene.floor.put(scene.floor.bags[name], place)
        people.delivered[trip.shipment] = Delivery(trip.hospital, trip.bags)


def receive(scene: Scene, people: People, shipment: str) -> None:
    """The hospital has receipted a delivery: its bags go into the hospital's own stock and are used within days."""
    delivery = people.delivered.pop(shipment)
    for name in delivery.bags:
        scene.note("received", bag=name, shipment=shipment, hospital=delivery.hospital)
        people.in_use[name] = scene.now + timedelta(hours=draw(scene.seed, "use", name).uniform(*_USED_AFTER_H))


def _transfuse(scene: Scene, people: People) -> None:
    for name in [name for name, at in people.in_use.items() if at <= scene.now]:
        del people.in_use[name]
        scene.floor.remove(scene.floor.bags[name])
        people.used += 1
        scene.note("used", bag=name)
