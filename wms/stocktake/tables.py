"""Tables of counting: what each shelf antenna said last, counts and what they found."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from wms.store.metadata import instant, metadata

shelf_account: Final = Table(
    "shelf_account",
    metadata,
    Column("shelf", Text, primary_key=True),
    Column("reader", Text, nullable=False),
    instant("at_us"),
)
shelf_part: Final = Table(
    "shelf_part",
    metadata,
    Column("round_id", Text, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("shelf", Text, nullable=False, index=True),
    Column("epcs", Text, nullable=False),  # space-separated; kept only until all parts of the account are here
)
sighting: Final = Table(
    "sighting",
    metadata,
    Column("shelf", Text, primary_key=True),
    Column("epc", Text, primary_key=True, index=True),
    instant("since_us"),
    instant("gone_us", nullable=True),  # NULL: seen in the last account of the shelf
    instant("reported_us", nullable=True),  # when it was named as a finding
)
stock_count: Final = Table(
    "stock_count",
    metadata,
    Column("id", Text, primary_key=True),
    Column("place", Text, nullable=False),
    Column("by_means", Text, nullable=False),  # antenna | hand
    instant("opened_us"),
    Column("opened_by", Text, nullable=False),
    instant("closed_us", nullable=True),
    Column("closed_by", Text, nullable=True),
    Index("ix_stock_count_closed_us", "closed_us"),
)
stock_count_item: Final = Table(
    "stock_count_item",
    metadata,
    Column("count", Text, ForeignKey("stock_count.id"), primary_key=True),
    Column("subject", Text, primary_key=True),  # a bag, or the EPC of a tag that is bound to none
    Column("believed_place", Text, nullable=True),
    Column("seen_place", Text, nullable=True),
    Column("state", Text, nullable=False),  # wms.stocktake.matching.CountState
    instant("seen_us", nullable=True),
)
