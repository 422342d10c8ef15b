"""Tables of passports: drafts for dispatch, sealed documents, dispositions."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, Index, Table, Text

from wms.store.metadata import WHOLE, instant, metadata

passport_draft: Final = Table(
    "passport_draft",
    metadata,
    Column("bag", Text, primary_key=True),
    instant("computed_us"),
    instant("computed_real_us"),
    Column("verdict", Text, nullable=False),  # wms.passports.model.PassportVerdict
    Column("document", Text, nullable=False),  # canonical JSON of the passport; empty with a fault
    Column("fault", Text, nullable=True),  # why it could not be computed
)
sealed_passport: Final = Table(
    "sealed_passport",
    metadata,
    Column("seq", WHOLE, primary_key=True, autoincrement=False),  # the ledger entry `passport.sealed`
    Column("bag", Text, nullable=False, index=True),
    Column("shipment", Text, nullable=False),
    instant("sealed_us"),
    Column("sha256", Text, nullable=False),  # of the document's UTF-8; the ledger entry says the same
    Column("verdict", Text, nullable=False),
    Column("document", Text, nullable=False),
)
disposition: Final = Table(
    "disposition",
    metadata,
    Column("id", Text, primary_key=True),
    Column("bag", Text, nullable=False, index=True),
    Column("trigger_key", Text, nullable=False),  # a row of wms/passports/rules/{profile}.toml
    Column("event", Text, nullable=False),  # `{kind}.{side}.{from_us}`: what happened, once per bag and trigger
    Column("place", Text, nullable=False),
    instant("from_us"),
    instant("to_us", nullable=True),  # NULL: it lasts
    Column("minutes", Float, nullable=False),
    Column("worst_c", Float, nullable=True),
    Column("detail_en", Text, nullable=False),
    Column("detail_zh", Text, nullable=False),
    Column("hold", Text, nullable=True),
    Column("state", Text, nullable=False),  # wms.passports.outcomes.DispositionState
    instant("opened_us"),
    instant("decided_us", nullable=True),
    Column("people", Text, nullable=False),  # canonical JSON: who decided
    Column("outcome", Text, nullable=True),
    Column("comment", Text, nullable=True),
    Index("ux_disposition_bag_trigger_key_event", "bag", "trigger_key", "event", unique=True),
    Index("ix_disposition_state_opened_us", "state", "opened_us"),
)
