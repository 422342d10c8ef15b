"""Tables of the alarm book: one row per (source, condition) for ever, and a journal of every change of state."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, Index, Integer, Table, Text, UniqueConstraint

from wms.store.metadata import WHOLE, instant, metadata

alarm: Final = Table(
    "alarm",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),  # probe, door, device, bag, edge, "RBC_S/O-", ...
    Column("condition", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("active", Text, nullable=False),  # active | inactive | unknown
    Column("known", Text, nullable=False),  # the last certain one: active | inactive
    Column("level", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("value", Float, nullable=True),
    Column("limit_value", Float, nullable=True),
    instant("raised_us", nullable=True),  # NULL: never active so far
    instant("returned_us", nullable=True),
    instant("acknowledged_us", nullable=True),
    Column("acknowledged_by", Text, nullable=True),
    instant("shelved_until_us", nullable=True),
    Column("comment", Text, nullable=True),
    Column("place", Text, nullable=True),
    Column("subject_en", Text, nullable=False),
    Column("subject_zh", Text, nullable=False),
    UniqueConstraint("source", "condition"),
    Index("ix_alarm_state", "state"),
)
journal: Final = Table(
    "alarm_journal",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("alarm", Text, nullable=False, index=True),
    instant("at_us"),
    Column("actor", Text, nullable=False),
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("comment", Text, nullable=True),
)
