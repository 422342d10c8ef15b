"""Temperature probes: lag, bias, drift, noise, resolution, and the lies they tell when they fail (world.md 2.3)."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

_DAY_S: Final = 86_400.0
_YEAR_S: Final = 365.25 * _DAY_S
_SPIKE_CHANCE: Final = 0.02  # a sample
_SECOND_SAMPLE_CHANCE: Final = 0.3
_CLASSIC_SPIKES_C: Final = (85.0, -127.0)  # a family of digital sensors sends these after a reset
_CLASSIC_SHARE: Final = 0.7
_SPIKE_K: Final = (5.0, 60.0)
_NOISY_FACTOR: Final = 20.0
_SHORT_C: Final = -200.0  # a Pt100 of no resistance: the end of its scale
_OCTAVES: Final = 6  # of 1/f noise


class ProbeFault(StrEnum):
    """How a probe fails."""

    NONE = "none"
    STUCK = "stuck"
    SILENT = "silent"
    SPIKES = "spikes"
    OPEN = "open"
    SHORT = "short"
    NOISY = "noisy"
    DRIFT = "drift"
    OFFSET = "offset"
    OUT_OF_GLYCOL = "out_of_glycol"
    SWAPPED = "swapped"


@dataclass(frozen=True, slots=True)
class ProbeType:
    """Time constants in moving and still air; sd of white noise, and the same again of 1/f noise; resolution.

    ``bias_c`` is the standard deviation of the bias at installation, ``drift_c_per_year`` the range of the drift.
    """

    tau_moving_s: float
    tau_still_s: float
    noise_c: float
    resolution_c: float = 0.01
    bias_c: float = 0.1
    drift_c_per_year: tuple[float, float] = (0.02, 0.05)


AIR: Final = ProbeType(40.0, 120.0, 0.03)
LOAD: Final = ProbeType(900.0, 1500.0, 0.01)
"""In a bottle of 20 to 60 mL of glycol."""
BOX_LOGGER: Final = ProbeType(300.0, 300.0, 0.05, resolution_c=0.1, bias_c=0.2, drift_c_per_year=(0.1, 0.1))
THERMOCOUPLE: Final = ProbeType(20.0, 20.0, 0.1, resolution_c=0.1, bias_c=0.5, drift_c_per_year=(0.2, 0.2))
"""Type K, for -80 C and for freezing plates."""


class ProbeState(msgspec.Struct):
    """One probe: what its element feels, and its faults. `offset_c` is drift accumulated so far.

    `fault_value` is K/day for DRIFT and K for OFFSET; `octaves` and `samples` carry the 1/f noise, `spike_c` a spike
    that lasts for one more sample.
    """

    element_c: float
    bias_c: float = 0.0
    offset_c: float = 0.0
    fault: ProbeFault = ProbeFault.NONE
    fault_value: float = 0.0
    last_c: float | None = None
    drift_c_per_year: float = 0.0
    octaves: list[float] = []
    samples: int = 0
    spike_c: float | None = None


@dataclass(frozen=True, slots=True)
class ProbeReading:
    """What a probe sends: a value, or None when the electronics know that it is broken."""

    value_c: float | None


def installed(kind: ProbeType, medium_c: float, chance: random.Random) -> ProbeState:
    """A new probe with the bias of its installation and a drift of its own."""
    drift = chance.uniform(*kind.drift_c_per_year) * chance.choice((-1.0, 1.0))
    return ProbeState(medium_c, bias_c=round(chance.gauss(0.0, kind.bias_c), 3), drift_c_per_year=drift)


def step(probe: ProbeState, kind: ProbeType, dt: float, *, medium_c: float, moving: bool) -> None:
    """Let the element follow its medium for ``dt`` seconds."""
    acting = _acting(probe, kind)
    tau = acting.tau_moving_s if moving else acting.tau_still_s
    probe.element_c += (medium_c - probe.element_c) * (1.0 - math.exp(-dt / tau))
    probe.offset_c += probe.drift_c_per_year * dt / _YEAR_S
    if probe.fault is ProbeFault.DRIFT:
        probe.offset_c += probe.fault_value * dt / _DAY_S


def sample(probe: ProbeState, kind: ProbeType, chance: random.Random) -> ProbeReading | None:
    """One reading; None means silence (nothing is sent at all)."""
    if probe.fault is ProbeFault.SILENT:
        return None
    if probe.fault is ProbeFault.OPEN:
        return ProbeReading(None)
    if probe.fault is ProbeFault.SHORT:
        return ProbeReading(_SHORT_C)
    if probe.fault is ProbeFault.STUCK and probe.last_c is not None:
        return ProbeReading(probe.last_c)
    noise_c = kind.noise_c * (_NOISY_FACTOR if probe.fault is ProbeFault.NOISY else 1.0)
    value = probe.element_c + probe.bias_c + probe.offset_c + chance.gauss(0.0, noise_c)
    value += _one_over_f(probe, noise_c, chance)
    if probe.fault is ProbeFault.OFFSET:
        value += probe.fault_value
    value = round(round(value / kind.resolution_c) * kind.resolution_c, 2)
    if probe.fault is ProbeFault.SPIKES:
        spike_c = _spike(probe, value, chance)
        if spike_c is not None:
            return ProbeReading(spike_c)
    probe.last_c = value
    return ProbeReading(value)


def _acting(probe: ProbeState, kind: ProbeType) -> ProbeType:
    """How a probe behaves: out of its glycol it is an air probe; swapped labels exchange air and load probe."""
    if probe.fault is ProbeFault.OUT_OF_GLYCOL and kind == LOAD:
        return AIR
    if probe.fault is ProbeFault.SWAPPED and kind in {AIR, LOAD}:
        return LOAD if kind == AIR else AIR
    return kind


def _one_over_f(probe: ProbeState, noise_c: float, chance: random.Random) -> float:
    """Octaves that are drawn anew at every sample, every second, every fourth and so on; the sum has sd ``noise_c``."""
    if len(probe.octaves) != _OCTAVES:
        probe.octaves = [chance.gauss(0.0, 1.0) for _ in range(_OCTAVES)]
    for octave in range(_OCTAVES):
        if probe.samples % (1 << octave) == 0:
            probe.octaves[octave] = chance.gauss(0.0, 1.0)
    probe.samples += 1
    return noise_c * sum(probe.octaves) / math.sqrt(_OCTAVES)


def _spike(probe: ProbeState, value: float, chance: random.Random) -> float | None:
    """A spike of one or two samples: a classic value, or 5 to 60 K beside the truth."""
    if probe.spike_c is not None:
        spike_c, probe.spike_c = probe.spike_c, None
        return spike_c
    if chance.random() >= _SPIKE_CHANCE:
        return None
    if chance.random() < _CLASSIC_SHARE:
        spike_c = _CLASSIC_SPIKES_C[0] if chance.random() < _CLASSIC_SHARE else _CLASSIC_SPIKES_C[1]
    else:
        spike_c = round(value + chance.choice((-1.0, 1.0)) * chance.uniform(*_SPIKE_K), 1)
    probe.spike_c = spike_c if chance.random() < _SECOND_SAMPLE_CHANCE else None
    return spike_c
