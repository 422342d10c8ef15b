"""What was really so and what was said of it, minute by minute: the raw material of checks and invariants."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hemovault.whole.centre import WholeCentre
from simulators.physics.probe import ProbeFault
from telemetry.live import LiveQuality, LiveReading

EVERY = timedelta(seconds=60)
COLD_C = 8.0
WARM_C = 10.0


@dataclass(frozen=True, slots=True)
class Minute:
    """One look at the centre."""

    at: datetime
    element_c: dict[str, float]
    """What each probe's element really feels, whatever it sends."""
    faults: dict[str, ProbeFault]
    said: dict[str, LiveReading]
    unfit: dict[str, bool]
    """Store -> whether telemetry calls it unfit to reserve from."""
    warmest_c: dict[str, float]
    """Store -> core of the warmest bag that really lies in it."""
    coldest_c: dict[str, float]
    in_world: frozenset[str]
    """Every bag that really is."""


@dataclass(slots=True)
class Witness:
    """Looks once a minute; `notes` are what acts of a scenario wrote down."""

    minutes: list[Minute] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    cooled: set[str] = field(default_factory=set)
    """Red cells that have been cold."""
    warmed: dict[str, float] = field(default_factory=dict)
    """Red cells that were cold and got warmer than 10 C again: their warmest core."""

    def look(self, centre: WholeCentre) -> None:
        now = centre.clock.now()
        if self.minutes and now - self.minutes[-1].at < EVERY:
            return
        state, live = centre.world.state, centre.ingest.live
        probes = {
            probe.id: store.probes[probe.metric]
            for store in state.stores
            for probe in centre.plant.probes
            if probe.device == store.device
        }
        cores: dict[str, list[float]] = {store.place: [] for store in state.stores}
        for bag in state.bags.values():
            if bag.component == "RBC_S":
                self._red_cells(bag.id, bag.core_c)
            store = bag.place.partition("/")[0]
            if store in cores:
                cores[store].append(bag.core_c)
        self.minutes.append(
            Minute(
                at=now,
                element_c={name: probe.element_c for name, probe in probes.items()},
                faults={name: probe.fault for name, probe in probes.items()},
                said={name: live.reading(name, now) for name in probes},
                unfit={store.place: live.excursion_at(store.place) for store in state.stores},
                warmest_c={place: max(found) for place, found in cores.items() if found},
                coldest_c={place: min(found) for place, found in cores.items() if found},
                in_world=frozenset(state.bags),
            )
        )

    def _red_cells(self, bag: str, core_c: float) -> None:
        if core_c < COLD_C:
            self.cooled.add(bag)
        elif core_c > WARM_C and bag in self.cooled:
            self.warmed[bag] = max(core_c, self.warmed.get(bag, core_c))

    def said_good(self, probe: str) -> list[float]:
        """Every value of a probe that was called good."""
        return [
            reading.value
            for minute in self.minutes
            if (reading := minute.said[probe]).quality is LiveQuality.GOOD and reading.value is not None
        ]
