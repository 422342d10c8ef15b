"""Tables of moves: tasks that were ever asked for, their steps, the trips of carriers, and claims on room."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, Index, Integer, Table, Text, text

from wms.store.metadata import instant, metadata

_OPEN: Final = text("state IN ('waiting', 'sent')")
_EXCLUSIVE: Final = text("exclusive = 1")

task: Final = Table(
    "task",
    metadata,
    Column("id", Text, primary_key=True),
    Column("bag", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("zone", Text, nullable=True),  # the wanted zone, when the warehouse chooses the slot
    Column("from_place", Text, nullable=False),  # where the bag was when it was asked for, or where the move failed
    Column("to_place", Text, nullable=True),  # NULL until a slot is chosen
    Column("device", Text, nullable=True),
    Column("state", Text, nullable=False, index=True),
    Column("priority", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),  # trips that did not move the bag since it moved last
    Column("waits", Text, nullable=True),  # why it waits: a code of wms.moves.sentences
    Column("waits_detail", Text, nullable=False),
    instant("not_before_us"),
    instant("created_us"),
    instant("ended_us", nullable=True),
    # without the state in it SQLite takes the index of `state`: all moves ever made, for each bag
    Index("ix_task_bag_state", "bag", "state"),
    Index("uq_task_open_bag", "bag", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)
task_step: Final = Table(
    "task_step",
    metadata,
    Column("task", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("device", Text, nullable=False),
    Column("from_place", Text, nullable=False),
    Column("to_place", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("portal", Text, nullable=True),
    Column("state", Text, nullable=False),
    Column("trip", Text, nullable=True, index=True),
    instant("sent_us", nullable=True),
    instant("reported_us", nullable=True),  # the carrier said that it is done
    instant("reported_real_us", nullable=True),
    instant("crossed_us", nullable=True),  # the portal saw the bag
    Index("ix_task_step_open", "state", "task", sqlite_where=_OPEN, postgresql_where=_OPEN),
)
carrier_trip: Final = Table(
    "carrier_trip",
    metadata,
    Column("id", Text, primary_key=True),
    Column("device", Text, nullable=False),
    Column("command", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("fault", Text, nullable=False),  # why the machine did not do it, in its own words; empty when it did
    instant("sent_us"),
    instant("ended_us", nullable=True),
    Index("ix_carrier_trip_ended_us_device", "ended_us", "device"),
)
claim: Final = Table(
    "claim",
    metadata,
    Column("place", Text, primary_key=True),
    Column("task", Text, primary_key=True, index=True),
    Column("exclusive", Integer, nullable=False),  # 1: a slot, which takes one bag; 0: one bag's room in a shared place
    Index("uq_claim_slot", "place", unique=True, sqlite_where=_EXCLUSIVE, postgresql_where=_EXCLUSIVE),
)
