"""Sign-in, lock-out and server-side sessions, all in real time. The browser holds a random token, we its hash."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from wms.errors import Refused
from wms.people import tables
from wms.people.accounts import Account, find
from wms.people.passwords import Hashing
from wms.people.roles import Role
from wms.store.database import Database
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx
from wms.store.writer import Writer

MOST_FAILURES: Final = 5
LOCK_OUT: Final = timedelta(minutes=15)
"""Assessor habit for GB/T 22239-2019 8.1.4.1b: lock after 5 failures for 10 to 30 minutes (domain.md 8, row 2)."""

_USE_NOTED_EVERY: Final = timedelta(seconds=60)
"""How exact `used` is: a write per request would cost more than it tells."""


class SignInRefused(Refused):
    """Not let in. One sentence for all causes, so that nobody learns which names exist."""

    status = 401

    def __init__(self) -> None:
        super().__init__("sign_in.refused", "The name or the password is wrong, or the account is locked or disabled")


class AccountLocked(Refused):
    """The password was right, but too many wrong ones came before; only its owner can get this answer."""

    status = 401

    def __init__(self, until: datetime) -> None:
        super().__init__(
            "account.locked", f"Too many wrong passwords; the account is locked until {until:%H:%M:%S} UTC (real time)"
        )
        self.until = until


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lives without use, and at all (real time)."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who a request comes from; ``expires_at`` is real time."""

    person: str
    name: str
    roles: frozenset[Role]
    hospital: str | None
    expires_at: datetime
    station: str

    @property
    def actor(self) -> Actor:
        """The same person as the ledger names them."""
        return Actor(self.person, self.station)


async def sign_in(
    writer: Writer,
    database: Database,
    *,
    username: str,
    password: str,
    station: str,
    limits: SessionLimits,
    hashing: Hashing,
) -> tuple[str, Visitor]:
    """Let a person in: returns the session token (a secret, kept nowhere) and who it is.

    Raises SignInRefused, or AccountLocked to the one who knew the password. Both are ledger entries.
    """
    account = await authenticate(
        writer, database, username=username, password=password, station=station, hashing=hashing
    )
    token = secrets.token_urlsafe(32)
    return token, await writer.write(lambda tx: _open(tx, account, token, station, limits))


async def authenticate(
    writer: Writer,
    database: Database,
    *,
    username: str,
    password: str,
    station: str,
    hashing: Hashing,
) -> Account:
    """Check a password and count failures; the account is active and not locked when this returns.

    The verdict falls in the writer's order: many guesses sent at once cannot pass the lock.
    """
    with database.read() as connection:
        stored = connection.execute(
            select(tables.account.c.password_hash).where(tables.account.c.username == username)
        ).scalar()
    right = await hashing.matches(stored, password)
    verdict = await writer.write(lambda tx: _judge(tx, username, Actor(username, station), stored if right else None))
    if isinstance(verdict, Refused):
        raise verdict
    return verdict


def visitor(
    connection: Connection, token: str, real_now: datetime, limits: SessionLimits
) -> tuple[Visitor, bool] | None:
    """Who holds this token now, and whether the use should be noted; None when nobody does (any more)."""
    sessions, accounts = tables.web_session, tables.account
    row = connection.execute(
        select(
            sessions.c.station, sessions.c.used_real_us, sessions.c.ends_real_us,
            accounts.c.username, accounts.c.name, accounts.c.roles, accounts.c.hospital,
        )
        .join(accounts, accounts.c.username == sessions.c.username)
        .where(sessions.c.token_sha256 == _token_hash(token), accounts.c.state == "active")
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    station, used_us, ends_us, username, name, roles, hospital = row
    expires_at = min(from_us(used_us) + limits.idle, from_us(ends_us))
    if real_now >= expires_at:
        return None
    who = Visitor(username, name, frozenset(Role(role) for role in roles.split()), hospital, expires_at, station)
    return who, real_now - from_us(used_us) >= _USE_NOTED_EVERY


def note_use(tx: Tx, token: str) -> None:
    """Move the idle limit of a session."""
    tx.conn.execute(
        update(tables.web_session)
        .where(tables.web_session.c.token_sha256 == _token_hash(token))
        .values(used_real_us=to_us(tx.real_now))
    )


def sign_out(tx: Tx, actor: Actor, token: str) -> None:
    """End one session."""
    tx.conn.execute(delete(tables.web_session).where(tables.web_session.c.token_sha256 == _token_hash(token)))
    tx.record("person.signed_out", actor=actor, subject=actor.id)


def _judge(tx: Tx, username: str, actor: Actor, right_hash: str | None) -> Account | Refused:
    account = find(tx.conn, username)
    if account is None:
        # What was typed may be a password in the wrong field: the ledger keeps a trace of it, not the text.
        trace = sha256(username.encode()).hexdigest()[:12]
        tx.record(
            "person.sign_in_failed",
            actor=Actor("unknown", actor.station),
            subject="unknown",
            data={"name_sha256": trace},
        )
        return SignInRefused()
    stored = tx.conn.execute(
        select(tables.account.c.password_hash, tables.account.c.failures).where(tables.account.c.username == username)
    ).one()
    right = right_hash is not None and right_hash == stored.password_hash
    locked = account.locked_until is not None and account.locked_until > tx.real_now
    if right and not locked and not account.disabled:
        if stored.failures:
            _set_failures(tx, username, 0, None)
        return account
    why = "disabled" if account.disabled else "locked" if locked else "password"
    tx.record("person.sign_in_failed", actor=actor, subject=username, data={"why": why})
    if right and locked and account.locked_until is not None and not account.disabled:
        return AccountLocked(account.locked_until)
    if not right and not locked:
        _count_failure(tx, actor, username, stored.failures + 1)
    return SignInRefused()


def _count_failure(tx: Tx, actor: Actor, username: str, failures: int) -> None:
    if failures < MOST_FAILURES:
        _set_failures(tx, username, failures, None)
        return
    until = tx.real_now + LOCK_OUT
    _set_failures(tx, username, 0, until)
    tx.record("person.locked", actor=actor, subject=username, data={"until_real": until.isoformat()})


def _set_failures(tx: Tx, username: str, failures: int, locked_until: datetime | None) -> None:
    tx.conn.execute(
        update(tables.account)
        .where(tables.account.c.username == username)
        .values(failures=failures, locked_until_real_us=None if locked_until is None else to_us(locked_until))
    )


def _open(tx: Tx, account: Account, token: str, station: str, limits: SessionLimits) -> Visitor:
    real_us, ends = to_us(tx.real_now), tx.real_now + limits.absolute
    tx.conn.execute(delete(tables.web_session).where(tables.web_session.c.ends_real_us <= real_us))
    tx.conn.execute(
        insert(tables.web_session).values(
            token_sha256=_token_hash(token),
            username=account.username,
            station=station,
            opened_real_us=real_us,
            used_real_us=real_us,
            ends_real_us=to_us(ends),
        )
    )
    tx.conn.execute(
        update(tables.account).where(tables.account.c.username == account.username).values(last_sign_in_real_us=real_us)
    )
    tx.record("person.signed_in", actor=Actor(account.username, station), subject=account.username)
    expires_at = min(tx.real_now + limits.idle, ends)
    return Visitor(account.username, account.name, frozenset(account.roles), account.hospital, expires_at, station)


def _token_hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
