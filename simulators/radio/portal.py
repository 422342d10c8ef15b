"""A packing on its way through the tunnel of a portal, tag by tag and antenna by antenna (world.md 3.2).

The full computation behind the read rates of `radio`: one Monte Carlo pass of one tag.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from simulators.radio import link

_HALF_TUNNEL_M: Final = 0.45
_HALF_FIELD_M: Final = 0.6
_SPREAD_M: Final = (0.2, 0.15)  # of the bags of a tote, across and up
_STEPS: Final = 15  # of a fresh fade each
_CLOSE_M: Final = 1.0
_RIGHT: Final = (0.98, 0.90)  # alone, and with another tote closer than a metre
TRIGGER_BEFORE_M: Final = 0.8
STOP_AFTER_S: Final = 0.5

Vector = tuple[float, float, float]


class Antenna(StrEnum):
    """Where an antenna hangs in the tunnel."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"


_PLACES: Final[dict[Antenna, tuple[float, float]]] = {
    Antenna.LEFT: (_HALF_TUNNEL_M, 0.0),
    Antenna.RIGHT: (-_HALF_TUNNEL_M, 0.0),
    Antenna.TOP: (0.0, _HALF_TUNNEL_M),
    Antenna.BOTTOM: (0.0, -_HALF_TUNNEL_M),
}


class Labels(StrEnum):
    """How the labels of a packing lie."""

    ANYHOW = "anyhow"
    ALIGNED = "aligned"


@dataclass(frozen=True, slots=True)
class Portal:
    """Antennas of a tunnel and what its tags sit on; ``block_db`` is the loss behind one bag."""

    antennas: tuple[Antenna, ...]
    on: link.TagOn = link.TagOn.BAG
    block_db: float = link.BLOCK_DB


def is_read(portal: Portal, bags: int, labels: Labels, chance: random.Random) -> bool:
    """True when at least one antenna energises a tag of a packing of so many bags somewhere along its pass."""
    across, up = (chance.uniform(-spread, spread) for spread in _SPREAD_M)
    axis = (1.0, 0.0, 0.0) if labels is Labels.ALIGNED else _any_axis(chance)
    return any(_is_heard(portal, antenna, bags, (across, up), axis, chance) for antenna in portal.antennas)


def dwell_s(speed_m_s: float) -> float:
    """Seconds that a tag spends in the field."""
    return 2.0 * _HALF_FIELD_M / speed_m_s


def is_direction_right(chance: random.Random, gap_m: float) -> bool:
    """Whether first and last antenna tell the way of a packing that follows another at a distance of ``gap_m``."""
    return chance.random() < _RIGHT[1 if gap_m < _CLOSE_M else 0]


def _is_heard(
    portal: Portal, antenna: Antenna, bags: int, place: tuple[float, float], axis: Vector, chance: random.Random
) -> bool:
    steady_db = portal.block_db * link.blocking_bags(chance, bags) + link.shadow_db(chance)
    stands = _PLACES[antenna]
    dy, dz = place[0] - stands[0], place[1] - stands[1]
    ahead_m = -(dy * stands[0] + dz * stands[1]) / _HALF_TUNNEL_M
    for step in range(_STEPS):
        dx = _HALF_FIELD_M * (2.0 * step / (_STEPS - 1) - 1.0)
        distance_m = math.sqrt(dx * dx + dy * dy + dz * dz)
        along = (dx * axis[0] + dy * axis[1] + dz * axis[2]) / distance_m
        loss_db = steady_db + link.pointing_loss_db(ahead_m / distance_m, 1.0 - along * along) + link.fade_db(chance)
        if link.is_energised(link.tag_power_dbm(distance_m, loss_db), portal.on):
            return True
    return False


def _any_axis(chance: random.Random) -> Vector:
    up, turn = chance.uniform(-1.0, 1.0), chance.uniform(0.0, 2.0 * math.pi)
    flat = math.sqrt(1.0 - up * up)
    return (flat * math.cos(turn), flat * math.sin(turn), up)
