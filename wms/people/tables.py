"""Tables of people. Passwords and session tokens are kept only as hashes; instants are real time."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text

from wms.store.metadata import WHOLE, instant, metadata

account: Final = Table(
    "account",
    metadata,
    Column("username", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),  # sorted, separated by one space
    Column("hospital", Text, nullable=True),
    Column("state", Text, nullable=False),  # active | disabled
    Column("password_hash", Text, nullable=False),
    Column("failures", Integer, nullable=False),  # wrong passwords since the last right one
    instant("locked_until_real_us", nullable=True),
    instant("created_real_us"),
    instant("password_changed_real_us"),
    instant("last_sign_in_real_us", nullable=True),
)
former_password: Final = Table(
    "account_former_password",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("username", Text, nullable=False, index=True),
    Column("password_hash", Text, nullable=False),
)
web_session: Final = Table(
    "web_session",
    metadata,
    Column("token_sha256", LargeBinary, primary_key=True),
    Column("username", Text, nullable=False, index=True),
    Column("station", Text, nullable=False),
    instant("opened_real_us"),
    instant("used_real_us"),
    instant("ends_real_us"),
)
signature: Final = Table(
    "signature",
    metadata,
    Column("id", Text, primary_key=True),
    Column("username", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("content_sha256", LargeBinary, nullable=False),
    Column("meaning", Text, nullable=False),
    instant("made_real_us"),
    instant("expires_real_us"),
    instant("used_real_us", nullable=True),
)
repeatable_request: Final = Table(
    "repeatable_request",
    metadata,
    Column("username", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_sha256", LargeBinary, nullable=False),
    Column("result", Text, nullable=False),  # JSON of what the act returned
    instant("at_real_us"),
    Index("ix_repeatable_request_at_real_us", "at_real_us"),
)
