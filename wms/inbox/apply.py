"""Applying facts: raw row, effect in its own savepoint, contiguous mark, all in one transaction (design.md 4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from runtime.facts.acks import Mark
from runtime.facts.envelope import SPOOL_LOST, Envelope, SpoolLost, decode_envelope
from runtime.facts.receiver import RawFact
from wms.errors import Refused
from wms.inbox.dead_letters import fault_of, is_the_stores, park
from wms.inbox.epochs import EpochState, TroubleKind, epoch_state, mark_of, raise_trouble
from wms.inbox.handlers import handle
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

CHUNK: Final = 100
"""Facts per closure: a closure must end within 50 ms."""

_KEEP: Final = "INSERT INTO inbox (edge, epoch, seq, received_real_us, raw) VALUES (?,?,?,?,?)"
_MARK: Final = "UPDATE inbox_mark SET mark = ? WHERE edge = ? AND epoch = ?"
_ACTOR: Final = Actor("service:inbox", "controller")


def apply_facts(tx: Tx, facts: Sequence[RawFact]) -> list[Mark]:
    """Apply facts in the order given and return how far each of their epochs is applied when this commits.

    A fact below the mark is a repetition and ignored; one beyond the next number is left for later. A fact that
    cannot be read or applied is parked, and the mark moves on. Raises only when the database itself fails.
    """
    marks: dict[tuple[str, str], int] = {}
    speaking: dict[str, tuple[str, EpochState]] = {}  # edge -> the epoch that spoke last, and whether it is believed
    rows: list[tuple[str, str, int, int, bytes]] = []
    for fact in facts:
        if fact.epoch is None or fact.seq is None:
            park(tx, _ACTOR, fact, "fact.unreadable", f"{fact.edge} sent something that is no fact")
            continue
        key = (fact.edge, fact.epoch)
        if key not in marks:
            marks[key] = mark_of(tx.raw, *key)
        if fact.seq > marks[key]:
            if speaking.get(fact.edge, ("",))[0] != fact.epoch:
                speaking[fact.edge] = (fact.epoch, epoch_state(tx, _ACTOR, *key))
            mark = _apply_next(tx, fact, key, fact.seq, marks[key], speaking[fact.edge][1])
            if mark == fact.seq:
                rows.append((*key, mark, to_us(tx.real_now), fact.raw))
            marks[key] = mark
    tx.raw.executemany(_KEEP, rows)
    for (edge, epoch), mark in marks.items():
        tx.raw.execute(_MARK, (mark, edge, epoch))
    return [Mark(edge, epoch, mark) for (edge, epoch), mark in marks.items()]


def _apply_next(tx: Tx, fact: RawFact, key: tuple[str, str], seq: int, mark: int, state: EpochState) -> int:
    """Apply one fact above the mark; returns the new mark."""
    try:
        envelope = decode_envelope(fact.raw)
        lost = _loss(envelope)
    except (ValueError, msgspec.DecodeError, Refused) as error:
        envelope, lost = None, None
        fault = fault_of(error)
    if lost is not None and lost.from_seq <= mark + 1 <= lost.to_seq == seq:
        detail = f"{fact.edge} lost its facts {max(lost.from_seq, mark + 1)} to {seq} before they were applied"
        raise_trouble(tx, _ACTOR, *key, TroubleKind.LOST, detail)
    elif seq != mark + 1:
        return mark
    if envelope is None:
        park(tx, _ACTOR, fact, *fault)
    elif state is EpochState.PARKED:
        park(tx, _ACTOR, fact, "fact.two_edges", f"Two edges call themselves {fact.edge}; accept one of them first")
    elif lost is None:
        _take_effect(tx, fact, envelope)
    elif lost.to_seq != seq:
        park(tx, _ACTOR, fact, "fact.data", f"a loss up to {lost.to_seq} cannot stand in the place of fact {seq}")
    return seq


def _take_effect(tx: Tx, fact: RawFact, envelope: Envelope) -> None:
    try:
        with tx.savepoint():
            handle(tx, fact.edge, envelope.type, envelope.data, envelope.time)
    except Exception as error:
        if is_the_stores(tx, error):
            raise
        park(tx, _ACTOR, fact, *fault_of(error))  # whatever is wrong with one fact must not stop those behind it


def _loss(envelope: Envelope) -> SpoolLost | None:
    if envelope.type != SPOOL_LOST:
        return None
    lost = msgspec.json.decode(envelope.data, type=SpoolLost)
    if lost.from_seq > lost.to_seq:
        raise Refused("fact.data", f"a loss from {lost.from_seq} to {lost.to_seq} is impossible")
    return lost
