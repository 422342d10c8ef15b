"""Deciding a disposition: within what its trigger allows, on the word of as many people as that needs.

The decision, what it does to the bag and the lifting of this item's hold are one transaction with one signed entry.
Other holds of the bag stay. Whoever reported results of the donation does not decide about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from blood.eligibility import BagStatus, Zone
from wms.bags.commands import change_fields, change_status
from wms.bags.lifecycle import allowed
from wms.bags.projection import BagChange, BagState, require
from wms.discards.commands import discard
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.holds.commands import Signature, end_rule_holds
from wms.ledger.chain import canonical
from wms.moves.model import MovePurpose, TaskState
from wms.moves.tasks import cancel_move, open_task_of, request_move
from wms.operations.by_hand import Work, perform
from wms.orders import reservations
from wms.orders.sentences import Sentence
from wms.passports.outcomes import DispositionOutcome, DispositionState
from wms.passports.record_rules import TriggerRule, record_rules
from wms.release.override import reporters_in_line
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

ACT: Final = "disposition.decide"
"""The act that is signed; its subject is the item, its content the body as sent."""
CAUSE: Final = "temperature"
"""The cause of discard of what its temperature record condemns."""
_RELABELLED: Final = frozenset({BagStatus.QUARANTINE, BagStatus.AVAILABLE})
"""Where a bag can get a new label."""
_NOT_FOR_PATIENTS: Final = Sentence("its temperature record keeps it from patients", "温度记录不合格，不得用于患者")
_SAME_HOLD: Final = "SELECT count(*) FROM disposition WHERE bag = ? AND trigger_key = ? AND state = 'open' AND id <> ?"


@dataclass(frozen=True, slots=True)
class Decision:
    """What people decided; ``expires_at`` belongs to a shortened shelf life alone."""

    outcome: DispositionOutcome
    comment: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Item:
    id: str
    bag: str
    rule: TriggerRule


def decide(tx: Tx, actor: Actor, number: str, decision: Decision, signatures: Sequence[Signature]) -> None:
    """Decide an open item (signatures are checked already for act, subject and content).

    Raises NotFound, Conflict when it is decided, Invalid (no comment, an expiry where none belongs or that is later),
    Refused (an outcome that its trigger does not allow, too few people, a signer who reported results, a bag that must
    not be discarded or relabelled now). What is refused changes nothing.
    """
    item = _open_item(tx, number)
    if not decision.comment.strip():
        raise Invalid("comment", "Say what was looked at and why it is decided so")
    if decision.outcome not in item.rule.outcomes:
        may = ", ".join(one.value for one in item.rule.outcomes)
        raise Refused("disposition.outcome", f"{item.rule.name_en} allows {may}, not {decision.outcome.value}")
    people = sorted({signature.person for signature in signatures})
    needed = item.rule.signers(decision.outcome)
    if len(people) < needed:
        raise Refused("disposition.signatures", f"This decision needs {needed} people; {len(people)} signed")
    testers = reporters_in_line(tx.raw, item.bag) & {*people, actor.id}
    if testers:
        raise Refused("disposition.tester", f"{', '.join(sorted(testers))} reported results of this donation")
    state = require(tx.raw, item.bag)
    if (decision.expires_at is not None) is not (decision.outcome is DispositionOutcome.RELEASE_SHORTENED):
        raise Invalid("expires_at", "An expiry belongs to a release with a shorter shelf life, and to nothing else")
    _record(tx, actor, item, decision, people, signatures)
    if decision.outcome is not DispositionOutcome.DISCARD:
        _lift(tx, actor, item, decision)
    _do(tx, actor, item, state, decision, signatures)


def void_ended(tx: Tx, actor: Actor) -> int:
    """Close what is open of bags whose story is over: nothing is left to decide. Returns how many."""
    query = (
        "SELECT disposition.id, disposition.bag FROM disposition JOIN bag ON bag.id = disposition.bag "
        "WHERE disposition.state = 'open' AND bag.ended_us IS NOT NULL"
    )
    rows = tx.raw.execute(query).fetchall()
    for number, bag in rows:
        _close(tx, number, DispositionState.VOID)
        tx.record("disposition.void", actor=actor, subject=number, data={"bag": bag})
        tx.notify("disposition", number)
    return len(rows)


def _open_item(tx: Tx, number: str) -> _Item:
    row = tx.raw.execute("SELECT bag, trigger_key, state FROM disposition WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound("disposition.unknown", f"There is no disposition {number}")
    bag, trigger, state = row
    if state != DispositionState.OPEN.value:
        raise Conflict("disposition.closed", f"Disposition {number} is {state} already")
    return _Item(number, bag, record_rules(tx.plant.profile).named(trigger))


def _record(
    tx: Tx, actor: Actor, item: _Item, decision: Decision, people: Sequence[str], signatures: Sequence[Signature]
) -> None:
    _close(tx, item.id, DispositionState.DECIDED)
    tx.raw.execute(
        "UPDATE disposition SET people = ?, outcome = ?, comment = ? WHERE id = ?",
        (canonical(list(people)), decision.outcome.value, decision.comment, item.id),
    )
    data: dict[str, Any] = {
        "bag": item.bag,
        "trigger": item.rule.key,
        "outcome": decision.outcome.value,
        "comment": decision.comment,
        "people": list(people),
        "signatures": [signature.id for signature in signatures],
    }
    if decision.expires_at is not None:
        data["expires_at"] = decision.expires_at.isoformat()
    tx.record("disposition.decided", actor=actor, subject=item.id, data=data, bag=BagChange(item.bag, {}))
    tx.notify("disposition", item.id)
    tx.notify("passport", item.bag)


def _close(tx: Tx, number: str, state: DispositionState) -> None:
    tx.raw.execute(
        "UPDATE disposition SET state = ?, decided_us = ?, hold = NULL WHERE id = ?",
        (state.value, to_us(tx.now), number),
    )


def _lift(tx: Tx, actor: Actor, item: _Item, decision: Decision) -> None:
    """End this item's hold; while another item of the same trigger is open the bag stays held for that."""
    (others,) = tx.raw.execute(_SAME_HOLD, (item.bag, item.rule.key, item.id)).fetchone()
    if not others:
        answer = f"disposition {item.id}: {decision.outcome.value}"
        end_rule_holds(tx, actor, item.bag, hold_reason(item.rule), answer)


