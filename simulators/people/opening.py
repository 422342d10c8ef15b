"""The opening state of a demo or test centre: one list of bags, written as a stock CSV and as the world's snapshot."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from blood.components import Family
from blood.eligibility import BagStatus, Zone
from blood.isbt128 import BagId
from plant.model import Plant
from simulators.chance import draw
from simulators.floor import Bag, new_bag
from simulators.people.donors import new_din, write_note
from simulators.people.opening_shelves import Shelves
from simulators.people.state import Donation, People, Tote
from simulators.rhythm.donations import CRYO_ML, DOSE_ML, PLASMA_PART, VOLUMES_ML, red_cell_ml
from simulators.rhythm.frequencies import Region
from simulators.rhythm.groups import group_in
from simulators.rhythm.sampling import pick
from simulators.state import WorldState, new_state, save_state

COLUMNS: Final = (
    "bag",
    "component",
    "group",
    "status",
    "place",
    "volume_ml",
    "collected_at",
    "expires_at",
    "donor",
    "epc",
    "tid",
    "tests",
)
_STOCK: Final[
    Mapping[str, Mapping[str, int]]
] = {  # design: about 10 days of cover in the Chinese mix, few RhD-negative
    "RBC_S": {"O+": 100, "A+": 85, "B+": 82, "AB+": 26, "O-": 2, "A-": 2, "B-": 1, "AB-": 1},
    "FFP": {"O+": 66, "A+": 56, "B+": 55, "AB+": 17, "O-": 1, "A-": 2, "B-": 1, "AB-": 0},
    "FP": {"O+": 8, "A+": 7, "B+": 7, "AB+": 2},
    "FFP_MB": {"O+": 12, "A+": 10, "B+": 10, "AB+": 4},
    "CRYO": {"O+": 14, "A+": 14, "B+": 13, "AB+": 6},
    "PLT_A": {"O+": 9, "A+": 8, "B+": 8, "AB+": 3},
    "RBC_F": {"O-": 10, "A-": 6, "B-": 6, "AB-": 2},
}
_AGE_DAYS: Final = {
    "RBC_S": (2.0, 24.0),
    "FFP": (25.0, 200.0),
    "FP": (40.0, 700.0),
    "FFP_MB": (10.0, 200.0),
    "CRYO": (25.0, 200.0),
    "PLT_A": (1.2, 3.2),
    "RBC_F": (400.0, 2500.0),
}
_STORED_C: Final = {Family.PLASMA: -30.0, Family.CRYO: -30.0, Family.PLATELETS: 22.0, Family.RED_CELLS: 4.0}
_RARE_C: Final = -80.0
_IN_QUARANTINE: Final = 24
_PLATELETS_IN_QUARANTINE: Final = 6
_AT_DOCK: Final = 12
_ON_THE_ROAD: Final = 6
_TO_FREEZE: Final = 6
_DRIVE: Final = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class OpeningBag:
    """A bag of the opening state with what only the warehouse's import needs."""

    bag: Bag
    status: BagStatus
    tests: str
    expires_at: datetime


def write_opening(plant: Plant, seed: int, at: datetime, csv_path: Path, snapshot_path: Path) -> None:
    """Write an opening state at a domain time: the stock as CSV, the same bags as the world's snapshot.

    Stock of every component that the plant has a shelf for, in the Chinese ABO mix with few RhD-negative, frozen rare
    red cells in the ultra-low freezer, donations in quarantine, before the quick freezer, at the dock and on the road.
    The same arguments give the same files.
    """
    state, bags = opening_state(plant, seed, at)
    save_state(state, snapshot_path)
    csv_path.parent.mkdir(parents=True, exist_ok=True)
    with csv_path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_row(entry) for entry in bags)


def opening_state(plant: Plant, seed: int, at: datetime) -> tuple[WorldState, list[OpeningBag]]:
    """The world and its bags as the warehouse is to know them."""
    people = People(year=at.year, next_din=1)
    state = new_state(plant, seed, at, people)
    maker = _Maker(plant, seed, at, people)
    bags = [*maker.on_the_road(), *maker.at_dock(), *maker.in_quarantine(), *maker.at_freezer(), *maker.in_stock()]
    state.bags.update((entry.bag.id, entry.bag) for entry in bags)
    for chamber in state.chambers.values():
        chamber.samples.clear()
    return state, bags


