"""Issue: a bag leaves the hospital's blood bank for one patient; in an emergency two people answer for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import insert

from blood.eligibility import Act, BagStatus
from runtime.ids import new_id
from wms.bags.commands import change_status
from wms.errors import Invalid, Refused
from wms.hospitals.asking import in_words, reasons_against
from wms.hospitals.custody import require_own
from wms.hospitals.patients import require_patient
from wms.hospitals.tables import issue as table
from wms.people.accounts import require as require_account
from wms.people.signatures import Signed
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

EMERGENCY_ACT: Final = "issue.emergency"
"""What two people of the hospital sign to issue without a crossmatch (domain.md 4.4, 5.4)."""


class IssueKind(StrEnum):
    """How a bag was issued."""

    ROUTINE = "routine"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class IssueWish:
    """Which bag goes to which patient; ``to`` is the ward or theatre."""

    bag: str
    patient: str
    to: str
    kind: IssueKind = IssueKind.ROUTINE


def issue_bag(tx: Tx, actor: Actor, hospital: str, wish: IssueWish, signatures: Sequence[Signed] = ()) -> str:
    """Issue a bag to a patient; returns the issue's id.

    A routine issue needs a compatible crossmatch that still holds, where the component asks for one; an emergency
    needs two people of this hospital (`issue.emergency`, already used up by the caller) and follows the group rule of
    emergencies. Everything else forbids both: holds, recalls, expiry to the minute, antibodies, requirements,
    another patient's bag. Raises NotFound, NotYours, Invalid, Refused naming every reason; nothing is changed then.
    """
    require_own(tx, hospital, wish.bag)
    if not wish.to.strip():
        raise Invalid("issue.to", "Say to which ward or theatre it goes")
    emergency = wish.kind is IssueKind.EMERGENCY
    if emergency:
        _check_people(tx, hospital, signatures)
    patient = require_patient(tx.conn, hospital, wish.patient)
    reasons = reasons_against(tx, wish.bag, Act.ISSUE, patient, emergency=emergency)
    if reasons:
        raise Refused("issue.refused", f"{wish.bag} must not go to {patient.pseudonym}: {in_words(reasons)}")
    number = new_id("iss")
    people = [signed.person for signed in signatures]
    tx.conn.execute(
        insert(table).values(
            id=number,
            bag=wish.bag,
            hospital=hospital,
            patient=patient.pseudonym,
            issued_to=wish.to.strip(),
            kind=wish.kind.value,
            at_us=to_us(tx.now),
            issued_by=actor.id,
            signers=",".join(people),
        )
    )
    data = {
        "issue": number,
        "hospital": hospital,
        "patient": patient.pseudonym,
        "to": wish.to.strip(),
        "kind": wish.kind.value,
        "signatures": [signed.id for signed in signatures],
        "people": people,
    }
    change_status(tx, actor, wish.bag, BagStatus.ISSUED, "bag.issued", data=data, patient=patient.pseudonym)
    tx.notify("custody", hospital)
    return number


def _check_people(tx: Tx, hospital: str, signatures: Sequence[Signed]) -> None:
    people = {signed.person for signed in signatures}
    if len(people) < SIGNERS:
        raise Refused(
            "issue.signatures", f"An emergency issue needs {SIGNERS} people of {hospital}; {len(people)} signed"
        )
    strangers = sorted(person for person in people if require_account(tx.conn, person).hospital != hospital)
    if strangers:
        raise Refused("issue.signatures", f"{', '.join(strangers)} cannot sign for {hospital}")


SIGNERS: Final = 2
