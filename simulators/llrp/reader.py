"""A fixed reader of the virtual centre: an LLRP server on its own port, a child process that hears what the world says.

`python -m simulators.llrp.reader --plant FILE.json --reader ID --link-port N`. Reads while nobody runs an
inventory are lost, as with a real reader; the world knows and has the bags passed again.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from plant.model import Reader
from runtime.logs import get_logger
from simulators.llrp import codec
from simulators.llrp.session import ReaderSession
from simulators.process.child import read_plant, run_child
from simulators.process.link import Hello, ReaderHeard, Reads, Values, WorldLink
from simulators.radio.passes import TagRead

log = get_logger(__name__)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LOOK_S: Final = 0.25


class LlrpReader:
    """The reader: one client at a time, reports as the world's antennas hear them, timestamps in domain time."""

    def __init__(self, reader: Reader, link_port: int) -> None:
        self._reader = reader
        self._antennas = max(antenna.port for antenna in reader.antennas)
        self._link = WorldLink(link_port, Hello(role="reader", name=reader.id), self._on_message, self._tell_state)
        self._session: ReaderSession | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._handlers: set[asyncio.Task[None]] = set()
        self._told = False
        self._now_us = 0

    async def run(self) -> None:
        """Listen until cancelled."""
        server = await asyncio.start_server(self._welcome, self._reader.host, self._reader.port)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._link.run())
                group.create_task(self._keep_alive())
        finally:
            server.close()
            if self._writer is not None:
                self._writer.close()
            if self._handlers:
                await asyncio.wait(self._handlers, timeout=1.0)

    def _on_message(self, message: Reads | Values) -> None:
        if not isinstance(message, Reads):
            return
        self._now_us = message.now_us
        if message.reads and self._session is not None and self._writer is not None:
            for report in self._session.report([_tag(read) for read in message.reads]):
                self._writer.write(report)

    def _tell_state(self) -> None:
        self._told = self._session is not None and self._session.inventorying
        self._link.tell(ReaderHeard(listening=self._told))

    async def _keep_alive(self) -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(_LOOK_S)
            session, writer = self._session, self._writer
            if session is None or writer is None or not session.keepalive_ms:
                last = time.monotonic()
            elif time.monotonic() - last >= session.keepalive_ms / 1000.0:
                last = time.monotonic()
                writer.write(session.keepalive())

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = asyncio.create_task(self._serve(reader, writer))
        self._handlers.add(handler)
        handler.add_done_callback(self._handlers.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._session is not None:
            writer.write(codec.connection_event(0, codec.Attempt.CLIENT_CONNECTION_EXISTS, self._now_us))
            await _close(writer)
            return
        session = self._session = ReaderSession(self._reader.id, self._antennas)
        self._writer = writer
        writer.write(session.greeting(self._now_us))
        try:
            while not session.closing:
                kind, length, number, version = codec.header(await reader.readexactly(codec.HEADER_BYTES))
                body = await reader.readexactly(length - codec.HEADER_BYTES)
                for answer in session.handle(codec.Frame(kind, number, body, version)):
                    writer.write(answer)
                await writer.drain()
                if session.inventorying != self._told:
                    self._tell_state()
        except (OSError, asyncio.IncompleteReadError):
            log.debug("the client left", reader=self._reader.id)
        except codec.LlrpError as error:
            log.warning("the client does not speak LLRP", reader=self._reader.id, reason=str(error))
        finally:
            self._session = self._writer = None
            self._tell_state()
            await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        await writer.wait_closed()
    except OSError as error:
        log.debug("closing a broken connection", reason=str(error))


def _tag(read: TagRead) -> codec.Tag:
    at_us = (read.at - _EPOCH) // timedelta(microseconds=1)
    return codec.Tag(bytes.fromhex(read.epc), read.antenna, read.rssi_dbm, at_us, at_us)


def main() -> None:
    """Command line of the child process."""
    parser = argparse.ArgumentParser(description="LLRP emulator of one virtual reader")
    parser.add_argument("--plant", type=Path, required=True)
    parser.add_argument("--reader", required=True)
    parser.add_argument("--link-port", type=int, required=True)
    arguments = parser.parse_args()
    plant = read_plant(arguments.plant)
    reader = next((reader for reader in plant.readers if reader.id == arguments.reader), None)
    if reader is None:
        parser.error(f"{arguments.plant} has no reader {arguments.reader!r}")
    run_child(f"reader-{arguments.reader}", LlrpReader(reader, arguments.link_port).run())


if __name__ == "__main__":
    main()
