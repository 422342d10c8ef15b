"""The way of one carrier from place to place over its own routes."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

from plant.model import PlaceKind, Plant, Route
from rfid.messages import Direction

_NO_PASSAGE: Final = frozenset({PlaceKind.MACHINE, PlaceKind.GATE})
"""A way begins or ends there and never leads through."""


@dataclass(frozen=True, slots=True)
class PortalOnWay:
    """A passage portal that a way leads through, and in which direction."""

    portal: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class Way:
    """How a carrier gets somewhere: its usual seconds, the places that it calls at, the portals on the way."""

    seconds: float
    stops: tuple[str, ...]
    portals: tuple[PortalOnWay, ...]


def way_of(plant: Plant, device: str, from_place: str, to_place: str) -> Way | None:
    """The quickest way of a carrier over its own routes, or None when it has none."""
    routes = [route for route in plant.routes if route.device == device]
    nodes = {path for route in routes for path in (route.from_place, route.to_place)}
    start, end = _node(from_place, nodes), _node(to_place, nodes)
    if start is None or end is None:
        return None
    kinds = {node: plant.place_by_path[node].kind for node in nodes}
    queue: list[tuple[float, int, tuple[Route, ...]]] = [(0.0, 0, ())]
    seen: set[str] = set()
    tried = 0
    while queue:
        seconds, _, path = heappop(queue)
        at = path[-1].to_place if path else start
        if path and at == end:
            return _way(plant, seconds, path)
        if path and (at in seen or kinds[at] in _NO_PASSAGE):
            continue
        seen.add(at)
        for route in routes:
            if route.from_place == at:
                tried += 1
                heappush(queue, (seconds + route.seconds, tried, (*path, route)))
    return None


def _node(path: str, nodes: set[str]) -> str | None:
    """The place by which routes know a path: itself or the nearest place above it."""
    probe = path
    while probe and probe not in nodes:
        probe = probe.rpartition("/")[0]
    return probe or None


def _way(plant: Plant, seconds: float, path: tuple[Route, ...]) -> Way:
    portals = {portal.id: portal for portal in plant.portals}
    return Way(
        seconds=seconds,
        stops=(path[0].from_place, *(route.to_place for route in path)),
        portals=tuple(
            PortalOnWay(
                route.portal, Direction.OUT if route.from_place == portals[route.portal].inside else Direction.IN
            )
            for route in path
            if route.portal is not None
        ),
    )
