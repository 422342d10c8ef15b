"""Faults of what is read: antennas, tags, and bags that lie where nobody thinks."""

from __future__ import annotations

from typing import Final

from simulators.faults.act import Act, FaultError, pick_bag
from simulators.floor import TagState
from simulators.world import World


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


def _tag(to: TagState) -> Act:
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


def _misplace(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
    bag, place = pick_bag(world, target, "bag/place")
    try:
        world.plant.place_of(place)
    except KeyError:
        raise FaultError(f"no such place: {place!r}; write bag/place") from None
    world.floor.put(world.floor.bags[bag], place)


FAULTS: Final[dict[str, Act]] = {
    "reader_deaf": lambda world, target, _: _reader(world, target, deaf=True),
    "reader_hears": lambda world, target, _: _reader(world, target, deaf=False),
    "tag_dead": _tag(TagState.DEAD),
    "tag_alive": _tag(TagState.ALIVE),
    "stray": _stray,
    "misplaced": _misplace,
}
