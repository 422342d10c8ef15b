"""Who carries which bag where, in what order, and does it fit the time? Pure.

Bags are taken in the order of their urgency. Each goes to the free slot that is reached soonest. Machines carry several
bags of one trip, come back empty, and work beside each other; what none reaches is carried by a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from wms.moves.graph import Leg, Way
from wms.rescue.blast import Endangered

PERSON: Final = "person"
"""Who carries where no machine does."""
CRATE: Final = 20
"""Bags that one person carries in a crate at once (design)."""
CRATE_MIN: Final = 6.0
"""Minutes for one crate: fill it, walk to the other store, put the bags away, walk back (design)."""


class Unplaced(StrEnum):
    """Why a bag has no place to go to."""

    NO_SLOT = "no_slot"
    NO_ZONE = "no_zone"
    MOVING = "moving"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Free slots of one shelf that is fit, in the order in which they are filled.

    ``kinds`` are the donation types that lie there: what was not given for everybody stays with its own.
    """

    path: str
    slots: tuple[str, ...]
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Carry:
    """One bag's move: when it begins and ends, in minutes from now. ``fits`` None: nobody knows the time left."""

    bag: str
    from_place: str
    to_place: str
    by: str
    starts_min: float
    ends_min: float
    fits: bool | None


@dataclass(frozen=True, slots=True)
class MachineWork:
    """What one machine, or people, have to do in a rescue."""

    device: str
    bags: int
    minutes: float


@dataclass(frozen=True, slots=True)
class RescuePlan:
    """The whole rescue: ``fits`` is False when a bag comes too late or has no place, None when the time is unknown."""

    fits: bool | None
    minutes_needed: float
    minutes_left: float | None
    moves: tuple[Carry, ...]
    unplaced: tuple[tuple[str, Unplaced], ...]
    machines: tuple[MachineWork, ...]


@dataclass(slots=True)
class _Trip:
    """The trip that a machine fills at the moment."""

    key: tuple[str, str]
    bags: int
    starts: float
    ends: float


@dataclass(slots=True)
class _Crew:
    """Machines and people as the plan fills their time; minutes from now."""

    carries: Mapping[str, int]
    free: dict[str, float] = field(default_factory=dict)
    trips: dict[str, _Trip] = field(default_factory=dict)
    bags: Counter[str] = field(default_factory=Counter)

    def take(self, device: str, key: tuple[str, str], minutes: float, ready: float, room: int) -> tuple[float, float]:
        """Put one bag on a trip of a machine: (start, arrival); one that fills and begins late enough is joined."""
        self.bags[device] += 1
        trip = self.trips.get(device)
        if trip is not None and trip.key == key and trip.bags < room and trip.starts >= ready:
            trip.bags += 1
            return trip.starts, trip.ends
        starts = max(ready, self.free.get(device, 0.0))
        self.trips[device] = _Trip(key, 1, starts, starts + minutes)
        self.free[device] = starts + 2 * minutes  # and back, empty
        return starts, starts + minutes

    def carry(self, way: Way) -> tuple[float, float, str]:
        """One bag along a way: (start, end, the machine that takes it first)."""
        begin, at = None, 0.0
        for leg in way:
            starts, at = self.take(leg.device, _ends(leg), leg.seconds / 60, at, self.carries.get(leg.device, 1))
            begin = starts if begin is None else begin
        return begin or 0.0, at, way[0].device

    def by_hand(self, from_shelf: str, to_shelf: str) -> tuple[float, float, str]:
        """One bag in a person's crate."""
        starts, ends = self.take(PERSON, (from_shelf, to_shelf), CRATE_MIN / 2, 0.0, CRATE)
        return starts, ends, PERSON

    def work(self) -> tuple[MachineWork, ...]:
        """What each has to do, the busiest first."""
        found = (MachineWork(device, bags, self.free[device]) for device, bags in self.bags.items())
        return tuple(sorted(found, key=lambda one: (-one.minutes, one.device)))


def plan_rescue(
    bags: Sequence[Endangered],
    shelves_of: Callable[[Endangered], Sequence[Shelf] | Unplaced],
    way_of: Callable[[str, str], Way | None],
    carries: Mapping[str, int],
    minutes_left: float | None,
) -> RescuePlan:
    """Plan the rescue of bags that are sorted by urgency.

    ``shelves_of`` gives the fit shelves for a bag, the same objects for the same kind of bag, or why there are none;
    ``way_of`` the quickest way between two places without the machines that cannot be counted on, None: none.
    """
    crew, moves, unplaced = _Crew(carries), [], []
    taken: dict[str, int] = {}
    kinds: dict[str, set[str]] = {}
    for bag in bags:
        shelves = shelves_of(bag)
        if isinstance(shelves, Unplaced):
            unplaced.append((bag.bag, shelves))
            continue
        best = min(_options(bag, shelves, taken, kinds, way_of), key=lambda one: one[0], default=None)
        if best is None:
            unplaced.append((bag.bag, Unplaced.NO_SLOT))
            continue
        _, shelf, way = best
        slot = shelf.slots[taken.get(shelf.path, 0)]
        taken[shelf.path] = taken.get(shelf.path, 0) + 1
        kinds.setdefault(shelf.path, set(shelf.kinds)).add(bag.donation_type)
        starts, ends, by = crew.by_hand(_shelf(bag.place), shelf.path) if way is None else crew.carry(way)
        left = minutes_left if bag.minutes_left is None else bag.minutes_left
        moves.append(Carry(bag.bag, bag.place, slot, by, starts, ends, None if left is None else ends <= left))
    late = bool(unplaced) or any(move.fits is False for move in moves)
    unknown = any(move.fits is None for move in moves)
    needed = max((move.ends_min for move in moves), default=0.0)
    fits = False if late else None if unknown else True
    return RescuePlan(fits, needed, minutes_left, tuple(moves), tuple(unplaced), crew.work())


def _options(
    bag: Endangered,
    shelves: Sequence[Shelf],
    taken: Mapping[str, int],
    kinds: Mapping[str, set[str]],
    way_of: Callable[[str, str], Way | None],
) -> Iterator[tuple[tuple[bool, float, str], Shelf, Way | None]]:
    """Shelves with room for a bag, each with its way: a machine's before a person's, the quicker first."""
    for shelf in shelves:
        if taken.get(shelf.path, 0) >= len(shelf.slots):
            continue
        if any(other != bag.donation_type for other in kinds.get(shelf.path, shelf.kinds)):
            continue
        way = way_of(bag.place, shelf.path) or None
        seconds = 0.0 if way is None else sum(leg.seconds for leg in way)
        yield (way is None, seconds, shelf.path), shelf, way


def _ends(leg: Leg) -> tuple[str, str]:
    """Bags of one shelf that go to one shelf share a trip."""
    return _shelf(leg.from_place), _shelf(leg.to_place)


def _shelf(place: str) -> str:
    """The shelf of a slot; a shared place is itself."""
    above, _, last = place.rpartition("/")
    return above if last.isdigit() else place
