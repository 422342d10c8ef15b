"""Tables of the registries: donors of platelets and of rare red cells, requests, locks, and every try."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, text

from wms.store.metadata import instant, metadata

platelet_donor: Final = Table(
    "platelet_donor",
    metadata,
    Column("donor", Text, primary_key=True),
    Column("hla", Text, nullable=False),  # HLA and HPA type, as `blood.hla` writes it
    Column("abo_rhd", Text, nullable=True),
    Column("state", Text, nullable=False),  # wms.registries.model.DonorState
    instant("last_donation_us", nullable=True),
    Column("revision", BigInteger, nullable=False, index=True),  # of the registry, when this row was last changed
    instant("updated_us"),
    Column("updated_by", Text, nullable=False),
)
rare_donor: Final = Table(
    "rare_donor",
    metadata,
    Column("donor", Text, primary_key=True),
    Column("antigens", Text, nullable=False),  # as `blood.antigens` writes them
    Column("abo_rhd", Text, nullable=True),
    Column("state", Text, nullable=False),
    instant("last_donation_us", nullable=True),
    instant("updated_us"),
    Column("updated_by", Text, nullable=False),
)
mark: Final = Table(
    "registry_mark",
    metadata,
    Column("name", Text, primary_key=True),  # `platelet_donors`: newest revision; `ledger`: how far it was followed
    Column("value", BigInteger, nullable=False),
)
request: Final = Table(
    "registry_request",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # wms.registries.model.RequestKind
    Column("hospital", Text, nullable=False, index=True),
    Column("patient", Text, nullable=False),
    Column("antigens_absent", Text, nullable=False),  # comma list, of rare types
    Column("doses", Integer, nullable=False),
    instant("needed_by_us"),
    Column("state", Text, nullable=False, index=True),  # wms.registries.model.RequestState
    instant("opened_us"),
    Column("opened_by", Text, nullable=False),
    instant("issued_us", nullable=True),
    instant("closed_us", nullable=True),
    Column("outcome", Text, nullable=True),
    Column("comment", Text, nullable=False),
)
lock: Final = Table(
    "registry_lock",
    metadata,
    Column("id", Text, primary_key=True),
    Column("request", Text, nullable=False, index=True),
    Column("donor", Text, nullable=True),
    Column("bag", Text, nullable=True, index=True),
    Column("state", Text, nullable=False),  # wms.registries.model.LockState
    Column("order_id", Text, nullable=True),
    instant("locked_us"),
    Column("locked_by", Text, nullable=False),
    instant("expires_us", nullable=True),
    instant("issued_us", nullable=True),
    instant("ended_us", nullable=True),  # NULL: it stands
    Column("end_reason", Text, nullable=True),
    Index(
        "uq_registry_lock_bag",
        "bag",
        unique=True,
        sqlite_where=text("ended_us IS NULL"),
        postgresql_where=text("ended_us IS NULL"),
    ),
    Index(
        "uq_registry_lock_donor",
        "donor",
        unique=True,
        sqlite_where=text("ended_us IS NULL"),
        postgresql_where=text("ended_us IS NULL"),
    ),
)
tried: Final = Table(
    "registry_try",
    metadata,
    Column("request", Text, primary_key=True),
    Column("bag", Text, primary_key=True),
    Column("verdict", Text, primary_key=True),  # wms.registries.model.Verdict: a bag may fit only after its tests
    instant("at_us"),
    Column("detail", Text, nullable=False),
)
