"""How a child process of the world lives: until it is told to stop, or its parent is gone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import msgspec

from plant.model import Plant
from runtime.logs import LogFormat, configure_logs


def read_plant(path: Path) -> Plant:
    """The plant document that the parent has checked and handed down as JSON; raises OSError or msgspec.DecodeError."""
    return msgspec.json.decode(path.read_bytes(), type=Plant)


def run_child(service: str, main: Coroutine[Any, Any, None]) -> None:
    """Run a child's main until SIGTERM, SIGINT, or end of standard input (the parent's end of the pipe closed)."""
    configure_logs(service, LogFormat.JSON)
    logging.getLogger("asyncua").setLevel(
        logging.ERROR
    )  # it warns of missing certificates, which loopback needs none of
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_until_orphaned(main))


async def _until_orphaned(main: Coroutine[Any, Any, None]) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    work = asyncio.ensure_future(main)
    ends = {asyncio.ensure_future(_parent_gone(loop)), asyncio.ensure_future(stop.wait())}
    done, _ = await asyncio.wait({work, *ends}, return_when=asyncio.FIRST_COMPLETED)
    for task in {work, *ends} - done:
        task.cancel()
    await asyncio.gather(*({work, *ends} - done), return_exceptions=True)
    if work in done:
        work.result()


async def _parent_gone(loop: asyncio.AbstractEventLoop) -> None:
    reader = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    try:
        while await reader.read(1024):
            pass
    finally:
        transport.close()
