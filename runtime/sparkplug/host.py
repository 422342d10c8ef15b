"""The primary host: tells edges that it is there, follows their births and deaths, turns data into columns.

Nothing it hands over is stored yet: the consumer stores values and offsets in one transaction and calls `acknowledge`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import msgspec

from runtime import topics
from runtime.backoff import Backoff, LogOnce
from runtime.clock import Clock
from runtime.logs import get_logger
from runtime.mqtt import Message, MqttLink, Will
from runtime.settings import MqttSettings
from runtime.sparkplug.codec import decode, encode
from runtime.sparkplug.columns import decode_columns
from runtime.sparkplug.handed import HandedOver
from runtime.sparkplug.payload import REBIRTH_METRIC, DataType, Metric, Payload, Quality, SparkplugError
from runtime.sparkplug.readings import Presence, PresenceState, ReadingBatch, SourceRegistry
from runtime.sparkplug.session import EdgeSession, NodeMessage, SessionState, bdseq_of, birth_table
from runtime.sparkplug.state import HostState, StoredMark, decode_state
from runtime.topics import SparkplugKind, TopicError

__all__ = ["Presence", "PresenceState", "Quality", "ReadingBatch", "SourceRegistry", "SparkplugHost"]

log = get_logger(__name__)

REORDER_S: Final = 2.0  # Reorder Timeout (tck-id-operational-behavior-host-reordering-param)
REBIRTH_EVERY_S: Final = 2.0  # an edge is asked at most this often, and less often when it does not answer
REBIRTH_LONGEST_S: Final = 60.0

_Place = tuple[str, str]


class SparkplugHost:
    """Follows all edges of a site. Callbacks run on the event loop and must be quick.

    `stored` gives the historian's marks: (edge, epoch) -> contiguous offset. A callback that raises is logged, and the
    edge sends the message again because it stays unacknowledged.
    """

    def __init__(
        self,
        mqtt: MqttSettings,
        site: str,
        host_id: str,
        clock: Clock,
        *,
        on_batch: Callable[[ReadingBatch], None],
        on_presence: Callable[[Presence], None],
        stored: Callable[[], Mapping[_Place, int]],
        registry: SourceRegistry | None = None,
        reorder_s: float = REORDER_S,
    ) -> None:
        self.registry = registry if registry is not None else SourceRegistry()
        self._site, self._clock = site, clock
        self._on_batch, self._on_presence, self._stored = on_batch, on_presence, stored
        self._reorder_s = reorder_s
        self._sessions: dict[str, EdgeSession] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._asked: dict[str, tuple[Backoff, float]] = {}
        self._handed: dict[_Place, HandedOver] = {}
        self._trouble: dict[str, LogOnce] = {}
        self._handing_over = LogOnce("handing over readings")
        self._state_topic = topics.state(host_id)
        self._connected_ms = 0
        self._leaving = False  # our own death comes back to us before we are gone
        self._loop: asyncio.AbstractEventLoop | None = None
        self._link = MqttLink(mqtt, f"{site}.{host_id}.state", will=self._death_at_connect, farewell=self._death)
        self._link.subscribe(self._state_topic, self._on_own_state)
        self._link.subscribe(topics.sparkplug_all(site), self._on_message, qos=0)  # data is QoS 0; offsets mend losses
        self._link.on_connect(self._say_online)
        self._link.on_disconnect(self._all_offline)

    async def run(self) -> None:
        """Be the primary host until cancelled."""
        self._loop = asyncio.get_running_loop()
        try:
            await self._link.run()
        finally:
            for timer in self._timers.values():
                timer.cancel()
            self._timers.clear()

    def acknowledge(self, edge: str, epoch: str, offset: int) -> None:
        """Publish that offsets 1 to `offset` of an epoch are stored; from any thread. Lost marks are said again."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._publish_mark, edge, epoch, offset)

    # ---- STATE ----

    def _death_at_connect(self) -> Will:
        self._connected_ms = self._real_ms()
        self._leaving = False
        return self._state_message(online=False, at_ms=self._connected_ms)

    def _death(self) -> Will:
        self._leaving = True
        return self._state_message(online=False, at_ms=self._real_ms())

    def _state_message(self, *, online: bool, at_ms: int) -> Will:
        payload = msgspec.json.encode(HostState(online=online, timestamp=at_ms))
        return Will(self._state_topic, payload, qos=1, retain=True)

    def _say_online(self) -> None:
        birth = self._state_message(online=True, at_ms=self._connected_ms)
        self._link.send(birth.topic, birth.payload, qos=birth.qos, retain=birth.retain)

    def _on_own_state(self, message: Message) -> None:
        try:
            online = decode_state(message.payload).online
        except SparkplugError:
            online = False
        if not online and not self._leaving and self._link.connected.is_set():
            self._say_online()  # tck-id-message-flow-hid-sparkplug-state-message-delivered

    # ---- messages ----

    def _on_message(self, message: Message) -> None:
        try:
            kind, edge, device = topics.parse_sparkplug(message.topic)
        except TopicError as error:
            log.warning("strange topic", reason=str(error))
            return
        if kind in (SparkplugKind.NCMD, SparkplugKind.DCMD):
            return
        session = self._sessions.setdefault(edge, EdgeSession(edge))
        try:
            self._receive(session, NodeMessage(kind, device or "", message.payload))
        except SparkplugError as error:
            self._trouble.setdefault(edge, LogOnce(f"state of {edge}")).failed(f"{kind} {device or ''}: {error}")
            if kind not in (SparkplugKind.NDEATH, SparkplugKind.NBIRTH, SparkplugKind.DBIRTH):
                self._ask_rebirth(edge)

    def _receive(self, session: EdgeSession, message: NodeMessage) -> None:
        if message.kind is SparkplugKind.NBIRTH:
            self._node_birth(session, message)
        elif message.kind is SparkplugKind.NDEATH:
            if bdseq_of(decode(message.payload)) == session.bdseq and session.state is not SessionState.OFFLINE:
                self._edge_offline(session)
        elif session.state is not SessionState.ONLINE:
            self._ask_rebirth(session.edge)
        else:
            seq, message = self._sequenced(session, message)
            if session.in_order(seq, message, lambda ready: self._handle(session, ready)):
                self._stop_timer(session.edge)
            elif session.edge not in self._timers:
                loop = asyncio.get_running_loop()
                self._timers[session.edge] = loop.call_later(self._reorder_s, self._reorder_over, session)

    def _sequenced(self, session: EdgeSession, message: NodeMessage) -> tuple[int, NodeMessage]:
        """The sequence number of a message, and the message with its data decoded on the way."""
        if message.kind not in (SparkplugKind.DDATA, SparkplugKind.NDATA):
            return _checked(decode(message.payload).seq), message
        table = session.table(message.device)
        columns = decode_columns(message.payload, table.types if table else None)
        return _checked(columns.seq), replace(message, columns=columns)

    def _handle(self, session: EdgeSession, message: NodeMessage) -> None:
        if message.kind is SparkplugKind.DBIRTH:
            payload = decode(message.payload)
            session.devices[message.device] = birth_table(session.edge, message.device, payload, self.registry)
            session.reborn.add(message.device)
            session.online.add(message.device)
            self._tell(session, message.device, PresenceState.ONLINE, self._at(payload.timestamp))
        elif message.kind is SparkplugKind.DDEATH:
            session.online.discard(message.device)
            timestamp = decode(message.payload).timestamp
            self._tell(session, message.device, PresenceState.OFFLINE, self._at(timestamp))
        else:
            self._data(session, message)

    def _node_birth(self, session: EdgeSession, message: NodeMessage) -> None:
        payload = decode(message.payload)
        bdseq = bdseq_of(payload)
        if payload.seq is None or not 0 <= payload.seq <= 255 or bdseq is None:
            raise SparkplugError("an NBIRTH without seq or bdSeq")
        self._stop_timer(session.edge)
        self._asked.pop(session.edge, None)
        session.begin(bdseq, payload.seq, birth_table(session.edge, "", payload, self.registry))
        self._trouble.setdefault(session.edge, LogOnce(f"state of {session.edge}")).recovered()
        self._tell(session, None, PresenceState.ONLINE, self._at(payload.timestamp))
        epoch = (
            next((m.value for m in payload.metrics if m.alias == session.node.epoch), None) if session.node else None
        )
        if isinstance(epoch, str):
            self._publish_mark(session.edge, epoch, self._stored().get((session.edge, epoch), 0))

    def _data(self, session: EdgeSession, message: NodeMessage) -> None:
        table = session.table(message.device)
        if table is None or (message.device and message.device not in session.reborn):
            raise SparkplugError("data of a device that was not born")
        for device in tuple(session.online - session.reborn):  # all births come before the first data
            session.online.discard(device)
            self._tell(session, device, PresenceState.OFFLINE, self._clock.now())
        columns = message.columns or decode_columns(message.payload, table.types)
        batch = table.to_batch(session.edge, columns)
        if not self._is_known(batch):
            try:
                self._on_batch(batch)
            except Exception as error:  # noqa: BLE001 - whatever it is, the edge sends the batch again
                self._handing_over.failed(f"{type(error).__name__}: {error}")
                self._handed[batch.edge, batch.epoch].forget(batch.last_offset)
            else:
                self._handing_over.recovered()

    def _is_known(self, batch: ReadingBatch) -> bool:
        """Whether the batch is stored, or handed over a short while ago; otherwise it is noted as handed over."""
        place = (batch.edge, batch.epoch)
        mark = self._stored().get(place, 0)
        if batch.last_offset <= mark:
            self._publish_mark(*place, mark)  # the edge would not have sent it had it known
            return True
        handed = self._handed.setdefault(place, HandedOver())
        return not handed.note(batch.first_offset, batch.last_offset, mark, time.monotonic())

    # ---- presence ----

    def _edge_offline(self, session: EdgeSession) -> None:
        self._stop_timer(session.edge)
        at = self._clock.now()
        for device in sorted(session.online):
            self._tell(session, device, PresenceState.OFFLINE, at)
        session.end()
        self._tell(session, None, PresenceState.OFFLINE, at)

    def _all_offline(self) -> None:
        for session in self._sessions.values():
            if session.state is not SessionState.OFFLINE:
                self._edge_offline(session)

    def _tell(self, session: EdgeSession, device: str | None, state: PresenceState, at: datetime) -> None:
        if device is None:
            tables = [*session.devices.values(), *([session.node] if session.node else [])]
        else:
            tables = [session.devices[device]] if device in session.devices else []
        sources = tuple(int(source) for table in tables for source in table.source)
        try:
            self._on_presence(Presence(session.edge, device, state, at, sources))
        except Exception:
            log.exception("presence was not taken", edge=session.edge, device=device)

    # ---- order ----

    def _reorder_over(self, session: EdgeSession) -> None:
        self._timers.pop(session.edge, None)
        log.info("messages are missing, asking for a rebirth", edge=session.edge, next_seq=session.next_seq)
        session.lose_count()
        self._ask_rebirth(session.edge)

    def _stop_timer(self, edge: str) -> None:
        timer = self._timers.pop(edge, None)
        if timer is not None:
            timer.cancel()

    def _ask_rebirth(self, edge: str) -> None:
        backoff, not_before = self._asked.get(edge, (Backoff(REBIRTH_EVERY_S, REBIRTH_LONGEST_S), 0.0))
        now = time.monotonic()
        if now < not_before:
            return
        self._asked[edge] = backoff, now + backoff.next_delay()
        metric = Metric(name=REBIRTH_METRIC, timestamp=self._now_ms(), datatype=DataType.BOOLEAN, value=True)
        payload = encode(Payload(timestamp=self._now_ms(), metrics=(metric,)))
        self._link.send(topics.sparkplug(self._site, SparkplugKind.NCMD, edge), payload)

    def _publish_mark(self, edge: str, epoch: str, offset: int) -> None:
        payload = msgspec.json.encode(StoredMark(epoch, offset))
        self._link.send(topics.stored(self._site, edge), payload, qos=1, retain=True)

    def _at(self, timestamp_ms: int | None) -> datetime:
        """A message's own time; ours when it has none that a calendar knows."""
        try:
            return self._clock.now() if timestamp_ms is None else datetime.fromtimestamp(timestamp_ms / 1000, UTC)
        except (OverflowError, ValueError, OSError):
            return self._clock.now()

    def _now_ms(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    def _real_ms(self) -> int:
        return int(self._clock.real_now().timestamp() * 1000)


def _checked(seq: int | None) -> int:
    if seq is None or not 0 <= seq <= 255:
        raise SparkplugError("a message without a sequence number from 0 to 255")
    return seq
