"""Dispositions and sealed passports as rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec

from wms.errors import Refused
from wms.passports.model import DecisionLine, Passport, PassportVerdict
from wms.store.driver import Driver
from wms.store.metadata import from_us, from_us_or_none

_DECISIONS: Final = (
    "SELECT id, trigger_key, from_us, to_us, outcome, decided_us, people, comment FROM disposition "
    "WHERE bag = ? ORDER BY from_us, id"
)
_SEAL: Final = (
    "SELECT seq, shipment, sealed_us, sha256, verdict, document FROM sealed_passport WHERE bag = ? "
    "ORDER BY seq DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A passport as it was sealed: the document, and the hash that its ledger entry names.

    ``intact``: document and stated hash are what the ledger entry says.
    """

    seq: int
    shipment: str
    at: datetime
    hash: str
    verdict: PassportVerdict
    document: str
    intact: bool


class _Document(msgspec.Struct, frozen=True):
    passport: Passport


def passport_in(seal: Seal) -> Passport:
    """The passport as it was sealed. Raises Refused when the kept document cannot be read any more."""
    try:
        return msgspec.json.decode(seal.document, type=_Document).passport
    except msgspec.DecodeError as error:
        raise Refused("passport.unreadable", f"The sealed document cannot be read: {error}") from error


def decision_lines(raw: Driver, bag: str) -> tuple[DecisionLine, ...]:
    """Every disposition of a bag, oldest event first."""
    return tuple(
        DecisionLine(
            id=number,
            trigger=trigger,
            from_at=from_us(began),
            to_at=from_us_or_none(ended),
            outcome=outcome,
            decided_at=from_us_or_none(decided),
            people=tuple(msgspec.json.decode(people, type=list[str])),
            comment=comment,
        )
        for number, trigger, began, ended, outcome, decided, people, comment in raw.execute(
            _DECISIONS, (bag,)
        ).fetchall()
    )


def seal_of(raw: Driver, bag: str) -> Seal | None:
    """The newest sealed passport of a bag, checked against its ledger entry; None: it never left."""
    row = raw.execute(_SEAL, (bag,)).fetchone()
    if row is None:
        return None
    seq, shipment, sealed, stated, verdict, document = row
    return Seal(
        seq=int(seq),
        shipment=shipment,
        at=from_us(sealed),
        hash=stated,
        verdict=PassportVerdict(verdict),
        document=document,
        intact=fault_of(raw, int(seq), bag, stated, document) is None,
    )


def fault_of(raw: Driver, seq: int, bag: str, stated: str, document: str) -> str | None:
    """Why a sealed document is not the one that the ledger names; None when it is."""
    entry = raw.execute("SELECT kind, bag, data FROM ledger WHERE seq = ?", (seq,)).fetchone()
    if entry is None or entry[0] != SEALED or entry[1] != bag:
        return f"ledger entry {seq} does not seal a passport of {bag}"
    named = msgspec.json.decode(entry[2]).get("sha256")
    if named != stated:
        return f"the row of {bag} states another hash than ledger entry {seq}"
    if sha256(document.encode()).hexdigest() != named:
        return f"the passport of {bag} was changed after it was sealed with ledger entry {seq}"
    return None


SEALED: Final = "passport.sealed"
"""Kind of the ledger entry that seals a passport."""
