"""May this bag be used for this purpose now? One pure function asked by API, screens, solver, verifier and gates.

Here live the words of a bag's state, the facts, the acts' requirements and the checks; no I/O, no clock.
"""

from __future__ import annotations

from blood.eligibility.facts import BagFacts, Crossmatch, Purpose
from blood.eligibility.judge import eligibility
from blood.eligibility.vocabulary import (
    Act,
    BagStatus,
    CrossmatchResult,
    Custody,
    DonationType,
    DonorCheck,
    Reason,
    ReasonCode,
    Zone,
)

__all__ = [
    "Act",
    "BagFacts",
    "BagStatus",
    "Crossmatch",
    "CrossmatchResult",
    "Custody",
    "DonationType",
    "DonorCheck",
    "Purpose",
    "Reason",
    "ReasonCode",
    "Zone",
    "eligibility",
]
