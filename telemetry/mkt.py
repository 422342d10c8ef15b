"""Mean kinetic temperature (USP 29 <1160>): the one place where its constants and its formula stand.

It is a convention of drug stability, shown for information only. It must never clear an excursion of blood: blood is
judged by limits and time (domain.md 2.4).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

ACTIVATION_ENERGY_KJ_PER_MOL: Final = 83.144
GAS_CONSTANT_KJ_PER_MOL_K: Final = 8.3144e-3
"""As <1160> uses them: their ratio is 10 000 K."""
KINETIC_K: Final = ACTIVATION_ENERGY_KJ_PER_MOL / GAS_CONSTANT_KJ_PER_MOL_K
"""Activation energy over the gas constant: 10 000 K."""
ZERO_C_K: Final = 273.15

_COLDEST_K: Final = 20.0


def kinetic_term(celsius: float) -> float:
    """What one second at a temperature adds to the running sum; `mean_of_terms` makes a temperature of it again.

    A broken probe may claim less than absolute zero: whatever is colder than 20 K counts as that, so that no reading
    can stop the history of a probe.
    """
    return math.exp(-KINETIC_K / max(celsius + ZERO_C_K, _COLDEST_K))


def mean_of_terms(total: float, weight: float) -> float:
    """Mean kinetic temperature in Celsius of terms that were weighted and summed; ``weight`` is more than 0."""
    return KINETIC_K / -math.log(total / weight) - ZERO_C_K


def mean_kinetic_temperature(
    celsius: Iterable[float],
    seconds: Iterable[float] | None = None,
    *,
    activation_energy_kj_per_mol: float = ACTIVATION_ENERGY_KJ_PER_MOL,
) -> float:
    """The constant temperature, in Celsius, that would have done the same to a drug as these did (USP 29 <1160>).

    ``seconds`` is how long each temperature lasted; without it all lasted equally long. Raises ValueError when there is
    no temperature, when one is not a number or not above absolute zero, when a duration is negative or not a number,
    when there are not as many of them, or when they do not add up to more than nothing.
    """
    kelvin = _kelvin(celsius)
    weights = np.ones(len(kelvin)) if seconds is None else _weights(seconds, len(kelvin))
    if not (math.isfinite(activation_energy_kj_per_mol) and activation_energy_kj_per_mol > 0):
        raise ValueError(f"an activation energy is a number of kJ/mol above 0, not {activation_energy_kj_per_mol!r}")
    energy_k = activation_energy_kj_per_mol / GAS_CONSTANT_KJ_PER_MOL_K
    exponents = -energy_k / kelvin
    highest = float(exponents[weights > 0].max())  # taken out of the sum, so that deep cold cannot underflow to zero
    mean = float((np.exp(exponents - highest) * weights).sum() / weights.sum())
    return energy_k / -(highest + math.log(mean)) - ZERO_C_K


def _kelvin(celsius: Iterable[float]) -> npt.NDArray[np.float64]:
    values = _column(celsius, "temperatures")
    if len(values) == 0:
        raise ValueError("a mean kinetic temperature needs at least one temperature")
    if not np.isfinite(values).all():
        raise ValueError(f"temperature {_first(~np.isfinite(values))} is not a number")
    kelvin = values + ZERO_C_K
    if (kelvin <= 0).any():
        raise ValueError(f"temperature {_first(kelvin <= 0)} is not above absolute zero ({-ZERO_C_K} Celsius)")
    return kelvin


def _weights(seconds: Iterable[float], count: int) -> npt.NDArray[np.float64]:
    weights = _column(seconds, "durations")
    if len(weights) != count:
        raise ValueError(f"{count} temperatures have {len(weights)} durations; each needs one")
    if not np.isfinite(weights).all():
        raise ValueError(f"duration {_first(~np.isfinite(weights))} is not a number of seconds")
    if (weights < 0).any():
        raise ValueError(f"duration {_first(weights < 0)} is negative")
    if weights.max() <= 0:
        raise ValueError("the durations add up to nothing; at least one must be above 0 s")
    return np.asarray(weights / weights.max())  # only their shares matter, and shares cannot overflow


def _column(numbers: Iterable[float], what: str) -> npt.NDArray[np.float64]:
    listed = numbers if isinstance(numbers, np.ndarray) else list(numbers)
    try:
        column = np.asarray(listed, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the {what} must be numbers: {error}") from error
    if column.ndim != 1:
        raise ValueError(f"the {what} must be one row of numbers, not a table of {column.ndim} dimensions")
    return column


def _first(faulty: npt.NDArray[np.bool_]) -> str:
    """The number, counted from 1, of the first one that is wrong."""
    return f"number {int(np.flatnonzero(faulty)[0]) + 1}"
