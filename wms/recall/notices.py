"""Telling whoever has bags of a case, once for each bag, and taking their answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from runtime.ids import new_id
from wms.alarms.book import News, clear, tell
from wms.alarms.conditions import RECALL_UNANSWERED
from wms.alarms.machine import Condition
from wms.errors import Conflict, Invalid, NotFound
from wms.recall.holders import Holder, HolderKind, names_of, whereabouts
from wms.recall.settings import recall_settings
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

_UNTOLD: Final = "SELECT bag FROM bag_recall WHERE recall = ? AND outcome IS NULL ORDER BY bag"
_TOLD: Final = (
    "SELECT recall_notice.kind, recall_notice.holder, recall_notice_bag.bag FROM recall_notice "
    "JOIN recall_notice_bag ON recall_notice_bag.notice = recall_notice.id WHERE recall_notice.recall = ?"
)
_WAITING: Final = (
    "SELECT id FROM recall_notice WHERE recall = ? AND kind = ? AND holder = ? AND acknowledged_us IS NULL"
)


def tell_holders(tx: Tx, actor: Actor, case: str) -> None:
    """Send a notice for each bag of a case to whoever has it and was not told of it yet.

    A bag that travels on is told to its new holder. A notice that nobody has acknowledged grows; an acknowledged one
    never does: what comes later is a notice of its own.
    """
    bags = [bag for (bag,) in tx.raw.execute(_UNTOLD, (case,)).fetchall()]
    told = {(Holder(HolderKind(kind), holder), bag) for kind, holder, bag in tx.raw.execute(_TOLD, (case,)).fetchall()}
    news: dict[Holder, list[str]] = {}
    for bag, where in whereabouts(tx.raw, bags).items():
        for holder in where.holders(tx.plant.site.id):
            if (holder, bag) not in told:
                news.setdefault(holder, []).append(bag)
    for holder, its_bags in sorted(news.items()):
        _send(tx, actor, case, holder, sorted(its_bags))


def acknowledge(tx: Tx, actor: Actor, case: str, notice: str, answer: str, *, hospital: str | None = None) -> None:
    """A holder has read its notice and says what it does about it; ``hospital`` limits it to that holder's own.

    Raises NotFound, Invalid without an answer, Conflict when it is acknowledged already.
    """
    row = tx.raw.execute(
        "SELECT kind, holder, acknowledged_by FROM recall_notice WHERE id = ? AND recall = ?", (notice, case)
    ).fetchone()
    if row is None or (hospital is not None and (row[0], row[1]) != (HolderKind.HOSPITAL.value, hospital)):
        raise NotFound("recall.notice_unknown", f"There is no notice {notice} of case {case}")
    if row[2] is not None:
        raise Conflict("recall.acknowledged", f"{row[2]} has acknowledged this notice already")
    if not answer.strip():
        raise Invalid("recall.answer", "Say what you do about it: where the bags are and that nobody uses them")
    tx.raw.execute(
        "UPDATE recall_notice SET acknowledged_us = ?, acknowledged_by = ?, answer = ? WHERE id = ?",
        (to_us(tx.now), actor.id, answer, notice),
    )
    data = {"notice": notice, "holder": row[1], "answer": answer}
    tx.record("recall.acknowledged", actor=actor, subject=case, data=data)
    clear(tx, notice, RECALL_UNANSWERED)
    tx.notify("recall", case)


def remind(tx: Tx) -> None:
    """Raise the alarm for each notice that nobody acknowledged within the site's time; it stays until somebody does."""
    before = to_us(tx.now - recall_settings().acknowledge_within)
    overdue = tx.raw.execute(
        "SELECT id, kind, holder, sent_us FROM recall_notice WHERE acknowledged_us IS NULL AND sent_us <= ?", (before,)
    ).fetchall()
    for notice, kind, holder, sent_us in overdue:
        name_en, name_zh = names_of(tx.plant, Holder(HolderKind(kind), holder))
        minutes = (tx.now - from_us(sent_us)).total_seconds() / 60
        tell(
            tx,
            News(
                source=notice,
                condition=RECALL_UNANSWERED,
                state=Condition.ACTIVE,
                at=tx.now,
                value=float(round(minutes)),
                subject_en=name_en,
                subject_zh=name_zh,
            ),
        )


def _send(tx: Tx, actor: Actor, case: str, holder: Holder, bags: Sequence[str]) -> None:
    row = tx.raw.execute(_WAITING, (case, holder.kind.value, holder.id)).fetchone()
    notice = new_id("rcn") if row is None else str(row[0])
    if row is None:
        tx.raw.execute(
            "INSERT INTO recall_notice (id, recall, kind, holder, sent_us) VALUES (?, ?, ?, ?, ?)",
            (notice, case, holder.kind.value, holder.id, to_us(tx.now)),
        )
    tx.raw.executemany("INSERT INTO recall_notice_bag (notice, bag) VALUES (?, ?)", [(notice, bag) for bag in bags])
    data = {"notice": notice, "kind": holder.kind.value, "holder": holder.id, "bags": list(bags)}
    tx.record("recall.told", actor=actor, subject=case, data=data)
    tx.notify("recall", case)
