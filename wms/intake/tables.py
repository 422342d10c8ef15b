"""Tables of intake: donations as collected, consignments and their numbers."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Table, Text

from wms.store.metadata import WHOLE, instant, metadata

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
    Column("component", Text, nullable=True),  # what was collected: whole blood, or finished by apheresis
    Column("target_ml", Float, nullable=True),
    instant("started_us", nullable=True),
    instant("sealed_us", nullable=True),
    Column("device_serial", Text, nullable=True),
    Column("samples", Integer, nullable=True),  # tubes whose number was scanned and agreed
    Index("ix_donation_donor_collected_us", "donor", "collected_us"),
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
    Column("id", WHOLE, primary_key=True),
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
