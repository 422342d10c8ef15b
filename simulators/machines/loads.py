"""What a carrier finds when it takes bags from one place to another: the time it takes, empty and full places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from plant.model import DeviceKind, PlaceKind, Plant
from plc_bridge.messages import Load
from simulators.machines.ways import Way, way_of
from simulators.scene import Scene

FORK_S: Final = 6.0
"""Of each further slot that a crane calls at on one trip."""
NO_ROOM: Final = "no room at"


def wrong_end(plant: Plant, device: str, kind: DeviceKind, way: Way) -> str | None:
    """The other exit of the diverter that a way passes: dispatch instead of the loop, or the loop instead of it."""
    diverters = {one.id for one in plant.devices if one.kind is DeviceKind.DIVERTER}
    for stop_at in way.stops[:-1]:
        exits = [route for route in plant.routes if route.from_place == stop_at]
        others = [
            route.to_place
            for route in exits
            if route.device != device and (route.device in diverters or kind is DeviceKind.DIVERTER)
            if plant.device_by_id[route.device].kind in {DeviceKind.CONVEYOR, DeviceKind.DIVERTER}
        ]
        if others:
            return others[0]
    return None


def way_for(plant: Plant, device: str, load: Load) -> Way | None:
    """The way of one load over the routes of a carrier, or None when it has none."""
    return way_of(plant, device, load.from_place, load.to_place)


def trip_seconds(plant: Plant, device: str, kind: DeviceKind, loads: Sequence[Load]) -> float:
    """Seconds of a trip: the longest way, the farthest shelf, and the fork at each further slot of a crane."""
    ways = [way.seconds for load in loads if (way := way_for(plant, device, load)) is not None]
    paths = {path for load in loads for path in (load.from_place, load.to_place)}
    reach_s = max(plant.place_of(path).reach_s for path in paths)
    slots = sum(plant.place_of(path).slots > 0 for path in paths)
    forks_s = FORK_S * max(slots - 1, 0) if kind is DeviceKind.CRANE else 0.0
    return max(ways) + reach_s + forks_s


def stop_of(path: str, plant: Plant) -> str:
    """The drawn place of a path: a slot's store, or the place itself."""
    place = plant.place_of(path)
    return place.path.partition("/")[0] if place.kind is PlaceKind.SHELF else place.path


def why_not_taken(scene: Scene, load: Load) -> str | None:
    """Why a bag cannot be taken, or None."""
    bag = scene.floor.bags.get(load.bag)
    if bag is None or bag.place != load.from_place:
        return f"slot empty: {load.bag} does not lie at {load.from_place}"
    if bag.epc != load.epc:
        return f"wrong tag: that of {load.bag} is not {load.epc}"
    return None


def why_not_put(scene: Scene, load: Load) -> str | None:
    """Why a bag cannot be put down, or None."""
    place = scene.plant.place_of(load.to_place)
    lying = len(scene.floor.at(load.to_place))
    if place.kind is PlaceKind.SHELF and lying:
        return f"slot occupied: {load.to_place}"
    if place.capacity is not None and place.kind is not PlaceKind.SHELF and lying >= place.capacity:
        return f"{NO_ROOM} {load.to_place}"
    return None


def crowded_place(scene: Scene, loads: Sequence[Load]) -> str | None:
    """A shared place that has no room for all the bags that are to be put down there, or None."""
    coming: dict[str, int] = {}
    for load in loads:
        if why_not_taken(scene, load) is None and load.to_place != load.from_place:
            coming[load.to_place] = coming.get(load.to_place, 0) + 1
    for path, bags in coming.items():
        place = scene.plant.place_of(path)
        if place.capacity is None or place.kind is PlaceKind.SHELF:
            continue
        if len(scene.floor.at(path)) + bags > place.capacity:
            return path
    return None
