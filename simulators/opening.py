"""The opening state of a demo or test centre: one list of bags, written as a stock CSV and as the world's snapshot."""

from __future__ import annotations

import csv
from collections.abc import Iterator
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
from simulators.people import Donation, People, Tote, group_of, new_din
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
_RED_CELLS: Final = {"O+": 77, "A+": 65, "B+": 63, "AB+": 20, "O-": 1, "A-": 2, "B-": 1, "AB-": 1}
_PLASMA: Final = {"O+": 66, "A+": 56, "B+": 55, "AB+": 17, "O-": 1, "A-": 2, "B-": 1, "AB-": 0}
_IN_QUARANTINE: Final = 24
_AT_DOCK: Final = 12
_ON_THE_ROAD: Final = 6
_TO_FREEZE: Final = 6
_RED_CELL_AGE_DAYS: Final = (2.0, 24.0)
_PLASMA_AGE_DAYS: Final = (25.0, 200.0)
_COLLECTION_ML: Final = 400.0


@dataclass(frozen=True, slots=True)
class OpeningBag:
    """A bag of the opening state with what only the warehouse's import needs."""

    bag: Bag
    status: BagStatus
    tests: str
    expires_at: datetime


def write_opening(plant: Plant, seed: int, at: datetime, csv_path: Path, snapshot_path: Path) -> None:
    """Write an opening state at a domain time: the stock as CSV, the same bags as the world's snapshot.

    About 230 red cells and 200 plasma on the stock shelves in the Chinese ABO mix with few RhD-negative, donations in
    quarantine, before the quick freezer, at the dock and on the road. The same arguments give the same files.
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
    """Makes donations and bags one after the other; slots are filled in their order."""

    def __init__(self, plant: Plant, seed: int, at: datetime, people: People) -> None:
        self._plant, self._seed, self._at, self._people = plant, seed, at, people
        self._free = {
            (family, zone): _slots(plant, family, zone)
            for family in (Family.RED_CELLS, Family.PLASMA)
            for zone in (Zone.STOCK, Zone.QUARANTINE)
        }

    def on_the_road(self) -> Iterator[OpeningBag]:
        """A tote of reported donations that is about to reach the receiving portal."""
        tote = Tote([], passes_at=self._at + timedelta(minutes=3))
        for _ in range(_ON_THE_ROAD):
            entry = self._pending_whole_blood("mobile")
            tote.bags.append(entry.bag.id)
            yield entry
        self._people.totes.append(tote)

    def at_dock(self) -> Iterator[OpeningBag]:
        """Whole blood that waits to be prepared."""
        for _ in range(_AT_DOCK):
            yield self._pending_whole_blood("dock")

    def in_quarantine(self) -> Iterator[OpeningBag]:
        """Red cells and plasma of donations whose results are still to come."""
        for _ in range(_IN_QUARANTINE):
            donation = self._donation(hours=(6.0, 20.0))
            self._people.untested[donation.din] = donation
            for component in ("RBC_S", "FFP"):
                yield self._stored(donation, component, Zone.QUARANTINE, BagStatus.QUARANTINE, "pending")

    def in_stock(self) -> Iterator[OpeningBag]:
        """Released bags; half of the plasma has its red cells on the shelf too."""
        for group, red_cells in _RED_CELLS.items():
            plasma = _PLASMA[group]
            both = min(red_cells, plasma) // 2
            for number in range(red_cells):
                low, high = _RED_CELL_AGE_DAYS
                donation = self._donation(hours=(low * 24.0, high * 24.0), group=group)
                yield self._stored(donation, "RBC_S", Zone.STOCK, BagStatus.AVAILABLE, "negative")
                if number < both:
                    yield self._stored(donation, "FFP", Zone.STOCK, BagStatus.AVAILABLE, "negative")
            for _ in range(plasma - both):
                low, high = _PLASMA_AGE_DAYS
                donation = self._donation(hours=(low * 24.0, high * 24.0), group=group)
                yield self._stored(donation, "FFP", Zone.STOCK, BagStatus.AVAILABLE, "negative")

    def at_freezer(self) -> Iterator[OpeningBag]:
        """A separated batch: plasma that waits to be frozen, its red cells in quarantine."""
        for _ in range(_TO_FREEZE):
            donation = self._donation(hours=(2.0, 5.0))
            self._people.untested[donation.din] = donation
            yield self._bag(donation, "FFP", "prep/out", BagStatus.PROCESSING, "pending", 22.0)
            yield self._stored(donation, "RBC_S", Zone.QUARANTINE, BagStatus.QUARANTINE, "pending")

    def _donation(self, *, hours: tuple[float, float], group: str | None = None) -> Donation:
        serial = self._people.next_din
        self._people.next_din += 1
        chance = draw(self._seed, "opening donation", serial)
        collected_at = self._at - timedelta(hours=chance.uniform(*hours))
        return Donation(
            din=new_din(self._plant, self._people.year, serial),
            bag="",
            donor=f"D{chance.randrange(10**8):08d}",
            volume_ml=_COLLECTION_ML,
            collected_at=collected_at.replace(microsecond=0),
            group=group or group_of(chance),
            reactive=None,
        )

    def _pending_whole_blood(self, place: str) -> OpeningBag:
        donation = self._donation(hours=(0.5, 3.0))
        self._people.untested[donation.din] = donation
        entry = self._bag(donation, "WB", place, BagStatus.COLLECTED, "pending", 22.0)
        donation.bag = entry.bag.id
        return entry

    def _stored(self, donation: Donation, component: str, zone: Zone, status: BagStatus, tests: str) -> OpeningBag:
        family = self._plant.components[component].family
        temperature_c = -30.0 if family is Family.PLASMA else 4.0
        return self._bag(donation, component, self._free[family, zone].pop(0), status, tests, temperature_c)

    def _bag(
        self, donation: Donation, component: str, place: str, status: BagStatus, tests: str, temperature_c: float
    ) -> OpeningBag:
        share = {"WB": 1.0, "RBC_S": 0.7, "FFP": 0.5}[component]
        bag = new_bag(
            self._plant,
            self._seed,
            BagId(donation.din, self._plant.product_of(component)),
            group=donation.group,
            volume_ml=donation.volume_ml * share,
            donor=donation.donor,
            collected_at=donation.collected_at,
            place=place,
            temperature_c=temperature_c,
        )
        return OpeningBag(bag, status, tests, expiry_of(self._plant, component, donation.collected_at))


def expiry_of(plant: Plant, component: str, collected_at: datetime) -> datetime:
    """End of the last day of shelf life, 23:59 site time (ST-001 2.4.4)."""
    zone = ZoneInfo(plant.site.timezone)
    day = collected_at.astimezone(zone).date() + plant.components[component].shelf_life
    return datetime.combine(day, time(23, 59), zone).astimezone(UTC)


def _slots(plant: Plant, family: Family, zone: Zone) -> list[str]:
    frozen = family is Family.PLASMA
    shelves = [place.path for place in plant.places if place.zone is zone and place.slots]
    return [slot for shelf in shelves if _is_frozen(plant, shelf) == frozen for slot in plant.slots(shelf)]


def _is_frozen(plant: Plant, path: str) -> bool:
    envelope = plant.envelope_of(path)
    return envelope is not None and envelope.max_c is not None and envelope.max_c < 0


def _row(entry: OpeningBag) -> tuple[str, ...]:
    bag = entry.bag
    return (
        bag.id, bag.component, bag.group, entry.status.value, bag.place, f"{bag.volume_ml:g}", _iso(bag.collected_at),
        _iso(entry.expires_at), bag.donor, bag.epc, bag.tid, entry.tests,
    )  # fmt: skip


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
