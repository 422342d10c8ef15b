"""The migrated schema is the schema of the code, on both databases, and the way back keeps the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import DatabaseError
from stores import Templates

from wms.ledger.append_only import LedgerKept
from wms.store.database import Database, driver_of, open_database
from wms.store.migrations import alembic_config, complete_metadata, upgrade


@pytest.fixture
def empty(store_kind: str, templates: Templates, tmp_path: Path) -> Iterator[Database]:
    """A database without a single table."""
    place = tmp_path / "warehouse.db" if store_kind == "sqlite" else templates.server.create()
    with closing(open_database(place)) as database:
        yield database
    if isinstance(place, str):
        templates.server.drop(place)


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return compare_metadata(context, complete_metadata())


def migrate_to(database: Database, revision: str) -> None:
    with database.write_engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        act = command.downgrade if revision == "base" or current(connection) > revision else command.upgrade
        act(alembic_config(connection), revision)
        connection.exec_driver_sql("COMMIT")


def current(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def tables(database: Database) -> list[str]:
    with database.write_engine.connect() as connection:
        return inspect(connection).get_table_names()


def test_an_upgraded_database_has_exactly_the_tables_of_the_code(empty):
    upgrade(empty)
    upgrade(empty)
    with empty.write_engine.connect() as connection:
        assert differences(connection) == []


def test_what_is_committed_to_a_file_is_on_the_disk(tmp_path):
    with closing(open_database(tmp_path / "warehouse.db")) as database, database.write_engine.connect() as connection:
        assert driver_of(connection).execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert driver_of(connection).execute("PRAGMA synchronous").fetchone() == (2,)


def test_what_postgresql_commits_waits_for_its_disk(templates):
    url = templates.server.create()
    with closing(open_database(url)) as database, database.write_engine.connect() as connection:
        assert driver_of(connection).execute("SHOW synchronous_commit").fetchone() == ("on",)
    templates.server.drop(url)


def test_an_upgrade_that_fails_half_way_leaves_the_database_as_it_was(empty, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("wms.ledger.append_only.guard_statements", lambda _: ("CREATE NONSENSE",))
        with pytest.raises(DatabaseError, match="syntax error"):
            upgrade(empty)
    assert tables(empty) == []
    upgrade(empty)


def test_a_database_full_of_rows_goes_back_one_revision_and_forth_again(store_place):
    """What 0001 knew is kept to the last value, and the ledger is as append-only as before."""
    with closing(open_database(store_place)) as database:
        migrate_to(database, "0001")
        first = {name: columns_of(database, name) for name in tables(database)}
        with database.write_engine.connect() as connection:
            for sql, values in ROWS:
                driver_of(connection).execute(sql, values)
        before = contents(database, first)
        migrate_to(database, "head")
        assert contents(database, first) == before
        migrate_to(database, "0001")
        assert contents(database, first) == before
        assert {name: columns_of(database, name) for name in tables(database)} == first
        migrate_to(database, "head")
        assert contents(database, first) == before
        with database.write_engine.connect() as connection:
            assert differences(connection) == []
            with pytest.raises(Exception, match="append-only"):
                driver_of(connection).execute("DELETE FROM ledger")
        with pytest.raises(LedgerKept, match="0001 is as far back"):
            migrate_to(database, "base")


def test_an_empty_database_can_be_taken_back_altogether(empty):
    upgrade(empty)
    migrate_to(empty, "base")
    assert tables(empty) == ["alembic_version"]
    upgrade(empty)


def columns_of(database: Database, table: str) -> list[str]:
    with database.write_engine.connect() as connection:
        return sorted(column["name"] for column in inspect(connection).get_columns(table))


def contents(database: Database, columns: dict[str, list[str]]) -> dict[str, list[object]]:
    schema = complete_metadata().tables
    with database.read() as connection:
        return {
            name: connection.execute(select(*(schema[name].c[column] for column in known))).all()
            for name, known in columns.items()
            if name != "alembic_version"
        }


_BAG = {
    "id": "A999926000001-D0002V00", "din": "A999926000001", "product": "D0002V00", "component": "RBC_S",
    "abo_rhd": "O+", "status": "AVAILABLE", "place": "cold-1/s1/001", "place_since_us": 1_800_000_000_000_000,
    "custody": "centre", "volume_ml": 250.5, "collected_us": 1, "expires_us": 1_900_000_000_000_000, "donor": "d1",
    "epc": "00" * 16, "donation_type": "allogeneic", "tests": "negative", "process_check": "passed",
    "label_check": "passed", "version": 3, "ledger_seq": 5_000_000_000,
}  # fmt: skip
ROWS = (
    (f"INSERT INTO bag ({', '.join(_BAG)}) VALUES ({', '.join('?' * len(_BAG))})", tuple(_BAG.values())),
    ("INSERT INTO stay (bag, place, from_us) VALUES (?, ?, ?)", (_BAG["id"], _BAG["place"], 1_800_000_000_000_000)),
    (
        "INSERT INTO ledger VALUES (?,?,?,?,?,?,?,?,?,?)",
        (5_000_000_000, 1, 2, "李", "s", "k", "x", None, "{}", b"\0\xff"),
    ),
    (
        "INSERT INTO hold (id, bag, reason, opened_us, opened_by) VALUES (?,?,?,?,?)",
        ("hld-1", _BAG["id"], "r", 1, "me"),
    ),
    ("INSERT INTO lease (id, term, holder) VALUES (1, 7, ?)", ("serve",)),
    ("INSERT INTO bag_parentage (parent, child) VALUES (?, ?)", ("a", "b")),
)
