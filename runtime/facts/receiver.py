"""The controller's side of facts: put each epoch in order, hand it on to be committed, acknowledge what was."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from runtime import topics
from runtime.backoff import Backoff, LogOnce
from runtime.facts.acks import Ack, Hello, Mark
from runtime.facts.envelope import SPOOL_LOST, EnvelopeError, SpoolLost, decode_envelope, read_key
from runtime.health import HealthPart
from runtime.logs import get_logger
from runtime.mqtt import LinkDown, Message, MqttLink

log = get_logger(__name__)

BATCH: Final = 500  # facts handed over at once
AHEAD: Final = 4_000  # facts of one epoch held because an earlier one is missing; more are sent again by the edge
UNREADABLE: Final = 1_000  # unreadable messages held while the database is away


@dataclass(frozen=True, slots=True)
class RawFact:
    """A fact as it came. `epoch` and `seq` are None when not even its key can be read; `edge` is then the topic's."""

    edge: str
    epoch: str | None
    seq: int | None
    raw: bytes


@dataclass(slots=True)
class _Stream:
    """One epoch of one edge: what is committed, what was handed over, what waits for an earlier one."""

    mark: int = 0
    taken: int = 0
    ahead: dict[int, tuple[int, bytes]] = field(default_factory=dict)  # first seq -> (last seq, raw)

    def offer(self, first: int, last: int, raw: bytes) -> None:
        if last > self.taken and (len(self.ahead) < AHEAD or first <= self.taken + 1):
            self.ahead[max(first, self.taken + 1)] = (last, raw)

    def take(self, limit: int) -> list[tuple[int, bytes]]:
        """Contiguous facts above what was handed over."""
        ready: list[tuple[int, bytes]] = []
        while len(ready) < limit and (entry := self.ahead.pop(self.taken + 1, None)) is not None:
            self.taken = entry[0]
            ready.append(entry)
        return ready

    def commit(self, mark: int) -> None:
        self.mark = max(self.mark, mark)
        self.taken = self.mark  # what was handed over and is not committed must be accepted when it is sent again
        self.ahead = {first: entry for first, entry in self.ahead.items() if entry[0] > self.taken}


