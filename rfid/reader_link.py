"""One LLRP reader, kept alive: a fresh sllurp client for each connection, watched by keepalives.

sllurp's own reconnect is never used: a link cut in the middle of a report wedges it for ever, and a silent reader is
not noticed at all. So each connection gets its own client object, and a reader that says nothing for three keepalive
periods is dropped and connected again.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from sllurp.llrp import LLRPReaderClient, LLRPReaderConfig, LLRPReaderState

from plant.model import Reader
from runtime.backoff import Backoff, LogOnce
from runtime.health import HealthPart

TagBatch = Sequence[Mapping[str, Any]]

KEEPALIVE_S: Final = 1.0
SILENT_AFTER_S: Final = 3 * KEEPALIVE_S
CONNECT_TIMEOUT_S: Final = 3.0
INVENTORY_TIMEOUT_S: Final = (
    5.0  # the whole start-up dialogue; also ends the wait when sllurp's select fails past fd 1023
)
LOOK_EVERY_S: Final = 0.25
LONGEST_RETRY_S: Final = 1.0  # a reader that is back is used again within a second (design.md 12: 5 s)
REPORT_AT_LEAST_EVERY_MS: Final = 250
REPORT_AT_MOST_TAGS: Final = 64


class LinkState(StrEnum):
    """How the connection to a reader stands; only INVENTORYING sees tags."""

    CONNECTING = "connecting"
    INVENTORYING = "inventorying"
    SILENT = "silent"
    REFUSED = "refused"
    LOST = "lost"


class _Client(LLRPReaderClient):  # type: ignore[misc] # sllurp has no types
    """sllurp's client, except that the socket of a refused connection is closed."""

    def _connect_socket(self) -> None:
        self._socket = socket.create_connection((self._host, self._port), timeout=self._socktimeout)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class ReaderLink:
    """Connects to one reader for ever. Callbacks run on the loop: one call for a report, state change or event."""

    def __init__(
        self,
        reader: Reader,
        health: HealthPart,
        *,
        on_tags: Callable[[TagBatch], None],
        on_state: Callable[[LinkState], None],
        on_antenna: Callable[[int, str], None],
        on_clock: Callable[[int], None],
    ) -> None:
        self.reader = reader
        self.state = LinkState.CONNECTING
        self.last_heard = time.monotonic()
        self._health = health
        self._on_tags, self._on_state, self._on_antenna = on_tags, on_state, on_antenna
        self._on_clock = on_clock
        self._trouble = LogOnce(f"reader {reader.id}")
        self._backoff = Backoff(longest_s=LONGEST_RETRY_S)

    async def run(self) -> None:
        """Connect, inventory, watch, and again; ends only when cancelled."""
        while True:
            state, detail = await self._one_connection()
            self._trouble.failed(detail)
            self._health.down(f"Reader {self.reader.id} at {self.reader.host}:{self.reader.port}: {detail}.")
            self._change(state)
            await asyncio.sleep(self._backoff.next_delay())
            self._change(LinkState.CONNECTING)

    async def _one_connection(self) -> tuple[LinkState, str]:
        """One connection from start to end; returns how it ended and a few words on why."""
        loop = asyncio.get_running_loop()
        gone, started = asyncio.Event(), asyncio.Event()  # `started` is set by either outcome of the dialogue
        client = _Client(self.reader.host, self.reader.port, _config(self.reader), timeout=CONNECT_TIMEOUT_S)

        def heard(*_: object) -> None:
            self.last_heard = time.monotonic()

        def tags(_: object, batch: TagBatch) -> None:
            heard()
            loop.call_soon_threadsafe(self._on_tags, batch)

        def event(_: object, data: Mapping[str, Any]) -> None:
            heard()
            if utc := data.get("UTCTimestamp"):  # a reader without a clock says its uptime instead
                loop.call_soon_threadsafe(self._on_clock, utc["Microseconds"])
            if (antenna := data.get("AntennaEvent")) is not None:
                loop.call_soon_threadsafe(self._on_antenna, antenna["AntennaID"], antenna["EventType"])

        client.add_tag_report_callback(tags)
        client.add_event_callback(event)
        client.add_message_callback("KEEPALIVE", heard)

        def ended(_: object) -> None:
            loop.call_soon_threadsafe(gone.set)
            loop.call_soon_threadsafe(started.set)

        client.add_disconnected_callback(ended)
        client.add_state_callback(LLRPReaderState.STATE_INVENTORYING, lambda *_: loop.call_soon_threadsafe(started.set))
        connecting = asyncio.ensure_future(asyncio.to_thread(client.connect))
        try:
            await asyncio.shield(connecting)
            async with asyncio.timeout(INVENTORY_TIMEOUT_S):
                await started.wait()
            if gone.is_set():
                return LinkState.REFUSED, "the reader closed the connection during the start-up dialogue"
            heard()
            self._change(LinkState.INVENTORYING)
            self._health.ok()
            self._trouble.recovered()
            self._backoff.reset()
            return await self._watch(client, gone)
        except TimeoutError:
            return LinkState.REFUSED, "no inventory within the time allowed"
        except OSError as error:
            return LinkState.REFUSED, str(error) or type(error).__name__
        finally:
            await asyncio.wait({connecting})  # a thread that is still connecting would open the socket after us
            client.hard_disconnect()
            await asyncio.to_thread(client.join, 2)

    async def _watch(self, client: LLRPReaderClient, gone: asyncio.Event) -> tuple[LinkState, str]:
        while not gone.is_set() and client.is_alive():
            if time.monotonic() - self.last_heard > SILENT_AFTER_S:
                return LinkState.SILENT, f"nothing heard for {SILENT_AFTER_S:g} s"
            await asyncio.sleep(LOOK_EVERY_S)
        return LinkState.LOST, "the connection was closed or broke"

    def _change(self, state: LinkState) -> None:
        if state is not self.state:
            self.state = state
            self._on_state(state)


def _config(reader: Reader) -> LLRPReaderConfig:
    """What we ask of a reader; antenna, signal and times of a read are off in sllurp unless asked for."""
    return LLRPReaderConfig(
        {
            "antennas": [antenna.port for antenna in reader.antennas],
            "session": 1,  # a portal wants each tag again and again (world.md 3.3)
            "tag_population": 32,
            "report_every_n_tags": REPORT_AT_MOST_TAGS,
            "report_timeout_ms": REPORT_AT_LEAST_EVERY_MS,
            "keepalive_interval": int(KEEPALIVE_S * 1000),
            "reconnect": False,
            "tag_content_selector": {
                "EnableROSpecID": False,
                "EnableSpecIndex": False,
                "EnableInventoryParameterSpecID": False,
                "EnableAntennaID": True,
                "EnableChannelIndex": False,
                "EnablePeakRSSI": True,
                "EnableFirstSeenTimestamp": True,
                "EnableLastSeenTimestamp": True,
                "EnableTagSeenCount": True,
                "EnableAccessSpecID": False,
            },
            "event_selector": {"AntennaEvent": True, "ReaderExceptionEvent": True},
        }
    )
