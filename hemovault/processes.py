"""Keep the services of one machine running: start in order, restart what dies, stop in reverse. Used by the demo."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_RESTART_FIRST_S: Final = 0.5  # a service that was killed is missed at once
_RESTART_MOST_S: Final = 10.0  # one that cannot start must not eat the machine
_SETTLED_S: Final = 20.0  # running this long means that it started well
_READY_S: Final = 60.0  # on a slow machine; the demo goes on all the same
_LOOK_S: Final = 0.1
_STOP_S: Final = 10.0  # time to close files and say goodbye
_PR_SET_PDEATHSIG: Final = 1

SUPERVISED: Final = "HEMOVAULT_SUPERVISED"
"""Set in the environment of a service that must not outlive the process that started it."""


@dataclass(frozen=True, slots=True)
class ServiceProcess:
    """One `hemovault run ...` command; `about` is the line a person reads.

    The next service starts when all of `ports` on 127.0.0.1 take connections, or after a while without them.
    """

    name: str
    arguments: tuple[str, ...]
    about: str
    ports: tuple[int, ...] = ()


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent dies, so that no service outlives a killed demo."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class ProcessGroup:
    """Supervised child processes: each writes `logs/NAME.log`, its pid stands in `run/NAME.pid` while it runs."""

    def __init__(
        self, services: Sequence[ServiceProcess], config: Path, data_dir: Path, say: Callable[[str], None]
    ) -> None:
        self._services = services
        self._config = config
        self._logs = data_dir / "logs"
        self._pids = data_dir / "run"
        self._say = say

    async def run(self, announce: Callable[[], object]) -> None:
        """Run all services until cancelled; `announce` is called once, when the last one has been started."""
        self._logs.mkdir(parents=True, exist_ok=True)
        self._pids.mkdir(parents=True, exist_ok=True)
        keepers: list[asyncio.Task[None]] = []
        try:
            for service in self._services:
                started = asyncio.Event()
                keepers.append(asyncio.create_task(self._keep(service, started), name=service.name))
                await started.wait()
            announce()
            await asyncio.gather(*keepers)
        finally:
            for keeper in reversed(keepers):
                keeper.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await keeper

    async def _keep(self, service: ServiceProcess, started: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        delay = _RESTART_FIRST_S
        while True:
            begun = loop.time()
            process = await self._start(service)
            if not started.is_set():
                self._say(f"{service.name:<14} {service.about}")
                await _listening(service.ports)
                started.set()
            try:
                status = await process.wait()
            except asyncio.CancelledError:
                await _stop(process)
                raise
            finally:
                (self._pids / f"{service.name}.pid").unlink(missing_ok=True)
            if loop.time() - begun > _SETTLED_S:
                delay = _RESTART_FIRST_S
            self._say(
                f"{service.name:<14} ended ({_how(status)}), starts again in {delay:g} s; "
                f"see {self._logs / service.name}.log"
            )
            await asyncio.sleep(delay)
            delay = min(delay * 2, _RESTART_MOST_S)

    async def _start(self, service: ServiceProcess) -> asyncio.subprocess.Process:
        with (self._logs / f"{service.name}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "hemovault", "run", *service.arguments, "--config", str(self._config),
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, SUPERVISED: "1", "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip
        (self._pids / f"{service.name}.pid").write_text(f"{process.pid}\n", encoding="ascii")
        return process


async def _listening(ports: Sequence[int]) -> None:
    """Wait until every port takes connections; whoever is late is waited for by its own clients."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_READY_S):
            for port in ports:
                while not await _takes_connections(port):  # noqa: ASYNC110 - another process's socket has no event
                    await asyncio.sleep(_LOOK_S)


async def _takes_connections(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(_STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _how(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
