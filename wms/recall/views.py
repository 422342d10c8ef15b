"""What people see of recalls: a line of the list, a case, a preview, a bag's own recalls, a hospital's notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wms.recall.holders import HolderKind
from wms.recall.outcomes import Outcome
from wms.recall.scope import Relation, Scope


@dataclass(frozen=True, slots=True)
class RecallBag:
    """One bag of a case: what it is, who has it, whether it is frozen, and its outcome."""

    bag: str
    din: str
    component: str
    group: str | None
    status: str
    place: str | None
    place_name_en: str | None
    place_name_zh: str | None
    hospital: str | None
    vehicle: str | None
    box: str | None
    order_line: str | None
    relation: Relation
    frozen: bool
    outcome: Outcome | None
    outcome_comment: str | None
    outcome_by: str | None
    outcome_at: datetime | None
    possible_outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class HolderBags:
    """Who has how many bags of a case."""

    kind: HolderKind
    holder: str
    name_en: str
    name_zh: str
    bags: int


@dataclass(frozen=True, slots=True)
class RecallNotice:
    """What one holder was told, and its answer."""

    id: str
    recall: str
    kind: HolderKind
    holder: str
    name_en: str
    name_zh: str
    bags: tuple[str, ...]
    sent_at: datetime
    overdue: bool
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class RecallPatient:
    """A patient who got a bag, or for whom it was issued; a pseudonym of the hospital, None when nobody has told."""

    hospital: str | None
    bag: str
    patient: str | None
    status: str


@dataclass(frozen=True, slots=True)
class RecallCounts:
    """How far a case reaches, and how much of it is done."""

    bags: int
    donations: int
    frozen: int
    without_outcome: int
    centre: int
    on_the_road: int
    hospitals: int
    patients: int
    notices: int
    unacknowledged: int


@dataclass(frozen=True, slots=True)
class RecallSummary:
    """One line of the list of cases; ``closed_by`` are both people."""

    id: str
    reason_code: str
    reason_en: str
    reason_zh: str
    comment: str
    by: Scope
    of_the_donor: bool
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str | None
    close_comment: str | None
    state: str
    counts: RecallCounts


@dataclass(frozen=True, slots=True)
class RecallReach:
    """What a recall touches: bags, who has them, which orders lose bags, whom they were given to."""

    counts: RecallCounts
    bags: tuple[RecallBag, ...]
    holders: tuple[HolderBags, ...]
    orders: tuple[str, ...]
    boxes: tuple[str, ...]
    patients: tuple[RecallPatient, ...]


@dataclass(frozen=True, slots=True)
class RecallCase:
    """A whole case."""

    summary: RecallSummary
    reach: RecallReach
    notices: tuple[RecallNotice, ...]


@dataclass(frozen=True, slots=True)
class BagRecall:
    """A case that keeps one bag, for the bag's own page."""

    case: str
    reason_en: str
    reason_zh: str
    relation: Relation
    opened_at: datetime
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class HospitalNotice:
    """A notice as its hospital reads it: what was recalled, which of its bags, and what it has answered."""

    state: str
    reason_code: str
    reason_en: str
    reason_zh: str
    notice: RecallNotice
    bags: tuple[RecallBag, ...]
    patients: tuple[RecallPatient, ...]
