"""Donors and the collection team: who sits down when, what flows into the bag, and the van that brings it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from blood.eligibility import Zone
from blood.isbt128 import BagId, parse_bag_id
from plant.model import Plant
from rfid.messages import Direction
from simulators.chance import draw
from simulators.floor import new_bag
from simulators.passages import Passage
from simulators.people.opening_shelves import slots_for
from simulators.people.pace import ByCalendar, Compressed, Pace
from simulators.people.state import Donation, Note, People, Tote, Van
from simulators.rhythm import arrivals
from simulators.rhythm.days import donations_on
from simulators.rhythm.donations import DOSE_ML, Circumstances, Kind, PlannedDonation, plan_donation
from simulators.rhythm.groups import group_in, rhd_negative_share
from simulators.rhythm.shocks import Channel, combined
from simulators.scene import Scene

PORTAL_RECEIVING: Final = "p1"
_WHOLE_BLOOD: Final = "WB"
_PLATELETS: Final = "PLT_A"
_COLLECTED_AT: Final = "mobile"
_DOCK: Final = "dock"
_TOTE_DRIVE_MIN: Final = (1.0, 3.0)
_RESULTS_OF_OTHERS_MIN: Final = (16.0 * 60.0, 20.0 * 60.0)
_INCUBATOR_FULL: Final = 0.85
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


def collect(scene: Scene, people: People, pace: Pace) -> None:
    """Take blood up to the scene's time."""
    if isinstance(pace.tempo, ByCalendar):
        _collect_by_the_hour(scene, people, pace)
    else:
        _collect_by_the_tote(scene, people, pace, pace.tempo)


def plan_day(scene: Scene, people: People, tempo: ByCalendar, midnight: datetime) -> None:
    """Draw the donors and vans of one day that begins at a (site-local) midnight."""
    day, zone = midnight.date(), ZoneInfo(scene.plant.site.timezone)
    count = donations_on(scene.seed, tempo.profile, tempo.donations_a_day, day, tempo.shocks)
    times = arrivals.donation_times(scene.seed, day, count, zone)
    for load in arrivals.van_loads(scene.seed, day, times):
        chairs = [times[index] for index in load.donations if times[index] > scene.now]
        if chairs:
            people.vans.append(Van(load.at, chairs))


def _collect_by_the_hour(scene: Scene, people: People, pace: Pace) -> None:
    for van in list(people.vans):
        while van.chairs and van.chairs[0] <= scene.now:
            at = van.chairs.pop(0)
            if scene.now - at <= _MISSED and _wanted(scene, people, pace) > 0:
                due = arrivals.results_at(draw(scene.seed, "results due", people.next_din), _local(scene, van.at))
                van.bags.append(_donate(scene, people, pace, at, due).bag)
        if not van.chairs and van.at - _PAPERS_BEFORE <= scene.now:
            people.vans.remove(van)
            if van.bags:
                _load_tote(scene, people, van.bags, leaves_at=van.at)


def _collect_by_the_tote(scene: Scene, people: People, pace: Pace, tempo: Compressed) -> None:
    if people.next_tote_at is None or people.next_tote_at > scene.now:
        return
    people.next_tote_at += timedelta(minutes=tempo.tote_every_min)
    if people.next_tote_at <= scene.now:  # the world stood still: nobody catches up on lost donors
        people.next_tote_at = scene.now + timedelta(minutes=tempo.tote_every_min)
    _fill_tote(scene, people, pace, min(tempo.tote_bags, _wanted(scene, people, pace)), tempo.results_after_min)


def bring_pallet(scene: Scene, people: People, pace: Pace, bags: int) -> None:
    """So many donations of other sites come at once, whatever room there is; their papers are done like a tote's."""
    after_min = pace.tempo.results_after_min if isinstance(pace.tempo, Compressed) else _RESULTS_OF_OTHERS_MIN
    _fill_tote(scene, people, pace, bags, after_min)


def _fill_tote(scene: Scene, people: People, pace: Pace, donors: int, results_min: tuple[float, float]) -> None:
    bags = []
    for _ in range(donors):
        chance = draw(scene.seed, "chair", people.next_din)
        at = scene.now - timedelta(minutes=chance.uniform(1.0, 15.0))
        due = scene.now + timedelta(minutes=chance.uniform(*results_min))
        bags.append(_donate(scene, people, pace, at, due).bag)
    if bags:
        _load_tote(scene, people, bags, leaves_at=None)


def _wanted(scene: Scene, people: People, pace: Pace) -> int:
    """How many donors may still be invited: none when the stores are full."""
    count: dict[str, int] = {}
    for bag in scene.floor.bags.values():
        if not bag.place.startswith(("hospital", "transit")):
            count[bag.component] = count.get(bag.component, 0) + 1
    if max(count.values(), default=0) + count.get(_WHOLE_BLOOD, 0) >= pace.stock_ceiling:
        return 0
    return pace.stock_ceiling if pace.max_donations is None else pace.max_donations - people.donations


def _donate(scene: Scene, people: People, pace: Pace, at: datetime, results_due: datetime) -> Donation:
    """One donor gives blood; the bag appears in the van."""
    number = people.next_din
    chance = draw(scene.seed, "donation", number)
    plan = _plan(scene, pace, number)
    is_apheresis = plan.kind is Kind.APHERESIS
    product = scene.plant.product_of(_PLATELETS if is_apheresis else _WHOLE_BLOOD)
    donation = Donation(
        din=new_din(scene.plant, people.year, number),
        bag="",
        donor=f"D{chance.randrange(10**8):08d}",
        volume_ml=DOSE_ML if is_apheresis else plan.volume_ml,
        collected_at=at,
        group=group_in(chance, pace.region, rhd_negative=_rhd_negative(scene, pace)).value,
        reactive=plan.finding.marker.value if plan.finding.marker is not None else None,
        results_due=results_due,
        product=product if is_apheresis else "",
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


def _plan(scene: Scene, pace: Pace, number: int) -> PlannedDonation:
    kind = None if takes_platelets(scene.plant) and _has_room_for_platelets(scene) else Kind.WHOLE_BLOOD
    under = Circumstances(
        reactive=_shock(scene, pace, Channel.REACTIVE),
        first_time=_shock(scene, pace, Channel.FIRST_TIME),
        platelets=_shock(scene, pace, Channel.PLATELET_SUPPLY),
    )
    return plan_donation(scene.seed, number, kind=kind, under=under)


def _has_room_for_platelets(scene: Scene) -> bool:
    """The incubator is small and its blood lives five days: platelet donors are not invited when it is nearly full."""
    bags = sum(
        bag.component == _PLATELETS and not bag.place.startswith(("hospital", "transit", "box"))
        for bag in scene.floor.bags.values()
    )
    return bags < _INCUBATOR_FULL * slots_for(scene.plant, _PLATELETS, Zone.STOCK)


def _rhd_negative(scene: Scene, pace: Pace) -> float:
    usual = rhd_negative_share(pace.region) if pace.rhd_negative is None else pace.rhd_negative
    return usual * _shock(scene, pace, Channel.RHD_NEGATIVE_SUPPLY)


def _shock(scene: Scene, pace: Pace, channel: Channel) -> float:
    shocks = pace.tempo.shocks if isinstance(pace.tempo, ByCalendar) else ()
    return combined(shocks, channel, _local(scene, scene.now).date())


def _local(scene: Scene, instant: datetime) -> datetime:
    return instant.astimezone(ZoneInfo(scene.plant.site.timezone))


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
