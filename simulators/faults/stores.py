"""Faults of stores: doors, cooling, mains, agitators, probes."""

from __future__ import annotations

from typing import Final

from simulators.chambers import Store, StoreChamber
from simulators.faults.act import Act, FaultError
from simulators.physics.chamber import Cooling, Mains
from simulators.physics.incubator import Agitator
from simulators.physics.probe import ProbeFault, ProbeState
from simulators.world import World


def _door(world: World, target: str, value: float | None) -> None:
    store = _store(world, target)
    if value is not None and value <= 0:
        store.close_door()
    else:
        store.open_door(world.scene, value)


def _ajar(world: World, target: str, value: float | None) -> None:
    gap = 0.1 if value is None else value
    if not 0.0 <= gap <= 1.0:
        raise FaultError(f"a door stands open by a share between 0 and 1, not {gap}")
    store = _store(world, target)
    if gap == 0.0:
        store.close_door()
    else:
        store.open_door(world.scene, None, gap=gap)


def _cooling(to: Cooling) -> Act:
    def act(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
        chamber = _chamber(world, target).chamber
        chamber.cooling = to
        if to is Cooling.SOUND:
            chamber.leak_share = chamber.leak_per_h = 0.0

    return act


def _mains(to: Mains) -> Act:
    def act(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
        incubator = world.state.incubators.get(target)
        body = _chamber(world, target).chamber if incubator is None else incubator.incubator
        body.mains = to

    return act


def _leak(world: World, target: str, value: float | None) -> None:
    share = 0.5 if value is None else value
    if not 0.0 <= share <= 1.0:
        raise FaultError(f"a leak takes a share between 0 and 1, not {share}")
    _chamber(world, target).chamber.leak_share = share


def _slow_leak(world: World, target: str, value: float | None) -> None:
    share = 0.03 if value is None else value
    if not 0.0 <= share < 1.0:
        raise FaultError(f"a slow leak takes a share of 0 to 1 an hour, not {share}")
    _chamber(world, target).chamber.leak_per_h = share


def _agitator(to: Agitator) -> Act:
    def act(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
        if target not in world.state.incubators:
            raise FaultError(f"there is no incubator {target!r}")
        world.state.incubators[target].incubator.agitator = to

    return act


def _probe(to: ProbeFault) -> Act:
    def act(world: World, target: str, value: float | None) -> None:
        probe = _probe_state(world, target)
        probe.fault, probe.fault_value = to, value if value is not None else 0.2
        if to is ProbeFault.NONE:
            probe.offset_c = 0.0

    return act


def _store(world: World, target: str) -> Store:
    incubator = world.state.incubators.get(target)
    return _chamber(world, target) if incubator is None else incubator


def _chamber(world: World, target: str) -> StoreChamber:
    if target not in world.state.chambers:
        raise FaultError(f"there is no store {target!r}")
    return world.state.chambers[target]


def _probe_state(world: World, target: str) -> ProbeState:
    for probe in world.plant.probes:
        if probe.id == target and probe.device in {*world.state.chambers, *world.state.incubators}:
            return _store(world, probe.device).probes[probe.metric]
    raise FaultError(f"there is no probe {target!r}")


FAULTS: Final[dict[str, Act]] = {
    "door": _door,
    "door_ajar": _ajar,
    "compressor_dead": _cooling(Cooling.DEAD),
    "thermostat_welded": _cooling(Cooling.WELDED),
    "cooling_sound": _cooling(Cooling.SOUND),
    "power_cut": _mains(Mains.LOST),
    "power_back": _mains(Mains.PRESENT),
    "cooling_leak": _leak,
    "cooling_leak_slow": _slow_leak,
    "agitator_stopped": _agitator(Agitator.STOPPED),
    "agitator_sound": _agitator(Agitator.SOUND),
    "probe_stuck": _probe(ProbeFault.STUCK),
    "probe_silent": _probe(ProbeFault.SILENT),
    "probe_open": _probe(ProbeFault.OPEN),
    "probe_spikes": _probe(ProbeFault.SPIKES),
    "probe_noisy": _probe(ProbeFault.NOISY),
    "probe_drift": _probe(ProbeFault.DRIFT),
    "probe_short": _probe(ProbeFault.SHORT),
    "probe_offset": _probe(ProbeFault.OFFSET),
    "probe_out_of_glycol": _probe(ProbeFault.OUT_OF_GLYCOL),
    "probe_swapped": _probe(ProbeFault.SWAPPED),
    "probe_sound": _probe(ProbeFault.NONE),
}
