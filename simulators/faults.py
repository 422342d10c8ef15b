"""Faults a person can cause on the bench: named acts on the world. Everything unknown is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from simulators.chambers import Store, StoreChamber
from simulators.floor import TagState
from simulators.machines.packml import PackState
from simulators.machines.quick_freezer import Fault
from simulators.physics.chamber import Cooling, Mains
from simulators.physics.incubator import Agitator
from simulators.physics.probe import ProbeFault, ProbeState
from simulators.world import World


class FaultError(ValueError):
    """A fault that this world does not know, or a target that does not exist; the sentence says which."""


def cause(world: World, fault: str, target: str, value: float | None = None) -> None:
    """Cause (or mend) a fault; it is written to the world's log. Raises FaultError and then changes nothing.

    Faults, with what `target` names: `door` (store; value = seconds, 0 closes), `door_ajar` (store; value = how far,
    0 closes), `compressor_dead` `thermostat_welded` `cooling_sound` `power_cut` `power_back` `cooling_leak` (store;
    value = share lost), `cooling_leak_slow` (store; value = share lost an hour), `agitator_stopped` `agitator_sound`
    (incubator), `probe_stuck` `probe_silent` `probe_open` `probe_spikes` `probe_noisy` `probe_drift` `probe_sound`
    (probe id; value = K/day for drift), `reader_deaf` `reader_hears` (reader/port), `tag_dead` `tag_alive` (bag),
    `stray` (bag/portal; value 0 ends it), `misplaced` (bag/place: somebody put it there and told nobody), `hold`
    `unhold` (any machine that does jobs), `freezer_fan_dead` `freezer_compressor_dead` `freezer_sound` (quick freezer).
    """
    act = FAULTS.get(fault)
    if act is None:
        raise FaultError(f"there is no fault {fault!r}; known are {', '.join(sorted(FAULTS))}")
    act(world, target, value)
    world.scene.note("fault", fault=fault, target=target, value=value)


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


def _cooling(to: Cooling) -> Callable[[World, str, float | None], None]:
    def act(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
        chamber = _chamber(world, target).chamber
        chamber.cooling = to
        if to is Cooling.SOUND:
            chamber.leak_share = chamber.leak_per_h = 0.0

    return act


def _mains(to: Mains) -> Callable[[World, str, float | None], None]:
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


def _agitator(to: Agitator) -> Callable[[World, str, float | None], None]:
    def act(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
        if target not in world.state.incubators:
            raise FaultError(f"there is no incubator {target!r}")
        world.state.incubators[target].incubator.agitator = to

    return act


def _misplace(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
    bag, _, place = target.partition("/")
    if bag not in world.floor.bags:
        raise FaultError(f"no such bag: {target!r}; write bag/place")
    try:
        world.plant.place_of(place)
    except KeyError:
        raise FaultError(f"no such place: {place!r}; write bag/place") from None
    world.floor.put(world.floor.bags[bag], place)


def _probe(to: ProbeFault) -> Callable[[World, str, float | None], None]:
    def act(world: World, target: str, value: float | None) -> None:
        probe = _probe_state(world, target)
        probe.fault, probe.fault_value = to, value if value is not None else 0.2
        if to is ProbeFault.NONE:
            probe.offset_c = 0.0

    return act


def _reader(world: World, target: str, *, deaf: bool) -> None:
    name, _, port = target.partition("/")
    ports = {(reader.id, antenna.port) for reader in world.plant.readers for antenna in reader.antennas}
    if not port.isdigit() or (name, int(port)) not in ports:
        raise FaultError(f"there is no antenna {target!r}; write reader/port")
    if deaf:
        world.scene.deaf.add((name, int(port)))
    else:
        world.scene.deaf.discard((name, int(port)))
    world.state.deaf = sorted(world.scene.deaf)


def _tag(to: TagState) -> Callable[[World, str, float | None], None]:
    def act(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
        if target not in world.floor.bags:
            raise FaultError(f"there is no bag {target!r} in the world")
        world.floor.bags[target].tag = to

    return act


def _stray(world: World, target: str, value: float | None) -> None:
    bag, _, portal = target.partition("/")
    if bag not in world.floor.bags or portal not in {entry.id for entry in world.plant.portals}:
        raise FaultError(f"no such bag and portal: {target!r}; write bag/portal")
    if value is not None and value <= 0:
        world.state.strays.pop(bag, None)
    else:
        world.state.strays[bag] = portal


def _hold(world: World, target: str, *, held: bool) -> None:
    unit = world.state.units.get(target)
    if unit is None:
        raise FaultError(f"there is no machine {target!r} that can be held")
    if held:
        unit.halt(world.state.now, PackState.HELD, "held at the machine")
    else:
        unit.resume(world.state.now)


def _freezer(to: Fault) -> Callable[[World, str, float | None], None]:
    def act(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
        if target not in world.state.freezers:
            raise FaultError(f"there is no quick freezer {target!r}")
        world.state.freezers[target].fault = to

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


FAULTS: Final[dict[str, Callable[[World, str, float | None], None]]] = {
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
    "probe_sound": _probe(ProbeFault.NONE),
    "reader_deaf": lambda world, target, _: _reader(world, target, deaf=True),
    "reader_hears": lambda world, target, _: _reader(world, target, deaf=False),
    "misplaced": _misplace,
    "tag_dead": _tag(TagState.DEAD),
    "tag_alive": _tag(TagState.ALIVE),
    "stray": _stray,
    "hold": lambda world, target, _: _hold(world, target, held=True),
    "unhold": lambda world, target, _: _hold(world, target, held=False),
    "freezer_fan_dead": _freezer(Fault.FAN_DEAD),
    "freezer_compressor_dead": _freezer(Fault.COMPRESSOR_DEAD),
    "freezer_sound": _freezer(Fault.NONE),
}
