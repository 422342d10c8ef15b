"""Where blood of a failing store could go: free slots of shelves that are fit now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Connection, select

from blood.eligibility import BagStatus, Zone
from plant.model import Place, Plant
from wms.alarms import conditions
from wms.alarms.machine import Condition
from wms.alarms.stake import areas_of
from wms.alarms.suspension import running, suspended_until
from wms.alarms.tables import alarm
from wms.bags.lifecycle import zone_for
from wms.moves.slots import shelves_for
from wms.rescue.blast import Endangered
from wms.rescue.plan import Shelf, Unplaced
from wms.store.database import driver_of
from wms.store.driver import Driver

_ON_SHELF: Final = (
    "SELECT place, donation_type FROM bag WHERE place > ? AND place < ? "
    "UNION ALL SELECT claim.place, bag.donation_type FROM claim JOIN task ON task.id = claim.task "
    "JOIN bag ON bag.id = task.bag WHERE claim.place > ? AND claim.place < ?"
)
_MOVING: Final = "SELECT bag, to_place FROM task WHERE state IN ('waiting', 'sent')"
_UNFIT: Final = (
    conditions.TEMPERATURE_HIGH,
    conditions.TEMPERATURE_LOW,
    conditions.TEMPERATURE_TREND,
    conditions.COOLING_LABOURS,
    conditions.POWER_LOST,
)
"""A store with one of these is no place to save blood to; nor is one whose probes cannot say."""


class Targets:
    """Fit shelves with their free slots, looked up once for each kind of bag."""

    def __init__(
        self,
        conn: Connection,
        plant: Plant,
        avoid: Sequence[str],
        excursion_at: Callable[[str], bool],
    ) -> None:
        self._raw: Driver = driver_of(conn)
        self._plant = plant
        self._avoid = (*avoid, *_troubled(conn, plant))
        self._suspended = running(conn)
        self._excursion_at = excursion_at
        self._moving = {bag for bag, _ in self._raw.execute(_MOVING).fetchall()}
        self._shelves: dict[str, Shelf | None] = {}
        self._answers: dict[tuple[str, Zone], tuple[Shelf, ...]] = {}

    def shelves_of(self, bag: Endangered) -> Sequence[Shelf] | Unplaced:
        """Shelves that this bag may be put on; or why none is looked for."""
        if bag.bag in self._moving:
            return Unplaced.MOVING
        zone = zone_for(BagStatus(bag.status))
        if zone is None:
            return Unplaced.NO_ZONE
        key = bag.component, zone
        if key not in self._answers:
            component = self._plant.components[bag.component]
            places = shelves_for(self._plant, component, zone)
            found = (self._shelf(place) for place in places if self._is_fit(place))
            self._answers[key] = tuple(shelf for shelf in found if shelf is not None)
        return self._answers[key]

    def _is_fit(self, place: Place) -> bool:
        """Outside every trouble, monitored, measured by a probe that says it is in its limits."""
        inside = any(place.path == area or place.path.startswith(area + "/") for area in self._avoid)
        suspended = suspended_until(self._suspended, self._plant, place.path) is not None
        return (
            not inside
            and not suspended
            and bool(self._plant.probes_covering(place.path))
            and not self._excursion_at(place.path)
        )

    def _shelf(self, place: Place) -> Shelf | None:
        if place.path not in self._shelves:
            ends = (place.path + "/", place.path + "0")
            lying = self._raw.execute(_ON_SHELF, (*ends, *ends)).fetchall()
            taken = {path for path, _ in lying}
            free = tuple(slot for slot in self._plant.slots(place.path) if slot not in taken)
            self._shelves[place.path] = Shelf(place.path, free, frozenset(kind for _, kind in lying)) if free else None
        return self._shelves[place.path]


def _troubled(conn: Connection, plant: Plant) -> tuple[str, ...]:
    """Places behind the alarms of other stores that stand now, or of which nobody knows whether they do."""
    standing = select(alarm.c.source, alarm.c.place).where(
        alarm.c.condition.in_(_UNFIT), alarm.c.known == Condition.ACTIVE.value
    )
    found: dict[str, None] = {}
    for source, _ in conn.execute(standing):
        device = next((probe.device for probe in plant.probes if probe.id == source), source)
        found |= dict.fromkeys((*areas_of(plant, source), *areas_of(plant, device)))
    return tuple(found)
