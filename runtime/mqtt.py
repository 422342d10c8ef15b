"""One MQTT 3.1.1 connection: paho's network thread and one hop into asyncio.

Every connection is a fresh paho client, so nothing that an old connection left in flight is sent again behind the
caller's back: a QoS 1 publish either returns at PUBACK or raises LinkDown, and the caller decides what to repeat.
Brokers may forget everything when they die; whoever publishes retained state publishes it again in `on_connect`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from runtime.backoff import Backoff, LogOnce
from runtime.logs import get_logger
from runtime.settings import MqttSettings
from runtime.threads import in_thread

log = get_logger(__name__)

KEEPALIVE_S: Final = 10  # a silent peer is noticed within 15 s
HANDSHAKE_S: Final = 5.0  # CONNACK and SUBACK are due within this
FAREWELL_S: Final = 2.0  # a clean stop waits this long for its last message
IN_FLIGHT: Final = 100
DRAIN_BATCH: Final = 500  # messages handled before the loop may do something else
ROUTE_CACHE: Final = 10_000


class LinkDown(ConnectionError):  # noqa: N818 - the name that the contract gives it
    """The broker is not there, or went away before it acknowledged; nobody knows whether it has the message."""


@dataclass(frozen=True, slots=True)
class Will:
    """A message that the broker publishes when the connection breaks; the link itself says it before a clean stop."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message that arrived; `retain` means that it is older than the subscription."""

    topic: str
    payload: bytes
    qos: int
    retain: bool


Handler = Callable[[Message], None]


class _Event(Enum):
    CONNACK = "connack"
    SUBACK = "suback"
    PUBACK = "puback"
    MESSAGE = "message"
    GONE = "gone"


class _Ending(Enum):
    BROKEN = "broken"
    ON_PURPOSE = "on_purpose"


