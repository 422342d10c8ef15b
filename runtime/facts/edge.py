"""The edge's side of facts: append and fsync, then publish; send again until the controller has committed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from runtime import topics
from runtime.backoff import Backoff, LogOnce
from runtime.clock import Clock
from runtime.facts.acks import Ack, Hello
from runtime.facts.envelope import SPOOL_LOST, encode_envelope
from runtime.facts.spool import FactSpool, SpoolEntry, SpoolFull
from runtime.health import Health
from runtime.logs import get_logger
from runtime.mqtt import LinkDown, Message, MqttLink, Will
from runtime.settings import MqttSettings

log = get_logger(__name__)

RESEND_AFTER_S: Final = 5.0  # the oldest unacknowledged fact may wait this long before it is sent again
RESEND_LONGEST_S: Final = 60.0
WINDOW: Final = 1_000  # facts sent and not yet acknowledged
CHUNK: Final = 100
LOOK_EVERY_S: Final = 0.25  # notices facts that others appended to the spool


class FactEdge:
    """Sends a spool's facts and keeps at it. `record` is durable when it returns, whether or not there is a link.

    `link` is the edge's connection for facts and commands; share it with the command listener and the health publisher.
    """

    def __init__(
        self,
        mqtt: MqttSettings,
        site: str,
        spool: FactSpool,
        clock: Clock,
        health: Health,
        *,
        will: Will | None = None,
    ) -> None:
        self.link = MqttLink(mqtt, f"{site}.{spool.edge}.facts", will=will)
        self._site, self._spool, self._clock = site, spool, clock
        self._health = health.part("facts")
        self._topic = topics.facts(site, spool.edge)
        self._known: tuple[str, int] | None = None  # the (controller, term) that spoke last
        self._sent = spool.acknowledged
        self._progress_at = time.monotonic()  # when the mark last moved or facts were last sent from the mark on
        self._patience = Backoff(RESEND_AFTER_S, RESEND_LONGEST_S)
        self._wait_s = self._patience.next_delay()
        self._work = asyncio.Event()
        self._waiting: list[tuple[Sequence[SpoolEntry], tuple[str, str] | None, asyncio.Future[list[int]]]] = []
        self._appending: asyncio.Task[None] | None = None
        self._full = ""  # why the last append failed, when it did for want of room
        self._trouble = LogOnce(f"sending facts of {spool.edge}")
        self.link.subscribe(topics.acks(site, spool.edge), self._on_ack)
        self.link.on_connect(self._on_connect)

    async def record(
        self,
        type: str,  # noqa: A002 - CloudEvents names it so
        message: msgspec.Struct,
        at: datetime,
        source_key: str | None = None,
        *,
        cursor: tuple[str, str] | None = None,
    ) -> int:
        """Append a fact that happened `at` (domain time); returns its number once it is on disk. Raises SpoolFull."""
        entry = SpoolEntry(type, msgspec.json.encode(message), at, source_key)
        return (await self.record_many([entry], cursor=cursor))[0]

    async def record_many(self, entries: Sequence[SpoolEntry], *, cursor: tuple[str, str] | None = None) -> list[int]:
        """Append facts and move a cursor in one transaction; calls that meet share one fsync. Raises SpoolFull."""
        future: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()
        self._waiting.append((entries, cursor, future))
        if self._appending is None or self._appending.done():
            self._appending = asyncio.create_task(self._append_waiting())
        return await future

    async def run(self) -> None:
        """Send, and send again what stays unacknowledged, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.link.run())
            tasks.create_task(self._send_for_ever())

    # ---- appending ----

    async def _append_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await asyncio.to_thread(self._append, batch, asyncio.get_running_loop())
            self._work.set()

    def _append(
        self,
        batch: list[tuple[Sequence[SpoolEntry], tuple[str, str] | None, asyncio.Future[list[int]]]],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        try:
            if len(batch) > 1 and all(cursor is None for _, cursor, _ in batch):
                numbers = iter(self._spool.append_many([entry for entries, _, _ in batch for entry in entries]))
                for entries, _, future in batch:
                    loop.call_soon_threadsafe(_resolve, future, [next(numbers) for _ in entries])
                return
        except Exception as error:  # noqa: BLE001 - one bad fact must fail its own caller only: try one by one
            log.debug("appending one by one", reason=str(error))
        for entries, cursor, future in batch:
            try:
                loop.call_soon_threadsafe(_resolve, future, self._spool.append_many(entries, cursor=cursor))
            except Exception as error:  # noqa: BLE001 - it is the caller's to handle
                loop.call_soon_threadsafe(_reject, future, error)
                if isinstance(error, SpoolFull):
                    self._full = str(error)
            else:
                self._full = ""

    # ---- acknowledgements ----

    def _on_connect(self) -> None:
        hello = Hello(self._spool.edge, self._spool.epoch, self._spool.head)
        topic = topics.hello(self._site, self._spool.edge)
        self.link.send(topic, msgspec.json.encode(hello), qos=1, retain=True)
        self._send_again_from(self._spool.acknowledged)

    def _on_ack(self, message: Message) -> None:
        try:
            ack = msgspec.json.decode(message.payload, type=Ack)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning("unreadable acknowledgement", topic=message.topic, reason=str(error))
            return
        if ack.epoch != self._spool.epoch:
            return  # about an earlier spool of this edge; our hello is answered with ours
        if ack.mark > self._spool.head:
            detail = f"controller claims fact {ack.mark}, the spool ends at {self._spool.head}: was it put back?"
            self._health.degraded(detail)
            log.error("acknowledged beyond the spool", detail=detail)
            return
        if (ack.controller, ack.term) != self._known or ack.mark < self._spool.acknowledged:
            # a lower mark under a known term: restored from a backup, or an old message again; both may have it again
            self._known = (ack.controller, ack.term)
            self._spool.acknowledge(ack.mark)
            self._send_again_from(ack.mark)
        elif ack.mark > self._spool.acknowledged:
            self._spool.acknowledge(ack.mark)
            self._sent = max(self._sent, ack.mark)
            self._has_progress()
        self._work.set()

    def _send_again_from(self, mark: int) -> None:
        self._sent = mark
        self._has_progress()
        self._work.set()

    def _has_progress(self) -> None:
        self._progress_at = time.monotonic()
        self._patience.reset()
        self._wait_s = self._patience.next_delay()

    # ---- sending ----

    async def _send_for_ever(self) -> None:
        while True:
            self._work.clear()
            if self.link.connected.is_set():
                try:
                    await self._send_due()
                    self._trouble.recovered()
                except LinkDown as error:
                    self._trouble.failed(error)
            self._say_how_it_is()
            # not wait_for: before Python 3.12 it can swallow a cancel that meets the event
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._work.wait()

    async def _send_due(self) -> None:
        spool = self._spool
        if self._sent > spool.acknowledged and time.monotonic() - self._progress_at >= self._wait_s:
            self._sent = spool.acknowledged
            self._progress_at = time.monotonic()
            self._wait_s = self._patience.next_delay()
        while (room := min(spool.head - self._sent, spool.acknowledged + WINDOW - self._sent)) > 0:
            start = self._sent
            if start == spool.acknowledged:
                self._progress_at = time.monotonic()
            rows = await asyncio.to_thread(spool.read, start, min(room, CHUNK))
            if self._sent != start:
                continue  # an acknowledgement moved the place meanwhile
            first = rows[0].seq if rows else spool.head + 1
            messages = [row.raw for row in rows]
            if first != start + 1:
                messages.insert(0, self._lost(start + 1, first - 1))
            self._sent = rows[-1].seq if rows else spool.head
            await asyncio.gather(*(self.link.send(self._topic, raw, qos=1) for raw in messages))

    def _lost(self, first: int, last: int) -> bytes:
        detail = f"facts {first} to {last} are gone from the spool and the controller asks for them"
        self._health.degraded(detail)
        log.error("spool lost facts", edge=self._spool.edge, first=first, last=last)
        data = msgspec.json.encode({"from": first, "to": last})
        return encode_envelope(
            edge=self._spool.edge,
            epoch=self._spool.epoch,
            seq=last,
            type=SPOOL_LOST,
            time=self._clock.now(),
            data=data,
        )

    def _say_how_it_is(self) -> None:
        waiting = self._health.waiting = self._spool.head - self._spool.acknowledged
        if self._full:
            self._health.down(self._full)
        elif not self.link.connected.is_set():
            self._health.degraded(f"no broker; {waiting} facts wait on disk")
        elif waiting and time.monotonic() - self._progress_at > RESEND_AFTER_S:
            self._health.degraded(f"{waiting} facts wait for the controller")
        else:
            self._health.ok()


def _resolve(future: asyncio.Future[list[int]], numbers: list[int]) -> None:
    if not future.done():
        future.set_result(numbers)


def _reject(future: asyncio.Future[list[int]], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
