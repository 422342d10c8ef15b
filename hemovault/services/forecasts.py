"""How chambers warm: fitted once a day on their own history, and each minute a look at those that fail; in a thread."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

from runtime.clock import Clock
from runtime.health import HealthPart
from telemetry.forecast import Basis
from telemetry.thermal.forecasts import Forecasts

LOOK_EVERY_S: Final = 5.0
"""Real seconds; a look reads nothing before a minute of domain time is over."""
FIT_EVERY: Final = timedelta(days=1)
FIRST_FITS_EVERY: Final = timedelta(hours=1)
"""While a chamber has too few events of its own, or too little history to say what is usual of it."""


class ChamberForecasts:
    """Keeps `Forecasts` fitted and up to date; lives on the event loop."""

    def __init__(self, forecasts: Forecasts, clock: Clock, health: HealthPart) -> None:
        self._forecasts, self._clock, self._health = forecasts, clock, health
        self._fit_at: datetime | None = None

    async def run(self) -> None:
        """Fit and look until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(LOOK_EVERY_S)

    async def once(self) -> None:
        """Fit if a fit is due, then look.

        Raises StoreError when the history cannot be read: outlooks then end after some minutes, and the straight line,
        which alarms reckon with all the time, stands in.
        """
        now = self._clock.now()
        if self._fit_at is None or now >= self._fit_at:
            await asyncio.to_thread(self._forecasts.fit, _ms(now))
            self._fit_at = now + (FIT_EVERY if self._all_known() else FIRST_FITS_EVERY)
        beyond = await asyncio.to_thread(self._forecasts.look, _ms(self._clock.now()))
        if beyond:
            self._health.degraded(f"No model follows how these fail, a straight line stands in: {', '.join(beyond)}")
        else:
            self._health.ok()

    def _all_known(self) -> bool:
        chambers = self._forecasts.fitted.values()
        return all(one.basis is Basis.EVENTS and one.usual is not None for one in chambers)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
