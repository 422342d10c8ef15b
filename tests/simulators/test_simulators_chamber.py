"""A sound chamber (world.md 2.2): its band, its duty, its defrosts, the exact anchor and the integration."""

import math

import msgspec
import pytest
from simulators_chambers import AIR_TAU_S, AMBIENT_C, DT, KELVIN, LOAD_TAU_S, SETS, TIMES, Follower, live, running

from simulators.physics.chamber import Chamber, Compressor, Cooling, Cycle, Mains, settled, step
from simulators.physics.chamber_sets import (
    BLOOD_FRIDGE,
    COLD_ROOM,
    PLASMA_ROOM,
    PLASMA_UPRIGHT,
    TRAFFIC,
    ChamberKind,
    ChamberParameters,
)

DAY = int(24 * 3600 / DT)


@pytest.mark.parametrize(
    ("name", "air", "load", "swing", "duty", "starts_per_h"),
    [
        ("cold", (3.2, 4.7), (3.9, 4.4), 0.05, 0.21, 2),
        ("fridge", (3.0, 4.8), (3.9, 4.2), 0.03, 0.21, 4.5),
        ("plasma", (-31.0, -27.0), (-30.1, -28.2), 0.3, 0.33, 2),
        ("upright", (-31.5, -24.0), (-30.2, -26.4), 0.9, 0.35, 2.4),
        ("ult", (-82.5, -77.5), (-81.6, -78.0), 0.8, 0.40, 0.6),
    ],
)
def test_an_undisturbed_chamber_keeps_its_band(
    name: str,
    air: tuple[float, float],
    load: tuple[float, float],
    swing: float,
    duty: float,
    starts_per_h: float,
) -> None:
    chamber, parameters = running(name), SETS[name]
    air_probe, load_probe = Follower(chamber.air_c, AIR_TAU_S), Follower(parameters.set_c, LOAD_TAU_S)
    airs, loads, cores, on, starts = [], [], [], 0, 0
    for count in range(DAY):
        was = chamber.running
        step(chamber, parameters, DT, ambient_c=AMBIENT_C)
        airs.append(air_probe.step(chamber.air_c))
        load_value = load_probe.step(chamber.air_c)
        if count > 720:
            loads.append(load_value)
        cores.append(chamber.core_c)
        on += chamber.running
        starts += chamber.running and not was
    assert (min(airs), max(airs)) == pytest.approx(air, abs=KELVIN)
    assert (min(loads), max(loads)) == pytest.approx(load, abs=KELVIN)
    assert max(cores) - min(cores) == pytest.approx(swing, abs=max(TIMES * swing, 0.02))
    assert on / DAY == pytest.approx(duty, rel=TIMES)
    assert starts / 24 == pytest.approx(starts_per_h, rel=TIMES)


@pytest.mark.parametrize(
    ("kind", "parameters", "duty"),
    [
        (ChamberKind.COLD_ROOM, COLD_ROOM, 0.51),
        (ChamberKind.BLOOD_FRIDGE, BLOOD_FRIDGE, 0.24),
        (ChamberKind.PLASMA_ROOM, PLASMA_ROOM, 0.61),
        (ChamberKind.PLASMA_UPRIGHT, PLASMA_UPRIGHT, 0.39),
    ],
)
def test_the_traffic_of_a_working_day_makes_a_compressor_work(
    kind: ChamberKind, parameters: ChamberParameters, duty: float
) -> None:
    chamber, traffic, on = settled(parameters), TRAFFIC[kind], 0
    for count in range(2 * DAY):
        door = 1.0 if count * DT % traffic.every_s < traffic.open_s else 0.0
        step(chamber, parameters, DT, ambient_c=AMBIENT_C, door=door)
        on += chamber.running and count >= DAY
    assert on / DAY == pytest.approx(duty, rel=0.1)


@pytest.mark.parametrize(
    ("name", "minutes", "peak_c", "rise_k"), [("plasma", 10, -27.4, 0.2), ("upright", 16, -24.0, 0.9)]
)
def test_a_freezer_defrosts_with_heat_and_its_core_hardly_notices(
    name: str, minutes: float, peak_c: float, rise_k: float
) -> None:
    chamber, parameters = running(name), SETS[name]
    while chamber.cycle is Cycle.COOLING:
        live(chamber, parameters, DT)
    air, before_c, heated, peak, core = Follower(chamber.air_c, AIR_TAU_S), chamber.core_c, 1, -99.0, -99.0
    for _ in range(360):
        step(chamber, parameters, DT, ambient_c=AMBIENT_C)
        heated += chamber.cycle is Cycle.DEFROST
        peak, core = max(peak, air.step(chamber.air_c)), max(core, chamber.core_c)
    assert heated / 6 == pytest.approx(minutes, rel=TIMES)
    assert peak == pytest.approx(peak_c, abs=KELVIN)
    assert core - before_c == pytest.approx(rise_k, abs=KELVIN)


