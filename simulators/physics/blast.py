"""The air of a blast freezer and the batch in it: a batch too large keeps its own air warm (world.md 2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from simulators.physics import freezing

_MAX_STEP_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class BlastParameters:
    """Cooling ``qn_w`` at the set point and ``kq`` more for each kelvin above; ``ca`` of air, coil and racks in J/K."""

    set_c: float
    qn_w: float
    kq: float
    ca: float
    ua: float


BLAST: Final = BlastParameters(set_c=-45.0, qn_w=2200.0, kq=0.028, ca=60e3, ua=4.0)
"""Room for 48 bags of 200 mL."""


class BlastCooling(StrEnum):
    """Health of the compressor."""

    SOUND = "sound"
    DEAD = "dead"


class Fans(StrEnum):
    """How many of the two fans turn."""

    BOTH = "both"
    ONE = "one"


class Blast(msgspec.Struct):
    """State of the air in a blast freezer in Celsius."""

    air_c: float
    cooling: BlastCooling = BlastCooling.SOUND
    fans: Fans = Fans.BOTH


def step(
    blast: Blast, parameters: BlastParameters, dt: float, *, bags: Sequence[freezing.PlasmaHeat], ambient_c: float
) -> None:
    """Advance air and batch by ``dt`` seconds; split into steps of at most 5 s."""
    steps = max(1, int(-(-dt // _MAX_STEP_S)))
    part = dt / steps
    moving = 1.0 if blast.fans is Fans.BOTH else freezing.BLAST_ONE_FAN_W_PER_K / freezing.BLAST_W_PER_K
    for _ in range(steps):
        load_w = 0.0
        for bag in bags:
            w_per_k = freezing.blast_w_per_k(bag.volume_ml) * moving
            load_w += freezing.heat_flow_w(bag, medium_c=blast.air_c, w_per_k=w_per_k)
            freezing.step(bag, part, medium_c=blast.air_c, w_per_k=w_per_k)
        gain_w = load_w + parameters.ua * (ambient_c - blast.air_c)
        blast.air_c += part * gain_w / parameters.ca
        if blast.cooling is BlastCooling.SOUND:
            blast.air_c = max(blast.air_c - part * _cooling_w(blast, parameters) / parameters.ca, parameters.set_c)


def _cooling_w(blast: Blast, parameters: BlastParameters) -> float:
    return parameters.qn_w * min(1.0 + parameters.kq * (blast.air_c - parameters.set_c), 1.6)
