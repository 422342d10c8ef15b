"""The plant's routes as a graph, and the quickest way from place to place. Pure.

A slot or shelf belongs to the nearest place above it that a route begins or ends at: a store's path stands for all its
slots. A bag never passes through a machine or a gate on its way: those are beginnings and ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

from plant.model import PlaceKind, Plant, Route

_NO_PASSAGE: Final = frozenset({PlaceKind.MACHINE, PlaceKind.GATE})
"""What stands there is worked on or judged: a way begins or ends there and never leads through."""
_KEPT: Final = 20_000
"""Ways that are remembered; more are forgotten together."""
_KEY: Final = "wms.moves.graph"


@dataclass(frozen=True, slots=True)
class Leg:
    """What one machine does without a stop: `portal` must see the bag on the way. Seconds are the usual time."""

    device: str
    from_place: str
    to_place: str
    seconds: float
    portal: str | None


Way = tuple[Leg, ...]


class Graph:
    """Routes of one plant; ways are the same for the same question, whatever was asked before."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._routes: dict[str, list[Route]] = {}
        for route in sorted(plant.routes, key=lambda one: (one.seconds, one.device, one.to_place)):
            self._routes.setdefault(route.from_place, []).append(route)
        self._nodes = frozenset(path for route in plant.routes for path in (route.from_place, route.to_place))
        kinds = {place.path: place.kind for place in plant.places}
        self._closed = frozenset(node for node in self._nodes if kinds[node] in _NO_PASSAGE)
        self._ways: dict[tuple[str, str, frozenset[str]], tuple[Route, ...] | None] = {}

    def node(self, place: str) -> str | None:
        """The place that routes know a path by: itself or the nearest place above it; None when no route comes near."""
        probe = place
        while probe:
            if probe in self._nodes:
                return probe
            probe = probe.rpartition("/")[0]
        return None

    def path(self, from_place: str, to_place: str, blocked: frozenset[str] = frozenset()) -> Way | None:
        """The quickest way without the ``blocked`` machines, or None; empty when the bag is there already.

        What one machine does in one go is one leg: neighbouring routes of a machine are joined, except where a portal
        must see the bag. The time to reach a shelf is part of the first and of the last leg.
        """
        if from_place == to_place:
            return ()
        start, end = self.node(from_place), self.node(to_place)
        if start is None or end is None:
            return None
        key = (start, end, blocked)
        if key not in self._ways:
            if len(self._ways) >= _KEPT:
                self._ways.clear()
            self._ways[key] = self._quickest(start, end, blocked)
        routes = self._ways[key]
        return None if routes is None else self._legs(routes, from_place, to_place)

    def seconds(self, from_place: str, to_place: str, blocked: frozenset[str] = frozenset()) -> float | None:
        """Usual time of the quickest way; None when there is none."""
        way = self.path(from_place, to_place, blocked)
        return None if way is None else sum(leg.seconds for leg in way)

    def _quickest(self, start: str, end: str, blocked: frozenset[str]) -> tuple[Route, ...] | None:
        """Dijkstra over places; equal times are decided by fewer routes and then by names."""
        heap: list[tuple[float, int, tuple[tuple[str, str], ...], str, tuple[Route, ...]]] = [(0.0, 0, (), start, ())]
        done: set[str] = set()
        while heap:
            spent, hops, names, at, taken = heappop(heap)
            if at == end and hops:
                return taken
            if at in done or (hops and at in self._closed):
                continue
            if hops or start != end:
                done.add(at)
            for route in self._routes.get(at, ()):
                if route.device not in blocked and (route.to_place not in done or route.to_place == end):
                    name = (route.device, route.to_place)
                    heappush(heap, (spent + route.seconds, hops + 1, (*names, name), route.to_place, (*taken, route)))
        return None

    def _legs(self, routes: tuple[Route, ...], from_place: str, to_place: str) -> Way:
        stops = [from_place, *(route.to_place for route in routes[:-1]), to_place]
        legs: list[Leg] = []
        for index, route in enumerate(routes):
            leg = Leg(route.device, stops[index], stops[index + 1], route.seconds, route.portal)
            before = legs[-1] if legs else None
            if before is not None and before.device == leg.device and before.portal is None and leg.portal is None:
                seconds = before.seconds + leg.seconds
                legs[-1] = Leg(leg.device, before.from_place, leg.to_place, seconds, None)
            else:
                legs.append(leg)
        return tuple(self._with_reach(legs, from_place, to_place))

    def _with_reach(self, legs: list[Leg], from_place: str, to_place: str) -> Iterator[Leg]:
        for index, leg in enumerate(legs):
            extra = self._reach(from_place) if index == 0 else 0.0
            extra += self._reach(to_place) if index == len(legs) - 1 else 0.0
            yield Leg(leg.device, leg.from_place, leg.to_place, leg.seconds + extra, leg.portal)

    def _reach(self, place: str) -> float:
        try:
            return self._plant.place_of(place).reach_s
        except KeyError:
            return 0.0


def graph_of(plant: Plant) -> Graph:
    """The graph of a plant, built once and kept with the document, which never changes."""
    known = vars(plant).get(_KEY)
    if not isinstance(known, Graph):
        known = vars(plant)[_KEY] = Graph(plant)
    return known
