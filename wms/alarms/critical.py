"""Alarms that nobody may put on a shelf: those that concern every store of a temperature range (domain.md 6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from blood.eligibility import Zone
from plant.model import Plant
from wms.alarms import conditions as c
from wms.alarms.stake import areas_of

_SITE_WIDE: Final = frozenset({c.SITE_POWER_LOST, c.EDGE_OFFLINE})
_KEEPING: Final = frozenset(
    {
        c.TEMPERATURE_HIGH,
        c.TEMPERATURE_LOW,
        c.POWER_LOST,
        c.AGITATOR_STOPPED,
        c.DEVICE_OFFLINE,
    }
)
"""Conditions that say that a store does not keep, or that nobody knows whether it does."""


def zone_critical(plant: Plant, source: str, condition: str) -> bool:
    """True when an alarm concerns all units of a zone: every stock shelf of one temperature range lies behind it.

    A second store of the same range is where the bags could go; without one the alarm is the only thing between the
    blood and its loss.
    """
    if condition in _SITE_WIDE:
        return True
    if condition not in _KEEPING:
        return False
    areas = areas_of(plant, source)
    return any(
        shelves and all(_inside(shelf, areas) for shelf in shelves) for shelves in _stock_shelves(plant).values()
    )


def _stock_shelves(plant: Plant) -> dict[str, list[str]]:
    """Envelope -> the stock shelves that have it, by themselves or by the store they stand in."""
    envelopes = {place.path: place.envelope for place in plant.places if place.envelope is not None}
    found: dict[str, list[str]] = {}
    for place in plant.places:
        if place.zone is Zone.STOCK and place.slots:
            above = [path for path in envelopes if _inside(place.path, (path,))]
            if above:
                found.setdefault(envelopes[max(above, key=len)] or "", []).append(place.path)
    return found


def _inside(path: str, areas: Iterable[str]) -> bool:
    return any(path == area or path.startswith(area + "/") for area in areas)
