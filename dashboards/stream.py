"""The live stream: server-sent events for thousands of screens, each event encoded once.

Ids are ledger sequence numbers. A client that comes back with `Last-Event-ID` gets what it missed from a bounded
buffer, or `reset` when the buffer does not reach back that far. A client that cannot keep up is told `reset` too:
its queue is bounded, nothing grows with slowness, and after a reset a screen asks for everything again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec

from wms.changes import RESET
from wms.errors import Unavailable
from wms.store.writer import Change

CHANGES_EVERY_S: Final = 0.1
READINGS_EVERY_S: Final = 0.2
CLOCK_EVERY_S: Final = 5.0
"""Also the heartbeat: a screen that hears nothing for longer shows itself as stale."""

MOST_CLIENTS: Final = 4000
MOST_WAITING: Final = 64
"""Frames that wait for one client: about 6 s of a busy centre."""

KEPT_CHANGES: Final = 1024
MOST_KEYS: Final = 500
"""More keys than this of one topic are sent as an empty list: "any of them"."""

TOPICS: Final = frozenset(
    {"bag", "order", "alarm", "task", "shipment", "stock", "deadletter", "edge"}
    | {"consignment", "preparation", "batch", "label", "box", "trip", "return", "count", "shelf", "floor"}
    | {"laboratory", "release", "deferral", "discard", "hold", "recall", "custody", "registry"}
    | {"notice", "channel", "duty", "suspension"}
    | {"calibration", "logger"}
)
_RECONNECT_AFTER_MS: Final = 1000
_encode: Final = msgspec.json.Encoder().encode


Audience = str | None
"""Who listens: None is staff, who hear everything; a hospital's id hears of its own only (`dashboards.owners`)."""

STAFF: Final[Audience] = None


class StreamsFull(Unavailable):
    """No more screens can be served."""

    def __init__(self) -> None:
        super().__init__("stream.full", f"{MOST_CLIENTS} screens are connected already; try again later")


@dataclass(slots=True, eq=False)
class Client:
    """One connected screen: frames that wait for it, and whether it must start over."""

    person: str
    audience: Audience
    waiting: deque[bytes] = field(default_factory=deque)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    overflowed: bool = False
    closed: bool = False

    def give(self, frame: bytes) -> None:
        """Queue a frame; a full queue is replaced by one `reset`, and nothing more waits until that is sent."""
        if self.overflowed:
            return
        if len(self.waiting) >= MOST_WAITING:
            self.waiting.clear()
            self.overflowed = True
            frame = reset_frame("behind")
        self.waiting.append(frame)
        self.wake.set()

    def close(self) -> None:
        """End the stream after what waits."""
        self.closed = True
        self.wake.set()

    async def frames(self) -> AsyncIterator[bytes]:
        """What to send, everything that waits in one piece, until closed."""
        while True:
            await self.wake.wait()
            self.wake.clear()
            if self.waiting:
                chunk = b"".join(self.waiting)
                self.waiting.clear()
                self.overflowed = False
                yield chunk
            if self.closed:
                return


@dataclass(slots=True)
class _Kept:
    """A change that was sent; its frame is encoded once for each audience that asks."""

    seq: int
    topics: Mapping[str, tuple[str, ...]]
    frames: dict[Audience, bytes | None] = field(default_factory=dict)


