"""Signatures: a person signs one act on one subject by giving the password again; a privileged act needs two people.

A signature is bound to act, subject and the hash of what is signed, can be used once, and lives two minutes of real
time (21 CFR 11.50, 11.70 and 11.200 ask for meaning, binding and re-entry of the password).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import insert, select, update

from runtime.ids import new_id
from wms.errors import Refused
from wms.ledger.chain import canonical
from wms.people import tables
from wms.people.accounts import FIRST_START, Account, require, who_set_password
from wms.people.passwords import Hashing
from wms.people.roles import Role
from wms.people.sessions import authenticate
from wms.store.database import Database
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx
from wms.store.writer import Writer

VALID: Final = timedelta(minutes=2)
SIGNERS: Final = 2


class SignatureRefused(Refused):
    """The signatures do not carry this act; ``code`` says why."""

    status = 403


@dataclass(frozen=True, slots=True)
class SigningRule:
    """Whose signatures count for an act, and a role of which at least one of those who sign must have.

    ``fewest`` is one where the act itself says how many people each decision needs.
    """

    may_sign: frozenset[Role]
    one_is: frozenset[Role]
    fewest: int = SIGNERS


RULES: Final[Mapping[str, SigningRule]] = {
    "hold.lift": SigningRule(frozenset({Role.QUALITY, Role.OPERATOR}), frozenset({Role.QUALITY})),
    "issue.emergency": SigningRule(frozenset({Role.HOSPITAL}), frozenset({Role.HOSPITAL})),
    "fate.wasted": SigningRule(frozenset({Role.HOSPITAL}), frozenset({Role.HOSPITAL})),
    "release.override": SigningRule(frozenset({Role.QUALITY, Role.OPERATOR}), frozenset({Role.QUALITY})),
    "bag.lost": SigningRule(frozenset({Role.QUALITY, Role.OPERATOR}), frozenset({Role.QUALITY})),
    "recall.close": SigningRule(frozenset({Role.QUALITY, Role.OPERATOR}), frozenset({Role.QUALITY})),
    "recall.release": SigningRule(frozenset({Role.QUALITY, Role.OPERATOR}), frozenset({Role.QUALITY})),
    "bag.discard": SigningRule(frozenset({Role.QUALITY, Role.OPERATOR}), frozenset({Role.QUALITY})),
    "bag.relabel": SigningRule(frozenset({Role.QUALITY, Role.OPERATOR}), frozenset({Role.QUALITY})),
    "return.decide": SigningRule(frozenset({Role.QUALITY, Role.OPERATOR}), frozenset({Role.QUALITY})),
    "disposition.decide": SigningRule(frozenset({Role.QUALITY, Role.OPERATOR}), frozenset({Role.QUALITY}), fewest=1),
    "limits.approve": SigningRule(frozenset({Role.QUALITY, Role.OPERATOR, Role.ENGINEER}), frozenset({Role.QUALITY})),
    "edge.accept": SigningRule(
        frozenset({Role.QUALITY, Role.OPERATOR, Role.ENGINEER, Role.ADMINISTRATOR}),
        frozenset({Role.ENGINEER, Role.ADMINISTRATOR}),
    ),
}


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as its signer sees it; ``expires_at`` is real time."""

    id: str
    person: str
    name: str
    act: str
    subject: str
    meaning: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """What a used signature adds to the ledger entry of the act."""

    id: str
    person: str
    name: str
    meaning: str


def content_hash(act: str, subject: str, content: Mapping[str, Any]) -> bytes:
    """SHA-256 of the canonical JSON of act, subject and the act's own content."""
    return sha256(canonical([act, subject, dict(content)]).encode()).digest()


async def sign(
    writer: Writer,
    database: Database,
    *,
    username: str,
    password: str,
    station: str,
    act: str,
    subject: str,
    meaning: str,
    content: Mapping[str, Any],
    hashing: Hashing,
) -> Signature:
    """Sign an act; wrong passwords count and lock as at sign-in.

    Whose password was set by somebody else cannot sign: else one administrator could be two people.

    Raises SignInRefused, AccountLocked, SignatureRefused.
    """
    rule = _rule(act)
    account = await authenticate(
        writer, database, username=username, password=password, station=station, hashing=hashing
    )
    refusal = _refusal(database, account, act, rule)
    if refusal is not None:
        await writer.write(lambda tx: _record_refused(tx, Actor(username, station), act, subject, refusal.code))
        raise refusal
    digest = content_hash(act, subject, content)
    return await writer.write(lambda tx: _insert(tx, account, Actor(username, station), act, subject, meaning, digest))


