"""Temperature probes: lag, bias, noise, resolution, and the lies they tell when they fail (world.md 2.3)."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

_RESOLUTION_C: Final = 0.01
_SPIKE_CHANCE: Final = 0.02
_CLASSIC_SPIKE_C: Final = 85.0  # a family of digital sensors sends this after a reset
_NOISY_FACTOR: Final = 20.0


class ProbeFault(StrEnum):
    """How a probe fails."""

    NONE = "none"
    STUCK = "stuck"
    SILENT = "silent"
    SPIKES = "spikes"
    OPEN = "open"
    NOISY = "noisy"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class ProbeType:
    """Time constants in moving and still air, and the standard deviation of the noise."""

    tau_moving_s: float
    tau_still_s: float
    noise_c: float


AIR: Final = ProbeType(40.0, 120.0, 0.03)
LOAD: Final = ProbeType(900.0, 1500.0, 0.01)


class ProbeState(msgspec.Struct):
    """One probe: what its element feels, and its faults. `offset_c` is drift accumulated so far."""

    element_c: float
    bias_c: float = 0.0
    offset_c: float = 0.0
    fault: ProbeFault = ProbeFault.NONE
    fault_value: float = 0.0
    last_c: float | None = None


@dataclass(frozen=True, slots=True)
class ProbeReading:
    """What a probe sends: a value, or None when the electronics know that it is broken."""

    value_c: float | None


def step(probe: ProbeState, kind: ProbeType, dt: float, *, medium_c: float, moving: bool) -> None:
    """Let the element follow its medium for ``dt`` seconds."""
    tau = kind.tau_moving_s if moving else kind.tau_still_s
    probe.element_c += (medium_c - probe.element_c) * (1.0 - math.exp(-dt / tau))
    if probe.fault is ProbeFault.DRIFT:
        probe.offset_c += probe.fault_value * dt / 86400.0


def sample(probe: ProbeState, kind: ProbeType, chance: random.Random) -> ProbeReading | None:
    """One reading; None means silence (nothing is sent at all)."""
    if probe.fault is ProbeFault.SILENT:
        return None
    if probe.fault is ProbeFault.OPEN:
        return ProbeReading(None)
    if probe.fault is ProbeFault.STUCK and probe.last_c is not None:
        return ProbeReading(probe.last_c)
    noise_c = kind.noise_c * (_NOISY_FACTOR if probe.fault is ProbeFault.NOISY else 1.0)
    value = probe.element_c + probe.bias_c + probe.offset_c + chance.gauss(0.0, noise_c)
    value = round(round(value / _RESOLUTION_C) * _RESOLUTION_C, 2)
    if probe.fault is ProbeFault.SPIKES and chance.random() < _SPIKE_CHANCE:
        return ProbeReading(_CLASSIC_SPIKE_C)
    probe.last_c = value
    return ProbeReading(value)
