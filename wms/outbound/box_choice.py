"""Which transport boxes a shipment takes: temperature class by the component's transport range, then size. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from blood.components import Component, Limits
from plant.model import Box, BoxClass, Envelope, Plant

BAG_KG: Final = 0.3
"""What a bag is counted for in a payload before its box was weighed: 2 U of red cells (world.md 1.3: .29 kg)."""


@dataclass(frozen=True, slots=True)
class Load:
    """Bags that go into one box."""

    box: str
    bags: tuple[str, ...]


def box_envelope(plant: Plant, kind: BoxClass) -> Envelope | None:
    """The range that boxes of a class keep; None in a plant that does not declare it."""
    return next((envelope for envelope in plant.envelopes if envelope.id == f"box-{kind.value}"), None)


def class_for(plant: Plant, component: Component) -> BoxClass | None:
    """The class whose whole range lies inside what the component bears on the road; None when no box suits it."""
    for kind in BoxClass:
        envelope = box_envelope(plant, kind)
        if envelope is not None and _inside(envelope.limits, component.transport):
            return kind
    return None


def choose_boxes(
    bags: Sequence[tuple[str, BoxClass]], empty: Sequence[Box], *, wants_air: bool = False
) -> tuple[Load, ...]:
    """Put bags into empty boxes, one class a box: the smallest box that takes all that is left, else the biggest.

    First fit by falling size; since all bags of a class are alike, no order of them needs fewer boxes. Boxes that fly
    are kept for flights: taken first when ``wants_air``, else only when no other box is empty. Bags for which no box
    is left are in no load.
    """
    by_class: dict[BoxClass, list[str]] = {}
    for bag, kind in bags:
        by_class.setdefault(kind, []).append(bag)
    loads: list[Load] = []
    for kind, waiting in by_class.items():
        suited = [box for box in empty if box.kind is kind]
        preferred = [box for box in suited if box.flies is wants_air]
        spare = [box for box in suited if box.flies is not wants_air]
        while waiting and (preferred or spare):
            pool = preferred or spare
            box = _fitting(pool, len(waiting))
            pool.remove(box)
            loads.append(Load(box.id, tuple(waiting[: box.bags])))
            waiting = waiting[box.bags :]
    return tuple(loads)


def room_by_class(empty: Sequence[Box]) -> Mapping[BoxClass, int]:
    """How many bags of each class the empty boxes take."""
    room = dict.fromkeys(BoxClass, 0)
    for box in empty:
        room[box.kind] += box.bags
    return room


def _fitting(boxes: Sequence[Box], bags: int) -> Box:
    enough = [box for box in boxes if box.bags >= bags]
    return min(enough, key=_size) if enough else max(boxes, key=lambda box: (box.bags, box.id))


def _size(box: Box) -> tuple[int, str]:
    return box.bags, box.id


def _inside(inner: Limits, outer: Limits) -> bool:
    low = outer.min_c is None or (inner.min_c is not None and inner.min_c >= outer.min_c)
    high = outer.max_c is None or (inner.max_c is not None and inner.max_c <= outer.max_c)
    return low and high
