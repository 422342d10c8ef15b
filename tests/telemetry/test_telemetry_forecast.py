"""A forecast is made of a failure, never of a healthy swing: the chambers are those of world.md 2.2."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from simulators.physics import probe as probes
from simulators.physics.chamber import Chamber, Cooling, settled, step
from simulators.physics.chamber_sets import COLD_ROOM
from telemetry.forecast import LOOK_BACK_MIN, Band, minutes_left

COLD = Band(low=2.0, high=6.0, alert_low=2.5, alert_high=5.5)
FROZEN = Band(low=math.nan, high=-18.0, alert_low=math.nan, alert_high=-20.0)
STEP_S = 10.0
PER_MINUTE = 6
WARM_UP_MIN = 12 * 60
KINDS = {"air": probes.AIR, "load": probes.LOAD}


def follow(chamber: Chamber, minutes: int, kind: probes.ProbeType, break_at: int | None = None) -> list[float]:
    """What a probe of a cold room says at the end of each minute."""
    element, said = chamber.air_c, []
    for count in range(minutes * PER_MINUTE):
        if break_at is not None and count == break_at * PER_MINUTE:
            chamber.cooling = Cooling.DEAD
        step(chamber, COLD_ROOM, STEP_S, ambient_c=22.0)
        element += (chamber.air_c - element) * (1 - math.exp(-STEP_S / kind.tau_moving_s))
        if count % PER_MINUTE == PER_MINUTE - 1:
            said.append(round(element, 2))
    return said


def foretold(said: list[float], minute: int, band: Band = COLD) -> float | None:
    """The forecast at a minute from all that was said until then and is still looked at."""
    first = max(0, minute + 1 - LOOK_BACK_MIN)
    return minutes_left(np.arange(first, minute + 1), np.array(said[first : minute + 1]), band)


@pytest.mark.parametrize("kind", ["air", "load"])
@pytest.mark.parametrize("load", [1.0, 0.35])
def test_a_healthy_cold_room_never_gets_a_forecast(kind: str, load: float) -> None:
    said = follow(settled(COLD_ROOM, load=load), WARM_UP_MIN + 8 * 60, KINDS[kind])
    assert {foretold(said, minute) for minute in range(WARM_UP_MIN, len(said))} == {None}


def test_a_healthy_sawtooth_never_gets_a_forecast() -> None:
    swing = [3.2 + 1.5 * (m % 30) / 23 if m % 30 < 23 else 4.7 - 1.5 * (m % 30 - 23) / 7 for m in range(240)]
    assert {foretold(swing, minute) for minute in range(240)} == {None}


@pytest.mark.parametrize(
    ("kind", "load", "warning_min"), [("load", 1.0, 120), ("air", 1.0, 120), ("load", 0.35, 40), ("air", 0.35, 25)]
)
def test_a_dead_compressor_is_foretold_within_a_quarter(kind: str, load: float, warning_min: int) -> None:
    said = follow(settled(COLD_ROOM, load=load), WARM_UP_MIN + 500, KINDS[kind], break_at=WARM_UP_MIN)
    crossed = next(minute for minute, value in enumerate(said) if value > COLD.high)
    for left in range(12, warning_min + 1):
        assert foretold(said, crossed - left) == pytest.approx(left, rel=0.25), left


def test_minutes_count_down_while_a_freezer_warms() -> None:
    said = [-30.0 + 0.1 * minute for minute in range(119)]
    forecasts = [foretold(said, minute, FROZEN) for minute in range(LOOK_BACK_MIN, 119)]
    assert forecasts[0] == pytest.approx(90)
    assert all(a is not None and b is not None and b == pytest.approx(a - 1) for a, b in pairwise(forecasts))


def test_beyond_the_alert_band_ten_straight_minutes_are_enough() -> None:
    said = [4.0, 4.2, 4.4, 4.6, 4.8, 5.0, 5.2, 5.4, 5.6]
    assert foretold(said, 8) == pytest.approx(2)
    assert foretold(said[:8], 7) is None


def test_heading_for_an_open_side_or_away_from_the_limit_gets_no_forecast() -> None:
    assert foretold([-20.5 - 0.1 * minute for minute in range(40)], 39, FROZEN) is None


def test_a_gap_in_the_trend_gets_no_forecast() -> None:
    minute = np.array([0, 1, 2, 3, 26, 27, 28, 29])
    assert minutes_left(minute, 4.0 + 0.03 * minute, COLD) is None


def test_outside_the_limits_nothing_is_left_and_silence_says_nothing() -> None:
    assert foretold([6.1], 0) == 0.0
    assert minutes_left(np.array([], dtype=np.int64), np.array([]), COLD) is None
