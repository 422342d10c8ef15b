"""Facts that could not be applied: kept as they came, shown to people, applied again when asked."""

from __future__ import annotations

from runtime.facts.envelope import EnvelopeError, decode_envelope
from runtime.facts.receiver import RawFact
from runtime.ids import new_id
from wms.errors import Conflict, NotFound, Refused
from wms.inbox.handlers import handle
from wms.store.failures import is_store_failure
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx


def park(tx: Tx, actor: Actor, fact: RawFact, code: str, detail: str) -> str:
    """Keep a fact that cannot be applied and return the dead letter's id."""
    letter = new_id("dlt")
    tx.raw.execute(
        "INSERT INTO dead_letter (id, edge, epoch, seq, received_real_us, code, detail, raw) VALUES (?,?,?,?,?,?,?,?)",
        (letter, fact.edge, fact.epoch, fact.seq, to_us(tx.real_now), code, detail, fact.raw),
    )
    tx.record("fact.parked", actor=actor, subject=letter, data={"edge": fact.edge, "code": code, "detail": detail})
    tx.notify("deadletter", letter)
    return letter


def fault_of(error: Exception) -> tuple[str, str]:
    """The code and sentence under which a failed fact is parked."""
    if isinstance(error, Refused):
        return error.code, error.detail
    if isinstance(error, EnvelopeError):
        return f"fact.{error.code.value}", str(error)
    return "fact.failed", f"{type(error).__name__}: {error}"


def is_the_stores(tx: Tx, error: Exception) -> bool:
    """True when the database failed and not the fact; after some failures the whole transaction is given up.

    Nothing may be written then, not even a dead letter: it would be committed alone, beside effects that are undone.
    """
    return is_store_failure(error) or not tx.raw.in_transaction


def retry(tx: Tx, actor: Actor, letter: str) -> None:
    """Apply a dead letter again. Raises NotFound, Conflict when it was applied, or Refused with why it still fails.

    A letter that still fails stays parked as it was.
    """
    row = tx.raw.execute("SELECT edge, raw, applied_us FROM dead_letter WHERE id = ?", (letter,)).fetchone()
    if row is None:
        raise NotFound("deadletter.unknown", f"There is no dead letter {letter}")
    edge, raw, applied = row
    if applied is not None:
        raise Conflict("deadletter.applied", f"Dead letter {letter} was applied before")
    try:
        envelope = decode_envelope(raw)
        handle(tx, edge, envelope.type, envelope.data, envelope.time)
    except Refused:
        raise
    except Exception as error:
        if is_the_stores(tx, error):
            raise
        raise Refused(*fault_of(error)) from error
    tx.raw.execute("UPDATE dead_letter SET applied_us = ? WHERE id = ?", (to_us(tx.now), letter))
    tx.record("fact.retried", actor=actor, subject=letter, data={"edge": edge})
    tx.notify("deadletter", letter)
