"""What people may decide of a disposition, in both languages. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class DispositionOutcome(StrEnum):
    """What becomes of the bag. RELEASE and KEEP lift its hold, a shortened expiry may only be earlier."""

    RELEASE = "release"
    RELEASE_SHORTENED = "release_shortened"
    KEEP = "keep"
    DOWNGRADE = "downgrade"
    NON_CLINICAL = "non_clinical"
    DISCARD = "discard"


class DispositionState(StrEnum):
    """OPEN until people decided; VOID when the bag's story ended before they did."""

    OPEN = "open"
    DECIDED = "decided"
    VOID = "void"


TWO_PEOPLE: Final = frozenset(
    {DispositionOutcome.DISCARD, DispositionOutcome.DOWNGRADE, DispositionOutcome.NON_CLINICAL}
)
"""Outcomes that need two people whatever the trigger says: they cannot be taken back."""
NAMES: Final = {
    DispositionOutcome.RELEASE: ("Release", "放行"),
    DispositionOutcome.RELEASE_SHORTENED: ("Release with a shorter shelf life", "缩短有效期后放行"),
    DispositionOutcome.KEEP: ("Keep as it is", "保留"),
    DispositionOutcome.DOWNGRADE: ("Relabel as frozen plasma", "改标为冰冻血浆"),
    DispositionOutcome.NON_CLINICAL: ("Not for patients", "转为非临床使用"),
    DispositionOutcome.DISCARD: ("Discard", "报废"),
}
