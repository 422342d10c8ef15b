"""What is seen of probes and machines besides limits; the series come from the virtual chambers and their faults."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from telemetry_world import EDGE, PLANT, START_MS, ms

from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import ReadingBatch, SourceRegistry
from simulators.chambers import new_chamber, new_incubator
from simulators.physics.probe import ProbeFault
from telemetry.clocks import ClockWatch
from telemetry.conditions import Condition, ConditionChange
from telemetry.silence import SilenceWatch
from telemetry.sources import build_table, register_sources
from telemetry.store import Readings
from telemetry.watches import Watches

AIR, LOAD, DOOR = "Temperature/Air", "Temperature/Load", "Door/Open"
HOURS, FAULT_AT_H = 30, 20
NOISY, DISAGREE, RATE = Condition.SENSOR_NOISY, Condition.SENSORS_DISAGREE, Condition.TEMPERATURE_RATE
STORES = ("cold-1", "platelet-1", "plasma-1", "ult-1")


@cache
def series(device: str, metric: str = "", fault: ProbeFault = ProbeFault.NONE, value: float = 0.0) -> list[list[float]]:
    """Air, load and door of a store once a minute, people looking in as they do; the fault begins at its hour."""
    known = PLANT.device_by_id[device]
    store = (new_incubator if device.startswith("platelet") else new_chamber)(known, 7)
    scene = SimpleNamespace(now=datetime(2026, 3, 1, tzinfo=UTC), seed=7)
    told = []
    for number in range(HOURS * 180):
        scene.now += timedelta(seconds=20)
        if metric and number == FAULT_AT_H * 180:
            store.probes[metric].fault, store.probes[metric].fault_value = fault, value
        store.step(scene, 20.0, 22.0)
        if number % 3 == 2:
            told.append([store.samples[AIR].value_c, store.samples[LOAD].value_c, float(store.opening > 0)])
    return told


class Watching:
    """Watches that hear one store a minute."""

    def __init__(self, device: str = "cold-1") -> None:
        self.registry = SourceRegistry()
        self.table = build_table(PLANT, self.registry)
        self.watches = Watches(PLANT, self.table, self.registry, start_ms=START_MS, start_real_s=0.0)
        self.edge = PLANT.edge_by_device[device]
        self.device = device
        self.told: list[tuple[float, ConditionChange]] = []

    def minute(self, minute: float, **values: float) -> None:
        names = {"air": AIR, "load": LOAD, "door": DOOR}
        source = np.array([self.registry.add(self.edge, self.device, names[name]) for name in values], dtype=np.int32)
        readings = Readings(
            source,
            np.full(len(values), ms(minute)),
            np.array(list(values.values())),
            np.full(len(values), Quality.GOOD.code, dtype=np.uint8),
            np.zeros(len(values), dtype=np.bool_),
        )
        self.note(minute, self.watches.take(readings, self.table.row_of_source[source]))
        self.look(minute)

    def look(self, minute: float) -> None:
        self.note(minute, self.watches.look(ms(minute), minute, lambda _: None))

    def play(self, told: Iterable[list[float]]) -> None:
        for minute, (air, load, door) in enumerate(told):
            self.minute(minute, air=air, load=load, door=door)

    def note(self, minute: float, changes: Iterable[ConditionChange]) -> None:
        self.told += [(minute, change) for change in changes]

    def when(self, condition: Condition, *, active: bool = True) -> list[float]:
        return [minute for minute, said in self.told if said.condition is condition and said.active is active]


@pytest.mark.parametrize("device", STORES)
def test_a_healthy_store_is_neither_noisy_nor_fast_nor_at_odds_with_itself(device: str) -> None:
    watching = Watching(device)
    watching.play(series(device))
    seen = {said.condition for _, said in watching.told} & {NOISY, DISAGREE, RATE}
    assert seen == set()


@pytest.mark.parametrize("device", STORES)
@pytest.mark.parametrize("metric", [AIR, LOAD])
def test_a_probe_with_a_bad_shield_is_noisy_within_half_an_hour(device: str, metric: str) -> None:
    watching = Watching(device)
    watching.play(series(device, metric, ProbeFault.NOISY))
    (told,) = watching.when(NOISY)
    assert FAULT_AT_H * 60 <= told <= FAULT_AT_H * 60 + 30
    assert watching.when(NOISY, active=False) == []


def test_a_noisy_probe_is_normal_again_when_it_is_quiet() -> None:
    watching = Watching()
    watching.play(series("cold-1", LOAD, ProbeFault.NOISY))
    begin = HOURS * 60
    for minute, (air, load, door) in enumerate(series("cold-1")[:180]):
        watching.minute(begin + minute, air=air, load=load, door=door)
    (quiet,) = watching.when(NOISY, active=False)
    assert begin < quiet < begin + 180


@pytest.mark.parametrize(("device", "offset"), [("cold-1", 2.0), ("platelet-1", -2.0), ("plasma-1", 4.0)])
def test_a_probe_that_was_set_wrong_disagrees_with_its_neighbour_after_an_hour(device: str, offset: float) -> None:
    watching = Watching(device)
    watching.play(series(device, AIR, ProbeFault.OFFSET, offset))
    (told,) = watching.when(DISAGREE)
    assert FAULT_AT_H * 60 + 60 <= told <= FAULT_AT_H * 60 + 120
    change = next(said for _, said in watching.told if said.condition is DISAGREE)
    assert change.source == f"{device}-air"
    assert change.value is not None
    assert change.value > (change.limit or 0)


def test_silence_neither_raises_nor_ends_a_disagreement() -> None:
    watching = Watching()
    watching.play(series("cold-1", AIR, ProbeFault.OFFSET, 2.0))
    for minute in range(HOURS * 60, HOURS * 60 + 300):
        watching.look(minute)
    assert watching.when(DISAGREE, active=False) == []


def test_a_load_probe_that_rises_faster_than_glycol_in_a_store_can_is_told() -> None:
    watching = Watching()
    for minute in range(30):
        watching.minute(minute, air=4.0, load=4.0)
    for minute in range(30, 45):
        watching.minute(minute, air=4.0, load=4.0 + 0.25 * (minute - 29))
    (told,) = watching.when(RATE)
    assert 35 <= told <= 42
    for minute in range(45, 60):
        watching.minute(minute, air=4.0, load=8.0)
    assert watching.when(RATE, active=False) != []


def test_a_minute_without_readings_neither_raises_nor_ends_a_rate() -> None:
    watching = Watching()
    for minute in range(30):
        watching.minute(minute, load=4.0 + (0.25 * (minute - 15) if minute > 15 else 0.0))
    assert len(watching.when(RATE)) == 1
    for minute in range(30, 90):
        watching.look(minute)
    assert watching.when(RATE, active=False) == []


def test_air_beside_an_open_door_is_not_told_and_air_of_a_closed_store_is() -> None:
    for door, times in ((1.0, 0), (0.0, 1)):
        watching = Watching()
        for minute in range(20):
            watching.minute(minute, air=4.0, door=0.0)
        for minute in range(20, 30):
            watching.minute(minute, air=4.0 + (minute - 19), door=door)
        assert len(watching.when(RATE)) == times


def test_what_stood_before_a_restart_is_ended_by_evidence_only() -> None:
    standing = [("cold-1-air", condition) for condition in (NOISY, DISAGREE, RATE, Condition.SENSOR_STUCK)]
    standing += [("cold-1", Condition.DEVICE_SILENT), ("cold-1", Condition.COOLING_LABOURS)]
    watching = Watching()
    watching.watches.resume(standing, START_MS)
    watching.look(1)
    assert watching.told == []
    watching.play(series("cold-1")[:600])
    ended = {said.condition for _, said in watching.told if not said.active}
    assert {NOISY, DISAGREE, RATE} <= ended


def message(
    registry: SourceRegistry, offset: int, *signals: tuple[str, str, float], historical: bool = False
) -> ReadingBatch:
    """One message of (device, metric, minute of its own time)."""
    return ReadingBatch(
        edge=EDGE,
        epoch="e1",
        first_offset=offset,
        last_offset=offset,
        source=np.array([registry.add(EDGE, device, metric) for device, metric, _ in signals], dtype=np.int32),
        ts_ms=np.array([ms(minute) for _, _, minute in signals], dtype=np.int64),
        value=np.ones(len(signals)),
        quality=np.full(len(signals), Quality.GOOD.code, dtype=np.uint8),
        historical=np.full(len(signals), historical, dtype=np.bool_),
        texts=[],
    )


class Clock:
    def __init__(self) -> None:
        self.registry = SourceRegistry()
        self.table = build_table(PLANT, self.registry)
        self.watch = ClockWatch(PLANT, self.table, self.registry)
        self.offset = 0

    def says(
        self, now: float, at: float, metric: str = LOAD, *, historical: bool = False, again: bool = False
    ) -> list[bool | None]:
        self.offset += 0 if again else 1
        one = message(self.registry, self.offset, ("cold-1", metric, at), historical=historical)
        rows = self.table.row_of_source[one.source]
        changes = self.watch.take(one, rows, ms(now))
        assert all((c.source, c.condition) == ("cold-1", Condition.CLOCK_STEP) for c in changes)
        return [change.active for change in changes]


@pytest.mark.parametrize("at", [20.5, -61.0, -60 * 24 * 365 * 30.0])
def test_a_time_far_ahead_far_behind_or_before_any_possible_day_is_a_wrong_clock(at: float) -> None:
    assert Clock().says(0, at) == [True]


def test_a_time_that_falls_back_behind_what_the_signal_said_before_is_a_clock_set_back() -> None:
    clock = Clock()
    assert clock.says(30, 30) == []
    assert clock.says(31, 11) == [True]
    assert clock.says(32, 12) == []


def test_a_clock_is_right_again_after_ten_minutes_of_right_times() -> None:
    clock = Clock()
    assert clock.says(0, 30) == [True]
    assert clock.says(5, 5) == []
    assert clock.says(9, 9) == []
    assert clock.says(10, 10) == [False]


def test_what_was_kept_for_us_may_be_old_and_so_may_the_last_change_of_a_door() -> None:
    clock = Clock()
    assert clock.says(500, 500) == []
    assert clock.says(501, 20, historical=True) == []
    assert clock.says(502, 1, DOOR) == []
    assert clock.says(503, 20, again=True) == []


class Machines:
    def __init__(self) -> None:
        self.registry = SourceRegistry()
        register_sources(PLANT, self.registry)
        self.watch = SilenceWatch(PLANT, self.registry, start_ms=START_MS, start_real_s=0.0)

    def says(self, minute: float, *signals: tuple[str, str]) -> list[ConditionChange]:
        edges = PLANT.edge_by_device
        sources = [self.registry.add(edges[device], device, metric) for device, metric in signals]
        return self.watch.hear(np.array(sources, dtype=np.int64), ms(minute), minute * 60)

    def silent(self, minute: float, real_s: float | None = None) -> set[str]:
        changes = self.watch.look(ms(minute), minute * 60 if real_s is None else real_s)
        assert all(change.condition is Condition.DEVICE_SILENT and change.active for change in changes)
        return {change.source for change in changes}


def test_a_machine_of_which_nothing_good_comes_any_more_is_silent_though_its_controller_lives() -> None:
    machines = Machines()
    everything = [(device.id, "Status/StateCurrent") for device in PLANT.devices if device.id != "robot-1"]
    everything += [(device.id, DOOR) for device in PLANT.devices] + [("lock-1", "Lock/State")]
    machines.says(4, *everything)
    silent = machines.silent(6)
    assert "robot-1" in silent
    assert "cold-1" not in silent
    assert machines.silent(7) == set()
    (back,) = machines.says(8, ("robot-1", "Status/StateCurrent"))
    assert (back.source, back.active) == ("robot-1", False)


def test_probes_do_not_speak_for_the_rest_of_their_machine() -> None:
    machines = Machines()
    machines.says(4, ("cold-1", AIR), ("cold-1", LOAD))
    assert "cold-1" in machines.silent(6)


def test_a_machine_that_never_spoke_is_silent_from_the_start_but_not_before_the_real_grace() -> None:
    machines = Machines()
    assert machines.silent(30, real_s=100) == set()
    assert machines.silent(31, real_s=151) == {device.id for device in PLANT.devices}
