"""One OPC UA connection to a PLC cell, kept alive.

The first connect is retried here, later ones by asyncua. A call without a sure answer raises PlcUnreachable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Any, Final

from asyncua import Client, ua
from asyncua.client.ua_client import UaClientState

from plant.signals import NAMESPACE
from runtime.backoff import Backoff, LogOnce
from runtime.health import HealthPart

REQUEST_TIMEOUT_S: Final = 4.0
WATCHDOG_S: Final = 3.0  # also the probe's time limit: a shorter one takes a busy PLC for a dead one
LONGEST_RETRY_S: Final = 1.0  # back in use within a second or two of the PLC's return (design.md 12: 5 s)
CLOSE_S: Final = 3.0
READ_CHUNK: Final = 1_000

PLC_TROUBLE: Final = (OSError, TimeoutError, ua.UaError)
"""What a request may raise when the PLC is gone, restarting or confused."""


class PlcState(StrEnum):
    """Whether the PLC can be asked."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"


class PlcUnreachable(ConnectionError):  # noqa: N818 - says what happened, as the house names its errors
    """A request got no answer: the PLC may or may not have heard it."""


class PlcLink:
    """The connection of one cell, and the only way to ask its PLC anything."""

    def __init__(self, url: str, cell: str, health: HealthPart) -> None:
        self.state = PlcState.CONNECTING
        self.connected = asyncio.Event()
        self._url, self._cell, self._health = url, cell, health
        self._client: Client | None = None
        self._closing: asyncio.Future[None] | None = None
        self._namespace = 0
        self._trouble = LogOnce(f"PLC of cell {cell}")
        self._backoff = Backoff(longest_s=LONGEST_RETRY_S)

    async def run(self, on_session: Callable[[Client], Awaitable[None]], on_lost: Callable[[], None]) -> None:
        """Connect, follow the connection, and again; ends only when cancelled.

        `on_session` runs after each connect and reconnect, `on_lost` when the PLC has gone.
        """
        while True:
            client = _client(self._url)
            try:
                await client.connect(auto_reconnect=True, reconnect_max_delay=LONGEST_RETRY_S)
                await self._follow(client, on_session, on_lost)
                reason = "the connection ended"
            except PLC_TROUBLE as error:
                reason = str(error) or type(error).__name__
            finally:
                self._lost(on_lost)
                self._client = None
                await _wait_for_close(client)
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise asyncio.CancelledError  # asyncua swallowed it while it closed
            self._say(reason)
            await asyncio.sleep(self._backoff.next_delay())

    def drop(self) -> None:
        """End this connection; `run` makes a new one."""
        if self._client is not None:
            self._closing = asyncio.ensure_future(_close(self._client))

    def node_id(self, path: str) -> ua.NodeId:
        """The node of a path in the plant's namespace; only while connected."""
        return ua.NodeId(path, self._namespace)

    async def call(self, owner: str, method: str, *arguments: ua.Variant) -> list[Any]:
        """Call method `{owner}/{method}` of object `owner`; raises PlcUnreachable when there is no sure answer."""
        try:
            client = self._present()
            node = client.get_node(self.node_id(owner))
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                result = await node.call_method(self.node_id(f"{owner}/{method}"), *arguments)
        except PLC_TROUBLE as error:
            raise PlcUnreachable(f"{owner}/{method}: {str(error) or type(error).__name__}") from error
        return result if isinstance(result, list) else [result]

    async def read(self, paths: Sequence[str]) -> list[ua.DataValue]:
        """Read many values with their status and time; raises PlcUnreachable."""
        values: list[ua.DataValue] = []
        try:
            client = self._present()
            for start in range(0, len(paths), READ_CHUNK):
                nodes = [client.get_node(self.node_id(path)) for path in paths[start : start + READ_CHUNK]]
                async with asyncio.timeout(REQUEST_TIMEOUT_S):
                    values += await client.read_attributes(nodes, ua.AttributeIds.Value)
        except PLC_TROUBLE as error:
            raise PlcUnreachable(f"reading: {str(error) or type(error).__name__}") from error
        return values

    def _present(self) -> Client:
        if self._client is None or self.state is not PlcState.CONNECTED:
            raise PlcUnreachable("not connected")
        return self._client

    async def _follow(
        self, client: Client, on_session: Callable[[Client], Awaitable[None]], on_lost: Callable[[], None]
    ) -> None:
        """Until asyncua gives up: call `on_session` at each arrival in CONNECTED, `on_lost` at each departure."""
        async with client.subscribe_state() as states:
            state = client.state
            while state is not UaClientState.DISCONNECTED:
                if state is UaClientState.CONNECTED:
                    async with asyncio.timeout(REQUEST_TIMEOUT_S):
                        self._namespace = await client.get_namespace_index(NAMESPACE)
                    self._client = client
                    self.state = PlcState.CONNECTED
                    await on_session(client)
                    self.connected.set()
                    self._health.ok()
                    self._trouble.recovered()
                    self._backoff.reset()
                elif self.state is PlcState.CONNECTED:
                    self._lost(on_lost)
                    self._say("connection lost")
                state = await states.next_change()

    def _lost(self, on_lost: Callable[[], None]) -> None:
        if self.state is PlcState.CONNECTED:
            self.connected.clear()
            self.state = PlcState.LOST
            on_lost()

    def _say(self, reason: str) -> None:
        self._trouble.failed(reason)
        self._health.down(f"The PLC of cell {self._cell} at {self._url} is not connected: {reason}.")


def _client(url: str) -> Client:
    client = Client(
        url, timeout=REQUEST_TIMEOUT_S, watchdog_intervall=WATCHDOG_S, reconnect_request_timeout=REQUEST_TIMEOUT_S
    )
    client.application_uri = "urn:hemovault:bridge"
    return client


async def _wait_for_close(client: Client) -> None:
    """Close in a task of its own: asyncua swallows cancels while it closes, and ours must not be among them."""
    closing = asyncio.ensure_future(_close(client))
    try:
        await asyncio.wait({closing}, timeout=CLOSE_S)
    except asyncio.CancelledError:
        await asyncio.wait({closing}, timeout=CLOSE_S)
        raise


async def _close(client: Client) -> None:
    """Close what is left of a client; a dead PLC does not answer, and that is no trouble here."""
    try:
        async with asyncio.timeout(CLOSE_S - 1.0):
            await client.disconnect()
    except PLC_TROUBLE:
        client.disconnect_socket()
