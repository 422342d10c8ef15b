"""The completeness of many probes over some days, asked of the store: evidence is gathered once for each day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from plant.model import Plant, Probe
from runtime.sparkplug.readings import SourceRegistry
from telemetry.completeness import (
    DAY_MS,
    MINUTE_MS,
    Absence,
    Evidence,
    GapReason,
    ProbeDay,
    Use,
    away,
    heard_live,
    in_use,
    minutes_of_day,
    probe_day,
)
from telemetry.store import ReadingStore

_NO_USES: Final[Mapping[str, Sequence[Use]]] = {}


def completeness(
    plant: Plant,
    store: ReadingStore,
    registry: SourceRegistry,
    probes: Sequence[Probe],
    days: Sequence[int],
    *,
    absences: Sequence[Absence],
    uses: Mapping[str, Sequence[Use]] = _NO_USES,
    now_ms: int,
) -> list[ProbeDay]:
    """Judge each of these probes on each of these UTC days (days since 1970): day by day, in the order given.

    ``uses``: of each device that is not always in use, when it was. Days before the oldest that is kept, and days to
    come, are left out: nothing can be said of them.
    """
    heard = store.first_heard()
    oldest = min(heard.values(), default=now_ms) // DAY_MS
    answer: list[ProbeDay] = []
    for day in days:
        if oldest <= day and minutes_of_day(day, now_ms) > 0:
            answer.extend(_one_day(plant, store, registry, probes, day, absences, uses, now_ms, heard))
    return answer


def _one_day(
    plant: Plant,
    store: ReadingStore,
    registry: SourceRegistry,
    probes: Sequence[Probe],
    day: int,
    absences: Sequence[Absence],
    uses: Mapping[str, Sequence[Use]],
    now_ms: int,
    heard: Mapping[int, int],
) -> Iterator[ProbeDay]:
    edges, count = plant.edge_by_device, minutes_of_day(day, now_ms)
    of_device = _sources_of(registry, {probe.device for probe in probes})
    wanted = [source for sources in of_device.values() for source in sources]
    begin_ms = day * DAY_MS
    minutes = store.minutes(wanted, begin_ms - MINUTE_MS, begin_ms + DAY_MS + MINUTE_MS)
    anybody = np.zeros(count, dtype=np.bool_)
    said = store.live_minutes(begin_ms, begin_ms + count * MINUTE_MS) - begin_ms // MINUTE_MS
    anybody[said] = True
    device_heard = {
        device: np.logical_or.reduce([heard_live(minutes.of(source), day, count) for source in sources])
        for device, sources in of_device.items()
        if sources
    }
    for probe in probes:
        edge = edges[probe.device]
        source = registry.find(edge, probe.device, probe.metric)
        evidence = Evidence(
            edge_away=away(absences, edge, GapReason.EDGE_OFFLINE, day, count),
            device_away=away(absences, probe.device, GapReason.DEVICE_OFFLINE, day, count),
            anybody_heard=anybody,
            device_heard=device_heard.get(probe.device, np.zeros(count, dtype=np.bool_)),
            in_use=in_use(uses.get(probe.device), day, count),
        )
        first = None if source is None else heard.get(source)
        mine = minutes.of(-1 if source is None else source)
        yield probe_day(probe.id, day, mine, evidence, now_ms=now_ms, commissioned_ms=first)


def _sources_of(registry: SourceRegistry, devices: set[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {device: [] for device in devices}
    for source, (_, device, _) in enumerate(registry):
        if device in found:
            found[device].append(source)
    return found
