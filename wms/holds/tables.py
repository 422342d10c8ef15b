"""Table of holds: one row per hold ever placed; an open one has no `lifted_us`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, Table, Text, text

from wms.store.metadata import instant, metadata

hold: Final = Table(
    "hold",
    metadata,
    Column("id", Text, primary_key=True),
    Column("bag", Text, nullable=True),
    Column("place", Text, nullable=True),
    Column("origin", Text, nullable=True),  # the place hold that this bag carried away with it
    Column("reason", Text, nullable=False),
    instant("opened_us"),
    Column("opened_by", Text, nullable=False),
    instant("lifted_us", nullable=True),
    Column("lifted_by", Text, nullable=True),
    Column("lift_reason", Text, nullable=True),
    CheckConstraint("(bag IS NULL) <> (place IS NULL)", name="one_scope"),
    Index("ix_hold_open_bag", "bag", sqlite_where=text("lifted_us IS NULL")),
    Index("ix_hold_open_place", "place", sqlite_where=text("lifted_us IS NULL")),
)
