"""Donors and the collection team: who sits down when, what flows into the bag, and the van that brings it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from blood.isbt128 import BagId, parse_bag_id
from plant.model import Plant
from rfid.messages import Direction
from simulators.chance import draw
from simulators.floor import new_bag
from simulators.pace import Pace, Tempo
from simulators.passages import Passage
from simulators.people_state import Donation, Note, People, Tote, Van
from simulators.rhythm import arrivals
from simulators.rhythm.days import donations_on
from simulators.rhythm.donations import DOSE_ML, Kind, PlannedDonation, plan_donation
from simulators.rhythm.groups import group_in
from simulators.scene import Scene

PORTAL_RECEIVING: Final = "p1"
_WHOLE_BLOOD: Final = "WB"
_PLATELETS: Final = "PLT_A"
_COLLECTED_AT: Final = "mobile"
_DOCK: Final = "dock"
_TOTE_DRIVE_MIN: Final = (1.0, 3.0)
_PAPERS_BEFORE: Final = timedelta(minutes=15)
"""At the true tempo a van's papers are done so long before it is expected."""
_MISSED: Final = timedelta(hours=1)
"""Donors whose hour passed longer ago (the world stood still) do not come any more."""


def new_din(plant: Plant, year: int, serial: int) -> str:
    """Donation number of a serial: facility, two digits of the year, six digits."""
    return f"{plant.site.facility}{year % 100:02d}{serial:06d}"


def takes_platelets(plant: Plant) -> bool:
    """True when the plant knows a way for apheresis platelets from the dock, which whole blood leaves by the robot."""
    made = any(product.component == _PLATELETS for product in plant.products)
    return made and any(route.from_place == _DOCK for route in plant.routes)


def donate(scene: Scene, people: People, pace: Pace, at: datetime, received_at: datetime) -> Donation:
    """One donor gives blood; the bag appears in the van, its samples reach the laboratory at ``received_at``."""
    number = people.next_din
    chance = draw(scene.seed, "donation", number)
    plan = _plan(scene, number)
    component = _PLATELETS if plan.kind is Kind.APHERESIS else _WHOLE_BLOOD
    product = scene.plant.product_of(component)
    donation = Donation(
        din=new_din(scene.plant, people.year, number),
        bag="",
        donor=f"D{chance.randrange(10**8):08d}",
        volume_ml=DOSE_ML if plan.kind is Kind.APHERESIS else plan.volume_ml,
        collected_at=at,
        group=group_in(chance, pace.region, rhd_negative=pace.rhd_negative).value,
        reactive=plan.finding.marker.value if plan.finding.marker is not None else None,
        results_due=_results_due(scene, pace, number, received_at),
        product=product if plan.kind is Kind.APHERESIS else "",
    )
    bag = new_bag(
        scene.plant,
        scene.seed,
        BagId(donation.din, product),
        group=donation.group,
        volume_ml=donation.volume_ml,
        donor=donation.donor,
        collected_at=donation.collected_at,
        place=_COLLECTED_AT,
        temperature_c=22.0,
    )
    donation.bag = bag.id
    people.next_din += 1
    people.donations += 1
    people.unreported[donation.din] = donation
    people.untested[donation.din] = donation
    scene.floor.add(bag)
    truth = {"group": bag.group, "reactive": donation.reactive}
    scene.note("collected", donation.collected_at, bag=bag.id, place=_COLLECTED_AT, **truth)
    return donation


def _plan(scene: Scene, number: int) -> PlannedDonation:
    return plan_donation(scene.seed, number, kind=None if takes_platelets(scene.plant) else Kind.WHOLE_BLOOD)


def _results_due(scene: Scene, pace: Pace, number: int, received_at: datetime) -> datetime:
    chance = draw(scene.seed, "results due", number)
    if pace.tempo is Tempo.TRUE:
        return arrivals.results_at(chance, received_at.astimezone(ZoneInfo(scene.plant.site.timezone)))
    return received_at + timedelta(minutes=chance.uniform(*pace.results_after_min))


def collect(scene: Scene, people: People, pace: Pace) -> None:
    """Take blood up to the scene's time."""
    if pace.tempo is Tempo.TRUE:
        _collect_by_the_hour(scene, people, pace)
    else:
        _collect_by_the_tote(scene, people, pace)


