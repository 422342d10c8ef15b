"""How often probes fail and how: the rates of world.md 2.3, drawn by name for each probe and day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from simulators.chance import draw
from simulators.physics.probe import ProbeFault

FAILURES_PER_YEAR: Final = {
    ProbeFault.STUCK: 0.03,
    ProbeFault.DRIFT: 0.05,
    ProbeFault.OFFSET: 0.02,
    ProbeFault.SPIKES: 0.05,
    ProbeFault.OPEN: 0.015,
    ProbeFault.SHORT: 0.015,
    ProbeFault.SILENT: 0.3,
    ProbeFault.NOISY: 0.05,
    ProbeFault.SWAPPED: 0.01,
    ProbeFault.OUT_OF_GLYCOL: 0.02,
}
_DAYS_A_YEAR: Final = 365.25
_DAY_S: Final = 86_400.0
_DRIFT_K_A_DAY: Final = (0.05, 0.3)
_OFFSET_K: Final = (1.0, 3.0)
_DROPOUT_S: Final = (60.0, 6 * 3600.0)


@dataclass(frozen=True, slots=True)
class ProbeFailure:
    """A failure that begins ``at_s`` seconds into its day; it ends by itself after ``lasts_s``, or never (None).

    ``value`` is K/day for drift and K for an offset, 0 else.
    """

    fault: ProbeFault
    at_s: float
    value: float
    lasts_s: float | None


def failure_on(seed: int, probe: str, day: int) -> ProbeFailure | None:
    """The failure that befalls a probe on a day, or None; most days bring none."""
    chance = draw(seed, "probe failure", probe, day)
    rest = chance.random() * _DAYS_A_YEAR
    for fault, rate in FAILURES_PER_YEAR.items():
        if rest < rate:
            span = {ProbeFault.DRIFT: _DRIFT_K_A_DAY, ProbeFault.OFFSET: _OFFSET_K}.get(fault)
            value = 0.0 if span is None else chance.choice((-1.0, 1.0)) * chance.uniform(*span)
            lasts_s = chance.uniform(*_DROPOUT_S) if fault is ProbeFault.SILENT else None
            return ProbeFailure(fault, chance.uniform(0.0, _DAY_S), value, lasts_s)
        rest -= rate
    return None
