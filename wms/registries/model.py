"""The words of the registries."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class DonorState(StrEnum):
    """Whether a donor may be thought of: RESTING asks for a pause, WITHDRAWN does not want to be called any more."""

    ACTIVE = "active"
    RESTING = "resting"
    WITHDRAWN = "withdrawn"


class MayDonate(StrEnum):
    """Whether a living donor may come, as far as deferrals and intervals are known."""

    NOW = "now"
    LATER = "later"
    NO = "no"
    UNKNOWN = "unknown"


class RequestKind(StrEnum):
    """What is asked for."""

    PLATELET = "platelet"
    RARE = "rare"


class RequestState(StrEnum):
    """How far a request got: OPEN lacks doses, LOCKED has them all kept, ISSUED has them all sent."""

    OPEN = "open"
    LOCKED = "locked"
    ISSUED = "issued"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class LockState(StrEnum):
    """What became of a lock."""

    HELD = "held"
    ISSUED = "issued"
    RELEASED = "released"
    EXPIRED = "expired"
    LOST = "lost"


class Verdict(StrEnum):
    """What a new donation or bag is to a request: it FITS, it may FIT LATER (tests, type), or it does not."""

    FITS = "fits"
    LATER = "later"
    NO = "no"


LIVE: Final = frozenset({RequestState.OPEN, RequestState.LOCKED, RequestState.ISSUED})
"""States of a request that is not over."""
