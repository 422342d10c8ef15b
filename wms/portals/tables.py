"""Table of what readers say of their own antennas."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Table, Text

from wms.store.metadata import instant, metadata

reader_hearing: Final = Table(
    "reader_hearing",
    metadata,
    Column("reader", Text, primary_key=True),
    Column("deaf", Text, nullable=False),  # ports, comma-separated; empty: all of them hear
    instant("at_us"),
)
