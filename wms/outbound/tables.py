"""Tables of the way out: shipments, gate, transport boxes, packings, tunnel, permits of the lock, receipts."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Float, Index, Integer, Table, Text

from wms.store.metadata import WHOLE, instant, metadata

shipment: Final = Table(
    "shipment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, nullable=False, unique=True),
    Column("hospital", Text, nullable=False, index=True),
    Column("state", Text, nullable=False, index=True),  # wms.orders.lifecycle.ShipmentState
    Column("lane", Text, nullable=True),  # where it gathers; NULL once its boxes are checked and the lane is free
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
    Column("box", Text, nullable=True),  # in which it left; NULL without one
    instant("crossed_us", nullable=True),  # seen leaving at the dispatch portal
    instant("received_us", nullable=True),
    Column("temperature_ok", Boolean, nullable=True),
    Column("visual_ok", Boolean, nullable=True),
    Column("minutes_outside", Float, nullable=True),  # by its box's logger at receipt; NULL: nobody knows
)
gate_read: Final = Table(
    "gate_read",
    metadata,
    Column("id", WHOLE, primary_key=True),
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
    Column("id", WHOLE, primary_key=True),
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
box: Final = Table(
    "box",
    metadata,
    Column("id", Text, primary_key=True),  # of the plant; a box without a row is empty and at home
    Column("state", Text, nullable=False, index=True),  # wms.outbound.boxes.BoxState
    Column("place", Text, nullable=True),  # where the box stands; its bags lie at `box/{id}` all the while
    Column("shipment", Text, nullable=True, index=True),
    Column("fault", Text, nullable=True),  # wms.outbound.boxes.BoxFault of a refused box
    Column("detail", Text, nullable=False),
    Column("missing", Text, nullable=False),  # bags not seen at the last check, space-separated
    Column("extra", Text, nullable=False),  # bags and unknown tags seen that do not belong, space-separated
    Column("refusals", Integer, nullable=False),  # failed checks since it was packed
    Column("weight_kg", Float, nullable=True),
    instant("since_us"),
    instant("packed_us", nullable=True),
    instant("settled_us", nullable=True),  # first time that its logger was known to be inside the range
    instant("outside_since_us", nullable=True),  # confirmed outside the range since then
    Column("outside_s", Float, nullable=False),  # earlier such time since it settled
    instant("silent_since_us", nullable=True),  # nobody can say since then
    Column("silent_s", Float, nullable=False),  # earlier such time since it settled
)
packing: Final = Table(
    "packing",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # pack | unpack
    Column("state", Text, nullable=False, index=True),  # wms.outbound.packings.PackingState
    Column("device", Text, nullable=False),
    Column("command", Text, nullable=False, index=True),
    Column("box", Text, nullable=False),
    Column("shipment", Text, nullable=False, index=True),
    Column("lane", Text, nullable=False),
    Column("bags", Text, nullable=False),  # space-separated
    Column("fault", Text, nullable=True),  # why the box that came of it was refused
    Column("detail", Text, nullable=False),
    instant("created_us"),
    instant("ended_us", nullable=True),
)
hand_packed: Final = Table(
    "hand_packed",
    metadata,
    Column("bag", Text, primary_key=True),  # the machines have failed with it: people pack and check it
    Column("shipment", Text, nullable=False, index=True),
    instant("since_us"),
)
tunnel_pass: Final = Table(
    "tunnel_pass",
    metadata,
    Column("pass_id", Text, primary_key=True),
    Column("portal", Text, nullable=False),
    Column("epcs", Text, nullable=False),  # space-separated
    Column("state", Text, nullable=False, index=True),  # wms.outbound.tunnel.PassState
    instant("seen_us"),
)
tunnel_part: Final = Table(
    "tunnel_part",
    metadata,
    Column("pass_id", Text, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("parts", Integer, nullable=False),
    Column("portal", Text, nullable=False),
    Column("epcs", Text, nullable=False),  # space-separated
    instant("seen_us"),
)
