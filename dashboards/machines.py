"""What machines say of themselves, in the words of the floor plan."""

from __future__ import annotations

from typing import Final

from dashboards.schemas.floor import FloorDevice, MachineState
from plant.model import Device
from plant.packml import STATE_METRIC, activity_of
from telemetry.texts import LiveTexts
from wms.moves.sentences import blocked_sentence

_STANDS: Final = frozenset({MachineState.HELD, MachineState.STOPPED, MachineState.AWAY, MachineState.UNKNOWN})
"""States in which what a machine holds, and what is meant for it, waits."""


def machine_of(texts: LiveTexts, device: Device) -> FloorDevice:
    """A machine as it stands now; without contact, or without a word of it, nothing is assumed."""
    said = _text(texts, device.id, STATE_METRIC)
    activity = None if said is None else activity_of(said)
    state = MachineState.UNKNOWN if activity is None else MachineState(activity.value)
    state = MachineState.AWAY if texts.is_away(device.id) else state
    stands = blocked_sentence(device.name_en, device.name_zh, state.value, "") if state in _STANDS else None
    return FloorDevice(
        device=device.id,
        state=state,
        state_text=said,
        job=_text(texts, device.id, "Status/JobCurrent") or None,
        place=_text(texts, device.id, "Carrier/Place") or None,
        waits_en=None if stands is None else stands.en,
        waits_zh=None if stands is None else stands.zh,
    )


def _text(texts: LiveTexts, device: str, metric: str) -> str | None:
    known = texts.text(device, metric)
    return None if known is None else known.value
