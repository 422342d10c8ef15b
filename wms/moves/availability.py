"""Which carriers can be counted on now: what telemetry says of them, and what became of their last commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from plant.model import CARRIERS, Plant
from wms.moves.model import DeviceState
from wms.moves.sentences import blocked_sentence
from wms.orders.sentences import Sentence
from wms.store.driver import Driver
from wms.store.metadata import to_us
from wms.store.tx import Tx

REFUSED: Final = "refused"
"""State word of a machine that runs, as it says, but did not take its last trip."""
RETRY_AFTER: Final = timedelta(seconds=60)
"""Domain time for which a carrier that did not take a trip gets no other one."""
_FAULTS: Final = "SELECT device, fault FROM carrier_trip WHERE ended_us > ? AND fault <> '' ORDER BY ended_us"


@dataclass(frozen=True, slots=True)
class Blockage:
    """Why a carrier gets no new trip: a `DeviceState` word or `refused`, and the machine's own words if it had any."""

    state: str
    reason: str


def blocked_devices(tx: Tx) -> dict[str, Blockage]:
    """Carriers that get no new trip now, in a transaction; see `blocked_carriers`."""
    return blocked_carriers(tx.raw, tx.plant, tx.hooks.device_state, tx.now)


def blocked_carriers(
    raw: Driver, plant: Plant, device_state: Callable[[str], DeviceState], now: datetime
) -> dict[str, Blockage]:
    """Carriers that get no new trip now: held, stopped, silent, of unknown state, or not taking what they are given.

    A machine whose state nobody knows is not a machine that runs.
    """
    faults = dict(raw.execute(_FAULTS, (to_us(now - RETRY_AFTER),)).fetchall())
    blocked = {}
    for device in plant.devices:
        if device.kind in CARRIERS:
            state = device_state(device.id)
            if state is not DeviceState.RUNNING:
                blocked[device.id] = Blockage(state.value, faults.get(device.id, ""))
            elif device.id in faults:
                blocked[device.id] = Blockage(REFUSED, faults[device.id])
    return blocked


def sentence_of(tx: Tx, device: str, blockage: Blockage) -> Sentence:
    """Why a machine gets no new trip, for a person."""
    found = tx.plant.device_by_id[device]
    return blocked_sentence(found.name_en, found.name_zh, blockage.state, blockage.reason)
