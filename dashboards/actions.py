"""What may be done with a bag now, and why the rest may not."""

from __future__ import annotations

from datetime import datetime

from blood.eligibility import Act, BagFacts, Custody, Purpose, eligibility
from dashboards.schemas.bags import BagAction, Reason


def actions_of(facts: BagFacts, at: datetime) -> list[BagAction]:
    """Every act with each reason against it at ``at``, asked by whoever has the bag.

    The order line and the preparation order that hold it are taken to be the ones that ask. No patient is named here:
    acts for a patient say so, and what speaks against them whoever the patient is.
    """
    return [_action(act, facts, at) for act in Act]


def _action(act: Act, facts: BagFacts, at: datetime) -> BagAction:
    purpose = Purpose(
        act,
        order_line=facts.order_line,
        hospital=facts.hospital if facts.custody is Custody.HOSPITAL else None,
        claim=facts.claim if act is Act.PROCESS else None,
    )
    reasons = eligibility(facts, purpose, at)
    return BagAction(act=act, allowed=not reasons, reasons=[Reason.model_validate(reason) for reason in reasons])
