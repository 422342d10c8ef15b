"""Tables of the laboratory: raw results as reported, repeats that are owed, files that were taken in."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint, text

from wms.store.metadata import WHOLE, instant, metadata

test_result: Final = Table(
    "test_result",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("din", Text, nullable=False, index=True),
    Column("run", Text, nullable=False),  # one plate or pool: one reagent, one device
    Column("test", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("method", Text, nullable=False),
    instant("at_us"),
    instant("received_us"),
    Column("reagent", Text, nullable=True),
    Column("device", Text, nullable=True),
    Column("reported_by", Text, nullable=True),  # username or agent that sent it; may not override its release
    UniqueConstraint("din", "run", "test", "method"),
)
test_repeat: Final = Table(
    "test_repeat",
    metadata,
    Column("din", Text, primary_key=True),
    Column("test", Text, primary_key=True),
    instant("asked_us", primary_key=True),
    instant("ended_us", nullable=True),
    Column("outcome", Text, nullable=True),  # the verdict when nothing was owed any more
    Index(
        "ix_test_repeat_open",
        "din",
        sqlite_where=text("ended_us IS NULL"),
        postgresql_where=text("ended_us IS NULL"),
    ),
)
donation_typing: Final = Table(
    "donation_typing",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("din", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("code", Text, nullable=False),  # DS012, DS014 or DS030 as scanned
    instant("at_us"),
    instant("received_us"),
    Column("reported_by", Text, nullable=False),
    UniqueConstraint("din", "run", "code"),
)
laboratory_file: Final = Table(
    "laboratory_file",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("donations", Integer, nullable=False),
    instant("taken_us"),
    Column("taken_by", Text, nullable=False),
)
