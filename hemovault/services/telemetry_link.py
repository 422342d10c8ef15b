"""From the primary host to telemetry to the alarm book: what is wrong is told, in order, and never lost.

Telemetry works in its own thread; the alarm book is written by the controller's writer. In between stands a queue that
keeps every condition change until it is committed: an alarm is never lost because the database was busy.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import structlog

from plant.model import Plant
from plant.packml import STATE_METRIC, Activity, activity_of
from runtime.backoff import Backoff, LogOnce
from runtime.health import HealthPart
from runtime.sparkplug.readings import Presence, PresenceState, SourceRegistry
from telemetry.conditions import ConditionChange
from telemetry.ingest import Delivery
from telemetry.store import ReadingStore
from telemetry.texts import LiveTexts
from wms.alarms import conditions
from wms.alarms.book import raise_event
from wms.alarms.feed import apply_conditions, device_presence
from wms.alarms.untold import Untold, begin, tell_untold, untold
from wms.errors import Unavailable
from wms.moves.model import DeviceState
from wms.store.tx import Tx
from wms.warehouse import Warehouse

_STATES: Final = {
    Activity.RUNNING: DeviceState.RUNNING,
    Activity.IDLE: DeviceState.RUNNING,
    Activity.HELD: DeviceState.HELD,
    Activity.STOPPED: DeviceState.STOPPED,
}
GRACE_S: Final = 15.0
"""Real seconds that a machine may be away, or still to come after a start, before that is an alarm (design.md 5)."""
SETTLE_S: Final = 1.0
"""Real seconds that a machine must stay to count as back: an edge also bears, and at once buries, what it lost."""
_LOOK_EVERY_S: Final = 0.5
_AT_ONCE: Final = 500
_log = structlog.get_logger(__name__)
_News = Sequence[ConditionChange] | Presence


def device_states(texts: LiveTexts) -> Callable[[str], DeviceState]:
    """Return what answers how a machine stands now, from its PackML state and whether it is there."""

    def device_state(device: str) -> DeviceState:
        if texts.is_away(device):
            return DeviceState.AWAY
        said = texts.text(device, STATE_METRIC)
        activity = None if said is None else activity_of(said.value)
        return DeviceState.UNKNOWN if activity is None else _STATES[activity]

    return device_state


class AlarmFeed:
    """Carries condition changes and presences into the alarm book; lives on the event loop.

    A machine that comes back within the grace was never an alarm; its values were unknown all the same while it was
    away, and that is telemetry's to say.
    """

    def __init__(self, warehouse: Warehouse, health: HealthPart) -> None:
        self._warehouse = warehouse
        self._health = health
        self._queue: asyncio.Queue[_News] = asyncio.Queue()
        started, now = time.monotonic(), warehouse.clock.now()
        self._away = {
            device or edge: (started, Presence(edge, device, PresenceState.OFFLINE, now, ()))
            for edge, device in expected(warehouse.plant)
        }
        self._back: dict[str, tuple[float, Presence, tuple[float, Presence] | None]] = {}  # since, news, absence before
        self._told_away: dict[str, Presence] = {}
        self._trouble = LogOnce("alarms from telemetry")
        self._refused = ""  # the last news that could not be entered; said until somebody starts the service anew

    def tell(self, news: _News) -> None:
        """Take news; call it on the event loop."""
        if not isinstance(news, Presence):
            self._queue.put_nowait(news)
            return
        name, now = news.device or news.edge, time.monotonic()
        before = self._back.pop(name, (0.0, news, None))[2]  # it came and went: the absence is the one before
        if news.state is PresenceState.OFFLINE:
            self._away.setdefault(name, before or (now, news))
        else:
            self._back[name] = (now, news, self._away.pop(name, before))

    async def run(self) -> None:
        """Commit news in their order until cancelled; what cannot be committed is tried again, never passed over."""
        while True:
            news = [await self._queue.get()]
            while len(news) < _AT_ONCE and not self._queue.empty():
                news.append(self._queue.get_nowait())
            await self._commit(news)

    async def watch_for_absent(self) -> None:
        """Tell of each machine that stayed away longer than the grace, or came back to stay, until cancelled."""
        while True:
            self._look(time.monotonic())
            await asyncio.sleep(_LOOK_EVERY_S)

    def _look(self, now: float) -> None:
        for name, (since, presence) in self._away.items():
            if since <= now - GRACE_S and self._told_away.get(name) is not presence:
                self._told_away[name] = presence
                self._queue.put_nowait(presence)
        for name in [name for name, (since, _, _) in self._back.items() if since <= now - SETTLE_S]:
            self._queue.put_nowait(self._back.pop(name)[1])

    async def _commit(self, news: Sequence[_News]) -> None:
        delays = Backoff()
        while True:
            try:
                await self._warehouse.write(lambda tx: _apply(tx, news))
            except Unavailable as error:
                self._trouble.failed(error)
                self._health.down(str(error))
                await asyncio.sleep(delays.next_delay())
            except Exception as error:  # noqa: BLE001 - one piece of news must not take the others with it
                await self._commit_parts(news, error)
                return
            else:
                self._trouble.recovered()
                self._health.down(self._refused) if self._refused else self._health.ok()
                return

    async def _commit_parts(self, news: Sequence[_News], error: Exception) -> None:
        """Commit each piece by itself; the one that cannot be entered is logged whole and shown in the health."""
        parts = [part for item in news for part in _parts(item)]
        if len(parts) > 1:
            for part in parts:
                await self._commit([part])
            return
        self._refused = f"An alarm could not be entered: {parts[0]} ({type(error).__name__}: {error})"
        _log.error("alarm_not_entered", news=str(parts[0]), reason=repr(error))
        self._health.down(self._refused)
        await self._call_somebody(parts[0])

    async def _call_somebody(self, part: _News) -> None:
        """What was wrong cannot be entered; that something was, can: a person looks at the source by hand."""
        one = part if isinstance(part, Presence) else part[0]
        source = (one.device or one.edge) if isinstance(one, Presence) else one.source
        try:
            await self._warehouse.write(lambda tx: raise_event(tx, source, conditions.ALARM_NOT_ENTERED))
        except Exception as error:  # noqa: BLE001 - the log and the health have it; the next piece must not wait for it
            _log.error("alarm_not_raised", source=source, reason=repr(error))


async def tell_what_was_lost(warehouse: Warehouse, store: ReadingStore, registry: SourceRegistry) -> None:
    """Tell the alarm book of excursions whose news were lost when the controller was killed (`wms.alarms.untold`)."""
    plant, now = warehouse.plant, warehouse.clock.now()
    await warehouse.write(begin)

    def look() -> Sequence[Untold]:
        with warehouse.read() as conn:
            return untold(conn, plant, store, registry, now)

    missing = await asyncio.to_thread(look)
    if missing:
        _log.warning("alarms_told_late", excursions=len(missing))
        await warehouse.write(lambda tx: tell_untold(tx, missing))


def expected(plant: Plant) -> Iterable[tuple[str, str | None]]:
    """Every edge and device that should be online: (edge, None) or (edge, device)."""
    edges = {cell.id: cell.edge for cell in plant.cells}
    yield from ((edge, None) for edge in edges.values())
    yield from ((edges[device.cell], device.id) for device in plant.devices)
    yield from ((group, None) for group in sorted({reader.group for reader in plant.readers}))
    yield from ((reader.group, reader.id) for reader in plant.readers)


def deliver_on(
    loop: asyncio.AbstractEventLoop,
    feed: AlarmFeed,
    acknowledge: Callable[[str, str, int], None],
    heard: Callable[[Iterable[str]], None],
) -> Callable[[Delivery], None]:
    """Return what the telemetry thread calls with each delivery: one hop onto the event loop."""

    def on_loop(delivery: Delivery) -> None:
        if delivery.changes:
            feed.tell(delivery.changes)
        for edge, epoch, mark in delivery.acknowledged:
            acknowledge(edge, epoch, mark)
        heard(delivery.heard)

    def deliver(delivery: Delivery) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(on_loop, delivery)

    return deliver


def _parts(item: _News) -> Sequence[_News]:
    return [item] if isinstance(item, Presence) else [[change] for change in item]


def _apply(tx: Tx, news: Sequence[_News]) -> None:
    for item in news:
        if isinstance(item, Presence):
            device_presence(tx, item.device or item.edge, online=item.state is PresenceState.ONLINE, at=item.at)
        else:
            apply_conditions(tx, item)
