"""Which alarm hides behind which: a silent probe behind its device that is offline, an alert behind its limit. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from plant.model import Plant
from wms.alarms.conditions import CATALOGUE


def device_of(plant: Plant, source: str) -> str | None:
    """The device that a probe or a door hangs on; None for any other source."""
    return dict(_parts(plant)).get(source)


def coverers(plant: Plant, source: str) -> Iterable[str]:
    """Sources whose alarm may hide one of this source: itself, and the device it hangs on."""
    device = device_of(plant, source)
    return (source,) if device is None or device == source else (source, device)


def covered_by(plant: Plant, source: str) -> Iterable[str]:
    """Sources that an alarm of this source may hide: itself, and what hangs on it."""
    return (source, *(part for part, device in _parts(plant) if device == source and part != source))


def conditions_covered_by(condition: str) -> Iterable[str]:
    """Conditions that this one hides."""
    return tuple(rule.key for rule in CATALOGUE.values() if rule.suppressed_by == condition)


def _parts(plant: Plant) -> Iterable[tuple[str, str]]:
    yield from ((probe.id, probe.device) for probe in plant.probes)
    yield from ((door.id, door.device) for door in plant.doors)
