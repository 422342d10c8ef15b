"""The migrated schema is the schema of the code."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

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
