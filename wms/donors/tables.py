"""Tables of donors: lists from other centres with their entries, information after a donation, donations held for it.

Nobody but quality reads them; every other part of the warehouse asks whether a donation is held, never why.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from wms.store.metadata import WHOLE, instant, metadata

deferral_list: Final = Table(
    "deferral_list",
    metadata,
    Column("id", Text, primary_key=True),
    Column("centre", Text, nullable=False),
    Column("sha256", Text, nullable=False, unique=True),  # of centre and text: the same list again is the same list
    Column("rows", Integer, nullable=False),
    instant("taken_us"),
    Column("taken_by", Text, nullable=False),
)
deferral: Final = Table(
    "deferral",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("list", Text, ForeignKey("deferral_list.id"), nullable=False, index=True),
    Column("donor", Text, nullable=False),
    Column("entry", Text, nullable=False),  # deferral | whole_blood | apheresis (a donation given elsewhere)
    instant("from_us"),
    instant("until_us", nullable=True),  # of a deferral; NULL: for ever
    Column("code", Text, nullable=False),  # why, in the words of the other centre
    Index("ix_deferral_donor_from_us", "donor", "from_us"),
)
donor_information: Final = Table(
    "donor_information",
    metadata,
    Column("id", Text, primary_key=True),
    Column("donor", Text, nullable=False, index=True),
    instant("at_us"),  # when it was so
    Column("kind", Text, nullable=False),
    Column("detail", Text, nullable=False),
    instant("told_us"),
    Column("told_by", Text, nullable=False),
)
donor_check: Final = Table(
    "donor_check",
    metadata,
    Column("din", Text, primary_key=True),
    Column("cause", Text, primary_key=True),  # deferral | interval | information, and of which row
    Column("donor", Text, nullable=False, index=True),
    Column("code", Text, nullable=False),
    instant("held_us"),
    Column("gone", Text, nullable=False),  # canonical JSON: bags that had left quarantine when it was held
    Column("verdict", Text, nullable=True),  # cleared | condemned
    instant("decided_us", nullable=True),
    Column("decided_by", Text, nullable=True),
    Column("comment", Text, nullable=True),
    Index(
        "ix_donor_check_open",
        "held_us",
        sqlite_where=text("decided_us IS NULL"),
        postgresql_where=text("decided_us IS NULL"),
    ),
)
