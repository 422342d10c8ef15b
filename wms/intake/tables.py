"""Tables of intake: donations as collected, raw laboratory results as reported, consignments and their numbers."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

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
consignment: Final = Table(
    "consignment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("origin", Text, nullable=False),  # the place that it comes from
    instant("sent_us"),
    instant("announced_us", nullable=True),  # NULL: no note, its bags came unannounced
    instant("first_seen_us", nullable=True),
    instant("last_seen_us", nullable=True),
    instant("last_seen_real_us", nullable=True),
    instant("judged_us", nullable=True),
    instant("closed_us", nullable=True),
    Index("ix_consignment_closed_us", "closed_us"),
)
consignment_item: Final = Table(
    "consignment_item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("consignment", Text, ForeignKey("consignment.id"), nullable=False, index=True),
    Column("line", Integer, nullable=True),  # of the note, from 1; NULL: not on it
    Column("bag", Text, nullable=True, index=True),  # as the note, the tag or the label names it; it may not exist yet
    Column("epc", Text, nullable=True, index=True),  # of a tag that is bound to no bag
    Column("state", Text, nullable=False),
    instant("since_us"),
    Column("act", Text, nullable=True),
    Column("act_by", Text, nullable=True),
    instant("act_us", nullable=True),
    Column("comment", Text, nullable=True),
    Index("ix_consignment_item_state_act", "state", "act"),
)
