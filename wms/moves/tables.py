"""Table of tasks: every move that was ever asked for. An open task with a `slot` owns that slot."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, Table, Text, text

from wms.store.metadata import instant, metadata

_OPEN: Final = "state IN ('waiting', 'sent')"

task: Final = Table(
    "task",
    metadata,
    Column("id", Text, primary_key=True),
    Column("bag", Text, nullable=False, index=True),
    Column("purpose", Text, nullable=False),
    Column("zone", Text, nullable=True),  # the wanted zone, when the warehouse chooses the slot
    Column("from_place", Text, nullable=False),
    Column("to_place", Text, nullable=True),  # NULL until a slot is chosen
    Column("slot", Text, nullable=True),  # the slot it reserves; NULL when it goes to a shared place
    Column("device", Text, nullable=True),
    Column("state", Text, nullable=False, index=True),
    Column("priority", Integer, nullable=False),
    Column("command", Text, nullable=True, index=True),
    Column("attempts", Integer, nullable=False),
    Column("waits", Text, nullable=True),  # why it waits: a code of wms.moves.sentences
    Column("waits_detail", Text, nullable=False),
    instant("not_before_us"),
    instant("created_us"),
    instant("ended_us", nullable=True),
    Index("uq_task_open_bag", "bag", unique=True, sqlite_where=text(_OPEN)),
    Index("uq_task_open_slot", "slot", unique=True, sqlite_where=text(f"{_OPEN} AND slot IS NOT NULL")),
)
