"""The allocation worker: one unix socket, one request at a time.

The solver holds the interpreter lock while it runs, so this process does nothing else; whoever needs an answer waits on
the socket, not on this program's threads.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import structlog

from allocation.certificate import CertificateError
from allocation.explain import explain
from allocation.model import PolicyError, SnapshotError
from allocation.solve import SolveError, allocate
from allocation.wire import (
    HEADER_BYTES,
    Failed,
    Solved,
    WireError,
    decode_request,
    encode_reply,
    frame,
    message_length,
)

_log = structlog.get_logger(__name__)
_OWNER_ONLY = 0o600
_ERROR_CODES: dict[type[Exception], str] = {
    WireError: "wire_error",
    SnapshotError: "snapshot_error",
    PolicyError: "policy_error",
    SolveError: "solve_error",
    CertificateError: "certificate_error",
}


async def run_solve(socket_path: Path) -> None:
    """Serve `allocation.wire` requests on a unix socket until cancelled; a stale socket file is replaced.

    Every request gets one reply: `Solved`, or `Failed` with a code and a sentence. A client that announces an
    impossible length is answered and disconnected.
    """
    await asyncio.to_thread(socket_path.unlink, missing_ok=True)
    turn = asyncio.Lock()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await _converse(reader, writer, turn)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_unix_server(serve, path=str(socket_path))
    await asyncio.to_thread(socket_path.chmod, _OWNER_ONLY)
    _log.info("solve.listening", socket=str(socket_path))
    try:
        async with server:
            await server.serve_forever()
    finally:
        socket_path.unlink(missing_ok=True)  # noqa: ASYNC240  # on the way out, and cancellation must not skip it


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, turn: asyncio.Lock) -> None:
    while True:
        header = await reader.readexactly(HEADER_BYTES)
        try:
            length = message_length(header)
        except WireError as error:
            writer.write(frame(encode_reply(Failed("wire_error", str(error)))))
            await writer.drain()
            return
        request = await reader.readexactly(length)
        async with turn:
            reply = answer(request)
        writer.write(frame(encode_reply(reply)))
        await writer.drain()


def answer(request: bytes) -> Solved | Failed:
    """Plan one request; every foreseen failure becomes a `Failed` with its code."""
    try:
        snapshot, policy = decode_request(request)
        plan = allocate(snapshot, policy)
        return Solved(plan, explain(plan, snapshot, policy))
    except tuple(_ERROR_CODES) as error:
        code = next(code for kind, code in _ERROR_CODES.items() if isinstance(error, kind))
        _log.warning("solve.failed", code=code, detail=str(error))
        return Failed(code, str(error))
