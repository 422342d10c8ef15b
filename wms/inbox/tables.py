"""Tables of the inbox: every fact as it came, how far each epoch is applied, and what could not be applied."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, LargeBinary, Table, Text

from wms.store.metadata import WHOLE, instant, metadata

inbox: Final = Table(
    "inbox",
    metadata,
    Column("edge", Text, primary_key=True),
    Column("epoch", Text, primary_key=True),
    Column("seq", WHOLE, primary_key=True),
    instant("received_real_us"),
    Column("raw", LargeBinary, nullable=False),
)
inbox_mark: Final = Table(
    "inbox_mark",
    metadata,
    Column("edge", Text, primary_key=True),
    Column("epoch", Text, primary_key=True),
    Column("mark", WHOLE, nullable=False),
    Column("state", Text, nullable=False),  # current | replaced | parked
    instant("since_real_us"),
)
dead_letter: Final = Table(
    "dead_letter",
    metadata,
    Column("id", Text, primary_key=True),
    Column("edge", Text, nullable=False, index=True),
    Column("epoch", Text, nullable=True),
    Column("seq", WHOLE, nullable=True),
    instant("received_real_us"),
    Column("code", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    instant("applied_us", nullable=True),
)
edge_trouble: Final = Table(
    "edge_trouble",
    metadata,
    Column("id", Text, primary_key=True),
    Column("edge", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),  # replaced | two_edges | lost
    Column("epoch", Text, nullable=False),
    Column("detail", Text, nullable=False),
    instant("raised_us"),
    instant("accepted_us", nullable=True),
)