def use(tx: Tx, ids: Sequence[str], *, act: str, subject: str, content: Mapping[str, Any]) -> tuple[Signed, ...]:
    """Use up the signatures of different people for exactly this act, or raise SignatureRefused and use none.

    Two people sign, or one where the act's rule leaves it to the act. Whoever asks may be one of two, never both.
    Rights are looked up again at this moment.
    """
    rule = _rule(act)
    if not rule.fewest <= len(ids) <= SIGNERS or len(set(ids)) != len(ids):
        raise SignatureRefused("signature.count", f"{act} needs the signatures of {SIGNERS} people")
    digest = content_hash(act, subject, content)
    signed = [_use_one(tx, signature_id, act, subject, digest, rule) for signature_id in ids]
    if len({account.username for _, account in signed}) != len(ids):
        raise SignatureRefused("signature.same_person", "Both signatures are of the same person")
    if not any(rule.one_is.intersection(account.roles) for _, account in signed):
        wanted = " or ".join(sorted(role.value for role in rule.one_is))
        raise SignatureRefused("signature.role", f"One of those who sign must be of {wanted}")
    return tuple(entry for entry, _ in signed)


def _use_one(
    tx: Tx, signature_id: str, act: str, subject: str, digest: bytes, rule: SigningRule
) -> tuple[Signed, Account]:
    table = tables.signature
    row = tx.conn.execute(select(table).where(table.c.id == signature_id)).one_or_none()
    if row is None:
        raise SignatureRefused("signature.unknown", f"There is no signature {signature_id}")
    if row.used_real_us is not None:
        raise SignatureRefused("signature.used", "The signature was used before; sign again")
    if from_us(row.expires_real_us) <= tx.real_now:
        raise SignatureRefused("signature.expired", "The signature is older than two minutes; sign again")
    if (row.act, row.subject, row.content_sha256) != (act, subject, digest):
        raise SignatureRefused("signature.other_act", "The signature is for something else than what was asked")
    account = require(tx.conn, row.username)
    if account.disabled or not rule.may_sign.intersection(account.roles):
        raise SignatureRefused("signature.role", f"{account.name} may not sign {act} any more")
    tx.conn.execute(update(table).where(table.c.id == signature_id).values(used_real_us=to_us(tx.real_now)))
    return Signed(row.id, account.username, account.name, row.meaning), account


def _insert(tx: Tx, account: Account, actor: Actor, act: str, subject: str, meaning: str, digest: bytes) -> Signature:
    signature_id, expires_at = new_id("sig"), tx.real_now + VALID
    tx.conn.execute(
        insert(tables.signature).values(
            id=signature_id,
            username=account.username,
            act=act,
            subject=subject,
            content_sha256=digest,
            meaning=meaning,
            made_real_us=to_us(tx.real_now),
            expires_real_us=to_us(expires_at),
        )
    )
    data = {"signature": signature_id, "act": act, "meaning": meaning, "content_sha256": digest.hex()}
    tx.record("signature.made", actor=actor, subject=subject, data=data)
    return Signature(signature_id, account.username, account.name, act, subject, meaning, expires_at)


def _refusal(database: Database, account: Account, act: str, rule: SigningRule) -> SignatureRefused | None:
    if not rule.may_sign.intersection(account.roles):
        return SignatureRefused("signature.role", f"{account.name} has no role that may sign {act}")
    with database.read() as connection:
        setter = who_set_password(connection, account.username)
    if setter not in {account.username, FIRST_START.id}:
        return SignatureRefused(
            "signature.password",
            f"The password of {account.name} was set by {setter}; choose an own one before signing",
        )
    return None


def _record_refused(tx: Tx, actor: Actor, act: str, subject: str, code: str) -> None:
    tx.record("signature.refused", actor=actor, subject=subject, data={"act": act, "code": code})


def _rule(act: str) -> SigningRule:
    rule = RULES.get(act)
    if rule is None:
        raise SignatureRefused("signature.act", f"{act} is not an act that people sign")
    return rule
