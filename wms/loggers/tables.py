"""Table of loggers' files: the text as it was handed in, and what became of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Integer, Table, Text

from wms.store.metadata import instant, metadata

logger_file: Final = Table(
    "logger_file",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sha256", Text, nullable=False, unique=True),  # of the text in UTF-8
    Column("name", Text, nullable=False),
    Column("format", Text, nullable=False),  # telemetry.loggers.model.LoggerFormat
    Column("serial", Text, nullable=True),  # NULL where the format does not say
    Column("text", Text, nullable=False),
    Column("time_column", Text, nullable=False),
    Column("celsius_column", Text, nullable=False),
    Column("delimiter", Text, nullable=False),
    Column("timezone", Text, nullable=True),  # of instants without an offset
    Column("box", Text, nullable=True, index=True),
    Column("shipment", Text, nullable=True, index=True),
    instant("from_us"),
    instant("to_us"),
    Column("readings", Integer, nullable=True),  # NULL: daily summaries
    Column("days", Integer, nullable=True),  # NULL: single readings
    Column("alarms", Integer, nullable=False),  # days on which the device's own alarm stood
    Column("excursions", Integer, nullable=False),
    Column("doubts", Integer, nullable=False),
    Column("bags", Text, nullable=False),  # that it was joined to when it was taken, space-separated
    instant("recorded_us", index=True),
    Column("recorded_by", Text, nullable=False),
    instant("stored_us", nullable=True),  # when the historian had all readings; NULL: not yet, or there are none
)
