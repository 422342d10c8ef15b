"""Tables of orders: the order, its lines with the sentence that explains them, and every reservation there ever was."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, text

from wms.store.metadata import WHOLE, instant, metadata

order: Final = Table(
    "hospital_order",
    metadata,
    Column("id", Text, primary_key=True),
    Column("hospital", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    instant("created_us"),
    instant("due_us"),
    Column("placed_by", Text, nullable=False),
    instant("cancelled_us", nullable=True),
    Column("cancel_reason", Text, nullable=True),
    instant("closed_us", nullable=True, index=True),  # received or cancelled; NULL: still to be served
)
order_line: Final = Table(
    "order_line",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("component", Text, nullable=False),
    Column("abo_rhd", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("substitution", Boolean, nullable=False),
    Column("min_days_left", Integer, nullable=False),
    Column("sentence_en", Text, nullable=False),
    Column("sentence_zh", Text, nullable=False),
    Column("patient", Text, nullable=True),  # pseudonym at the ordering hospital of who is to get the bags
)
reservation: Final = Table(
    "reservation",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("line", Text, nullable=False, index=True),
    Column("bag", Text, nullable=False, index=True),
    instant("reserved_us"),
    instant("ended_us", nullable=True),  # NULL: it stands
    Column("end_reason", Text, nullable=True),
    Column("why_en", Text, nullable=False),
    Column("why_zh", Text, nullable=False),
    Index(
        "uq_reservation_standing",
        "bag",
        unique=True,
        sqlite_where=text("ended_us IS NULL"),
        postgresql_where=text("ended_us IS NULL"),
    ),
)
