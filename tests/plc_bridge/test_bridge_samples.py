"""OPC UA status and time -> value, time and quality."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from asyncua import ua

from plant.signals import SignalType
from plc_bridge.signals_reader import Sample, sample_of
from runtime.clock import SteppedClock
from runtime.sparkplug.payload import Quality

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
AT = datetime(2026, 11, 22, tzinfo=UTC)
CLOCK = SteppedClock(NOW)
Make = Callable[..., ua.DataValue]


def test_a_good_value_keeps_its_source_time(data_value: Make) -> None:
    assert sample_of(data_value(4.5, ua.VariantType.Double), SignalType.DOUBLE, CLOCK) == Sample(4.5, AT, Quality.GOOD)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (ua.StatusCodes.UncertainSensorNotAccurate, Sample(4.5, AT, Quality.UNCERTAIN)),
        (ua.StatusCodes.BadSensorFailure, Sample(None, AT, Quality.BAD)),
        (ua.StatusCodes.GoodClamped, Sample(4.5, AT, Quality.GOOD)),
    ],
)
def test_status_becomes_quality(data_value: Make, status: int, expected: Sample) -> None:
    assert sample_of(data_value(4.5, ua.VariantType.Double, status), SignalType.DOUBLE, CLOCK) == expected


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "4.5", True, None])
def test_a_value_that_is_no_temperature_is_bad_and_has_no_value(data_value: Make, value: object) -> None:
    kinds = {float: ua.VariantType.Double, str: ua.VariantType.String, bool: ua.VariantType.Boolean}
    data = data_value(value, kinds.get(type(value), ua.VariantType.Null))
    sample = sample_of(data, SignalType.DOUBLE, CLOCK)
    assert (sample.value, sample.quality) == (None, Quality.BAD)


def test_a_value_without_source_time_is_uncertain_and_read_now() -> None:
    data = ua.DataValue(ua.Variant(4.5, ua.VariantType.Double))
    assert sample_of(data, SignalType.DOUBLE, CLOCK) == Sample(4.5, NOW, Quality.UNCERTAIN)


def test_no_answer_is_bad() -> None:
    assert sample_of(None, SignalType.DOUBLE, CLOCK) == Sample(None, NOW, Quality.BAD)


def test_a_whole_number_is_not_a_switch(data_value: Make) -> None:
    assert sample_of(data_value(1, ua.VariantType.Int64), SignalType.BOOLEAN, CLOCK).quality is Quality.BAD


def test_a_time_from_before_there_were_computers_is_no_source_time(data_value: Make) -> None:
    data = data_value(4.5, ua.VariantType.Double, at=datetime(1970, 1, 1, tzinfo=UTC))
    assert sample_of(data, SignalType.DOUBLE, CLOCK) == Sample(4.5, NOW, Quality.UNCERTAIN)
