"""Tables of duties: since when each device is watched, and what people did, for ever."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, Index, Table, Text

from wms.store.metadata import instant, metadata

watched: Final = Table(
    "duty_watched",
    metadata,
    Column("device", Text, primary_key=True),
    instant("since_us"),  # duties that opened before are asked of nobody
)
record: Final = Table(
    "duty_record",
    metadata,
    Column("id", Text, primary_key=True),
    Column("duty", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("day", Text, nullable=False),  # of the duty, site time, YYYY-MM-DD
    instant("due_us"),
    instant("at_us"),  # when it was recorded; never a time that a person gave
    Column("person", Text, nullable=False),
    Column("punctuality", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("value_c", Float, nullable=True),
    Column("probe", Text, nullable=True),
    Column("probe_value_c", Float, nullable=True),
    Column("agreement", Text, nullable=True),
    Column("method", Text, nullable=True),
    instant("started_us", nullable=True),
    Column("occurrences", Text, nullable=False),  # of a test: alarms that were raised, separated by one space
    Column("ranges", Text, nullable=False),  # of a sign-off: JSON of the probes' lowest and highest values
    Column("comment", Text, nullable=False),
    Column("corrects", Text, nullable=True),
    Column("corrected_by", Text, nullable=True),
    Index("ix_duty_record_at_us", "at_us"),
    Index("ix_duty_record_subject_kind_at_us", "subject", "kind", "at_us"),
)
