"""Picking: what gathers in which lane, what lies in which box, and who waits for a lane."""

from __future__ import annotations

from blood.eligibility import BagStatus
from dashboards.schemas.base import Instant, View
from wms.outbound.boxes import BoxState


class PickedBag(View):
    """A bag of a shipment, where it is, and what it waits for."""

    bag: str
    status: BagStatus
    place: str | None
    task: str | None
    waits_en: str | None
    waits_zh: str | None


class PickingLane(View):
    """One lane and the shipment that gathers in it, if any."""

    lane: str
    shipment: str | None
    order: str | None
    hospital: str | None
    priority: int | None
    bags: list[PickedBag]


class BoxMismatch(View):
    """What the last check of a box found: bags of its list that were not seen, and what does not belong."""

    missing: list[str]
    extra: list[str]


class PickingBox(View):
    """A transport box; ``fault`` says in a word why it was refused, ``detail`` in a sentence."""

    id: str
    kind: str
    state: BoxState
    place: str | None
    shipment: str | None
    bags: list[str]
    mismatch: BoxMismatch | None
    fault: str | None
    detail: str


class QueuedOrder(View):
    """An order that may be picked and waits for a lane."""

    order: str
    hospital: str
    priority: int
    due_at: Instant
    bags: int


class Picking(View):
    """The way out as it stands."""

    lanes: list[PickingLane]
    boxes: list[PickingBox]
    queue: list[QueuedOrder]
