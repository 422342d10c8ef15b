"""Which shelves suit a component, and the free slots of the opening state."""

from __future__ import annotations

from collections import deque

from blood.components import Component
from blood.eligibility import Zone
from plant.model import Place, Plant


def suits(plant: Plant, place: Place, component: Component, zone: Zone) -> bool:
    """True when a shelf of a zone is kept as a component has to be stored."""
    envelope = plant.envelope_of(place.path)
    if place.zone is not zone or envelope is None or (place.only and component.key not in place.only):
        return False
    limits, storage = envelope.limits, component.storage
    warm_enough = storage.min_c is None or (limits.min_c is not None and limits.min_c >= storage.min_c)
    cold_enough = storage.max_c is None or (limits.max_c is not None and limits.max_c <= storage.max_c)
    return warm_enough and cold_enough


def slots_for(plant: Plant, component: str, zone: Zone) -> int:
    """How many slots of a zone suit a component."""
    wanted = plant.components[component]
    return sum(place.slots for place in plant.places if place.slots and suits(plant, place, wanted, zone))


class NoSlotError(ValueError):
    """The plant has no free slot for a bag of the opening state; the text names the component and the zone."""


class Shelves:
    """Hands out slots: the emptiest store first, in it the shelf that is nearest, in it the first free slot."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._shelves = [place for place in plant.places if place.slots]
        self._free = {place.path: deque(plant.slots(place.path)) for place in self._shelves}

    def has(self, component: str, zone: Zone) -> bool:
        """True when some shelf of the zone suits a component, free or not."""
        return any(suits(self._plant, place, self._plant.components[component], zone) for place in self._shelves)

    def take(self, component: str, zone: Zone) -> str:
        """A free slot; raises NoSlotError."""
        wanted = self._plant.components[component]
        found = [place for place in self._shelves if self._free[place.path] and suits(self._plant, place, wanted, zone)]
        if not found:
            raise NoSlotError(f"no free slot for {component} in zone {zone.value}")
        best = min(found, key=lambda place: (self._fill(place, wanted, zone), place.reach_s))
        return self._free[best.path].popleft()

    def _fill(self, place: Place, component: Component, zone: Zone) -> float:
        """How full the shelves of a place's store are that suit a component."""
        store = place.path.partition("/")[0]
        shelves = [
            other
            for other in self._shelves
            if other.path.partition("/")[0] == store and suits(self._plant, other, component, zone)
        ]
        return 1.0 - sum(len(self._free[other.path]) for other in shelves) / sum(other.slots for other in shelves)
