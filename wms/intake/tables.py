"""Tables of intake: donations as collected, raw laboratory results as reported."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, Integer, Table, Text, UniqueConstraint

from wms.store.metadata import instant, metadata

donation: Final = Table(
    "donation",
    metadata,
    Column("din", Text, primary_key=True),
    Column("donor", Text, nullable=False),
    Column("volume_ml", Float, nullable=False),
    Column("anticoagulant", Text, nullable=False),
    instant("collected_us"),
    Column("device", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("donation_type", Text, nullable=False),
)
test_result: Final = Table(
    "test_result",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("din", Text, nullable=False, index=True),
    Column("run", Text, nullable=False),
    Column("test", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("method", Text, nullable=False),
    instant("at_us"),
    instant("received_us"),
    UniqueConstraint("din", "run", "test", "method"),
)
