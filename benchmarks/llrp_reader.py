"""An LLRP reader on a thread: holds the dialogue of `simulators.llrp.session`, and sends reports made beforehand."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from runtime.clock import Clock
from simulators.llrp import codec
from simulators.llrp.session import ReaderSession

_KEEPALIVE_S: Final = 0.5


class PreparedReader:
    """One reader, one client at a time. `send` waits while the client does not take what was sent before."""

    def __init__(self, name: str, antennas: int, port: int) -> None:
        self.inventorying = threading.Event()
        self._name, self._antennas = name, antennas
        self._listener = socket.create_server(("127.0.0.1", port))
        self._client: socket.socket | None = None
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._threads = [
            threading.Thread(target=self._accept, name=f"{name} dialogue", daemon=True),
            threading.Thread(target=self._keep_alive, name=f"{name} keepalives", daemon=True),
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        self._listener.close()
        if self._client is not None:
            self._client.close()

    def send(self, data: bytes) -> None:
        """Send bytes to the client; raises OSError when it has gone."""
        client = self._client
        if client is None:
            raise OSError("no client is connected")
        with self._lock:
            client.sendall(data)

    def send_in_time(self, reports: Sequence[tuple[int, bytes]]) -> None:
        """Send reports when their last read has happened, as a reader does; the passage begins now."""
        begun = time.monotonic()
        for after_us, report in reports:
            wait_s = begun + after_us / 1e6 - time.monotonic()
            if wait_s > 0:
                time.sleep(wait_s)
            self.send(report)

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                client, _ = self._listener.accept()
                self._client = client
                with suppress(OSError, codec.LlrpError):
                    self._converse(client)
                self.inventorying.clear()

    def _converse(self, client: socket.socket) -> None:
        session = ReaderSession(self._name, self._antennas)
        self.send(session.greeting(int(Clock().real_now().timestamp() * 1e6)))
        with client.makefile("rb") as stream:
            while len(raw := stream.read(codec.HEADER_BYTES)) == codec.HEADER_BYTES:
                kind, length, number, version = codec.header(raw)
                body = stream.read(length - codec.HEADER_BYTES)
                for answer in session.handle(codec.Frame(kind, number, body, version)):
                    self.send(answer)
                if session.inventorying:
                    self.inventorying.set()

    def _keep_alive(self) -> None:
        alive = codec.frame(codec.Message.KEEPALIVE, 0)
        while not self._closed.wait(_KEEPALIVE_S):
            if self.inventorying.is_set():
                with suppress(OSError):
                    self.send(alive)
