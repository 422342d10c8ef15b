"""Debian's Mosquitto as a site would run it: its own process on loopback, sessions and kept messages on disk."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import Self

import pytest
from system.centre import wait_until

_CONFIG = """\
# Loopback only; a site adds accounts and TLS here (deploy/README.md).
listener {port} 127.0.0.1
allow_anonymous true
# Sessions, QoS 1 messages under way and retained states outlive the broker.
persistence true
persistence_location {folder}/
autosave_interval 5
# A large Sparkplug birth, and a backlog after an outage, must pass.
message_size_limit 1048576
max_queued_messages 100000
log_dest file {folder}/mosquitto.log
"""


def mosquitto_program() -> str:
    """Path of the program; skips the test where it is not installed, and fails it where all tests must run."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
    program = shutil.which("mosquitto", path=path)
    if program is None:
        reason = "Debian's mosquitto is not installed; tests/system_packages.sh installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return program


class Mosquitto:
    """A running Mosquitto with a folder of its own. Use it as a context manager."""

    def __init__(self, program: str, folder: Path) -> None:
        folder.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        config = folder / "mosquitto.conf"
        text = _CONFIG.format(port=self.port, folder=folder)
        if os.geteuid() == 0:
            text += "user root\n"  # it would become a user who may not write in this test's folder
        config.write_text(text, encoding="utf-8")
        self._command = [program, "-c", str(config)]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(60)
            return
        self._process.kill()
        self._process.wait()

    def kill_and_restart(self) -> None:
        """SIGKILL, then a new one on the same port and folder: what systemd does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self._listens, 60, "mosquitto listens")

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True
