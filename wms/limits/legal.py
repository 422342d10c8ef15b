"""What the component profile allows at the places of an envelope: nobody may set limits wider than that. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from blood.components import Component
from blood.components import Limits as Range
from plant.model import Envelope, Place, PlaceKind, Plant
from wms.bags.ranges import within
from wms.errors import Invalid


class LimitsTooWide(Invalid):
    """Limits that would let a component lie warmer or colder than its profile allows."""

    def __init__(self, detail: str) -> None:
        super().__init__("limits.too_wide", detail)


@dataclass(frozen=True, slots=True)
class Legal:
    """The range that all components allowed at an envelope's places bear, and which these are."""

    min_c: float | None
    max_c: float | None
    components: tuple[Component, ...]


def legal_range(plant: Plant, envelope: Envelope) -> Legal:
    """What holds for an envelope; both sides open when no component may lie at any of its places."""
    ranges = [permitted for _, permitted in _allowed(plant, envelope)]
    lows = [permitted.min_c for permitted in ranges if permitted.min_c is not None]
    highs = [permitted.max_c for permitted in ranges if permitted.max_c is not None]
    components = tuple(component for component, _ in _allowed(plant, envelope))
    return Legal(max(lows, default=None), min(highs, default=None), components)


def check_legal(plant: Plant, envelope: Envelope, wanted: Range) -> None:
    """Raises LimitsTooWide, naming the first component that would not be kept as its profile says."""
    for component, permitted in _allowed(plant, envelope):
        if not within(wanted, permitted):
            raise LimitsTooWide(
                f"{component.name_en} ({component.key}) may lie in {envelope.id} and allows {_words(permitted)}; "
                f"{_words(wanted)} is wider"
            )


def _allowed(plant: Plant, envelope: Envelope) -> Iterator[tuple[Component, Range]]:
    """Components that the planned envelope suits at one of its places: stored there, or carried in a box."""
    places = [place for place in plant.places if plant.envelope_of(place.path) == envelope]
    for component in plant.components.values():
        for place in places:
            permitted = component.transport if place.kind is PlaceKind.BOX else component.storage
            if _is_kept_for(place, component) and within(envelope.limits, permitted):
                yield component, permitted
                break


def _is_kept_for(place: Place, component: Component) -> bool:
    return not place.only or component.key in place.only


def _words(limits: Range) -> str:
    if limits.min_c is None:
        return f"at most {limits.max_c:g} C"
    if limits.max_c is None:
        return f"at least {limits.min_c:g} C"
    return f"{limits.min_c:g} to {limits.max_c:g} C"
