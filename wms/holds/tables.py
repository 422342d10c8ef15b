"""Tables of holds: one row per hold ever placed; an open one has no `lifted_us`.

`hold` keeps bags and places. `wide_hold` keeps what is wider than a bag and is no place: a donation, a batch. A wide
hold stops nothing by itself: it carries a row of `hold` (with its id as `origin`) to every bag that it is about, so
that whoever asks whether a bag is held looks in one place.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, Table, Text, text

from wms.store.metadata import instant, metadata

_OPEN: Final = text("lifted_us IS NULL")
hold: Final = Table(
    "hold",
    metadata,
    Column("id", Text, primary_key=True),
    Column("bag", Text, nullable=True),
    Column("place", Text, nullable=True),
    Column("origin", Text, nullable=True),  # the hold that this one was carried away from, and is lifted with
    Column("reason", Text, nullable=False),
    instant("opened_us"),
    Column("opened_by", Text, nullable=False),
    instant("lifted_us", nullable=True),
    Column("lifted_by", Text, nullable=True),
    Column("lift_reason", Text, nullable=True),
    CheckConstraint("(bag IS NULL) <> (place IS NULL)", name="one_scope"),
    Index("ix_hold_open_bag", "bag", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_hold_open_place", "place", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_hold_origin", "origin"),
)
wide_hold: Final = Table(
    "wide_hold",
    metadata,
    Column("id", Text, primary_key=True),
    Column("scope", Text, nullable=False),  # donation | batch
    Column("subject", Text, nullable=False, index=True),  # the donation number, or the id of the batch
    Column("reason", Text, nullable=False),
    instant("opened_us"),
    Column("opened_by", Text, nullable=False),
    instant("lifted_us", nullable=True),
    Column("lifted_by", Text, nullable=True),
    Column("lift_reason", Text, nullable=True),
)
