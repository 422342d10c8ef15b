"""A VictoriaMetrics of the test's own: started on a free port of this machine, killed, started again, asked back."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

import httpx
import pytest

START_WITHIN_S: Final = 60.0


def binary() -> str:
    """The server of Debian's package; skips without it, fails where CI=true."""
    found = shutil.which("victoria-metrics")
    if found is None:
        reason = "victoria-metrics is not installed (Debian package victoria-metrics)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class VictoriaServer:
    """One server on one folder; a point written twice counts once (`-dedup.minScrapeInterval`)."""

    def __init__(self, folder: Path) -> None:
        self._binary, self._folder = binary(), folder
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start and wait until it answers."""
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self._binary,
                    f"-httpListenAddr=127.0.0.1:{self._port}",
                    f"-storageDataPath={self._folder / 'data'}",
                    "-dedup.minScrapeInterval=1ms",
                    "-search.latencyOffset=0s",
                    "-retentionPeriod=12",
                    "-search.maxUniqueTimeseries=10000",
                    "-memory.allowedBytes=64MB",
                ],
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + START_WITHIN_S
        while not self._answers():
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError(
                    f"VictoriaMetrics did not start: {(self._folder / 'server.log').read_text()[-2000:]}"
                )
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL: what it had in memory only is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def export(self, match: str) -> dict[tuple[str, str], dict[int, float]]:
        """(name, metric tag) -> time in milliseconds -> value, of every stored point."""
        httpx.get(f"{self.url}/internal/force_flush", timeout=30).raise_for_status()
        answer = httpx.get(f"{self.url}/api/v1/export", params={"match[]": match}, timeout=30)
        answer.raise_for_status()
        found: dict[tuple[str, str], dict[int, float]] = {}
        for line in answer.text.splitlines():
            series = json.loads(line)
            name = series["metric"]["__name__"], series["metric"]["metric"]
            found.setdefault(name, {}).update(zip(series["timestamps"], series["values"], strict=True))
        return found

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=1).status_code == 200
        except httpx.TransportError:
            return False
