"""From the newest values of telemetry to the live stream: what was heard, and what fell silent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from dashboards.context import House
from dashboards.overview import door_state

LOOK_EVERY_S: Final = 0.2
SILENCE_EVERY_S: Final = 2.0
"""A sensor that fell silent is not heard: all of them are looked at this often."""


class LiveFeed:
    """Collects the sensors that were heard and tells the stream their newest values at most five times a second."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._probes = frozenset(probe.id for probe in house.warehouse.plant.probes)
        self._doors = frozenset(door.id for door in house.warehouse.plant.doors)
        self._heard: set[str] = set()
        self._told: dict[str, object] = {}

    def heard(self, sensors: Iterable[str]) -> None:
        """Note sensors with a new live value; call it on the event loop."""
        self._heard.update(sensors)

    async def run(self) -> None:
        """Tell the stream until cancelled."""
        looks_until_all = 0
        while True:
            if looks_until_all == 0:
                self._heard |= self._probes | self._doors
                looks_until_all = round(SILENCE_EVERY_S / LOOK_EVERY_S)
            looks_until_all -= 1
            heard, self._heard = self._heard, set()
            self.tell(heard)
            await asyncio.sleep(LOOK_EVERY_S)

    def tell(self, sensors: Iterable[str]) -> None:
        """Tell the stream of these sensors as far as anything about them is new."""
        live, stream, now = self._house.telemetry.live, self._house.stream, self._house.warehouse.clock.now()
        for sensor in sensors:
            if sensor in self._probes:
                reading = live.reading(sensor, now)
                news: object = (reading.value, reading.quality, reading.at)
                if self._is_new(sensor, news):
                    stream.reading(sensor, reading.value, reading.quality.value, reading.at)
            elif sensor in self._doors:
                state = door_state(self._house.telemetry, sensor, now)
                if self._is_new(sensor, state):
                    stream.door(sensor, state, live.reading(sensor, now).at)

    def _is_new(self, sensor: str, news: object) -> bool:
        if sensor in self._told and self._told[sensor] == news:
            return False
        self._told[sensor] = news
        return True