class _Maker:
    """Makes donations and bags one after the other."""

    def __init__(self, plant: Plant, seed: int, at: datetime, people: People) -> None:
        self._plant, self._seed, self._at, self._people = plant, seed, at, people
        self._shelves = Shelves(plant)
        self._made = {product.component for product in plant.products}

    def on_the_road(self) -> Iterator[OpeningBag]:
        """A tote of reported donations that is about to reach the receiving portal, its despatch note to be sent."""
        tote = Tote([], leaves_at=self._at + _DRIVE)
        for _ in range(_ON_THE_ROAD):
            entry = self._pending_whole_blood("mobile")
            tote.bags.append(entry.bag.id)
            yield entry
        tote.note = write_note(self._people, tote.bags, self._at)
        self._people.totes.append(tote)

    def at_dock(self) -> Iterator[OpeningBag]:
        """Whole blood that waits to be prepared."""
        for _ in range(_AT_DOCK):
            yield self._pending_whole_blood("dock")

    def in_quarantine(self) -> Iterator[OpeningBag]:
        """Red cells, plasma and platelets of donations whose results are still to come."""
        for _ in range(_IN_QUARANTINE):
            donation = self._untested(hours=(6.0, 20.0))
            for component in ("RBC_S", "FFP"):
                yield self._stored(donation, component, Zone.QUARANTINE, BagStatus.QUARANTINE, "pending")
        if self._has_shelf("PLT_A", Zone.QUARANTINE):
            for _ in range(_PLATELETS_IN_QUARANTINE):
                donation = self._untested(hours=(6.0, 20.0))
                yield self._stored(donation, "PLT_A", Zone.QUARANTINE, BagStatus.QUARANTINE, "pending")

    def in_stock(self) -> Iterator[OpeningBag]:
        """Released bags; half of the plasma has its red cells on the shelf too."""
        for component, groups in _STOCK.items():
            if component == "FFP" or not self._has_shelf(component, Zone.STOCK):
                continue
            for group, count in groups.items():
                both = min(count, _STOCK["FFP"][group]) // 2 if component == "RBC_S" else 0
                for number in range(count):
                    donation = self._donation(_hours(component), group)
                    yield self._available(donation, component)
                    if number < both:
                        yield self._available(donation, "FFP")
        for group, count in _STOCK["FFP"].items():
            for _ in range(count - min(_STOCK["RBC_S"][group], count) // 2):
                yield self._available(self._donation(_hours("FFP"), group), "FFP")

    def at_freezer(self) -> Iterator[OpeningBag]:
        """A separated batch: plasma that waits to be frozen, its red cells in quarantine."""
        for _ in range(_TO_FREEZE):
            donation = self._untested(hours=(2.0, 5.0))
            yield self._bag(donation, "FFP", "prep/out", BagStatus.PROCESSING, "pending", 22.0)
            yield self._stored(donation, "RBC_S", Zone.QUARANTINE, BagStatus.QUARANTINE, "pending")

    def _has_shelf(self, component: str, zone: Zone) -> bool:
        return component in self._made and self._shelves.has(component, zone)

    def _donation(self, hours: tuple[float, float], group: str | None = None) -> Donation:
        serial = self._people.next_din
        self._people.next_din += 1
        chance = draw(self._seed, "opening donation", serial)
        collected_at = self._at - timedelta(hours=chance.uniform(*hours))
        return Donation(
            din=new_din(self._plant, collected_at.year, serial),
            bag="",
            donor=f"D{chance.randrange(10**8):08d}",
            volume_ml=float(pick(chance, VOLUMES_ML)),
            collected_at=collected_at.replace(microsecond=0),
            group=group or group_in(chance, Region.EAST).value,
            reactive=None,
        )

    def _untested(self, hours: tuple[float, float]) -> Donation:
        donation = self._donation(hours)
        self._people.untested[donation.din] = donation
        return donation

    def _pending_whole_blood(self, place: str) -> OpeningBag:
        donation = self._untested(hours=(0.5, 3.0))
        entry = self._bag(donation, "WB", place, BagStatus.COLLECTED, "pending", 22.0)
        donation.bag = entry.bag.id
        return entry

    def _available(self, donation: Donation, component: str) -> OpeningBag:
        return self._stored(donation, component, Zone.STOCK, BagStatus.AVAILABLE, "negative")

    def _stored(self, donation: Donation, component: str, zone: Zone, status: BagStatus, tests: str) -> OpeningBag:
        stored_c = _RARE_C if component == "RBC_F" else _STORED_C[self._plant.components[component].family]
        return self._bag(donation, component, self._shelves.take(component, zone), status, tests, stored_c)

    def _bag(
        self, donation: Donation, component: str, place: str, status: BagStatus, tests: str, temperature_c: float
    ) -> OpeningBag:
        bag = new_bag(
            self._plant,
            self._seed,
            BagId(donation.din, self._plant.product_of(component)),
            group=donation.group,
            volume_ml=volume_of(component, donation.volume_ml),
            donor=donation.donor,
            collected_at=donation.collected_at,
            place=place,
            temperature_c=temperature_c,
        )
        return OpeningBag(bag, status, tests, expiry_of(self._plant, component, donation.collected_at))


def volume_of(component: str, collected_ml: float) -> float:
    """Millilitres of a bag of a component made from a donation of 200, 300 or 400 mL (world.md 1.3)."""
    if component == "PLT_A":
        return DOSE_ML
    if component == "CRYO":
        return CRYO_ML
    if component == "WB":
        return collected_ml
    return red_cell_ml(int(collected_ml)) if component.startswith("RBC") else collected_ml * PLASMA_PART


def _hours(component: str) -> tuple[float, float]:
    low, high = _AGE_DAYS[component]
    return low * 24.0, high * 24.0


def expiry_of(plant: Plant, component: str, collected_at: datetime) -> datetime:
    """End of the last day of shelf life, 23:59 site time (ST-001 2.4.4)."""
    zone = ZoneInfo(plant.site.timezone)
    day = collected_at.astimezone(zone).date() + plant.components[component].shelf_life
    return datetime.combine(day, time(23, 59), zone).astimezone(UTC)


def _row(entry: OpeningBag) -> tuple[str, ...]:
    bag = entry.bag
    return (
        bag.id, bag.component, bag.group, entry.status.value, bag.place, f"{bag.volume_ml:g}", _iso(bag.collected_at),
        _iso(entry.expires_at), bag.donor, bag.epc, bag.tid, entry.tests,
    )  # fmt: skip


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
