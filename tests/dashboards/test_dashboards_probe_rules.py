"""What people decide about probes reaches telemetry: at the start, and after each decision."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from test_dashboards_limits import approve, body

from hemovault.services.probe_rules import ProbeRules
from telemetry.calibration import Calibrations
from telemetry.limits import LimitBook


class Heard:
    """Takes what an ingest would take."""

    def __init__(self) -> None:
        self.books: list[LimitBook] = []
        self.more = asyncio.Event()

    def use(self, limits: LimitBook, calibrations: Calibrations) -> None:
        del calibrations
        self.books.append(limits)
        self.more.set()

    async def again(self) -> LimitBook:
        async with asyncio.timeout(60):
            await self.more.wait()
        self.more.clear()
        return self.books[-1]


async def test_an_approval_reaches_telemetry_without_a_restart(centre: Any) -> None:
    heard = Heard()
    now_ms = int(centre.clock.now().timestamp() * 1000)
    running = asyncio.create_task(ProbeRules(centre.warehouse, heard).run())  # type: ignore[arg-type]  # all it asks for
    try:
        assert (await heard.again()).at("cold-1-load", now_ms).max_c == 6.0
        async with centre.client("operator") as operator, centre.client("quality") as quality:
            made = await operator.post("/api/v1/limits", json=body())
            while (await heard.again()).at("cold-1-load", now_ms).max_c != 6.0:
                pass
            await approve(centre, quality, made.json()["id"], "quality", "operator")
        while (await heard.again()).at("cold-1-load", now_ms).max_c != 5.5:
            pass
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
