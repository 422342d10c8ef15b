"""The databases that storage tests run on: a SQLite file and a real PostgreSQL, migrated once, a copy for each test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest

from wms.store.database import open_database
from wms.store.migrations import upgrade

KINDS = ("sqlite", "postgresql")
_BINARIES = [
    *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),  # Debian's place
    *(Path(found).resolve().parent for found in [shutil.which("initdb")] if found),
]
_NUMBERS = count(1)


class PostgresServer:
    """A PostgreSQL server of this test session, on a Unix socket only; it may be killed and started again.

    The server refuses to run as root: there it runs as `postgres`. It does not sync to disk: right for tests only.
    """

    def __init__(self, folder: Path, *, fsync: bool = False) -> None:
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
        done = subprocess.run(initdb, capture_output=True, text=True, cwd=folder)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
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
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(20)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(20)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://hemovault@/{database}?host={self.folder}"

    def create(self, *, template: str | None = None, options: str = "") -> str:
        """A new database, empty or a copy; returns its URL."""
        name = f"test_{os.getpid()}_{next(_NUMBERS)}"
        copied = "" if template is None else f"TEMPLATE {template} STRATEGY FILE_COPY"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} {copied} {options}")
        return self.url(name)

    def drop(self, url: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        for _ in range(300):
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
            except psycopg.OperationalError:
                try:
                    self._process.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
                break
            return
        raise AssertionError(f"PostgreSQL does not start: {self._log()}")

    def _log(self) -> str:
        log = self.folder / "log"
        return log.read_text(errors="replace")[-2000:] if log.exists() else ""


@contextmanager
def own_server(*, fsync: bool = False) -> Iterator[PostgresServer]:
    """A running server in a folder of its own under /tmp: the path of a Unix socket must be short.

    Where PostgreSQL is not installed the test is skipped; in CI it fails.
    """
    if not _BINARIES:
        missing = "PostgreSQL is not installed (tests/system_packages.sh installs it)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    folder = Path(tempfile.mkdtemp(prefix="hv-pg-", dir="/tmp"))
    folder.chmod(0o755)
    server = PostgresServer(folder / "s", fsync=fsync)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


class Templates:
    """A migrated, empty database of each kind, made when it is first asked for, and copies of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: Path | None = None
        self._url: str | None = None
        self._server: PostgresServer | None = None
        self._running = None

    @property
    def server(self) -> PostgresServer:
        """The session's server."""
        if self._server is None:
            self._running = own_server()
            self._server = self._running.__enter__()
        return self._server

    @contextmanager
    def copy(self, kind: str, folder: Path) -> Iterator[Path | str]:
        """A migrated, empty database for one test: a file in ``folder``, or the URL of a database of its own."""
        if kind == "sqlite":
            yield shutil.copy(self._migrated_file(), folder / "warehouse.db")
            return
        url = self.server.create(template=self._migrated_database())
        try:
            yield url
        finally:
            self.server.drop(url)

    def _migrated_file(self) -> Path:
        if self._file is None:
            self._file = self._folder / "warehouse.db"
            migrate(self._file)
        return self._file

    def _migrated_database(self) -> str:
        if self._url is None:
            self._url = self.server.create()
            migrate(self._url)
        return self._url.partition("?")[0].rpartition("/")[2]

    def close(self) -> None:
        if self._running is not None:
            self._running.__exit__(None, None, None)


def migrate(where: Path | str) -> None:
    database = open_database(where)
    upgrade(database)
    database.close()
