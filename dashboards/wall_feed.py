"""What the wall should sound, told to the live stream whenever it changes."""

from __future__ import annotations

import asyncio
from typing import Final

from dashboards.context import House
from dashboards.routes.notices import wall_view

_TOPICS: Final = frozenset({"notice", "alarm", "reset"})
_REST_S: Final = 0.25
"""Real seconds between two looks: a burst of alarms makes few of them."""


class WallFeed:
    """Looks at the wall after each commit that may have changed it; lives on the event loop."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._bell = asyncio.Event()
        self._bell.set()

    async def run(self) -> None:
        """Tell the stream until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._tell())

    async def _listen(self) -> None:
        async for change in self._house.warehouse.subscribe():
            if not _TOPICS.isdisjoint(change.topics):
                self._bell.set()

    async def _tell(self) -> None:
        told: dict[str, object] | None = None
        while True:
            await self._bell.wait()
            self._bell.clear()
            view = await self._house.read(lambda conn: wall_view(self._house, conn))
            news = view.model_dump(mode="json", exclude={"at"})
            if news != told:
                told = news
                self._house.stream.announce_sound(view.model_dump(mode="json"))
            await asyncio.sleep(_REST_S)
