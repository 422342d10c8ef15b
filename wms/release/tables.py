"""Tables of release: what the temperature record of each waiting bag was judged to be, and gates passed by people."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, Index, Table, Text

from wms.store.metadata import instant, metadata

temperature_judgement: Final = Table(
    "temperature_judgement",
    metadata,
    Column("bag", Text, primary_key=True),
    Column("state", Text, nullable=False),  # passed | failed | unknown
    instant("judged_us"),
    instant("through_us"),  # the record was looked at until then
    Column("outside_min", Float, nullable=False),
    Column("worst_c", Float, nullable=True),
    Column("gap_min", Float, nullable=False),  # the longest single gap
    Column("unwatched_min", Float, nullable=False),  # at places that have neither limits nor probes
    Column("detail", Text, nullable=False),  # canonical JSON: [[English, Chinese]] of each reason
    Index("ix_temperature_judgement_state_judged_us", "state", "judged_us"),
)
release_override: Final = Table(
    "release_override",
    metadata,
    Column("bag", Text, primary_key=True),
    Column("gate", Text, primary_key=True),
    instant("at_us", primary_key=True),
    Column("detail_en", Text, nullable=False),  # what the gate said when it was overridden
    Column("detail_zh", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("people", Text, nullable=False),  # canonical JSON: usernames
)
