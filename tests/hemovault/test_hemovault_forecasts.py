"""Chambers are fitted at the start, hourly while they are strangers, daily afterwards; and looked at in between."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

from hemovault.services.forecasts import FIRST_FITS_EVERY, FIT_EVERY, ChamberForecasts
from plant.model import DeviceKind
from runtime.backoff import Backoff
from runtime.clock import SteppedClock
from runtime.health import Health, HealthState
from runtime.supervise import supervise
from telemetry.store import StoreError
from telemetry.thermal.events import Usual
from telemetry.thermal.fit import ENOUGH_EVENTS, Fitted
from telemetry.thermal.forecasts import Forecasts

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
STRANGER = Fitted(DeviceKind.COLD_ROOM, -2.0, 0.9, 0, None)
KNOWN = Fitted(DeviceKind.COLD_ROOM, -2.0, 0.1, ENOUGH_EVENTS, Usual(4.0, 5.0, 4.5, 30.0, 30.0))


class Told:
    """Counts what it is asked, in place of the history."""

    def __init__(self) -> None:
        self.fits: list[int] = []
        self.looks = 0
        self.learns = STRANGER
        self.fitted: Mapping[str, Fitted] = {}
        self.fails = False
        self.beyond: tuple[str, ...] = ()

    def fit(self, now_ms: int) -> None:
        if self.fails:
            raise StoreError("the file is away")
        self.fits.append(now_ms)
        self.fitted = {"cold-1": self.learns}

    def look(self, _now_ms: int) -> tuple[str, ...]:
        self.looks += 1
        return self.beyond


def opened() -> tuple[Told, SteppedClock, Health, ChamberForecasts]:
    told, clock, health = Told(), SteppedClock(START), Health()
    return told, clock, health, ChamberForecasts(cast("Forecasts", told), clock, health.part("chamber forecasts"))


async def test_a_chamber_that_is_known_is_fitted_once_a_day_and_looked_at_each_time() -> None:
    told, clock, health, service = opened()
    told.learns = KNOWN
    await service.once()
    clock.step((FIT_EVERY - timedelta(minutes=1)).total_seconds())
    await service.once()
    assert (len(told.fits), told.looks) == (1, 2)
    clock.step(60)
    await service.once()
    assert len(told.fits) == 2
    assert health.part("chamber forecasts").state is HealthState.OK


async def test_a_stranger_is_fitted_every_hour_until_it_is_known() -> None:
    told, clock, _, service = opened()
    await service.once()
    clock.step(FIRST_FITS_EVERY.total_seconds())
    told.learns = KNOWN
    await service.once()
    clock.step(FIRST_FITS_EVERY.total_seconds())
    await service.once()
    assert len(told.fits) == 2


async def test_a_chamber_that_no_model_follows_is_named_until_one_does() -> None:
    told, _, health, service = opened()
    told.beyond = ("cold-1",)
    await service.once()
    part = health.part("chamber forecasts")
    assert (part.state, "cold-1" in part.detail) == (HealthState.DEGRADED, True)
    told.beyond = ()
    await service.once()
    assert part.state is HealthState.OK


async def test_a_history_that_cannot_be_read_is_told_and_tried_again() -> None:
    told, _, health, service = opened()
    part = health.part("chamber forecasts")
    told.fails = True
    kept = asyncio.create_task(supervise("chamber forecasts", service.run, part, backoff=Backoff(0.01, 0.01)))
    async with asyncio.timeout(60):
        while "the file is away" not in part.detail:  # noqa: ASYNC110 - what a health part says rings no bell
            await asyncio.sleep(0.01)
        assert part.state is HealthState.DOWN
        told.fails = False
        while part.state is not HealthState.OK:  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.01)
    kept.cancel()
    await asyncio.gather(kept, return_exceptions=True)
    assert len(told.fits) == 1
