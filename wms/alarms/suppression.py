"""Which alarm hides behind which: a silent probe behind its dead device, a dead device behind its edge. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from plant.model import Plant
from wms.alarms.catalogue import CATALOGUE


def carrier_of(plant: Plant, source: str) -> str | None:
    """What a source hangs on: a probe or door on its device, a device or reader on its edge; None for any other."""
    return dict(_parts(plant)).get(source)


def coverers(plant: Plant, source: str) -> Iterable[str]:
    """Sources whose alarm may hide one of this source: itself, what it hangs on, and for a machine the site."""
    carrier = carrier_of(plant, source)
    own = (source,) if carrier is None or carrier == source else (source, carrier)
    return (*own, plant.site.id) if source in plant.device_by_id else own


def covered_by(plant: Plant, source: str) -> Iterable[str]:
    """Sources that an alarm of this source may hide: itself, and what hangs on it; behind the site every machine."""
    if source == plant.site.id:
        return (source, *plant.device_by_id)
    return (source, *(part for part, carrier in _parts(plant) if carrier == source and part != source))


def conditions_covered_by(condition: str) -> Iterable[str]:
    """Conditions that this one hides."""
    return tuple(rule.key for rule in CATALOGUE.values() if rule.suppressed_by == condition)


def _parts(plant: Plant) -> Iterable[tuple[str, str]]:
    yield from ((probe.id, probe.device) for probe in plant.probes)
    yield from ((door.id, door.device) for door in plant.doors)
    yield from plant.edge_by_device.items()
    yield from ((reader.id, reader.group) for reader in plant.readers)
