"""Where in a chamber it is warmer: a gradient and slow noise on top of the air of the five nodes (world.md 2.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from simulators.chance import draw
from simulators.physics.chamber_sets import ChamberKind

_COLDEST_WARMEST_K: Final = {
    ChamberKind.COLD_ROOM: (-1.0, 1.0),
    ChamberKind.BLOOD_FRIDGE: (-0.4, 0.6),
    ChamberKind.PLATELET_INCUBATOR: (-0.3, 0.3),
    ChamberKind.PLASMA_ROOM: (-1.0, 1.0),
    ChamberKind.PLASMA_UPRIGHT: (-1.0, 1.0),
    ChamberKind.ULT: (-3.0, 3.0),
}
_NOISE_SD_K: Final = 0.05
_NOISE_EVERY_S: Final = 1800.0
_BETWEEN_DRAWS: Final = 2.0 / 3.0  # mean square of a line between two draws, which smooths the noise


@dataclass(frozen=True, slots=True)
class Position:
    """A spot in a chamber: ``depth`` 0 at the door and 1 at the far wall, ``height`` 0 at the floor and 1 on top."""

    depth: float
    height: float


DOOR_TOP: Final = Position(depth=0.0, height=1.0)
FAR_BOTTOM: Final = Position(depth=1.0, height=0.0)
MIDDLE: Final = Position(depth=0.5, height=0.5)


def zone_offset_c(kind: ChamberKind, position: Position) -> float:
    """Kelvins that a spot lies above the mean air: most at the top of the door, least at the far bottom."""
    coldest_k, warmest_k = _COLDEST_WARMEST_K[kind]
    return coldest_k + (warmest_k - coldest_k) * 0.5 * (1.0 - position.depth + position.height)


def zone_noise_c(seed: int, zone: str, elapsed_s: float) -> float:
    """Slow noise of one named zone, standard deviation 0.05 K: a line between values drawn every half hour."""
    number, part = divmod(elapsed_s / _NOISE_EVERY_S, 1.0)
    before, after = (draw(seed, "zone", zone, int(number) + step).gauss(0.0, _NOISE_SD_K) for step in (0, 1))
    return (before + (after - before) * part) / math.sqrt(_BETWEEN_DRAWS)
