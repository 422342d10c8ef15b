"""The link between a reader antenna and a passive tag on a bag: power at the tag and strength of its answer.

World.md 3.1. Powers in dBm, losses in dB, lengths in metres; 922.5 MHz.
"""

from __future__ import annotations

import math
import random
from enum import StrEnum
from typing import Final

EIRP_DBM: Final = 35.0
RECEIVER_FLOOR_DBM: Final = -80.0
WAVELENGTH_M: Final = 0.325
FADE_EVERY_M: Final = WAVELENGTH_M / 4.0
BLOCK_DB: Final = 9.0
MOST_BLOCKING: Final = 3
PERSON_DB: Final = 10.0
"""Somebody who crosses the field takes so much for half a second."""
PANEL_DB: Final = 20.0
"""A metal panel between two antennas."""
DAMP_DB: Final = 6.0
"""A metal tray or condensation, for the day."""
STRAY_WITHIN_M: Final = 2.6
DEAD_TAG_SHARE: Final = 2e-4
DUPLICATE_EPC_SHARE: Final = 1e-6
METAL_SHADOW_SHARE: Final = 1e-3
GHOST_SHARE: Final = 1e-7
"""Of reads: an EPC of random bits."""

_CIRCULAR_DB: Final = 3.0
_FSPL_AT_1_M_DB: Final = 31.75
_ANSWER_DB: Final = 21.0  # 2 x 10 dB of a tag on a bag and 5 dB of the reader antenna, seen from the EIRP
_ANSWER_CIRCULAR_DB: Final = 6.0
_LEAST_AXIS: Final = 0.02
_SHADOW_SD_DB: Final = 2.5
_RICIAN_K: Final = 10.0**0.4
_BLOCKING: Final = (0.5, 0.03)  # mean number of blocking bags: so many, and so many more for each bag of the packing
_BLOCKING_ALONE: Final = 0.2  # a bag that travels alone has no neighbours; fitted to its read rate of 0.98


class TagOn(StrEnum):
    """What a tag sits on; liquid detunes it, ice hardly."""

    BAG = "bag"
    POOR_LABEL = "poor_label"
    FROZEN_PLASMA = "frozen_plasma"
    AIR = "air"


POWER_ON_DBM: Final = {TagOn.BAG: -8.0, TagOn.POOR_LABEL: -4.6, TagOn.FROZEN_PLASMA: -11.0, TagOn.AIR: -16.0}


def free_space_loss_db(distance_m: float) -> float:
    """Loss of a way through the air."""
    return _FSPL_AT_1_M_DB + 20.0 * math.log10(distance_m)


def pointing_loss_db(off_boresight_cos: float, axis_sin2: float) -> float:
    """Loss of a tag off the boresight (cosine of that angle), its dipole seen under an angle of that squared sine."""
    beside = -20.0 * math.log10(max(off_boresight_cos, 1e-3))
    return beside - 10.0 * math.log10(max(axis_sin2, _LEAST_AXIS))


def tag_power_dbm(distance_m: float, loss_db: float = 0.0) -> float:
    """Power that reaches a tag; ``loss_db`` gathers pointing, blocking, shadow and fading."""
    return EIRP_DBM - free_space_loss_db(distance_m) - _CIRCULAR_DB - loss_db


def rssi_dbm(distance_m: float, loss_db: float = 0.0) -> float:
    """Strength at the reader of the answer of a tag; every loss counts there and back."""
    return EIRP_DBM - _ANSWER_DB - 2.0 * (free_space_loss_db(distance_m) + loss_db) - _ANSWER_CIRCULAR_DB


def is_energised(power_dbm: float, on: TagOn = TagOn.BAG) -> bool:
    """True when a tag has the power to answer."""
    return power_dbm >= POWER_ON_DBM[on]


def range_m(on: TagOn = TagOn.BAG, *, loss_db: float = 0.0) -> float:
    """Farthest distance at which a tag is energised."""
    return float(10.0 ** ((tag_power_dbm(1.0, loss_db) - POWER_ON_DBM[on]) / 20.0))


def blocking_bags(chance: random.Random, bags: int) -> int:
    """How many bags stand between an antenna and a tag in a packing of so many; drawn once for each packing."""
    return min(_poisson(chance, mean_blocking(bags)), MOST_BLOCKING)


def mean_blocking(bags: int) -> float:
    """Mean number of bags between an antenna and a tag in a packing of so many."""
    return _BLOCKING[0] + _BLOCKING[1] * bags if bags > 1 else _BLOCKING_ALONE


def shadow_db(chance: random.Random) -> float:
    """Loss of one tag at one antenna, drawn once for each pass; may be a gain."""
    return chance.gauss(0.0, _SHADOW_SD_DB)


def fade_db(chance: random.Random) -> float:
    """Rician fading, drawn anew every quarter of a wavelength; a loss when positive."""
    steady = math.sqrt(_RICIAN_K / (_RICIAN_K + 1.0))
    scattered = math.sqrt(0.5 / (_RICIAN_K + 1.0))
    power = (steady + chance.gauss(0.0, scattered)) ** 2 + chance.gauss(0.0, scattered) ** 2
    return -10.0 * math.log10(max(power, 1e-6))


def _poisson(chance: random.Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count
