"""Work on bags: collection, tasks, manual scans."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from blood.eligibility import DonationType
from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, Scan, View
from wms.moves.model import MovePurpose, StepState, TaskState


class CollectionRequest(Request):
    """A donation as the collection device reports it; the number is scanned twice and ``donor`` is a pseudonym.

    ``product`` is the product code of what was collected finished, by apheresis; none is whole blood. ``samples`` are
    the scans of the sample tubes; each must carry the same number. The draw ends at ``ended_at``, the bag is sealed
    then or later.
    """

    din_scan: Scan
    din_scan_again: Scan
    donor: Identifier
    volume_ml: Annotated[int, Field(strict=True, ge=50, le=1000)]
    target_ml: Annotated[int, Field(strict=True, ge=50, le=1000)]
    anticoagulant: Identifier
    started_at: GivenInstant
    ended_at: GivenInstant
    sealed_at: GivenInstant
    samples: Annotated[list[Scan], Field(min_length=1, max_length=20)]
    device: Identifier
    device_serial: Identifier
    operator: Identifier
    donation_type: DonationType
    product: Annotated[str, Field(max_length=10)] = ""


class TaskStep(View):
    """What one machine does of a move in one trip, and the portal that must see the bag on the way."""

    device: str
    from_place: str
    to_place: str
    state: StepState
    portal: str | None


class Task(View):
    """A durable move of a bag, and what it waits for; ``to_place`` is null until a slot is chosen.

    ``kind`` is the same as ``purpose``. One that has not begun has no steps yet.
    """

    id: str
    kind: MovePurpose
    purpose: MovePurpose
    bag: str
    from_place: str
    to_place: str | None
    device: str | None
    state: TaskState
    waits_for_en: str | None
    waits_for_zh: str | None
    created_at: Instant
    ended_at: Instant | None
    steps: list[TaskStep]


class TaskList(View):
    """Tasks, oldest first."""

    items: list[Task]


class CompleteTaskRequest(Request):
    """A person did the machine's work: both scans of the bag, and where it is now."""

    din_scan: Scan
    product_scan: Scan
    at_place: Identifier
