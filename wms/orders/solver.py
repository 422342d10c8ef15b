"""The client of the solve worker: one request, one reply, over a unix socket (`allocation.wire`)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from allocation.model import Policy, Snapshot
from allocation.wire import HEADER_BYTES, Failed, Solved, WireError, decode_reply, encode_request, frame, message_length

REPLY_WITHIN_S: Final = 60.0
"""Real seconds; the largest plan of design.md 12 takes 25."""


class SolverAway(Exception):  # noqa: N818 - a state of the world that callers wait out, not a fault of theirs
    """Nobody answers at the solver's socket now; asking again later is right."""


class SolverFailed(Exception):  # noqa: N818 - the worker's own word
    """The worker answered that it cannot plan this; ``code`` is for machines, the text for a person."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(detail)


class SolverClient:
    """Asks the solve worker at ``socket_path``; each request has its own connection, so a restart needs no care."""

    def __init__(self, socket_path: Path, *, reply_within_s: float = REPLY_WITHIN_S) -> None:
        self._socket_path = socket_path
        self._reply_within_s = reply_within_s

    async def solve(self, snapshot: Snapshot, policy: Policy) -> Solved:
        """Return the plan with its explanations. Raises SolverAway, or SolverFailed with the worker's reason."""
        request = frame(await asyncio.to_thread(encode_request, snapshot, policy))
        try:
            async with asyncio.timeout(self._reply_within_s):
                message = await self._exchange(request)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            raise SolverAway(f"{self._socket_path.name}: {error or type(error).__name__}") from error
        except WireError as error:
            raise SolverFailed("wire_error", str(error)) from error
        reply = await asyncio.to_thread(_decoded, message)
        if isinstance(reply, Failed):
            raise SolverFailed(reply.code, reply.detail)
        return reply

    async def _exchange(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_unix_connection(str(self._socket_path))
        try:
            writer.write(request)
            await writer.drain()
            return await reader.readexactly(message_length(await reader.readexactly(HEADER_BYTES)))
        finally:
            writer.close()


def _decoded(message: bytes) -> Solved | Failed:
    try:
        return decode_reply(message)
    except WireError as error:
        return Failed("wire_error", str(error))
