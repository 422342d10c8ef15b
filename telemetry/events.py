"""What happened in a chamber, out of the stored words of its switches: doors, defrosts, compressor, supply. Pure.

A switch speaks when it changes: what it said holds until its next good reading. A reading that is not good says
nothing, and ends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from plant.model import Plant
from plant.signals import signals_of
from runtime.sparkplug.readings import SourceRegistry
from telemetry.excursions import trusted
from telemetry.sources import POWER_METRIC
from telemetry.store import Readings, ReadingStore
from telemetry.switches import COMPRESSOR_METRIC, DEFROST_METRIC

LOOK_BACK_MS: Final = 24 * 3_600_000
"""How far before an interval the last word of a switch is looked for; before that its state is unknown."""
COMPRESSOR_WITHIN_MS: Final = 48 * 3_600_000
"""Over more than two days its strokes are hundreds, too narrow to be seen."""
_HALF: Final = 0.5


class SwitchEvent(StrEnum):
    """What a switch can have done: a door stood open, a defrost or a compressor ran, the supply was lost."""

    DOOR = "door"
    DEFROST = "defrost"
    COMPRESSOR = "compressor"
    POWER = "power"


_OF_DEVICE: Final = (
    (SwitchEvent.DEFROST, DEFROST_METRIC, True),
    (SwitchEvent.COMPRESSOR, COMPRESSOR_METRIC, True),
    (SwitchEvent.POWER, POWER_METRIC, False),
)


@dataclass(frozen=True, slots=True)
class SwitchSpan:
    """A switch (``source``: the id of its door or device) was so from ``from_ms`` on; ``to_ms`` None while it is."""

    kind: SwitchEvent
    source: str
    from_ms: int
    to_ms: int | None


def switch_spans(
    plant: Plant, store: ReadingStore, registry: SourceRegistry, device: str, from_ms: int, to_ms: int
) -> list[SwitchSpan]:
    """What the switches of a device did that touches [from, to], in order; raises StoreError.

    A compressor that runs and rests every few minutes is told of intervals of at most `COMPRESSOR_WITHIN_MS` only.
    """
    switches = [(SwitchEvent.DOOR, door.id, door.metric, True) for door in plant.doors if door.device == device]
    metrics = {signal.metric for signal in signals_of(plant.device_by_id[device].kind)}
    for kind, metric, on in _OF_DEVICE:
        if metric in metrics and (kind is not SwitchEvent.COMPRESSOR or to_ms - from_ms <= COMPRESSOR_WITHIN_MS):
            switches.append((kind, device, metric, on))
    found = []
    for kind, name, metric, on in switches:
        source = registry.find(plant.edge_by_device[device], device, metric)
        if source is not None:
            readings = store.readings(source, from_ms - LOOK_BACK_MS, to_ms)
            found += [SwitchSpan(kind, name, begin, end) for begin, end in spans(readings, from_ms, on=on)]
    return sorted(found, key=lambda span: (span.from_ms, span.kind, span.source))


def spans(readings: Readings, from_ms: int, *, on: bool) -> list[tuple[int, int | None]]:
    """Spans (begin, end; None: not over) for which a switch stood so; those that ended before ``from_ms`` left out.

    ``readings`` are those of the switch, sorted by time.
    """
    good = readings.take(trusted(readings.value, readings.quality))
    if len(good) == 0:
        return []
    state = (good.value > _HALF) == on
    begins = np.flatnonzero(state & ~np.r_[False, state[:-1]])
    ends = np.flatnonzero(~state & np.r_[False, state[:-1]])
    until: list[int | None] = [*good.ts_ms[ends].tolist()]
    until += [None] * (len(begins) - len(ends))
    pairs = zip(good.ts_ms[begins].tolist(), until, strict=True)
    return [(begin, end) for begin, end in pairs if end is None or end > from_ms]
