"""Table of discards: one row per destroyed bag; the bags of one signed act share its id."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Table, Text

from wms.store.metadata import instant, metadata

discard: Final = Table(
    "discard",
    metadata,
    Column("bag", Text, primary_key=True),
    Column("act", Text, nullable=False, index=True),
    Column("cause", Text, nullable=False),  # a key of causes.toml
    Column("comment", Text, nullable=False),
    instant("at_us"),
    Column("done_by", Text, nullable=False),
    Column("component", Text, nullable=False),
    Column("abo_rhd", Text, nullable=True),
    Column("hospital", Text, nullable=True),  # where it was wasted; NULL: in the centre
    Column("from_place", Text, nullable=True),
    Column("month", Text, nullable=False),  # YYYY-MM in the time of the site
    Index("ix_discard_at_us", "at_us"),
)
