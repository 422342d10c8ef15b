"""Machines that no longer report although the computer in front of them lives.

A bridge reads every signal again three times a minute, changed or not; a machine of which no good value and no text
comes any more has died behind its controller, or was never there. Probes have their own deadlines (`evaluate`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from plant.model import Plant
from plant.signals import signals_of
from runtime.sparkplug.readings import SourceRegistry
from telemetry.columns import Bools, Floats, Ints
from telemetry.conditions import Condition, ConditionChange, Severity
from telemetry.telling import change_of

SILENT_MS: Final = 5 * 60 * 1000
SILENT_REAL_S: Final = 150.0
"""A machine is silent after both: bridges say everything at least once in 60 s of real time."""
_NO_DEVICE: Final = -1


class SilenceWatch:
    """When each machine of a PLC cell was last heard. One thread at a time.

    ``start_ms`` (domain) and ``start_real_s`` are when listening began: who never speaks is silent from there.
    """

    def __init__(self, plant: Plant, registry: SourceRegistry, *, start_ms: int, start_real_s: float) -> None:
        edges = plant.edge_by_device
        probes = {(probe.device, probe.metric) for probe in plant.probes}
        self._devices = plant.devices
        self._device_of: Ints = np.full(len(registry), _NO_DEVICE, dtype=np.int64)
        for number, device in enumerate(self._devices):
            for signal in signals_of(device.kind):
                if (device.id, signal.metric) not in probes:
                    source = registry.find(edges[device.id], device.id, signal.metric)
                    if source is not None and source < len(self._device_of):
                        self._device_of[source] = number
        self._ts_ms: Ints = np.full(len(self._devices), start_ms, dtype=np.int64)
        self._real_s: Floats = np.full(len(self._devices), start_real_s)
        self._told: Bools = np.zeros(len(self._devices), dtype=np.bool_)

    def resume(self, devices: Iterable[str]) -> None:
        """These were silent when the last run ended: they are until they speak."""
        self._told |= np.isin([device.id for device in self._devices], list(devices))

    def hear(self, sources: Ints, now_ms: int, real_s: float) -> list[ConditionChange]:
        """Good values or texts of these sources came, whatever their own time."""
        known = sources[sources < len(self._device_of)]
        devices = np.unique(self._device_of[known])
        devices = devices[devices != _NO_DEVICE]
        self._ts_ms[devices], self._real_s[devices] = now_ms, real_s
        back = devices[self._told[devices]]
        self._told[back] = False
        return [self._change(number, now_ms, active=False) for number in back.tolist()]

    def look(self, now_ms: int, real_s: float) -> list[ConditionChange]:
        """Let time pass."""
        quiet = (now_ms - self._ts_ms > SILENT_MS) & (real_s - self._real_s > SILENT_REAL_S)
        turned = np.flatnonzero(quiet & ~self._told)
        self._told[turned] = True
        return [self._change(number, now_ms, active=True) for number in turned.tolist()]

    def _change(self, number: int, now_ms: int, *, active: bool) -> ConditionChange:
        device = self._devices[number]
        return change_of(
            device.id,
            Condition.DEVICE_SILENT,
            active=active,
            at_ms=now_ms,
            place=device.place,
            value=(now_ms - int(self._ts_ms[number])) / 1000,
            limit=SILENT_MS / 1000,
            severity=Severity.HIGH,
        )
