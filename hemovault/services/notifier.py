"""Takes notices out of the outbox and through their channels, each channel in a thread of its own, at least once.

A channel that hangs or fails holds up nobody but itself, and an alarm that cannot be put into words is told of without
them. What is not answered stays in the outbox; after a restart it goes out again under the same id.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

import structlog

from hemovault.services.notify_channels import Channel
from runtime.backoff import Backoff, LogOnce
from runtime.health import HealthPart
from wms.alarms.stake import Forecast
from wms.errors import NotFound
from wms.notices import outbox
from wms.notices.channels import declare
from wms.notices.message import Message, compose, wordless
from wms.notices.outbox import Answer, Outcome, Waiting
from wms.notices.senders import Reply
from wms.notices.tables import ChannelKind
from wms.store.metadata import to_us
from wms.store.tx import Tx
from wms.warehouse import Warehouse

LOOK_EVERY_S: Final = 1.0
"""Longest real time between two looks into the outbox; a commit that queues something is looked at once."""
ANSWER_WITHIN_S: Final = 90.0
"""Real time after which an attempt counts as failed, whatever its own time-outs say."""
AT_ONCE: Final = 10
MOST_HUNG: Final = 8
"""Attempts of one channel that may hang for ever at once; each keeps a thread."""
_MINUTE: Final = timedelta(minutes=1)
_log = structlog.get_logger(__name__)


class Notifier:
    """Sends what waits; lives on the event loop. ``link`` is the address of the screens, for the messages."""

    def __init__(
        self,
        warehouse: Warehouse,
        channels: Sequence[Channel],
        forecast: Forecast,
        health: HealthPart,
        *,
        link: str,
        most_per_minute: int,
    ) -> None:
        self._warehouse = warehouse
        self._channels = channels
        self._forecast = forecast
        self._health = health
        self._link = link
        self._most_per_minute = most_per_minute
        self._sent_at: dict[str, deque[datetime]] = {one.reach.name: deque() for one in channels}
        self._failing: set[str] = set()
        self._bells = {one.reach.name: asyncio.Event() for one in channels}
        self._threads: dict[str, ThreadPoolExecutor] = {}
        self._hung: dict[str, list[Future[Reply]]] = {one.reach.name: [] for one in channels}

    async def declare(self) -> None:
        """Tell the warehouse which channels there are; call it before anything is queued."""
        await self._warehouse.write(lambda tx: declare(tx, [one.reach for one in self._channels]))

    async def run(self) -> None:
        """Send what waits until cancelled."""
        await self.declare()
        self._health.ok()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            for channel in self._channels:
                tasks.create_task(self._run_channel(channel))

    async def send_once(self) -> int:
        """Send what waits now on every channel, one after the other; returns how many attempts were made."""
        return sum([await self._send_due(one) for one in self._channels])

    async def _run_channel(self, channel: Channel) -> None:
        name, bell = channel.reach.name, self._bells[channel.reach.name]
        delays, trouble = Backoff(), LogOnce(f"notices by {name}")
        self._threads[name] = _thread(name)
        try:
            while True:
                bell.clear()
                try:
                    sent = await self._send_due(channel)
                except Exception as error:  # noqa: BLE001 - one channel's fault must not take the others with it
                    trouble.failed(repr(error))
                    self._tell_health(name, Outcome.FAILED)
                    await asyncio.sleep(delays.next_delay())
                    continue
                delays.reset()
                trouble.recovered()
                if sent == AT_ONCE:
                    continue
                try:
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await bell.wait()
                except TimeoutError:
                    continue
        finally:
            self._threads.pop(name).shutdown(wait=False, cancel_futures=True)

    async def _listen(self) -> None:
        async for change in self._warehouse.subscribe():
            if "notice" in change.topics or "reset" in change.topics:
                for bell in self._bells.values():
                    bell.set()

    async def _send_due(self, channel: Channel) -> int:
        """Send what waits one by one, so that what became urgent meanwhile goes next; returns how many attempts."""
        name, is_wall = channel.reach.name, channel.reach.kind is ChannelKind.WALL
        for done in range(AT_ONCE):
            due = await asyncio.to_thread(self._due, name)
            if not due or not (is_wall or due[0].priority == 1 or self._has_room(name)):
                return done
            await self._send(channel, due[0])
        return AT_ONCE

    def _due(self, name: str) -> Sequence[Waiting]:
        real_us = to_us(self._warehouse.clock.real_now())
        with self._warehouse.read() as conn:
            return outbox.waiting(conn, name, real_us, 1)

    async def _send(self, channel: Channel, one: Waiting) -> None:
        name = channel.reach.name
        try:
            message = await asyncio.to_thread(self._compose, one)
        except NotFound as error:
            await self._keep(one, Answer(Outcome.REFUSED, error.detail, "", ""))
            return
        self._sent_at[name].append(self._warehouse.clock.real_now())
        reply = await self._attempt(channel, message)
        await self._keep(one, Answer(reply.outcome, reply.detail, _text(message, "en"), _text(message, "zh")))
        self._tell_health(name, reply.outcome)

    async def _attempt(self, channel: Channel, message: Message) -> Reply:
        name = channel.reach.name
        pool = self._threads.get(name) or _thread(name)
        asked = pool.submit(channel.send, message)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await asyncio.wrap_future(asked)
        except TimeoutError:
            self._leave_behind(name, asked)
            return Reply(Outcome.FAILED, f"no answer within {ANSWER_WITHIN_S:.0f} s")
        except Exception as error:  # noqa: BLE001 - whatever a sender raises, the message was not taken
            kind = type(error).__name__  # its text may hold the address
            _log.warning("notice_sender_raised", channel=name, kind=kind)
            return Reply(Outcome.FAILED, f"the sender failed ({kind})")
        finally:
            if pool is not self._threads.get(name):
                pool.shutdown(wait=False, cancel_futures=True)

    def _leave_behind(self, name: str, asked: Future[Reply]) -> None:
        """Go on in a new thread: a sender may hang for hours, and what is behind it would never be tried."""
        hung = self._hung[name] = [one for one in self._hung[name] if not one.done()]
        if name in self._threads and len(hung) < MOST_HUNG:
            hung.append(asked)
            self._threads[name] = _thread(name)

    def _compose(self, one: Waiting) -> Message:
        plant, now = self._warehouse.plant, self._warehouse.clock.now()
        try:
            with self._warehouse.read() as conn:
                return compose(conn, plant, one, self._forecast, now, self._link)
        except NotFound:
            raise
        except Exception:  # noqa: BLE001 - an alarm without words is still an alarm, and others wait behind it
            _log.exception("notice_without_words", notice=one.id, alarm=one.alarm)
            return wordless(plant, one, now, self._link)

    async def _keep(self, one: Waiting, answer: Answer) -> None:
        await self._warehouse.write(_keeping(one, answer))

    def _has_room(self, name: str) -> bool:
        """Whether one more may go out now: a flood waits its turn, the most urgent first, and is dropped by nobody.

        Priority 1 asks for no room.
        """
        sent, now = self._sent_at[name], self._warehouse.clock.real_now()
        while sent and not now - _MINUTE < sent[0] <= now:  # what was sent after now: the clock was set back
            sent.popleft()
        return len(sent) < self._most_per_minute

    def _tell_health(self, name: str, outcome: Outcome) -> None:
        if outcome is Outcome.TAKEN:
            self._failing.discard(name)
        else:
            self._failing.add(name)
        if self._failing:
            self._health.degraded(f"channels that do not take messages: {', '.join(sorted(self._failing))}")
        else:
            self._health.ok()


def _thread(name: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix=f"notify-{name}")


def _text(message: Message, lang: str) -> str:
    if lang == "zh":
        return f"{message.title_zh}\n{message.text_zh}"
    return f"{message.title_en}\n{message.text_en}"


def _keeping(one: Waiting, answer: Answer) -> Callable[[Tx], None]:
    return lambda tx: outbox.keep_answer(tx, one, answer)
