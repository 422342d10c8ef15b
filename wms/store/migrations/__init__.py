"""Alembic revisions of the operational database, and bringing a database up to the newest one."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

import wms
from wms.store.database import Database
from wms.store.metadata import metadata

_HERE = Path(__file__).parent
_OTHER_TABLES = ("wms.ledger.chain", "wms.store.lease", "wms.machines.outbox")


def complete_metadata() -> MetaData:
    """The schema with the tables of every feature: each `wms/<feature>/tables.py` and the few that live elsewhere."""
    for feature in pkgutil.iter_modules(wms.__path__, "wms."):
        if feature.ispkg and (Path(wms.__path__[0]) / feature.name.rpartition(".")[2] / "tables.py").is_file():
            importlib.import_module(f"{feature.name}.tables")
    for module in _OTHER_TABLES:
        importlib.import_module(module)
    return metadata


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings, for an open connection when something is to be done."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    return config


@cache
def _newest() -> tuple[str, ...]:
    """The revisions that nothing follows: one."""
    return tuple(ScriptDirectory.from_config(alembic_config()).get_heads())


def upgrade(database: Database) -> None:
    """Bring a database to the newest revision; an empty one becomes complete. The caller holds the site's lease."""
    with database.write_engine.connect() as connection:
        is_file = connection.dialect.name == "sqlite"
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_file else "BEGIN")  # all revisions or none, power cut or not
        try:
            if MigrationContext.configure(connection).get_current_heads() != _newest():
                command.upgrade(alembic_config(connection), "head")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