@pytest.mark.parametrize(("name", "minutes"), [("cold", 9), ("fridge", 2)])
def test_a_chamber_above_zero_defrosts_without_heat_and_nobody_sees_it(name: str, minutes: float) -> None:
    lengths = []
    for wait_s in range(0, 3600, 120):
        chamber, parameters = running(name), SETS[name]
        live(chamber, parameters, wait_s)
        chamber.since_defrost_s = parameters.defrost_every_s
        live(chamber, parameters, DT)
        length, air = 1, Follower(chamber.air_c, AIR_TAU_S)
        while chamber.cycle is Cycle.DEFROST:
            live(chamber, parameters, DT)
            length += 1
            assert air.step(chamber.air_c) < parameters.set_c + 1.0
        lengths.append(length / 6)
    assert min(lengths) < minutes < max(lengths)  # it takes as long as the coil is cold when it begins
    assert max(lengths) < 12


def test_the_exact_anchor_of_a_dead_fridge_at_four_degrees() -> None:
    """Minutes at which air and core pass 6 and 10 C, confirmed by a second implementation."""
    chamber = settled(BLOOD_FRIDGE)
    chamber.cooling = Cooling.DEAD
    assert anchor(chamber) == pytest.approx([83, 477, 208, 611], rel=0.02)


def test_the_exact_anchor_with_the_fan_off() -> None:
    chamber = settled(BLOOD_FRIDGE)
    chamber.mains = Mains.LOST
    assert anchor(chamber) == pytest.approx([102, 689, 324, 954], rel=0.02)


def anchor(chamber: Chamber) -> list[float]:
    passed: dict[str, float] = {}
    for count in range(1000 * 6):
        step(chamber, BLOOD_FRIDGE, DT, ambient_c=AMBIENT_C)
        for key, value_c, limit_c in (
            ("a6", chamber.air_c, 6),
            ("a10", chamber.air_c, 10),
            ("c6", chamber.core_c, 6),
            ("c10", chamber.core_c, 10),
        ):
            if value_c > limit_c:
                passed.setdefault(key, (count + 1) / 6)
    return [passed[key] for key in ("a6", "a10", "c6", "c10")]


@pytest.mark.parametrize("dt", [0.5, 60.0])
def test_the_step_length_hardly_moves_the_core(dt: float) -> None:
    coarse, fine = settled(COLD_ROOM), settled(COLD_ROOM)
    for chamber, span in ((coarse, dt), (fine, 5.0)):
        chamber.cooling = Cooling.DEAD
        live(chamber, COLD_ROOM, 4 * 3600, dt=span)
    assert coarse.core_c == pytest.approx(fine.core_c, abs=0.09)


def test_a_compressor_respects_its_shortest_times() -> None:
    chamber = settled(COLD_ROOM)
    last, run_s = chamber.compressor, math.inf
    for _ in range(6 * 360):
        step(chamber, COLD_ROOM, DT, ambient_c=AMBIENT_C)
        run_s += DT
        if chamber.compressor is not last:
            shortest = COLD_ROOM.min_off_s if chamber.compressor is Compressor.ON else COLD_ROOM.min_on_s
            assert run_s >= shortest
            last, run_s = chamber.compressor, 0.0


def test_a_hot_plant_room_costs_cooling_power() -> None:
    on = {20.0: 0, 40.0: 0}
    for condenser_c in on:
        chamber = running("ult")
        for _ in range(DAY):
            step(chamber, SETS["ult"], DT, ambient_c=AMBIENT_C, condenser_c=condenser_c)
            on[condenser_c] += chamber.running
    assert on[40.0] / on[20.0] == pytest.approx(1.04 / 0.88, rel=0.1)


def test_a_chamber_survives_a_snapshot() -> None:
    chamber = running("upright")
    assert msgspec.json.decode(msgspec.json.encode(chamber), type=Chamber) == chamber
