"""What machines say of themselves, in the words of the floor plan."""

from __future__ import annotations

from dashboards.schemas.floor import FloorDevice, MachineState
from plant.model import Device
from plant.packml import STATE_METRIC, activity_of
from telemetry.texts import LiveTexts


def machine_of(texts: LiveTexts, device: Device) -> FloorDevice:
    """A machine as it stands now; without contact, or without a word of it, nothing is assumed."""
    said = _text(texts, device.id, STATE_METRIC)
    activity = None if said is None else activity_of(said)
    state = MachineState.UNKNOWN if activity is None else MachineState(activity.value)
    return FloorDevice(
        device=device.id,
        state=MachineState.AWAY if texts.is_away(device.id) else state,
        state_text=said,
        job=_text(texts, device.id, "Status/JobCurrent") or None,
        place=_text(texts, device.id, "Carrier/Place") or None,
    )


def _text(texts: LiveTexts, device: str, metric: str) -> str | None:
    known = texts.text(device, metric)
    return None if known is None else known.value
