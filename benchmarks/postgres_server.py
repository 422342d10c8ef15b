"""A PostgreSQL server of one's own, for benchmarks and tests: made in a folder, on a Unix socket, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import psycopg

_BINARIES: Final = (
    *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),  # Debian's place, the newest first
    *(Path(found).resolve().parent for found in [shutil.which("initdb")] if found),
)
_PLACE: Final = Path("/tmp")
_START_TRIES: Final = 1200
_STOP_S: Final = 60
_NUMBERS: Final = count(1)


class PostgresFailed(RuntimeError):  # noqa: N818 - says what happened, as the house names its errors
    """The server cannot be made or started; the text ends with what it said."""


def has_postgres() -> bool:
    """True when PostgreSQL is installed here."""
    return bool(_BINARIES)


class PostgresServer:
    """A server that may be killed and started again. It refuses to run as root: there it runs as `postgres`.

    ``fsync=False`` is quick and right for tests only: a power cut may destroy the database.
    """

    def __init__(self, folder: Path, *, fsync: bool) -> None:
        self._bin = _BINARIES[0]
        self._as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
        self.folder = folder
        self._fsync = fsync
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        if self._as:
            shutil.chown(folder, "postgres", "postgres")
        initdb = [
            *self._as, str(self._bin / "initdb"), "-D", str(folder / "data"), "-U", "hemovault", "-A", "trust",
            "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions",
        ]  # fmt: skip
        done = subprocess.run(initdb, capture_output=True, text=True, cwd=folder, check=False)
        if done.returncode != 0:
            raise PostgresFailed(done.stderr)

    def start(self) -> None:
        """Start the server and wait until it takes connections; raises PostgresFailed."""
        options = {
            "listen_addresses": "", "unix_socket_directories": str(self.folder), "max_connections": "100",
            "fsync": "on" if self._fsync else "off", "full_page_writes": "on" if self._fsync else "off",
            "shared_buffers": "64MB", "max_wal_size": "1GB", "autovacuum": "off", "logging_collector": "off",
        }  # fmt: skip
        arguments = [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
        log = (self.folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [*self._as, str(self._bin / "postgres"), "-D", str(self.folder / "data"), *arguments],
                stdout=log, stderr=log, cwd=self.folder,
            )  # fmt: skip
        self._wait_until_ready()

    def kill(self) -> None:
        """End the server at once, its sessions with it, as `kill -9` or a power cut does: nothing is written down."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_STOP_S)

    def stop(self) -> None:
        """End the server in order, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_STOP_S)

    def url(self, database: str = "postgres") -> str:
        """The URL of one of its databases."""
        return f"postgresql://hemovault@/{database}?host={self.folder}"

    def create(self, *, template: str | None = None, options: str = "") -> str:
        """A new database, empty or a copy; returns its URL."""
        name = f"hemovault_{os.getpid()}_{next(_NUMBERS)}"
        copied = "" if template is None else f"TEMPLATE {template} STRATEGY FILE_COPY"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} {copied} {options}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database with whoever is connected to it."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")

    def _wait_until_ready(self) -> None:
        for _ in range(_START_TRIES):
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
            except psycopg.OperationalError:
                if self._process is None or self._process.poll() is not None:
                    break
                time.sleep(0.05)
            else:
                return
        raise PostgresFailed(f"PostgreSQL does not start: {self._log()}")

    def _log(self) -> str:
        log = self.folder / "log"
        return log.read_text(errors="replace")[-2000:] if log.exists() else ""


@contextmanager
def own_postgres(*, fsync: bool = True, under: Path = _PLACE) -> Iterator[PostgresServer]:
    """A running server in a folder of its own; keep ``under`` short, for the path of a Unix socket must be."""
    folder = Path(tempfile.mkdtemp(prefix="hv-pg-", dir=under))
    folder.chmod(0o755)
    try:
        server = PostgresServer(folder / "s", fsync=fsync)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
