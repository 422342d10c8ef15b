"""Table of labels: one row per bag on its way to a checked label, and how the comparison ended."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, Table, Text, text

from wms.store.metadata import instant, metadata

_OPEN: Final = text("state IN ('waiting', 'at_station')")

label: Final = Table(
    "label",
    metadata,
    Column("id", Text, primary_key=True),
    Column("bag", Text, nullable=False, index=True),
    Column("state", Text, nullable=False, index=True),  # waiting | at_station | passed | failed | given_up | cancelled
    Column("device", Text, nullable=True),  # the station; NULL: by hand
    Column("command", Text, nullable=True, index=True),
    Column("attempts", Integer, nullable=False),
    Column("mismatches", Text, nullable=False),  # canonical JSON: [[field, expected, read]]
    Column("tid", Text, nullable=True),
    Column("detail", Text, nullable=False),  # what the machine said last
    instant("not_before_us"),
    instant("created_us"),
    instant("ended_us", nullable=True),
    Index("uq_label_open_bag", "bag", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)
