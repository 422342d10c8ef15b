"""The work of labelling: which bags are ready, rows of the table, and how a label ends. Both hands use it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from blood.eligibility import BagStatus, Reason, ReasonCode
from runtime.ids import new_id
from wms.bags.commands import change_fields
from wms.bags.projection import require
from wms.errors import NotFound
from wms.ledger.chain import canonical
from wms.moves.wanted import plan_move
from wms.recall.frozen import NOT_RECALLED
from wms.release.gates import LABEL_GATE
from wms.release.release import RECORDS_GOOD, release_failures, release_if_ready
from wms.store.driver import Driver
from wms.store.metadata import from_us, from_us_or_none, to_us
from wms.store.tx import Actor, Tx


class LabelState(StrEnum):
    """How far a label got; WAITING (for the bag) and AT_STATION (the command is out) are open."""

    WAITING = "waiting"
    AT_STATION = "at_station"
    PASSED = "passed"
    FAILED = "failed"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"


OPEN: Final = frozenset({LabelState.WAITING, LabelState.AT_STATION})


@dataclass(frozen=True, slots=True)
class Label:
    """One label on its way; ``detail`` is what the machine said last."""

    id: str
    bag: str
    state: LabelState
    device: str | None
    command: str | None
    attempts: int
    mismatches: str
    tid: str | None
    detail: str
    not_before: datetime
    created_at: datetime
    ended_at: datetime | None


SELECT: Final = (
    "SELECT id, bag, state, device, command, attempts, mismatches, tid, detail, not_before_us, created_us, ended_us "
    "FROM label"
)
_READY: Final = (
    "SELECT id FROM bag WHERE status = 'QUARANTINE' AND label_check = 'pending' AND tests = 'negative' "  # noqa: S608 - a constant
    f"AND abo_rhd IS NOT NULL AND {RECORDS_GOOD} AND epc IS NOT NULL AND place IS NOT NULL "
    "AND expires_us > ? AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.bag = bag.id AND lifted_us IS NULL) "
    f"AND {NOT_RECALLED} "
    "AND NOT EXISTS (SELECT 1 FROM label WHERE label.bag = bag.id AND (label.state IN ('waiting', 'at_station') "
    "OR (label.state = 'given_up' AND label.ended_us > ?))) ORDER BY expires_us, id LIMIT ?"
)


def label_of(row: tuple[Any, ...]) -> Label:
    """A label from a row of `SELECT`."""
    return Label(
        id=row[0],
        bag=row[1],
        state=LabelState(row[2]),
        device=row[3],
        command=row[4],
        attempts=row[5],
        mismatches=row[6],
        tid=row[7],
        detail=row[8],
        not_before=from_us(row[9]),
        created_at=from_us(row[10]),
        ended_at=from_us_or_none(row[11]),
    )


def open_labels(raw: Driver) -> list[Label]:
    """Open labels, longest waiting first."""
    rows = raw.execute(f"{SELECT} WHERE state IN ('waiting', 'at_station') ORDER BY created_us, id")
    return [label_of(row) for row in rows.fetchall()]


def open_label_of(raw: Driver, bag: str) -> Label | None:
    """The open label of a bag; there is never more than one."""
    row = raw.execute(f"{SELECT} WHERE bag = ? AND state IN ('waiting', 'at_station')", (bag,)).fetchone()
    return None if row is None else label_of(row)


def require_label(raw: Driver, label: str) -> Label:
    """The label of that id; raises NotFound."""
    row = raw.execute(f"{SELECT} WHERE id = ?", (label,)).fetchone()
    if row is None:
        raise NotFound("label.unknown", f"There is no label {label}")
    return label_of(row)


def ready_bags(raw: Driver, now_us: int, given_up_after_us: int, limit: int) -> list[str]:
    """Bags that seem to need nothing but a label, soonest expiry first; ask `other_reasons` of each."""
    return [bag for (bag,) in raw.execute(_READY, (now_us, given_up_after_us, limit)).fetchall()]


def other_reasons(tx: Tx, bag: str) -> list[Reason]:
    """Why a bag must not be released, apart from its label: a bag without any is labelled."""
    return [reason for reason in release_failures(tx, bag) if not _is_label_gate(reason)]


def _is_label_gate(reason: Reason) -> bool:
    return reason.code is ReasonCode.RELEASE_GATE and reason.detail.startswith(LABEL_GATE)


def begin_label(tx: Tx, actor: Actor, bag: str, device: str | None) -> str:
    """A label for a bag is begun, at a station or (None) by hand; returns its id."""
    label = new_id("lbl")
    tx.raw.execute(
        "INSERT INTO label (id, bag, state, device, attempts, mismatches, detail, not_before_us, created_us) "
        "VALUES (?,?,'waiting',?,0,'[]','',0,?)",
        (label, bag, device, to_us(tx.now)),
    )
    tx.record("label.begun", actor=actor, subject=label, data={"bag": bag, "device": device})
    tx.notify("label", bag)
    return label


def end_label(
    tx: Tx,
    actor: Actor,
    label: Label,
    state: LabelState,
    detail: str,
    *,
    mismatches: object = (),
    tid: str | None = None,
) -> None:
    """Close a label."""
    tx.raw.execute(
        "UPDATE label SET state = ?, detail = ?, mismatches = ?, tid = ?, ended_us = ? WHERE id = ?",
        (state.value, detail, canonical(mismatches), tid, to_us(tx.now), label.id),
    )
    data = {"bag": label.bag, "detail": detail, "attempts": label.attempts}
    tx.record(f"label.{state.value}", actor=actor, subject=label.id, data=data)
    tx.notify("label", label.bag)


def label_agrees(tx: Tx, actor: Actor, bag: str, tid: str | None) -> None:
    """The label on a bag is the right one: the gate opens, and the bag is released when nothing else bars it."""
    if tid is None:
        change_fields(tx, actor, bag, "bag.labelled", label_check="passed")
    else:
        change_fields(tx, actor, bag, "bag.labelled", label_check="passed", tid=tid)
    if require(tx.raw, bag)["status"] == BagStatus.QUARANTINE.value:
        release_if_ready(tx, actor, bag)
    plan_move(tx, actor, bag)
