"""The one question of the house: every reason why a purpose must not happen to a bag now."""

from __future__ import annotations

from datetime import datetime

from blood.eligibility.acts import ACTS
from blood.eligibility.facts import BagFacts, Purpose
from blood.eligibility.vocabulary import Reason


def eligibility(facts: BagFacts, purpose: Purpose, at: datetime) -> list[Reason]:
    """Return every reason why ``purpose`` must not happen at ``at`` (UTC); an empty list means it may.

    A bag on hold, recalled, past its expiry, with an unfinished excursion or an unknown place is refused for every
    act; unknown is never treated as good. What each act asks is the table `blood.eligibility.acts.ACTS`. Source:
    design.md 6, domain.md 4, 5.3 and 9.
    """
    return [reason for check in ACTS[purpose.act] for reason in check(facts, purpose, at)]