def hold_reason(rule: TriggerRule) -> str:
    """The reason of the hold that a trigger places."""
    return f"temperature:{rule.key}"


def _do(
    tx: Tx, actor: Actor, item: _Item, state: BagState, decision: Decision, signatures: Sequence[Signature]
) -> None:
    if decision.outcome is DispositionOutcome.RELEASE_SHORTENED:
        _shorten(tx, actor, item, state, decision)
    elif decision.outcome is DispositionOutcome.DISCARD:
        discard(tx, actor, [item.bag], CAUSE, decision.comment, signatures)
    elif decision.outcome is DispositionOutcome.DOWNGRADE:
        perform(tx, actor, Work("relabel", (item.bag,), reason=decision.comment), signatures)
    elif decision.outcome is DispositionOutcome.NON_CLINICAL:
        _keep_from_patients(tx, actor, item, state)


def _shorten(tx: Tx, actor: Actor, item: _Item, state: BagState, decision: Decision) -> None:
    """An earlier expiry: the label on the bag says another one, so it is printed and checked anew before it goes on."""
    status = BagStatus(str(state["status"]))
    if status not in _RELABELLED:
        where = f"{item.bag} is {status.value}; it must come back to its shelf to get a label with the earlier expiry"
        raise Refused("disposition.status", where)
    expires = from_us(int(state["expires_us"] or 0))
    wanted = decision.expires_at
    if wanted is None or not tx.now < wanted < expires:
        raise Invalid("expires_at", f"A shorter shelf life ends after now and before {expires.isoformat()}")
    data = {"disposition": item.id, "before": expires.isoformat()}
    change_fields(
        tx, actor, item.bag, "bag.expiry_shortened", data=data, expires_us=to_us(wanted), label_check="pending"
    )


def _keep_from_patients(tx: Tx, actor: Actor, item: _Item, state: BagState) -> None:
    status = BagStatus(str(state["status"]))
    if not allowed(status, BagStatus.NONCONFORMING):
        raise Refused("disposition.status", f"{item.bag} is {status.value}; it must come back before it is set aside")
    reservations.release(tx, actor, item.bag, _NOT_FOR_PATIENTS)
    task = open_task_of(tx.raw, item.bag)
    if task is not None and task.state is TaskState.WAITING:
        cancel_move(tx, actor, task.id, "it is set aside")
    change_status(tx, actor, item.bag, BagStatus.NONCONFORMING, "bag.non_clinical", order_line=None)
    if open_task_of(tx.raw, item.bag) is None:
        request_move(tx, actor, item.bag, purpose=MovePurpose.SEGREGATE, zone=Zone.NONCONFORMING)