class MqttLink:
    """A connection that keeps itself up. Subscriptions survive reconnects; handlers and callbacks run on the loop.

    `will` may be a function: it is asked before each CONNECT (Sparkplug counts them). `farewell` is what a clean stop
    publishes instead of the Will.
    """

    def __init__(
        self,
        settings: MqttSettings,
        client_id: str,
        *,
        will: Will | Callable[[], Will] | None = None,
        farewell: Callable[[], Will] | None = None,
        clean: bool = True,
    ) -> None:
        self.connected = asyncio.Event()
        self._settings = settings
        self._client_id = client_id
        self._will = will
        self._farewell = farewell
        self._clean = clean
        self._client: paho.Client | None = None
        self._last_will: Will | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._routes: list[tuple[str, int, Handler]] = []
        self._route_cache: dict[str, tuple[Handler, ...]] = {}
        self._on_connect: list[Callable[[], None]] = []
        self._on_disconnect: list[Callable[[], None]] = []
        self._inbox: deque[tuple[paho.Client, _Event, Any]] = deque()
        self._draining = False
        self._unacked: dict[int, asyncio.Future[None]] = {}
        self._subacks: dict[int, asyncio.Future[None]] = {}
        self._connack: asyncio.Future[None] | None = None
        self._over: asyncio.Future[_Ending] | None = None

    def subscribe(self, topic_filter: str, handler: Handler, qos: int = 1) -> None:
        """Give each message that matches to `handler`, now and after every reconnect."""
        self._routes.append((topic_filter, qos, handler))
        self._route_cache.clear()
        if self._client is not None and self.connected.is_set():
            self._client.subscribe(topic_filter, qos)

    def on_connect(self, callback: Callable[[], None]) -> None:
        """Call `callback` each time the link is up and its subscriptions are acknowledged; at once if it is up."""
        self._on_connect.append(callback)
        if self.connected.is_set():
            callback()

    def on_disconnect(self, callback: Callable[[], None]) -> None:
        """Call `callback` each time the link has gone."""
        self._on_disconnect.append(callback)

    async def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> None:
        """Publish; QoS 1 returns at PUBACK. Raises LinkDown when there is no link or it breaks first."""
        await self.send(topic, payload, qos=qos, retain=retain)

    def send(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> asyncio.Future[None]:
        """Publish without waiting: the future ends at PUBACK (QoS 0: at once) or with LinkDown; it may be ignored."""
        future = asyncio.get_running_loop().create_future()
        future.add_done_callback(_seen)
        if self._client is None or not self.connected.is_set():
            future.set_exception(LinkDown(f"{self._client_id}: not connected to {self._address}"))
            return future
        info = self._client.publish(topic, payload, qos, retain)
        if info.rc is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            future.set_exception(LinkDown(f"{self._client_id}: {paho.error_string(info.rc)}"))
        elif qos == 0:
            future.set_result(None)
        else:
            self._unacked[info.mid] = future
        return future

    def drop(self, reason: str) -> None:
        """Say farewell, disconnect and begin again with a new connection."""
        if self._over is not None and not self._over.done():
            log.info("link dropped on purpose", link=self._client_id, reason=reason)
            self._over.set_result(_Ending.ON_PURPOSE)

    async def run(self) -> None:
        """Connect, stay connected, connect again, for ever; cancel to say farewell and stop."""
        self._loop = asyncio.get_running_loop()
        backoff = Backoff()
        trouble = LogOnce(f"MQTT link {self._client_id} to {self._address}")
        while True:
            try:
                await self._open()
                trouble.recovered()
                backoff.reset()
                if await self._session() is _Ending.BROKEN:
                    trouble.failed("the connection broke")
            except (OSError, TimeoutError) as error:
                trouble.failed(str(error) or type(error).__name__)
            finally:
                await self._close()
            await asyncio.sleep(backoff.next_delay())

    @property
    def _address(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        self._connack, self._over = loop.create_future(), loop.create_future()
        self._connack.add_done_callback(_seen)
        self._client = client = self._new_client()
        await in_thread(client.connect, self._settings.host, self._settings.port, KEEPALIVE_S)
        client.loop_start()
        async with asyncio.timeout(HANDSHAKE_S):
            await self._connack
            for topic_filter, qos, _ in tuple(self._routes):
                _, mid = client.subscribe(topic_filter, qos)
                if mid is not None:
                    self._subacks[mid] = loop.create_future()
            await asyncio.gather(*self._subacks.values())

    async def _session(self) -> _Ending:
        assert self._over is not None  # noqa: S101 - set by _open, for the type checker
        self.connected.set()
        for callback in tuple(self._on_connect):
            callback()
        return await self._over

    async def _close(self) -> None:
        client, was_up = self._client, self.connected.is_set()
        if client is None:
            return
        try:
            if was_up and client.is_connected():
                await self._say_farewell()
        finally:
            self.connected.clear()
            self._client = None
            client.disconnect()
            try:
                await in_thread(client.loop_stop)
            finally:
                self._fail_waiters()
                if was_up:
                    for callback in tuple(self._on_disconnect):
                        callback()

    async def _say_farewell(self) -> None:
        last = self._farewell() if self._farewell is not None else self._last_will
        if last is None:
            return
        with contextlib.suppress(LinkDown, TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await self.publish(last.topic, last.payload, qos=max(last.qos, 1), retain=last.retain)

    def _fail_waiters(self) -> None:
        for future in (*self._unacked.values(), *self._subacks.values()):
            if not future.done():
                future.add_done_callback(_seen)
                future.set_exception(LinkDown(f"{self._client_id}: the link broke"))
        self._unacked.clear()
        self._subacks.clear()

    def _new_client(self) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            self._client_id,
            clean_session=self._clean,
            protocol=MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        client.max_queued_messages_set(0)
        client.max_inflight_messages_set(IN_FLIGHT)
        client.connect_timeout = HANDSHAKE_S
        if self._settings.username is not None:
            password = self._settings.password
            client.username_pw_set(self._settings.username, password.get_secret_value() if password else None)
        self._last_will = self._will() if callable(self._will) else self._will
        if self._last_will is not None:
            will = self._last_will
            client.will_set(will.topic, will.payload, will.qos, will.retain)
        client.on_connect = lambda c, _u, _f, code, _p: self._hop(c, _Event.CONNACK, code)
        client.on_disconnect = lambda c, _u, _f, code, _p: self._hop(c, _Event.GONE, code)
        client.on_subscribe = lambda c, _u, mid, codes, _p: self._hop(c, _Event.SUBACK, (mid, codes))
        client.on_publish = lambda c, _u, mid, _code, _p: self._hop(c, _Event.PUBACK, mid)
        client.on_message = lambda c, _u, message: self._hop(c, _Event.MESSAGE, message)
        return client

    # ---- from the network thread into the loop ----

    def _hop(self, client: paho.Client, event: _Event, detail: object) -> None:
        self._inbox.append((client, event, detail))
        if not self._draining and self._loop is not None:
            self._draining = True
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to tell
                self._loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        self._draining = False  # cleared first: what arrives from here on schedules its own drain
        for _ in range(DRAIN_BATCH):
            try:
                client, event, detail = self._inbox.popleft()
            except IndexError:
                return
            if client is self._client:
                self._on_event(event, detail)
        if self._loop is not None:
            self._loop.call_soon(self._drain)

    def _on_event(self, event: _Event, detail: Any) -> None:
        if event is _Event.MESSAGE:
            try:
                topic = detail.topic
            except UnicodeDecodeError:
                log.warning("a topic that is not UTF-8 was ignored", link=self._client_id)
                return
            self._dispatch(Message(topic, bytes(detail.payload), detail.qos, bool(detail.retain)))
        elif event is _Event.PUBACK:
            _finish(self._unacked.pop(detail, None))
        elif event is _Event.SUBACK:
            mid, codes = detail
            refused = next((str(code) for code in codes if code.is_failure), None)
            _finish(self._subacks.pop(mid, None), refused and f"subscription refused: {refused}")
        elif event is _Event.CONNACK:
            _finish(self._connack, f"connection refused: {detail}" if detail.is_failure else None)
        else:
            self._on_gone(str(detail))

    def _on_gone(self, reason: str) -> None:
        _finish(self._connack, f"closed during the handshake: {reason}")
        self._fail_waiters()
        if self._over is not None and not self._over.done():
            self._over.set_result(_Ending.BROKEN)

    def _dispatch(self, message: Message) -> None:
        handlers = self._route_cache.get(message.topic)
        if handlers is None:
            routes = self._routes
            handlers = tuple(run for pattern, _, run in routes if paho.topic_matches_sub(pattern, message.topic))
            if len(self._route_cache) >= ROUTE_CACHE:
                self._route_cache.clear()
            self._route_cache[message.topic] = handlers
        for handler in handlers:
            try:
                handler(message)
            except Exception:
                log.exception("a message handler failed", topic=message.topic, size=len(message.payload))


def _finish(future: asyncio.Future[None] | None, failure: str | None = None) -> None:
    if future is None or future.done():
        return
    if failure is None:
        future.set_result(None)
    else:
        future.set_exception(LinkDown(failure))


def _seen(future: asyncio.Future[None]) -> None:
    """Nobody has to await a publish; asking for the exception keeps asyncio from complaining about it."""
    if not future.cancelled():
        future.exception()
