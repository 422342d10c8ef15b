"""Tables of stock: the bands that people set, the phase each cell stands in, and what other houses say they hold."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, Index, Integer, Table, Text

from wms.store.metadata import WHOLE, instant, metadata

stock_band: Final = Table(
    "stock_band",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("component", Text, nullable=False),
    Column("red_days", Float, nullable=False),
    Column("amber_days", Float, nullable=False),
    Column("preamber_days", Float, nullable=False),
    Column("target_days", Float, nullable=False),
    Column("near_days", Float, nullable=False),
    Column("daily_use", Text, nullable=False),  # JSON: group -> bags a day
    Column("reason", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    instant("set_us"),
    Index("ix_stock_band_component", "component", "id"),
)
stock_phase: Final = Table(
    "stock_phase",
    metadata,
    Column("component", Text, primary_key=True),
    Column("abo_rhd", Text, primary_key=True),
    Column("phase", Text, nullable=False),
    instant("since_us"),
)
stock_report: Final = Table(
    "stock_report",
    metadata,
    Column("kind", Text, primary_key=True),  # site | hospital
    Column("holder", Text, primary_key=True),
    Column("component", Text, primary_key=True),
    Column("abo_rhd", Text, primary_key=True),
    Column("bags", Integer, nullable=False),
    Column("expiring", Integer, nullable=True),  # NULL: not told
    Column("daily_use", Float, nullable=True),  # NULL: not told
)
stock_report_head: Final = Table(
    "stock_report_head",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("holder", Text, primary_key=True),
    instant("at_us"),
    instant("received_us"),
    Column("reported_by", Text, nullable=False),
)
