"""Sealing a bag's passport into the ledger as it leaves, and what keeps a bag in the house that has none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from wms.alarms.book import raise_event
from wms.alarms.conditions import PASSPORT_MISSING
from wms.bags.projection import BagChange, require
from wms.holds.commands import place_hold
from wms.ledger.chain import canonical
from wms.orders.sentences import Sentence
from wms.passports.drafts import Draft, draft_of, drop_draft
from wms.passports.model import PassportVerdict
from wms.passports.rows import SEALED, fault_of
from wms.store.database import driver_of
from wms.store.metadata import to_us
from wms.store.tx import Actor, LedgerRef, Tx

ON_THE_WAY: Final = timedelta(minutes=30)
"""How old, in domain time, a passport may be when the bag is seen to have left: the lock and the portal take that."""
ON_THE_WAY_REAL: Final = timedelta(seconds=90)
"""The same in real time: a permit holds 30 s, a silent portal is waited for; the later of the two counts."""
NO_PASSPORT: Final = "temperature:no_passport"
"""Reason of the hold of a bag that left without one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A sealed passport that is not what was sealed."""

    seq: int
    bag: str
    detail: str


def why_not_sealable(tx: Tx, bag: str) -> Sentence | None:
    """Why a bag must not be let out yet for want of its passport, in a sentence; None when it is ready."""
    draft = draft_of(tx.raw, bag)
    if draft is not None and draft.is_fresh(tx.now, tx.real_now):
        return None
    if draft is None:
        return Sentence(
            f"The temperature passport of {bag} is not computed yet; it takes some seconds",
            f"{bag} 的温度护照尚未生成，请稍候数秒",
        )
    if draft.fault is not None:
        return Sentence(
            f"The temperature passport of {bag} cannot be computed: {draft.fault}. Call the engineer",
            f"{bag} 的温度护照无法生成：{draft.fault}。请联系工程师",
        )
    return Sentence(
        f"The temperature passport of {bag} is older than 10 min; it is being renewed",
        f"{bag} 的温度护照已超过 10 分钟，正在更新",
    )


def seal(tx: Tx, actor: Actor, bag: str, shipment: str, about: Mapping[str, Any]) -> LedgerRef | None:
    """Seal the passport of a bag that leaves now: document and hash are kept, the ledger entry names the hash.

    ``about`` is where it goes. What was seen to leave is never refused: a bag without a passport is recorded, alarmed
    and held, and None comes back.
    """
    draft = draft_of(tx.raw, bag)
    if draft is None or not _is_young(tx, draft):
        _left_without(tx, actor, bag, shipment, draft)
        return None
    document = _document(tx, bag, draft, about)
    digest = sha256(document.encode()).hexdigest()
    data = {
        **about,
        "sha256": digest,
        "verdict": draft.verdict.value,
        "computed_at": draft.computed_at.isoformat(),
        "bytes": len(document.encode()),
    }
    entry = tx.record(SEALED, actor=actor, subject=bag, data=data, bag=BagChange(bag, {}))
    tx.raw.execute(
        "INSERT INTO sealed_passport (seq, bag, shipment, sealed_us, sha256, verdict, document) VALUES (?,?,?,?,?,?,?)",
        (entry.seq, bag, shipment, to_us(tx.now), digest, draft.verdict.value, document),
    )
    drop_draft(tx.raw, bag)
    tx.notify("passport", bag)
    return entry


def faults(conn: Connection, *, limit: int = 100) -> Iterable[Fault]:
    """Every sealed passport that is not the document its ledger entry names, and every entry without a document."""
    raw = driver_of(conn)
    found = 0
    after = -1
    while rows := raw.execute(_PAGE, (after,)).fetchall():
        for seq, bag, stated, document in rows:
            detail = fault_of(raw, int(seq), bag, stated, document)
            if detail is not None and found < limit:
                found += 1
                yield Fault(int(seq), bag, detail)
        after = rows[-1][0]
    for seq, bag in raw.execute(_WITHOUT, (SEALED, limit - found)).fetchall():
        yield Fault(int(seq), bag, f"the passport of {bag} that ledger entry {seq} sealed is gone")


_PAGE: Final = "SELECT seq, bag, sha256, document FROM sealed_passport WHERE seq > ? ORDER BY seq LIMIT 200"
_WITHOUT: Final = (
    "SELECT ledger.seq, ledger.bag FROM ledger LEFT JOIN sealed_passport AS kept ON kept.seq = ledger.seq "
    "WHERE ledger.kind = ? AND kept.seq IS NULL ORDER BY ledger.seq LIMIT ?"
)


def _is_young(tx: Tx, draft: Draft) -> bool:
    young = tx.now - draft.computed_at <= ON_THE_WAY or tx.real_now - draft.computed_real <= ON_THE_WAY_REAL
    return young and draft.fault is None


def _document(tx: Tx, bag: str, draft: Draft, about: Mapping[str, Any]) -> str:
    """The passport as it was computed, and what is known of the bag's place since then."""
    state = require(tx.raw, bag)
    place = None if state["place"] is None else str(state["place"])
    limited = place is not None and tx.plant.envelope_of(place) is not None
    outside = place is not None and limited and tx.excursion_at(place)
    live = {"place": place, "since": draft.computed_at, "outside_or_unknown": outside}
    sealed = {"at": tx.now, "actor": "service:outbound", **about, "live": live}
    return canonical({"passport": msgspec.Raw(draft.document.encode()), "sealed": sealed})


def _left_without(tx: Tx, actor: Actor, bag: str, shipment: str, draft: Draft | None) -> None:
    why = "it was never computed" if draft is None else draft.fault or "it was too old"
    data = {"shipment": shipment, "reason": why, "verdict": PassportVerdict.UNKNOWN.value}
    tx.record("passport.missing", actor=actor, subject=bag, data=data, bag=BagChange(bag, {}))
    raise_event(tx, bag, PASSPORT_MISSING)
    place_hold(tx, actor, bag=bag, reason=NO_PASSPORT)
