"""Tables of bags: the projection row, where it has been, what it was made from, opening imports."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, Index, Integer, Table, Text, text

from wms.store.metadata import WHOLE, instant, metadata

bag: Final = Table(
    "bag",
    metadata,
    Column("id", Text, primary_key=True),
    Column("din", Text, nullable=False, index=True),
    Column("product", Text, nullable=False),
    Column("component", Text, nullable=False),
    Column("abo_rhd", Text, nullable=True),  # confirmed group; NULL until two results agree
    Column("status", Text, nullable=False, index=True),
    Column("place", Text, nullable=True, index=True),  # NULL: nobody knows
    instant("place_since_us"),
    Column("volume_ml", Float, nullable=False),
    instant("collected_us"),
    instant("expires_us"),
    Column("donor", Text, nullable=False, index=True),
    Column("epc", Text, nullable=True, unique=True),
    Column("tid", Text, nullable=True),
    Column("donation_type", Text, nullable=False),
    Column("custody", Text, nullable=False),  # centre | hospital
    Column("hospital", Text, nullable=True),
    Column("tests", Text, nullable=False),  # pending | negative | not_negative
    Column("process_check", Text, nullable=False),  # pending | passed | failed: record of separation, freezing, recipe
    Column("label_check", Text, nullable=False),  # pending | passed | failed: label read back and compared
    Column("claim", Text, nullable=True, index=True),  # the preparation order that it is kept for
    Column("order_line", Text, nullable=True, index=True),
    Column("antigens", Text, nullable=True),  # what its red cells were typed for, as `blood.antigens` writes it
    Column("hla", Text, nullable=True),  # HLA/HPA type of the donor, as `blood.hla` writes it
    Column("attributes", Text, nullable=True),  # what was done to it or found in it: irradiated,leucoreduced,...
    Column("intended_for", Text, nullable=True, index=True),  # pseudonym of the only patient that it may be given to
    Column("patient", Text, nullable=True, index=True),  # pseudonym of the patient that it was issued to
    instant("made_us", nullable=True),  # since when it is a bag of its own; NULL: before this was kept
    instant("ended_us", nullable=True),  # when its story ended: used, consumed, discarded, lost
    Column("version", Integer, nullable=False),
    Column("ledger_seq", WHOLE, nullable=False),
    Index("ix_bag_component_abo_rhd_status_expires", "component", "abo_rhd", "status", "expires_us"),
    Index(
        "ix_bag_not_negative",
        "din",
        "tests",
        sqlite_where=text("tests <> 'negative'"),
        postgresql_where=text("tests <> 'negative'"),
    ),
    Index(  # the stock board counts in it alone
        "ix_bag_stock",
        "status",
        "component",
        "abo_rhd",
        "expires_us",
        "place",
        sqlite_where=text("status = 'AVAILABLE'"),
        postgresql_where=text("status = 'AVAILABLE'"),
    ),
    Index("ix_bag_made", "component", "made_us"),
    Index("ix_bag_ended", "status", "component", "hospital", "ended_us"),
)
stay: Final = Table(
    "stay",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("bag", Text, nullable=False),
    Column("place", Text, nullable=False),
    instant("from_us"),
    instant("to_us", nullable=True),
    Index("ix_stay_bag_from_us", "bag", "from_us"),
    Index("ix_stay_place_from_us", "place", "from_us"),
    Index(
        "uq_stay_open", "bag", unique=True, sqlite_where=text("to_us IS NULL"), postgresql_where=text("to_us IS NULL")
    ),
)
parentage: Final = Table(
    "bag_parentage",
    metadata,
    Column("parent", Text, primary_key=True),
    Column("child", Text, primary_key=True, index=True),
    Column("operation", Text, nullable=True),  # by which the child was made; NULL: before this was kept
)
opening_import: Final = Table(
    "opening_import",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("bags", Integer, nullable=False),
    instant("imported_us"),
)