class Stream:
    """Takes changes and readings from the warehouse (on the event loop) and gives them to every client.

    ``owners_of(topic, key)`` says which hospitals a key concerns.
    """

    def __init__(self, head: int, owners_of: Callable[[str, str], frozenset[str]]) -> None:
        self._owners_of = owners_of
        self._clients: set[Client] = set()
        self._kept: deque[_Kept] = deque(maxlen=KEPT_CHANGES)
        self._whole_from = head
        self._sent_seq = head
        self._changes: dict[str, dict[str, None]] = {}
        self._changes_seq = head
        self._changes_wake = asyncio.Event()
        self._latest: dict[str, dict[str, dict[str, Any]]] = {"reading": {}, "door": {}}
        self._latest_wake = asyncio.Event()
        self._sound = b""

    @property
    def clients(self) -> int:
        """How many screens listen."""
        return len(self._clients)

    def change(self, change: Change) -> None:
        """Note what a commit changed; it goes out within `CHANGES_EVERY_S`, merged with its neighbours."""
        for topic in TOPICS.intersection(change.topics):
            self._changes.setdefault(topic, {}).update(dict.fromkeys(change.topics[topic]))
        self._changes_seq = max(self._changes_seq, change.seq)
        self._changes_wake.set()

    def reading(self, probe: str, value_c: float | None, quality: str, at: datetime | None) -> None:
        """Note a probe's latest value; the newest per probe goes out at most five times a second."""
        self._latest["reading"][probe] = {"probe": probe, "value_c": value_c, "quality": quality, "at": at}
        self._latest_wake.set()

    def door(self, door: str, open_: bool | None, at: datetime | None) -> None:
        """Note a door's latest state; None means that nobody knows."""
        self._latest["door"][door] = {"door": door, "open": open_, "at": at}
        self._latest_wake.set()

    def announce_clock(self, clock: Mapping[str, Any]) -> None:
        """Send the time to everybody."""
        frame = event_frame("clock", clock)
        for client in self._clients:
            client.give(frame)

    def announce_sound(self, wall: Mapping[str, Any]) -> None:
        """Tell every screen of the centre what should sound now; one that joins later is told at once."""
        self._sound = event_frame("sound", wall)
        for client in self._clients:
            if client.audience is STAFF:
                client.give(self._sound)

    def admit(self) -> None:
        """Raise StreamsFull when no more screens can be served."""
        if len(self._clients) >= MOST_CLIENTS:
            raise StreamsFull

    def join(self, person: str, audience: Audience, last_id: str | None, clock: Mapping[str, Any]) -> Client:
        """Connect a screen; it first gets the clock, then what it missed or `reset`. Raises StreamsFull."""
        self.admit()
        client = Client(person, audience)
        hello = event_frame("clock", clock, self._sent_seq)
        client.give(b"retry: %d\n\n" % _RECONNECT_AFTER_MS + hello)
        missed = self._missed(last_id, audience) if last_id is not None else ()
        if missed:
            client.give(b"".join(missed))
        if audience is STAFF and self._sound:
            client.give(self._sound)
        self._clients.add(client)
        return client

    def leave(self, client: Client) -> None:
        """Forget a screen."""
        self._clients.discard(client)

    def drop(self, person: str) -> None:
        """End every stream of a person whose rights changed."""
        for client in [client for client in self._clients if client.person == person]:
            client.close()

    def drop_all(self) -> None:
        """End every stream: the service is stopping."""
        for client in self._clients:
            client.close()

    def reset(self, seq: int) -> None:
        """Tell everybody to ask for everything again: what happened up to ``seq`` cannot be told one by one."""
        self._changes.clear()
        self._kept.clear()
        self._whole_from = self._sent_seq = self._changes_seq = seq
        frame = reset_frame("restart", seq)
        for client in self._clients:
            client.give(frame)

    async def follow(self, changes: AsyncIterator[Change]) -> None:
        """Take in changes until their source ends; a source that lost some makes everybody start over."""
        async for change in changes:
            if RESET in change.topics:
                self.reset(change.seq)
            else:
                self.change(change)

    async def run_changes(self) -> None:
        """Send changes, at most ten times a second; cancelled to stop."""
        while True:
            await self._changes_wake.wait()
            self._changes_wake.clear()
            self._flush_changes()
            await asyncio.sleep(CHANGES_EVERY_S)

    async def run_readings(self) -> None:
        """Send readings and doors, at most five times a second; cancelled to stop."""
        while True:
            await self._latest_wake.wait()
            self._latest_wake.clear()
            self._flush_latest()
            await asyncio.sleep(READINGS_EVERY_S)

    def _flush_changes(self) -> None:
        seq, topics, self._changes = self._changes_seq, self._changes, {}
        self._sent_seq = seq
        if not topics:
            return
        sent = _Kept(seq, {topic: tuple(keys) for topic, keys in topics.items()})
        if len(self._kept) == KEPT_CHANGES:
            self._whole_from = self._kept[0].seq + 1
        self._kept.append(sent)
        for client in self._clients:
            frame = self._frame(sent, client.audience)
            if frame is not None:
                client.give(frame)

    def _flush_latest(self) -> None:
        for name, latest in self._latest.items():
            if not latest:
                continue
            frame = event_frame(name, list(latest.values()))
            latest.clear()
            for client in self._clients:
                if client.audience is STAFF:
                    client.give(frame)

    def _missed(self, last_id: str, audience: Audience) -> Sequence[bytes]:
        if not last_id.isascii() or not last_id.isdigit() or int(last_id) > self._sent_seq:
            return [reset_frame("unknown_id", self._sent_seq)]
        if int(last_id) < self._whole_from:
            return [reset_frame("behind", self._sent_seq)]
        # The last one seen is sent again: a change without a ledger entry may carry the same number.
        frames = [self._frame(kept, audience) for kept in self._kept if kept.seq >= int(last_id)]
        return [frame for frame in frames if frame is not None]

    def _frame(self, kept: _Kept, audience: Audience) -> bytes | None:
        if audience not in kept.frames:
            topics = kept.topics if audience is None else self._owned_by(audience, kept.topics)
            kept.frames[audience] = change_frame(kept.seq, topics) if topics else None
        return kept.frames[audience]

    def _owned_by(self, hospital: str, topics: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        own = {
            topic: tuple(key for key in keys if hospital in self._owners_of(topic, key))
            for topic, keys in topics.items()
        }
        return {topic: keys for topic, keys in own.items() if keys}


def event_frame(name: str, data: Any, event_id: int | None = None) -> bytes:
    """One event as it goes over the wire; ``data`` is plain JSON data."""
    number = b"" if event_id is None else b"id: %d\n" % event_id
    return b"event: " + name.encode() + b"\n" + number + b"data: " + _encode(data) + b"\n\n"


def change_frame(seq: int, topics: Mapping[str, Sequence[str]]) -> bytes:
    """A `change` event; a topic with too many keys, or with none, means "any of them"."""
    return event_frame(
        "change",
        {"topics": {topic: keys if len(keys) <= MOST_KEYS else () for topic, keys in topics.items()}},
        seq,
    )


def reset_frame(reason: str, event_id: int | None = None) -> bytes:
    """A `reset` event: ask for everything again."""
    return event_frame("reset", {"reason": reason}, event_id)
