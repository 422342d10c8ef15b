"""Passports ahead of dispatch, and dispositions: computed in a thread from the history, kept by the writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from runtime.backoff import LogOnce
from runtime.health import HealthPart
from telemetry.store import StoreError
from wms.passports.compute import History
from wms.passports.drafts import AT_ONCE, Draft, draft_due, keep_drafts
from wms.passports.events import Triggered
from wms.passports.opening import open_items
from wms.passports.watch import Look, Looks, look
from wms.store.tx import Tx
from wms.warehouse import Warehouse

LOOK_EVERY_S: Final = 1.0
"""Real seconds between two looks at what is packed, and at least as long as the last one took: a store that has failed
with hundreds of bags in it must not take the processor from those who carry them out."""
WATCH_EVERY: Final = 5
"""One look in so many also looks for bags that people must decide about."""
AT_ONCE_OPENED: Final = 10
"""Bags whose items are opened in one transaction: each may break a reservation and hold what was made of it."""


class Passports:
    """Keeps passports ready for what leaves, and asks people about what was outside; lives on the event loop."""

    def __init__(self, warehouse: Warehouse, history: History, health: HealthPart) -> None:
        self._warehouse = warehouse
        self._history = history
        self._health = health
        self._looks = Looks()
        self._trouble = LogOnce("temperature passports")

    async def run(self) -> None:
        """Compute what is due, rest as long as that took, until cancelled; a historian that fails is tried again."""
        rounds, clock = 0, asyncio.get_running_loop()
        while True:
            began = clock.time()
            try:
                is_full = await self.draft_once() >= AT_ONCE
                if rounds % WATCH_EVERY == 0:
                    is_full = not await self.watch_once() or is_full
                rounds += not is_full
            except StoreError as error:
                self._trouble.failed(error)
                self._health.down(str(error))
                is_full = False
            else:
                self._trouble.recovered()
            took = clock.time() - began
            await asyncio.sleep(took if is_full else max(took, LOOK_EVERY_S))

    async def draft_once(self) -> int:
        """Compute one round of passports for what is packed; returns how many.

        What they ask people is asked first: no bag leaves by a passport that says what nobody has looked at.
        """
        drafts = await asyncio.to_thread(self._draft)
        await self._open([(one.bag, one.triggered) for one in drafts if one.triggered])
        if drafts:
            now = self._warehouse.clock.now()
            await self._warehouse.write(lambda tx: keep_drafts(tx.raw, drafts, now))
        return len(drafts)

    async def watch_once(self) -> bool:
        """Look at one round of bags beside excursions, silences and rests; returns whether that was all of them."""
        seen = await asyncio.to_thread(self._look)
        try:
            await self._open(seen.found)
        except BaseException:
            self._looks = Looks()  # what was seen and not opened is looked at again from the beginning
            raise
        if seen.failed:
            bag, why = seen.failed[0]
            self._health.down(f"The record of {bag} cannot be read: {why}")
        else:
            self._health.ok()
        return seen.is_all

    async def _open(self, found: Sequence[tuple[str, tuple[Triggered, ...]]]) -> None:
        for start in range(0, len(found), AT_ONCE_OPENED):
            await self._warehouse.write(_opening(found[start : start + AT_ONCE_OPENED]))

    def _draft(self) -> list[Draft]:
        warehouse, clock = self._warehouse, self._warehouse.clock
        with warehouse.read() as conn:
            return draft_due(conn, warehouse.plant, self._history, clock.now(), clock.real_now)

    def _look(self) -> Look:
        warehouse = self._warehouse
        with warehouse.read() as conn:
            return look(conn, warehouse.plant, self._history, warehouse.clock.now(), self._looks)


def _opening(found: Sequence[tuple[str, tuple[Triggered, ...]]]) -> Callable[[Tx], None]:
    def open_all(tx: Tx) -> None:
        for bag, triggered in found:
            open_items(tx, bag, triggered)

    return open_all
