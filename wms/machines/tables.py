"""Tables of preparation: batches given to the robot and the freezer, and the bags in them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Table, Text

from wms.store.metadata import instant, metadata

batch: Final = Table(
    "batch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # separate | freeze | process
    Column("recipe", Text, nullable=True),  # of a batch of kind process
    Column("prep_order", Text, nullable=True, index=True),  # the preparation order that it serves
    Column("asked", Text, nullable=True),  # canonical JSON: the units asked for, [[bag, [parents]]]
    Column("device", Text, nullable=False),
    Column("state", Text, nullable=False),  # sent | accepted | done | cancelled
    Column("command", Text, nullable=False, index=True),
    Column("record", Text, nullable=True),  # the machine's report, canonical JSON: units, freezing curve
    instant("created_us"),
    instant("ended_us", nullable=True),
    Index("ix_batch_device_state", "device", "state"),
)
batch_bag: Final = Table(
    "batch_bag",
    metadata,
    Column("batch", Text, primary_key=True),
    Column("bag", Text, primary_key=True, index=True),
)