class FactReceiver:
    """Receives the facts of all edges of a site through `link`.

    `apply` commits a batch and returns the marks that are now durable; when it raises, the same batch comes again.
    Acknowledgements (retained) go out after each commit, at start, on an edge's hello and on each connect.
    """

    def __init__(
        self,
        link: MqttLink,
        site: str,
        *,
        controller: str,
        term: int,
        apply: Callable[[Sequence[RawFact]], Awaitable[Sequence[Mark]]],
        marks: Sequence[Mark],
        health: HealthPart | None = None,
    ) -> None:
        self._link, self._site = link, site
        self._controller, self._term = controller, term
        self._apply = apply
        self._health = health or HealthPart("facts")
        self._streams = {(mark.edge, mark.epoch): _Stream(mark.mark, mark.mark) for mark in marks}
        self._ready: set[tuple[str, str]] = set()
        self._unreadable: deque[RawFact] = deque(maxlen=UNREADABLE)
        self._due: dict[tuple[str, str], None] = dict.fromkeys(self._streams)  # acknowledgements to publish, in order
        self._work = asyncio.Event()
        self._ack_work = asyncio.Event()
        link.subscribe(topics.facts(site, topics.ANY), self._on_fact)
        link.subscribe(topics.hello(site, topics.ANY), self._on_hello)
        link.on_connect(self._on_connect)

    async def run(self) -> None:
        """Apply and acknowledge until cancelled; whoever owns the link runs it."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._apply_for_ever())
            tasks.create_task(self._acknowledge_for_ever())

    # ---- arriving ----

    def _on_fact(self, message: Message) -> None:
        edge = topics.last_name(message.topic)
        key = read_key(message.payload)
        if key is None or key.hvedge != edge:
            if len(self._unreadable) == UNREADABLE:
                log.error("too many unreadable messages wait to be parked; the oldest is dropped", edge=edge)
            self._unreadable.append(RawFact(edge, None, None, message.payload))
            self._work.set()
            return
        place = (edge, key.hvepoch)
        stream = self._streams.setdefault(place, _Stream())
        first = _first_of(message.payload, key.hvseq)
        if key.hvseq <= stream.mark:
            self._acknowledge(place)
            return
        stream.offer(first, key.hvseq, message.payload)
        if stream.taken + 1 in stream.ahead:
            self._ready.add(place)
            self._work.set()

    def _on_hello(self, message: Message) -> None:
        try:
            hello = msgspec.json.decode(message.payload, type=Hello)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning("unreadable hello", topic=message.topic, reason=str(error))
            return
        if hello.edge == topics.last_name(message.topic):
            self._streams.setdefault((hello.edge, hello.epoch), _Stream())
            self._acknowledge((hello.edge, hello.epoch))

    def _on_connect(self) -> None:
        for place in self._streams:
            self._acknowledge(place)

    # ---- applying ----

    async def _apply_for_ever(self) -> None:
        for stream in self._streams.values():
            stream.commit(stream.mark)  # what an earlier run took and did not commit is gone: accept it again
        while True:
            batch = self._next_batch()
            if not batch:
                self._health.ok()
                self._work.clear()
                await self._work.wait()
                continue
            marks = {(mark.edge, mark.epoch): mark.mark for mark in await self._apply_until_committed(batch)}
            for place in {(fact.edge, fact.epoch) for fact in batch if fact.epoch is not None} | set(marks):
                stream = self._streams.setdefault(place, _Stream())
                stream.commit(marks.get(place, 0))
                self._acknowledge(place)

    def _next_batch(self) -> list[RawFact]:
        batch: list[RawFact] = []
        while self._unreadable and len(batch) < BATCH:
            batch.append(self._unreadable.popleft())
        for place in tuple(self._ready):
            stream = self._streams[place]
            edge, epoch = place
            batch += [RawFact(edge, epoch, seq, raw) for seq, raw in stream.take(BATCH - len(batch))]
            if stream.taken + 1 not in stream.ahead:
                self._ready.discard(place)
        return batch

    async def _apply_until_committed(self, batch: Sequence[RawFact]) -> Sequence[Mark]:
        backoff, trouble = Backoff(), LogOnce("applying facts")
        while True:
            try:
                marks = await self._apply(batch)
            except Exception as error:  # noqa: BLE001 - facts are kept and offered again, whatever went wrong
                trouble.failed(error)
                self._health.down(f"{len(batch)} facts cannot be applied: {error}")
                await asyncio.sleep(backoff.next_delay())
            else:
                trouble.recovered()
                return marks

    # ---- acknowledging ----

    def _acknowledge(self, place: tuple[str, str]) -> None:
        self._due[place] = None
        self._ack_work.set()

    async def _acknowledge_for_ever(self) -> None:
        while True:
            await self._ack_work.wait()
            self._ack_work.clear()
            await self._link.connected.wait()
            due, self._due = self._due, {}
            try:
                await asyncio.gather(*(self._publish_ack(place) for place in due))
            except LinkDown:
                self._due = due | self._due  # said again at the next connect
                self._ack_work.set()
                await asyncio.sleep(0)

    async def _publish_ack(self, place: tuple[str, str]) -> None:
        edge, epoch = place
        ack = Ack(self._controller, self._term, epoch, self._streams[place].mark)
        await self._link.publish(topics.acks(self._site, edge), msgspec.json.encode(ack), qos=1, retain=True)


def _first_of(raw: bytes, seq: int) -> int:
    """The first number that a fact stands for: its own, except for a statement of loss."""
    if SPOOL_LOST.encode() not in raw:
        return seq
    try:
        envelope = decode_envelope(raw)
        if envelope.type != SPOOL_LOST:
            return seq
        lost = msgspec.json.decode(envelope.data, type=SpoolLost)
    except (EnvelopeError, msgspec.DecodeError):
        return seq
    return lost.from_seq if lost.from_seq <= lost.to_seq == seq else seq
