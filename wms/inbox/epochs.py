"""Which epoch of an edge is believed: a new one is a replaced spool, two alternating are two edges (design.md 4)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from runtime.facts.acks import Mark
from runtime.ids import new_id
from wms.errors import Conflict, NotFound, Refused
from wms.holds.commands import Signature
from wms.store.driver import Driver
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

_SIGNATURES: Final = 2


class EpochState(StrEnum):
    """Whether facts of an epoch are applied."""

    CURRENT = "current"
    REPLACED = "replaced"
    PARKED = "parked"


class TroubleKind(StrEnum):
    """What an edge's stream of facts can suffer."""

    REPLACED = "replaced"
    TWO_EDGES = "two_edges"
    LOST = "lost"


def all_marks(raw: Driver) -> list[Mark]:
    """How far each epoch of each edge is applied; the receiver starts from these."""
    return [Mark(*row) for row in raw.execute("SELECT edge, epoch, mark FROM inbox_mark ORDER BY since_real_us")]


def mark_of(raw: Driver, edge: str, epoch: str) -> int:
    """The contiguous mark of an epoch; 0 when nothing of it is known."""
    row = raw.execute("SELECT mark FROM inbox_mark WHERE edge = ? AND epoch = ?", (edge, epoch)).fetchone()
    return 0 if row is None else int(row[0])


def epoch_state(tx: Tx, actor: Actor, edge: str, epoch: str) -> EpochState:
    """Whether to apply facts of an epoch; notices a replaced spool and two edges with one name, and says so once."""
    rows = tx.raw.execute("SELECT epoch, state, mark FROM inbox_mark WHERE edge = ?", (edge,)).fetchall()
    states = {known: EpochState(state) for known, state, _ in rows}
    current = next((known for known, state in states.items() if state is EpochState.CURRENT), None)
    if epoch in states and states[epoch] is not EpochState.REPLACED:
        return states[epoch]
    if epoch in states:  # an epoch that was replaced speaks again: two edges share a name
        tx.raw.execute(
            "UPDATE inbox_mark SET state = 'parked' WHERE edge = ? AND (epoch = ? OR state = 'current')", (edge, epoch)
        )
        detail = (
            f"Two edges call themselves {edge}: epochs {epoch} and {current} alternate. The facts of both are parked"
        )
        raise_trouble(tx, actor, edge, epoch, TroubleKind.TWO_EDGES, detail)
        return EpochState.PARKED
    parked = EpochState.PARKED in states.values()
    state = EpochState.PARKED if parked else EpochState.CURRENT
    if current is not None:
        mark = next(mark for known, _, mark in rows if known == current)
        tx.raw.execute("UPDATE inbox_mark SET state = 'replaced' WHERE edge = ? AND epoch = ?", (edge, current))
        detail = f"The spool of {edge} was replaced; facts of its old spool above {mark} may be lost"
        raise_trouble(tx, actor, edge, epoch, TroubleKind.REPLACED, detail)
    tx.raw.execute(
        "INSERT INTO inbox_mark (edge, epoch, mark, state, since_real_us) VALUES (?,?,0,?,?)",
        (edge, epoch, state.value, to_us(tx.real_now)),
    )
    return state


def raise_trouble(tx: Tx, actor: Actor, edge: str, epoch: str, kind: TroubleKind, detail: str) -> str:
    """Write down what is wrong with an edge until two people accept it; alarms read it from here."""
    trouble = new_id("etr")
    tx.raw.execute(
        "INSERT INTO edge_trouble (id, edge, kind, epoch, detail, raised_us) VALUES (?,?,?,?,?,?)",
        (trouble, edge, kind.value, epoch, detail, to_us(tx.now)),
    )
    tx.record(f"edge.{kind.value}", actor=actor, subject=edge, data={"epoch": epoch, "detail": detail})
    tx.notify("edge", edge)
    return trouble


def accept_trouble(tx: Tx, actor: Actor, trouble: str, signatures: Sequence[Signature]) -> None:
    """Two people take note of a trouble; after two edges with one name, ``epoch`` is from then on the one believed.

    Raises NotFound, Conflict when it was accepted before, Refused without the signatures of two people.
    """
    row = tx.raw.execute("SELECT edge, kind, epoch, accepted_us FROM edge_trouble WHERE id = ?", (trouble,)).fetchone()
    if row is None:
        raise NotFound("trouble.unknown", f"There is no trouble {trouble}")
    edge, kind, epoch, accepted = row
    if accepted is not None:
        raise Conflict("trouble.accepted", f"Trouble {trouble} was accepted before")
    people = sorted({signature.person for signature in signatures})
    if len(people) < _SIGNATURES:
        raise Refused("trouble.signatures", f"Accepting this needs the signatures of two people; {len(people)} signed")
    tx.raw.execute("UPDATE edge_trouble SET accepted_us = ? WHERE id = ?", (to_us(tx.now), trouble))
    if kind == TroubleKind.TWO_EDGES.value:
        tx.raw.execute(
            "UPDATE inbox_mark SET state = CASE epoch WHEN ? THEN 'current' ELSE 'replaced' END WHERE edge = ?",
            (epoch, edge),
        )
    tx.record("edge.accepted", actor=actor, subject=edge, data={"trouble": trouble, "people": people})
    tx.notify("edge", edge)
