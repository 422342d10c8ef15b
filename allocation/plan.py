"""What the solver answers: assignments, shortages, the proof, and sentences for people."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Assignment(msgspec.Struct, frozen=True):
    """One bag for one line."""

    bag: str
    line: str


class ShortReason(StrEnum):
    """Why a line did not get all it asked for, and so what single change would fill it."""

    SUBSTITUTION_REFUSED = "substitution_refused"
    TOO_SHORT_LIVED = "too_short_lived"
    BAGS_REFUSED = "bags_refused"
    MORE_URGENT_DEMAND = "more_urgent_demand"
    NO_STOCK = "no_stock"


class ShortLine(msgspec.Struct, frozen=True):
    """A line that misses ``units`` bags; ``shadow_price`` is what one more suitable bag would save, in points."""

    line: str
    units: int
    reason: ShortReason
    shadow_price: int


class Objective(msgspec.Struct, frozen=True):
    """Cost of a plan in points, by tier of the policy."""

    emergency: int
    urgent: int
    routine: int
    outdate: int
    mismatch: int
    freshness: int

    @property
    def total(self) -> int:
        """Sum of all tiers."""
        return self.emergency + self.urgent + self.routine + self.outdate + self.mismatch + self.freshness


class Certificate(msgspec.Struct, frozen=True):
    """Proof of optimality: dual prices per snapshot row (same order as the snapshot), primal and dual value.

    ``bag_price`` is 0 for a bag that took no part. The plan is optimal when the prices are feasible and primal == dual.
    """

    primal: int
    dual: int
    bag_price: tuple[int, ...]
    line_price: tuple[int, ...]

    @property
    def gap(self) -> int:
        """Primal minus dual: 0 proves optimality."""
        return self.primal - self.dual


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One proposal. The warehouse verifies it (`allocation.verify`) before it reserves anything."""

    at_us: int
    policy_id: str
    policy_digest: str
    assignments: tuple[Assignment, ...]
    shortages: tuple[ShortLine, ...]
    objective: Objective
    certificate: Certificate
    seconds: float


class BagReason(msgspec.Struct, frozen=True):
    """Why this bag."""

    bag: str
    en: str
    zh: str


class LineExplanation(msgspec.Struct, frozen=True):
    """Why these bags and not others, or why short and what would fill it; one sentence per language."""

    line: str
    en: str
    zh: str
    bags: tuple[BagReason, ...]
    runner_up: str | None
    runner_up_cost: int | None