def plan_day(scene: Scene, people: People, pace: Pace, day: datetime) -> None:
    """Draw the donors and vans of one (site-local) day."""
    count = donations_on(scene.seed, pace.profile, pace.donations_a_day, day.date())
    times = arrivals.donation_times(scene.seed, day.date(), count, ZoneInfo(scene.plant.site.timezone))
    for load in arrivals.van_loads(scene.seed, day.date(), times):
        chairs = [times[index] for index in load.donations if times[index] > scene.now]
        if chairs:
            people.vans.append(Van(load.at, chairs))


def _collect_by_the_hour(scene: Scene, people: People, pace: Pace) -> None:
    for van in list(people.vans):
        while van.chairs and van.chairs[0] <= scene.now:
            at = van.chairs.pop(0)
            if scene.now - at <= _MISSED and _wanted(scene, people, pace):
                van.bags.append(donate(scene, people, pace, at, van.at).bag)
        if not van.chairs and van.at - _PAPERS_BEFORE <= scene.now:
            people.vans.remove(van)
            if van.bags:
                _load_tote(scene, people, van.bags, leaves_at=van.at)


def _wanted(scene: Scene, people: People, pace: Pace) -> bool:
    return (pace.max_donations is None or people.donations < pace.max_donations) and not _full(scene, pace)


def _collect_by_the_tote(scene: Scene, people: People, pace: Pace) -> None:
    if people.next_tote_at is None or people.next_tote_at > scene.now:
        return
    people.next_tote_at += timedelta(minutes=pace.tote_every_min)
    if people.next_tote_at <= scene.now:  # the world stood still: nobody catches up on lost donors
        people.next_tote_at = scene.now + timedelta(minutes=pace.tote_every_min)
    left = pace.tote_bags if pace.max_donations is None else min(pace.tote_bags, pace.max_donations - people.donations)
    if left <= 0 or _full(scene, pace):
        return
    bags = []
    for _ in range(left):
        ago_min = draw(scene.seed, "chair", people.next_din).uniform(1.0, 15.0)
        at = scene.now - timedelta(minutes=ago_min)
        bags.append(donate(scene, people, pace, at, scene.now).bag)
    _load_tote(scene, people, bags, leaves_at=None)


def _full(scene: Scene, pace: Pace) -> bool:
    count: dict[str, int] = {}
    for bag in scene.floor.bags.values():
        if not bag.place.startswith(("hospital", "transit")):
            count[bag.component] = count.get(bag.component, 0) + 1
    return max(count.values(), default=0) + count.get(_WHOLE_BLOOD, 0) >= pace.stock_ceiling


def _load_tote(scene: Scene, people: People, bags: list[str], leaves_at: datetime | None) -> None:
    people.totes.append(Tote(bags, leaves_at=leaves_at, note=write_note(people, bags, scene.now)))


def write_note(people: People, bags: Sequence[str], at: datetime) -> str:
    """Write the despatch note of a tote, for the collection team's agent to send; returns the note's id."""
    items = [(bag.din, bag.product) for bag in map(parse_bag_id, bags)]
    note = Note(f"note-{items[0][0].lower()}", at, items)
    people.unannounced[note.id] = note
    return note.id


def drive_totes(scene: Scene, people: People, passages: list[Passage]) -> None:
    """Totes whose papers are done drive to the receiving portal."""
    for tote in list(people.totes):
        if tote.passes_at is None:
            dins = {scene.floor.bags[name].din for name in tote.bags if name in scene.floor.bags}
            if dins & people.unreported.keys() or tote.note in people.unannounced:
                continue
            chance = draw(scene.seed, "tote", tote.bags[0])
            drive = timedelta(minutes=chance.uniform(*_TOTE_DRIVE_MIN))
            tote.passes_at = max(scene.now + drive, tote.leaves_at or scene.now)
        if tote.passes_at <= scene.now:
            people.totes.remove(tote)
            passages.append(Passage(PORTAL_RECEIVING, Direction.IN, tote.bags, _COLLECTED_AT, _DOCK, ends=scene.now))
