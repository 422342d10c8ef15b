"""The databases that storage tests run on: a SQLite file and a real PostgreSQL, migrated once, a copy for each test."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from benchmarks.postgres_server import PostgresServer, has_postgres, own_postgres
from wms.store.database import open_database
from wms.store.migrations import upgrade

KINDS = ("sqlite", "postgresql")


@contextmanager
def own_server(*, fsync: bool) -> Iterator[PostgresServer]:
    """A running server. Where PostgreSQL is not installed the test is skipped; in CI it fails."""
    if not has_postgres():
        missing = "PostgreSQL is not installed (tests/system_packages.sh installs it)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    with own_postgres(fsync=fsync, under=Path(tempfile.gettempdir())) as server:
        yield server


class Templates:
    """A migrated, empty database of each kind, made when it is first asked for, and copies of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: Path | None = None
        self._url: str | None = None
        self._server: PostgresServer | None = None
        self._closing = ExitStack()

    @property
    def server(self) -> PostgresServer:
        """The session's server."""
        if self._server is None:
            self._server = self._closing.enter_context(own_server(fsync=False))
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
        return database_name(self._url)

    def close(self) -> None:
        self._closing.close()


def database_name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def migrate(where: Path | str) -> None:
    database = open_database(where)
    upgrade(database)
    database.close()
