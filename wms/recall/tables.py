"""Tables of recall: cases, what a case is about, the bags in it, and what their holders were told."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Index, Table, Text, text

from wms.store.metadata import instant, metadata

_OPEN: Final = text("closed_us IS NULL")

recall: Final = Table(
    "recall",
    metadata,
    Column("id", Text, primary_key=True),
    Column("reason_code", Text, nullable=False),  # of recall.toml
    Column("comment", Text, nullable=False),
    Column("scope", Text, nullable=False),  # canonical JSON: wms.recall.scope.Scope as it was asked for
    Column("of_the_donor", Boolean, nullable=False),  # the donor's other donations belong to it
    instant("opened_us"),
    Column("opened_by", Text, nullable=False),
    instant("closed_us", nullable=True),
    Column("closed_by", Text, nullable=True),  # both people, comma-separated
    Column("close_comment", Text, nullable=True),
    Index("ix_recall_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
)
recall_donation: Final = Table(
    "recall_donation",
    metadata,
    Column("din", Text, primary_key=True),
    Column("recall", Text, primary_key=True, index=True),
    Column("relation", Text, nullable=False),  # what a bag of the donation that is made later will be to the case
)
recall_donor: Final = Table(
    "recall_donor",
    metadata,
    Column("donor", Text, primary_key=True),
    Column("recall", Text, primary_key=True, index=True),
)
bag_recall: Final = Table(
    "bag_recall",
    metadata,
    Column("bag", Text, primary_key=True),
    Column("recall", Text, primary_key=True, index=True),
    Column("relation", Text, nullable=False),  # wms.recall.scope.Relation
    instant("joined_us"),
    Column("outcome", Text, nullable=True),  # wms.recall.outcomes.Outcome
    Column("outcome_comment", Text, nullable=True),
    Column("outcome_by", Text, nullable=True),
    instant("outcome_us", nullable=True),
)
recall_notice: Final = Table(
    "recall_notice",
    metadata,
    Column("id", Text, primary_key=True),
    Column("recall", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),  # wms.recall.holders.HolderKind
    Column("holder", Text, nullable=False, index=True),  # id of the hospital, the vehicle or the site
    instant("sent_us"),
    instant("acknowledged_us", nullable=True),
    Column("acknowledged_by", Text, nullable=True),
    Column("answer", Text, nullable=True),
    Index(
        "ix_recall_notice_waiting",
        "sent_us",
        sqlite_where=text("acknowledged_us IS NULL"),
        postgresql_where=text("acknowledged_us IS NULL"),
    ),
)
recall_notice_bag: Final = Table(
    "recall_notice_bag",
    metadata,
    Column("notice", Text, primary_key=True),
    Column("bag", Text, primary_key=True, index=True),
)
