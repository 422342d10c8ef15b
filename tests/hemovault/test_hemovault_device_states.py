"""How telemetry's texts become the state that decides whether a machine gets a trip."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hemovault.services.telemetry_link import device_states
from telemetry.texts import LiveText
from wms.moves.model import DeviceState


class Said:
    """Texts as telemetry keeps them, of one machine."""

    def __init__(self, value: str | None, *, away: bool = False) -> None:
        self.value, self.away = value, away

    def text(self, _device: str, _metric: str) -> LiveText | None:
        return None if self.value is None else LiveText(self.value, datetime(2026, 3, 2, tzinfo=UTC))

    def is_away(self, _device: str) -> bool:
        return self.away


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (Said("Idle"), DeviceState.RUNNING),
        (Said("Execute"), DeviceState.RUNNING),
        (Said("Held"), DeviceState.HELD),
        (Said("Suspended"), DeviceState.HELD),
        (Said("Stopped"), DeviceState.STOPPED),
        (Said("Aborted"), DeviceState.STOPPED),
        (Said("dancing"), DeviceState.UNKNOWN),
        (Said(None), DeviceState.UNKNOWN),
        (Said(None, away=True), DeviceState.AWAY),
    ],
)
def test_a_packml_state_and_presence_say_whether_a_machine_can_be_counted_on(said, state):
    assert device_states(said)("crane-1") is state
