"""The migrated schema is the schema of the code."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DatabaseError

from wms.store.database import Database, driver_of
from wms.store.migrations import complete_metadata, upgrade


def test_an_upgraded_database_has_exactly_the_tables_of_the_code(tmp_path):
    database = Database(tmp_path / "warehouse.db")
    upgrade(database)
    upgrade(database)
    with database.write_engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), complete_metadata()) == []
        mode = driver_of(connection).execute("PRAGMA journal_mode").fetchone()
        full = driver_of(connection).execute("PRAGMA synchronous").fetchone()
    database.close()
    assert (mode, full) == (("wal",), (2,))


def test_an_upgrade_that_fails_half_way_leaves_the_database_as_it_was(tmp_path, monkeypatch):
    database = Database(tmp_path / "warehouse.db")
    with monkeypatch.context() as patch:
        patch.setattr("wms.ledger.chain.APPEND_ONLY", ("CREATE NONSENSE",))
        with pytest.raises(DatabaseError, match="syntax error"):
            upgrade(database)
    with database.read() as connection:
        assert driver_of(connection).execute("SELECT name FROM sqlite_master").fetchall() == []
    upgrade(database)
    database.close()
