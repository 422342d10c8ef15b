"""The gradient within a chamber (world.md 2.1) and its slow noise."""

import statistics
from itertools import pairwise

import pytest

from simulators.physics.chamber_sets import ChamberKind
from simulators.physics.zones import DOOR_TOP, FAR_BOTTOM, MIDDLE, Position, zone_noise_c, zone_offset_c


@pytest.mark.parametrize(
    ("kind", "door_top_k", "far_bottom_k"),
    [
        (ChamberKind.BLOOD_FRIDGE, 0.6, -0.4),
        (ChamberKind.COLD_ROOM, 1.0, -1.0),
        (ChamberKind.PLASMA_ROOM, 1.0, -1.0),
        (ChamberKind.ULT, 3.0, -3.0),
    ],
)
def test_it_is_warmest_at_the_top_of_the_door(kind: ChamberKind, door_top_k: float, far_bottom_k: float) -> None:
    assert zone_offset_c(kind, DOOR_TOP) == pytest.approx(door_top_k)
    assert zone_offset_c(kind, FAR_BOTTOM) == pytest.approx(far_bottom_k)
    assert far_bottom_k < zone_offset_c(kind, Position(depth=0.4, height=0.3)) < door_top_k


@pytest.mark.parametrize("kind", list(ChamberKind))
def test_every_kind_of_chamber_has_a_gradient(kind: ChamberKind) -> None:
    assert zone_offset_c(kind, FAR_BOTTOM) < zone_offset_c(kind, MIDDLE) < zone_offset_c(kind, DOOR_TOP)


def test_the_noise_of_a_zone_is_slow_and_small() -> None:
    values = [zone_noise_c(7, "cold-1/A", seconds * 60.0) for seconds in range(30 * 24 * 60)]
    assert statistics.pstdev(values) == pytest.approx(0.05, rel=0.1)
    assert max(abs(after - before) for before, after in pairwise(values)) < 0.02


def test_two_zones_are_not_noisy_together() -> None:
    assert zone_noise_c(7, "cold-1/A", 5000.0) != zone_noise_c(7, "cold-1/B", 5000.0)
