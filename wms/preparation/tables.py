"""Tables of preparation orders, and the site's own sequence of donation numbers for pools.

The bags that an order keeps for itself carry its id in their `claim`; its batches carry it in `batch.prep_order`.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Integer, Table, Text

from wms.store.metadata import instant, metadata

preparation_order: Final = Table(
    "preparation_order",
    metadata,
    Column("id", Text, primary_key=True),
    Column("recipe", Text, nullable=False),
    Column("component", Text, nullable=False),  # what is to be made
    Column("abo_rhd", Text, nullable=True),  # of which group; NULL: any
    Column("quantity", Integer, nullable=False),  # units to make
    Column("named", Text, nullable=False),  # canonical JSON: the bags that a person chose; empty: the system chooses
    Column("state", Text, nullable=False, index=True),  # waiting | gathering | running | done | cancelled
    Column("made", Integer, nullable=False),
    Column("held", Integer, nullable=False),  # units that were tried and came out unfit
    Column("waits", Text, nullable=True),  # why it waits: a code of wms.preparation.sentences
    Column("waits_detail", Text, nullable=False),
    Column("why_en", Text, nullable=False),
    Column("why_zh", Text, nullable=False),
    Column("for_order", Text, nullable=True),
    Column("for_line", Text, nullable=True, index=True),
    instant("usable_until_us", nullable=True),  # what is made must last so long
    instant("not_before_us"),
    Column("created_by", Text, nullable=False),
    instant("created_us"),
    instant("ended_us", nullable=True),
    Column("end_reason", Text, nullable=True),
)
pool_number: Final = Table(
    "pool_number",
    metadata,
    Column("year", Integer, primary_key=True),  # two digits, as in the donation number
    Column("last", Integer, nullable=False),
)
