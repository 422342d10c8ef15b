"""Simulated failures of cold chambers: what the probes said until now, and when air and load really pass a limit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from plant.model import DeviceKind
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
from telemetry.columns import Floats
from telemetry.thermal.fit import Stretch

DT_S = 30.0
LEARNING_H = 8
LONGEST_MIN = 48 * 60
KINDS: tuple[tuple[ChamberParameters, DeviceKind, float, ChamberKind], ...] = (
    (COLD_ROOM, DeviceKind.COLD_ROOM, 6.0, ChamberKind.COLD_ROOM),
    (BLOOD_FRIDGE, DeviceKind.COLD_ROOM, 6.0, ChamberKind.BLOOD_FRIDGE),
    (PLASMA_ROOM, DeviceKind.PLASMA_FREEZER, -18.0, ChamberKind.PLASMA_ROOM),
    (PLASMA_UPRIGHT, DeviceKind.PLASMA_FREEZER, -18.0, ChamberKind.PLASMA_UPRIGHT),
    (ULT, DeviceKind.ULTRA_FREEZER, -65.0, ChamberKind.ULT),
)


class Failure(StrEnum):
    """What goes wrong."""

    DEAD = "compressor_dead"
    POWER = "power_cut"
    AJAR = "door_ajar"
    WEAK = "weak_cooling"


@dataclass(frozen=True, slots=True)
class Case:
    """One failure, looked at somewhere on its way; true minutes None: never within two days."""

    kind: DeviceKind
    name: str
    failure: Failure
    limit_c: float
    history: list[tuple[float, float, bool]]
    """Minute by minute before the failure: air, load, compressor on."""
    stretch: Stretch
    air_min: float | None
    load_min: float | None


def failures(seed: int, count: int) -> Iterator[Case]:
    """So many failures whose load passes its limit within two days."""
    chance = random.Random(seed)
    made = 0
    while made < count:
        found = _one(chance, made)
        if found is not None:
            made += 1
            yield found


@dataclass(slots=True)
class _Rig:
    chamber: Chamber
    parameters: ChamberParameters
    air: probes.ProbeState
    load: probes.ProbeState
    chance: random.Random
    ambient_c: float
    said: list[tuple[float, float, bool]]

    def minute(self, door: float) -> None:
        for _ in range(int(60 / DT_S)):
            chambers.step(self.chamber, self.parameters, DT_S, ambient_c=self.ambient_c, door=door)
            moving = self.chamber.mains is Mains.PRESENT
            probes.step(self.air, probes.AIR, DT_S, medium_c=self.chamber.air_c, moving=moving)
            probes.step(self.load, probes.LOAD, DT_S, medium_c=self.chamber.air_c, moving=moving)
        air, load = (
            probes.sample(one, kind, self.chance) for one, kind in ((self.air, probes.AIR), (self.load, probes.LOAD))
        )
        assert air is not None
        assert load is not None
        assert air.value_c is not None
        assert load.value_c is not None
        self.said.append((air.value_c, load.value_c, self.chamber.running))


def _one(chance: random.Random, number: int) -> Case | None:
    parameters, kind, limit_c, name = KINDS[number % len(KINDS)]
    failure = list(Failure)[(number // len(KINDS)) % 4]
    chamber = chambers.settled(parameters, load=chance.uniform(0.1, 1.0))
    rig = _Rig(
        chamber, parameters, probes.installed(probes.AIR, chamber.air_c, chance),
        probes.installed(probes.LOAD, chamber.air_c, chance), chance, chance.uniform(18.0, 28.0), [],
    )  # fmt: skip
    traffic = TRAFFIC.get(name)
    for minute in range(LEARNING_H * 60 + chance.randrange(60)):
        opens = traffic is not None and (minute * 60) % traffic.every_s < 60
        rig.minute(traffic.open_s / 60 if opens and traffic is not None else 0.0)
    history = list(rig.said)
    rig.said.clear()
    door = _fail(chamber, failure, chance)
    limits = [None, None]
    for minute in range(LONGEST_MIN):
        rig.minute(door)
        elements = (
            rig.air.element_c + rig.air.bias_c + rig.air.offset_c,
            rig.load.element_c + rig.load.bias_c + rig.load.offset_c,
        )
        for which, value in enumerate(elements):
            if limits[which] is None and value > limit_c:
                limits[which] = minute + 1
        if limits[1] is not None and limits[0] is not None:
            break
    if limits[1] is None or limits[1] < 20:
        return None
    share = chance.uniform(0.1, 0.8)
    now = max(10, int(share * limits[1]))
    return Case(
        kind, name.value, failure, limit_c, history, stretch_of(rig.said[:now]), _left(limits[0], now), limits[1] - now
    )


def _left(limit: int | None, now: int) -> float | None:
    return None if limit is None or limit <= now else limit - now


def stretch_of(said: list[tuple[float, float, bool]]) -> Stretch:
    columns: Floats = np.array([(air, load) for air, load, _ in said])
    return Stretch(np.arange(len(columns), dtype=np.float64), columns[:, 0], columns[:, 1])


def _fail(chamber: Chamber, failure: Failure, chance: random.Random) -> float:
    if failure is Failure.DEAD:
        chamber.cooling, chamber.compressor = Cooling.DEAD, Compressor.OFF
    elif failure is Failure.POWER:
        chamber.mains = Mains.LOST
    elif failure is Failure.WEAK:
        chamber.leak_share = chance.uniform(0.8, 0.97)
    return chance.uniform(0.25, 0.7) if failure is Failure.AJAR else 0.0
