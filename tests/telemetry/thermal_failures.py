"""Simulated failures of cold chambers: what the probes said minute by minute, and when each really passes its limit."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from plant.model import DeviceKind, ProbeKind
from simulators.physics import chamber as chambers
from simulators.physics import probe as probes
from simulators.physics.chamber import Chamber, Compressor, Cooling, Mains
from simulators.physics.chamber_sets import (
    BLOOD_FRIDGE,
    COLD_ROOM,
    PLASMA_ROOM,
    PLASMA_UPRIGHT,
    TRAFFIC,
    ULT,
    ChamberKind,
    ChamberParameters,
)
from telemetry.thermal.events import Minute

DT_S = 30.0
SETTLE_MIN = 12 * 60
LEARNING_MIN = 24 * 60
LONGEST_MIN = 48 * 60
SEEN_MIN = 5 * 60
"""So many minutes of a failure are kept as readings."""
KINDS: tuple[tuple[ChamberParameters, DeviceKind, float, ChamberKind], ...] = (
    (COLD_ROOM, DeviceKind.COLD_ROOM, 6.0, ChamberKind.COLD_ROOM),
    (BLOOD_FRIDGE, DeviceKind.COLD_ROOM, 6.0, ChamberKind.BLOOD_FRIDGE),
    (PLASMA_ROOM, DeviceKind.PLASMA_FREEZER, -18.0, ChamberKind.PLASMA_ROOM),
    (PLASMA_UPRIGHT, DeviceKind.PLASMA_FREEZER, -18.0, ChamberKind.PLASMA_UPRIGHT),
    (ULT, DeviceKind.ULTRA_FREEZER, -65.0, ChamberKind.ULT),
)


class Failure(StrEnum):
    """What goes wrong."""

    DEAD = "compressor dead"
    POWER = "power cut"
    AJAR = "door ajar"
    WEAK = "weak cooling"
    WELDED = "thermostat welded"


WARMS = (Failure.DEAD, Failure.POWER, Failure.AJAR, Failure.WEAK)
STORES: tuple[tuple[ChamberParameters, DeviceKind, float, ChamberKind], ...] = (
    (COLD_ROOM, DeviceKind.COLD_ROOM, 2.0, ChamberKind.COLD_ROOM),
    (BLOOD_FRIDGE, DeviceKind.COLD_ROOM, 2.0, ChamberKind.BLOOD_FRIDGE),
)
"""What must not get too cold."""


@dataclass(frozen=True, slots=True)
class Case:
    """One failure. ``said``: a day before it and some hours of it; ``begins``: its minute; ``passes``: minutes from it.

    None in ``passes``: the probe never passes within two days. The true time is that of the probe without its noise.
    """

    kind: DeviceKind
    chamber: ChamberKind
    failure: Failure
    limit_c: float
    said: Minute
    begins: int
    passes: dict[ProbeKind, int | None]

    def until(self, minute: int, *, since: int = 0) -> Minute:
        """What was said until a minute of the failure."""
        end = self.begins + minute
        begin = max(since, 0)
        return Minute(self.said.air_c[begin:end], self.said.load_c[begin:end], self.said.runs[begin:end])


def failures(seed: int) -> Iterator[Case]:
    """Failures without end: every kind of chamber and of failure in turn, load 5 to 100 %, room 16 to 30 C."""
    number = 0
    while True:
        failure = WARMS[number // len(KINDS) % len(WARMS)]
        yield _failure(f"{seed}/{number}", KINDS[number % len(KINDS)], failure)
        number += 1


def welded(seed: int) -> Iterator[Case]:
    """Cold rooms and blood fridges in turn whose thermostat welds on, without end; doors open as on a working day."""
    number = 0
    while True:
        yield _failure(f"{seed}/{number}", STORES[number % len(STORES)], Failure.WELDED)
        number += 1


class _Rig:
    def __init__(self, parameters: ChamberParameters, name: ChamberKind, chance: random.Random) -> None:
        self.chamber = chambers.settled(parameters, load=math.exp(chance.uniform(math.log(0.05), 0.0)))
        self.ambient_c = chance.uniform(16.0, 30.0)
        self.probes = {
            ProbeKind.AIR: (probes.installed(probes.AIR, self.chamber.air_c, chance), probes.AIR),
            ProbeKind.LOAD: (probes.installed(probes.LOAD, self.chamber.air_c, chance), probes.LOAD),
        }
        self.parameters, self.traffic, self.chance = parameters, TRAFFIC.get(name), chance
        self.said: list[tuple[float, float, float]] = []

    def door(self) -> float:
        """How far the door stands open on average over a minute of a working day."""
        opens = self.traffic is not None and self.chance.random() < 60 / self.traffic.every_s
        return self.traffic.open_s / 60 if opens and self.traffic is not None else 0.0

    def minute(self, door: float, dt: float = DT_S) -> None:
        for _ in range(int(60 / dt)):
            chambers.step(self.chamber, self.parameters, dt, ambient_c=self.ambient_c, door=door)
            moving = self.chamber.mains is Mains.PRESENT
            for probe, kind in self.probes.values():
                probes.step(probe, kind, dt, medium_c=self.chamber.air_c, moving=moving)

    def say(self) -> None:
        air, load = (probes.sample(probe, kind, self.chance) for probe, kind in self.probes.values())
        assert air is not None
        assert load is not None
        assert air.value_c is not None
        assert load.value_c is not None
        self.said.append((air.value_c, load.value_c, float(self.chamber.running)))


def _failure(seed: str, what: tuple[ChamberParameters, DeviceKind, float, ChamberKind], failure: Failure) -> Case:
    chance = random.Random(seed)
    parameters, kind, limit_c, name = what
    rig = _Rig(parameters, name, chance)
    for _ in range(SETTLE_MIN):
        rig.minute(0.0)
    for _ in range(LEARNING_MIN + chance.randrange(120)):
        rig.minute(rig.door())
        rig.say()
    begins, door = len(rig.said), _fail(rig.chamber, failure, chance)
    passes: dict[ProbeKind, int | None] = dict.fromkeys(ProbeKind)
    for minute in range(1, LONGEST_MIN + 1):
        opened = rig.door() if failure is Failure.WELDED else door
        rig.minute(opened, DT_S if minute <= SEEN_MIN else 60.0)
        if minute <= SEEN_MIN:
            rig.say()
        for which, (probe, _) in rig.probes.items():
            above = probe.element_c + probe.bias_c + probe.offset_c - limit_c
            if passes[which] is None and (above < 0 if failure is Failure.WELDED else above > 0):
                passes[which] = minute
        if None not in passes.values():
            break
    air, load, runs = np.array(rig.said, dtype=np.float64).T
    return Case(kind, name, failure, limit_c, Minute(air, load, runs > 0), begins, passes)


def _fail(chamber: Chamber, failure: Failure, chance: random.Random) -> float:
    """Let it fail; returns how far the door stands open from now on."""
    if failure is Failure.DEAD:
        chamber.cooling, chamber.compressor = Cooling.DEAD, Compressor.OFF
    elif failure is Failure.POWER:
        chamber.mains = Mains.LOST
    elif failure is Failure.WEAK:
        chamber.leak_share = chance.uniform(0.6, 0.95)
    elif failure is Failure.WELDED:
        chamber.cooling = Cooling.WELDED
    return chance.uniform(0.1, 0.6) if failure is Failure.AJAR else 0.0
