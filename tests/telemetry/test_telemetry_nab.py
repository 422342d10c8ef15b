"""Real failures of real sensors: every labelled one raises a condition; what is raised besides is counted as it is.

How the series are turned into readings, and where the limits come from, stands in `nab_series`.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from nab_series import DATA, Raised, heard, in_window, limits_of, load, outside

from telemetry.conditions import Condition

MACHINE, AMBIENT = "machine_temperature_system_failure", "ambient_temperature_system_failure"
HIGH, LOW = Condition.TEMPERATURE_HIGH, Condition.TEMPERATURE_LOW
ALERTS = {Condition.TEMPERATURE_HIGH_ALERT, Condition.TEMPERATURE_LOW_ALERT}
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data set {DATA.name} is not here")


@cache
def raised(name: str) -> list[Raised]:
    with TemporaryDirectory() as folder:
        return heard(load(name), Path(folder))


def counted(found: list[Raised]) -> Counter[Condition]:
    return Counter(one.condition for one in found)


def test_values_are_fahrenheit_and_limits_come_from_the_first_healthy_part_alone() -> None:
    machine, ambient = load(MACHINE), load(AMBIENT)
    assert (machine.celsius[0], machine.every_s, machine.healthy) == (23.315, 300, 2126)
    assert (ambient.celsius[0], ambient.every_s, ambient.healthy) == (21.045, 3600, 1090)
    assert (limits_of(machine).min_c, limits_of(machine).max_c) == (10.86, 41.86)
    assert (limits_of(ambient).min_c, limits_of(ambient).max_c) == (16.16, 26.25)


@pytest.mark.parametrize(("name", "windows"), [(MACHINE, 4), (AMBIENT, 2)])
def test_every_labelled_failure_raises_a_condition_of_the_temperature(name: str, windows: int) -> None:
    found = list(in_window(load(name), raised(name)))
    assert len(found) == windows
    for in_this in found:
        assert counted(in_this).keys() & {HIGH, LOW, *ALERTS}


def test_five_of_six_pass_a_limit_and_the_slow_failure_of_january_only_an_alert() -> None:
    passed = [bool(counted(found).keys() & {HIGH, LOW}) for found in in_window(load(MACHINE), raised(MACHINE))]
    assert passed == [True, True, False, True]
    passed = [bool(counted(found).keys() & {HIGH, LOW}) for found in in_window(load(AMBIENT), raised(AMBIENT))]
    assert passed == [True, True]


def test_false_alarms_are_counted_as_they_are() -> None:
    machine = counted(outside(load(MACHINE), raised(MACHINE)))
    assert (machine[HIGH] + machine[LOW], sum(machine[alert] for alert in ALERTS)) == (4, 76)
    ambient = counted(outside(load(AMBIENT), raised(AMBIENT)))
    assert (ambient[HIGH] + ambient[LOW], sum(ambient[alert] for alert in ALERTS)) == (3, 44)


def test_the_gaps_and_the_time_that_falls_back_in_the_files_are_told_too() -> None:
    assert counted(raised(MACHINE))[Condition.CLOCK_STEP] == 1
    assert counted(raised(AMBIENT))[Condition.SENSOR_SILENT] == 7
