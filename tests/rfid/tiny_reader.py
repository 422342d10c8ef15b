"""The smallest LLRP reader that a real client accepts, on the test's own loop, with the faults of a bad day."""

from __future__ import annotations

import asyncio
import struct
import time
from dataclasses import dataclass

KEEPALIVE_S = 1.0


@dataclass(frozen=True)
class TagSeen:
    """One tag report: EPC in hex, antenna, dBm, microseconds."""

    epc: str
    antenna: int
    rssi: int
    at_us: int
    count: int = 1


def parameter(kind: int, body: bytes) -> bytes:
    return struct.pack("!HH", kind, 4 + len(body)) + body


def message(kind: int, message_id: int, body: bytes) -> bytes:
    return struct.pack("!HII", 1 << 10 | kind, 10 + len(body), message_id) + body


def tag_report(tags: list[TagSeen]) -> bytes:
    entries = b""
    for tag in tags:
        epc = bytes.fromhex(tag.epc)
        body = parameter(241, struct.pack("!H", len(epc) * 8) + epc)
        body += struct.pack("!BH", 0x80 | 1, tag.antenna) + struct.pack("!Bb", 0x80 | 6, tag.rssi)
        body += struct.pack("!BQ", 0x80 | 2, tag.at_us) + struct.pack("!BQ", 0x80 | 4, tag.at_us)
        body += struct.pack("!BH", 0x80 | 8, tag.count)
        entries += parameter(240, body)
    return message(61, 0, entries)


_SUCCESS = parameter(287, struct.pack("!HH", 0, 0))
_GENERAL = parameter(137, struct.pack("!HHIIH", 4, 0x4000, 25882, 1, 0))
_POWERS = b"".join(parameter(145, struct.pack("!Hh", index, 1000 + 250 * index)) for index in (1, 2, 3))
_MODES = parameter(
    328,
    b"".join(parameter(329, struct.pack("!IBBBBIIIII", m, 0, 1, 1, 1, 256000, 1500, 6250, 25000, 100)) for m in (0, 2)),
)
_FREQUENCIES = parameter(146, b"\x00" + parameter(148, struct.pack("!HI", 1, 922500)))
_BAND = parameter(144, _POWERS + _FREQUENCIES + _MODES)
_REGULATORY = parameter(143, struct.pack("!HH", 156, 1) + _BAND)
_NOW = parameter(128, struct.pack("!Q", 1_700_000_000_000_000))
_HELLO = message(63, 0, parameter(246, _NOW + parameter(256, struct.pack("!H", 0))))
ENABLE_ROSPEC = 24


class TinyReader:
    """Listens, answers the start-up dialogue, sends what the test gives it, and can fall silent or hang up."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connections = 0
        self.inventorying = asyncio.Event()
        self.silent = False
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def close(self) -> None:
        """Close the port and every connection."""
        if self._server is not None:
            self._server.close()
        self.hang_up()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    def send(self, data: bytes) -> None:
        for writer in self._writers:
            writer.write(data)

    def hang_up(self) -> None:
        self.inventorying.clear()
        for writer in list(self._writers):
            writer.close()

    def antenna_event(self, port: int, *, connected: bool) -> None:
        self.send(message(63, 0, parameter(246, _NOW + parameter(255, struct.pack("!BH", connected, port)))))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        self.connections += 1
        keepalive = asyncio.ensure_future(self._keepalive(writer))
        try:
            writer.write(_HELLO)
            while True:
                kind, length, message_id = struct.unpack("!HII", await reader.readexactly(10))
                await reader.readexactly(length - 10)
                self._answer(writer, kind & 0x3FF, message_id)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            keepalive.cancel()
            self._writers.discard(writer)
            self._tasks.discard(task)
            writer.close()

    def _answer(self, writer: asyncio.StreamWriter, kind: int, message_id: int) -> None:
        if self.silent or kind in (64, 72):  # ENABLE_EVENTS_AND_REPORTS and KEEPALIVE_ACK have no answer
            return
        body = _SUCCESS + _GENERAL + _REGULATORY if kind == 1 else _SUCCESS
        writer.write(message(kind + 10, message_id, body))
        if kind == ENABLE_ROSPEC:
            self.inventorying.set()

    async def _keepalive(self, writer: asyncio.StreamWriter) -> None:
        while True:
            await asyncio.sleep(KEEPALIVE_S)
            if not self.silent:
                writer.write(message(62, 0, b""))


def now_us() -> int:
    return time.time_ns() // 1000
