"""Tables of the alarm book: one row per (source, condition) for ever, its journal, its occurrences, and suspensions."""

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
    Column("latch", Text, nullable=False, server_default="free"),  # free | held
    instant("out_until_us", nullable=True),  # end of a maintenance
    Column("occurrence", Text, nullable=True),  # the newest one
    UniqueConstraint("source", "condition"),
    Index("ix_alarm_state", "state"),
)
occurrence: Final = Table(
    "alarm_occurrence",
    metadata,
    Column("id", Text, primary_key=True),
    Column("alarm", Text, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("condition", Text, nullable=False),
    Column("place", Text, nullable=True),
    Column("priority", Integer, nullable=False),  # the most urgent it had
    instant("raised_us"),  # when the condition began
    instant("annunciated_us", nullable=True),  # when people were first called; NULL: it was set aside all the time
    instant("acknowledged_us", nullable=True),
    Column("acknowledged_by", Text, nullable=True),
    instant("returned_us", nullable=True),
    instant("closed_us", nullable=True),
    Column("closed_reason", Text, nullable=True),  # a code of `wms.alarms.closing.REASONS`
    Column("closed_by", Text, nullable=True),
    Column("comment", Text, nullable=True),
    Column("worst", Float, nullable=True),  # the value furthest from the limit, in the rule's unit
    Column("repeats", Integer, nullable=False),  # how often the same happened again while it stood
    Index("ix_alarm_occurrence_annunciated_us", "annunciated_us"),
    Index("ix_alarm_occurrence_closed_us", "closed_us", "closed_reason"),
)
suspension: Final = Table(
    "monitoring_suspension",
    metadata,
    Column("id", Text, primary_key=True),
    Column("device", Text, nullable=True),  # either a device ...
    Column("place", Text, nullable=True),  # ... or a place with all below it
    Column("reason", Text, nullable=False),
    instant("from_us"),
    instant("until_us"),
    Column("started_by", Text, nullable=False),
    Column("stock_moved", Text, nullable=False),  # yes | no | none_there
    Column("second_probe", Text, nullable=True),  # what measures meanwhile
    Column("watch", Text, nullable=True),  # who looks meanwhile
    instant("ended_us", nullable=True, index=True),
    Column("ended_by", Text, nullable=True),
    Column("comment", Text, nullable=True),
)
told: Final = Table(  # late excursions that the book was told of (`wms.alarms.untold`)
    "late_excursion_told",
    metadata,
    Column("probe", Text, primary_key=True),
    instant("at_us", primary_key=True),  # of the reading that was told
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
