"""Table of calibration certificates: rows are added and never changed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, Table, Text, UniqueConstraint

from wms.store.metadata import WHOLE, instant, metadata

calibration: Final = Table(
    "calibration",
    metadata,
    Column("number", WHOLE, primary_key=True),  # the order in which they were recorded
    Column("id", Text, nullable=False, unique=True),
    Column("probe", Text, nullable=False),
    Column("certificate", Text, nullable=False),  # the laboratory's own number
    Column("laboratory", Text, nullable=False),
    Column("made_on", Text, nullable=False),  # days of the site, ISO 8601
    Column("due_on", Text, nullable=False),
    Column("offset_c", Float, nullable=False),  # reference minus reading; added to every reading
    Column("uncertainty_c", Float, nullable=False),
    instant("from_us"),  # first instant of made_on
    instant("due_us"),  # first instant after due_on
    instant("recorded_us"),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("probe", "certificate"),
)
