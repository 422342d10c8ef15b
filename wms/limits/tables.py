"""Table of limit versions. An envelope without a row keeps what the plant document says (version 0)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Integer, Table, Text, UniqueConstraint

from wms.store.metadata import instant, metadata

limit_version: Final = Table(
    "limit_version",
    metadata,
    Column("id", Text, primary_key=True),
    Column("envelope", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("limits", Text, nullable=False),  # JSON of `wms.limits.model.Limits`
    Column("state", Text, nullable=False),  # proposed | approved | rejected
    Column("reason", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    instant("proposed_us"),
    instant("wanted_from_us", nullable=True),  # NULL: as soon as it is approved
    Column("decided_by", Text, nullable=True),
    Column("decision", Text, nullable=True),
    instant("decided_us", nullable=True),
    instant("from_us", nullable=True),  # since when it holds; NULL: not approved
    UniqueConstraint("envelope", "version"),
)
