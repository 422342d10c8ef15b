"""Accounts: who may come in, with what rights. Every change of rights is a ledger entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.ledger.chain import ledger
from wms.people import tables
from wms.people.passwords import FORMER_PASSWORDS, Hashing, check_strength
from wms.people.roles import Role
from wms.store.database import Database
from wms.store.metadata import from_us, from_us_or_none, to_us
from wms.store.tx import Actor, Tx
from wms.store.writer import Writer

_ACCOUNT: Final = tables.account
FIRST_START: Final = Actor("service:first-start", "serve")
"""Makes the accounts of a new site."""


class AccountState(StrEnum):
    """A disabled account keeps its name for ever and cannot come in."""

    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Account:
    """One account as an administrator sees it; instants are real time."""

    username: str
    name: str
    roles: tuple[Role, ...]
    hospital: str | None
    state: AccountState
    locked_until: datetime | None
    created_at: datetime
    password_changed_at: datetime
    last_sign_in_at: datetime | None

    @property
    def disabled(self) -> bool:
        """True when the account cannot come in any more."""
        return self.state is AccountState.DISABLED


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made; a hospital account names its hospital, no other account may."""

    username: str
    name: str
    roles: tuple[Role, ...]
    hospital: str | None


def find(connection: Connection, username: str) -> Account | None:
    """The account of that name, or None."""
    row = connection.execute(select(_ACCOUNT).where(_ACCOUNT.c.username == username)).mappings().one_or_none()
    return None if row is None else _account(row)


def require(connection: Connection, username: str) -> Account:
    """The account of that name; raises NotFound."""
    account = find(connection, username)
    if account is None:
        raise NotFound("account.unknown", f"There is no account {username}")
    return account


def everybody(connection: Connection) -> tuple[Account, ...]:
    """All accounts by name."""
    rows = connection.execute(select(_ACCOUNT).order_by(_ACCOUNT.c.username)).mappings()
    return tuple(_account(row) for row in rows)


def who_set_password(connection: Connection, username: str) -> str | None:
    """Who gave an account its present password, by the ledger; None when there is no such account."""
    query = (
        select(ledger.c.actor)
        .where(ledger.c.subject == username, ledger.c.kind.in_(("person.created", "person.password_changed")))
        .order_by(ledger.c.seq.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()


def password_hash_of(connection: Connection, username: str) -> str | None:
    """The stored hash, or None when there is no such account."""
    return connection.execute(select(_ACCOUNT.c.password_hash).where(_ACCOUNT.c.username == username)).scalar()


async def create(writer: Writer, actor: Actor, new: NewAccount, password: str, hashing: Hashing) -> Account:
    """Make an account; raises WeakPassword, Invalid for wrong rights, Conflict when the name was ever used."""
    check_strength(password, new.username)
    password_hash = await hashing.hash(password)
    return await writer.write(lambda tx: insert_account(tx, actor, new, password_hash))


def insert_account(tx: Tx, actor: Actor, new: NewAccount, password_hash: str) -> Account:
    """Write a new account and its ledger entry inside a transaction."""
    _check_rights(tx, new)
    if find(tx.conn, new.username) is not None:
        raise Conflict("account.exists", f"The name {new.username} is or was in use; names are never used again")
    real_us = to_us(tx.real_now)
    tx.conn.execute(
        insert(_ACCOUNT).values(
            username=new.username,
            name=new.name,
            roles=" ".join(sorted(new.roles)),
            hospital=new.hospital,
            state=AccountState.ACTIVE.value,
            password_hash=password_hash,
            failures=0,
            created_real_us=real_us,
            password_changed_real_us=real_us,
        )
    )
    tx.record(
        "person.created",
        actor=actor,
        subject=new.username,
        data={"name": new.name, "roles": sorted(new.roles), "hospital": new.hospital},
    )
    return require(tx.conn, new.username)


async def change_password(
    writer: Writer, database: Database, actor: Actor, username: str, password: str, hashing: Hashing
) -> Account:
    """Give an account a new password and close its sessions; raises NotFound, WeakPassword."""
    check_strength(password, username)
    with database.read() as connection:
        require(connection, username)
        former = former_hashes(connection, username)
    await hashing.refuse_former(password, former)
    password_hash = await hashing.hash(password)
    return await writer.write(lambda tx: replace_password(tx, actor, username, password_hash))


def former_hashes(connection: Connection, username: str) -> Sequence[str]:
    """Hashes of the present password and the last ones before it."""
    table = tables.former_password
    former = connection.execute(
        select(table.c.password_hash)
        .where(table.c.username == username)
        .order_by(table.c.id.desc())
        .limit(FORMER_PASSWORDS)
    ).scalars()
    present = password_hash_of(connection, username)
    return [*([present] if present else []), *former]


def replace_password(tx: Tx, actor: Actor, username: str, password_hash: str) -> Account:
    """Write a new password hash, forget failures and lock, close the sessions."""
    old_hash = password_hash_of(tx.conn, username)
    tx.conn.execute(insert(tables.former_password).values(username=username, password_hash=old_hash))
    tx.conn.execute(
        update(_ACCOUNT)
        .where(_ACCOUNT.c.username == username)
        .values(
            password_hash=password_hash,
            password_changed_real_us=to_us(tx.real_now),
            failures=0,
            locked_until_real_us=None,
        )
    )
    close_sessions(tx, username)
    tx.record("person.password_changed", actor=actor, subject=username)
    return require(tx.conn, username)


def disable(tx: Tx, actor: Actor, username: str) -> Account:
    """Shut an account for good and close its sessions; refuses the last active administrator."""
    account = require(tx.conn, username)
    if account.disabled:
        return account
    others = [other for other in everybody(tx.conn) if not other.disabled and other.username != username]
    if Role.ADMINISTRATOR in account.roles and not any(Role.ADMINISTRATOR in other.roles for other in others):
        raise Refused("account.last_administrator", "The last administrator cannot be disabled")
    tx.conn.execute(update(_ACCOUNT).where(_ACCOUNT.c.username == username).values(state=AccountState.DISABLED.value))
    close_sessions(tx, username)
    tx.record("person.disabled", actor=actor, subject=username)
    return require(tx.conn, username)


def close_sessions(tx: Tx, username: str) -> None:
    """End every session of an account."""
    tx.conn.execute(delete(tables.web_session).where(tables.web_session.c.username == username))


def _check_rights(tx: Tx, new: NewAccount) -> None:
    if not new.roles:
        raise Invalid("account.roles", "An account needs at least one role")
    if (Role.HOSPITAL in new.roles) != (new.hospital is not None):
        raise Invalid("account.hospital", "A hospital account names its hospital, and no other account does")
    if Role.HOSPITAL in new.roles and len(set(new.roles)) > 1:
        raise Invalid("account.roles", "A hospital account has no role inside the centre")
    if new.hospital is not None and new.hospital not in {hospital.id for hospital in tx.plant.hospitals}:
        raise Invalid("account.hospital", f"There is no hospital {new.hospital}")


def _account(fields: RowMapping) -> Account:
    return Account(
        username=fields["username"],
        name=fields["name"],
        roles=tuple(Role(role) for role in fields["roles"].split()),
        hospital=fields["hospital"],
        state=AccountState(fields["state"]),
        locked_until=from_us_or_none(fields["locked_until_real_us"]),
        created_at=from_us(fields["created_real_us"]),
        password_changed_at=from_us(fields["password_changed_real_us"]),
        last_sign_in_at=from_us_or_none(fields["last_sign_in_real_us"]),
    )
