"""A whole centre for a test: `hemovault demo` as a person starts it, its API, its spools, its world's own log."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import httpx

from runtime.clock import Clock, load_clock

_HEMOVAULT = (sys.executable, "-m", "hemovault")
_ADDRESS = re.compile(r"^Open (http://\S+)$")
_ACCOUNT = re.compile(r"^  ([\w-]+) +(\S{12,}) +\w+")


class Centre:
    """A running demo centre in a folder of its own. Use it as a context manager."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self._arguments = arguments
        self._output = folder.with_suffix(".out")
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.passwords: dict[str, str] = {}
        self.client = httpx.Client()

    def __enter__(self) -> Self:
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [*_HEMOVAULT, "demo", "--data", str(self.folder), "--port", "0", *self._arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        wait_until(self._has_greeted, 90, "the demo said its address", lambda: self._output.read_text()[-2000:])
        self.client = self.signed_in("admin")
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        process = self._process
        assert process is not None
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGINT)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise

    @property
    def clock(self) -> Clock:
        """The clock that all of the centre's processes read."""
        return load_clock(self.folder / "clock.json")

    @property
    def supervisor(self) -> int:
        """Process id of the demo itself."""
        assert self._process is not None
        return self._process.pid

    def signed_in(self, username: str) -> httpx.Client:
        """A client of the API with a session of its own."""
        client = httpx.Client(base_url=f"{self.url}/api/v1", timeout=30)
        body = {"username": username, "password": self.passwords[username]}
        client.post("/session", json=body).raise_for_status()
        return client

    def get(self, path: str) -> Any:
        """What the API answers, as plain data."""
        answer = self.client.get(path)
        answer.raise_for_status()
        return answer.json()

    def bags(self) -> dict[str, dict[str, Any]]:
        """Every bag that the warehouse knows, by id."""
        found: dict[str, dict[str, Any]] = {}
        components = [component["key"] for component in self.get("/plant")["components"]]
        for component in components:
            page = self.get(f"/bags?component={component}&limit=500")
            assert page["total"] <= 500, "the test asks for one page"
            found.update((bag["id"], bag) for bag in page["items"])
        return found

    def pid(self, name: str) -> int:
        """Process id of a service (`serve`, `broker`) or of a child of the world (`plc-works`)."""
        return int((self.folder / "run" / f"{name}.pid").read_text())

    def kill(self, name: str) -> int:
        """SIGKILL a process and return the id it had."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        return pid

    def spools(self) -> dict[str, tuple[int, int]]:
        """Of each edge: the last fact on its disk, and up to which the controller has committed and may acknowledge.

        What an edge itself has noted of acknowledgements reaches its disk with its next fact only.
        """
        marks = dict(self.rows("select epoch, mark from inbox_mark"))
        spools = {}
        for path in self.folder.rglob("*.facts.db"):
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as spool:
                epoch, head = spool.execute("select epoch, head from spool").fetchone()
                spools[path.name] = (head, marks.get(epoch, 0))
        return spools

    def unacknowledged(self) -> int:
        """Facts on the edges' disks that the controller has not committed, so cannot have acknowledged."""
        return sum(head - mark for head, mark in self.spools().values())

    def committed(self) -> int:
        """Facts that the controller has committed."""
        return self.count("select count(*) from inbox")

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a read-only look into the warehouse's database answers."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as database:
            return database.execute(query, values).fetchall()

    def count(self, query: str) -> int:
        """The one number that a query asks for."""
        return int(self.rows(query)[0][0])

    @property
    def database(self) -> Path:
        """The warehouse's database."""
        return self.folder / "warehouse.db"

    def world_log(self) -> list[dict[str, Any]]:
        """What really happened, as the simulated world wrote it down itself."""
        path = self.folder / "simulate" / "world.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def hemovault(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the program on this centre."""
        command = [*_HEMOVAULT, *arguments, "--config", str(self.folder / "hemovault.toml")]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    def _has_greeted(self) -> bool:
        assert self._process is not None
        text = self._output.read_text(encoding="utf-8")
        assert self._process.poll() is None, f"the demo ended: {text[-2000:]}"
        lines = text.splitlines()
        self.passwords = dict(match.groups() for line in lines if (match := _ACCOUNT.match(line)))  # type: ignore[arg-type] # two groups, always matched
        self.url = next((match[1] for line in lines if (match := _ADDRESS.match(line))), "")
        return "Ctrl-C ends it." in text


def wait_until(
    condition: Callable[[], bool],
    seconds: float,
    what: str,
    describe: Callable[[], object] = lambda: "",
    *,
    every_s: float = 0.1,
) -> None:
    """Wait for a condition that real processes bring about; fails with what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}. {describe()}"
        time.sleep(every_s)
