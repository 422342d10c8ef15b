"""Tables of the way out: shipments, what the gate saw, permitted and decided, permits of the lock, receipts."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text

from wms.store.metadata import instant, metadata

shipment: Final = Table(
    "shipment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, nullable=False, unique=True),
    Column("hospital", Text, nullable=False, index=True),
    Column("state", Text, nullable=False, index=True),  # wms.orders.lifecycle.ShipmentState
    instant("created_us"),
    instant("permitted_us", nullable=True),
    instant("dispatched_us", nullable=True),
    instant("received_us", nullable=True),
)
shipment_bag: Final = Table(
    "shipment_bag",
    metadata,
    Column("shipment", Text, primary_key=True),
    Column("bag", Text, primary_key=True, index=True),
    Column("line", Text, nullable=False),
    instant("crossed_us", nullable=True),  # seen leaving at the dispatch portal
    instant("received_us", nullable=True),
    Column("temperature_ok", Boolean, nullable=True),
    Column("visual_ok", Boolean, nullable=True),
)
gate_read: Final = Table(
    "gate_read",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("gate", Text, nullable=False),
    Column("bag", Text, nullable=False, index=True),
    Column("epc", Text, nullable=False),
    instant("seen_us"),
    instant("received_real_us"),
    Column("permit", Text, nullable=True),  # NULL with an answer: refused
    instant("answered_real_us", nullable=True),
    Column("refusal", Text, nullable=True),
    Index("ix_gate_read_answered_real_us", "answered_real_us"),
)
gate_decision: Final = Table(
    "gate_decision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bag", Text, nullable=False, index=True),
    instant("at_us"),
    Column("decision", Text, nullable=False),
    Column("permit", Text, nullable=True),
    Column("reason", Text, nullable=False),
)
lock_permit: Final = Table(
    "lock_permit",
    metadata,
    Column("id", Text, primary_key=True),
    Column("shipment", Text, nullable=False, index=True),
    Column("device", Text, nullable=False),
    Column("epcs", Text, nullable=False),  # space-separated, sorted
    instant("issued_real_us"),
    instant("until_real_us"),
    Column("outcome", Text, nullable=False),  # wms.outbound.lock.PermitOutcome
    Column("detail", Text, nullable=False),
    instant("ended_us", nullable=True),
    instant("ended_real_us", nullable=True),
)
