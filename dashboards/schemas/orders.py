"""Hospital orders and their shipments."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from blood.eligibility import BagStatus
from blood.groups import BloodGroup
from dashboards.schemas.bags import Quality
from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, Sentence, View
from wms.orders.commands import MAX_QUANTITY
from wms.orders.lifecycle import OrderKind, OrderState, ShipmentState
from wms.outbound.boxes import BoxState
from wms.outbound.receipt import Verdict


class OrderBag(View):
    """A bag given to a line, and why this one."""

    bag: str
    group: BloodGroup | None
    status: BagStatus
    why_en: str
    why_zh: str


class OrderLine(View):
    """What is wanted of one component and group, how much of it stands where, and a sentence that says why."""

    id: str
    component: str
    group: BloodGroup
    quantity: int
    unit: str
    substitution: bool
    min_days_left: int
    reserved: int
    picked: int
    packed: int
    in_transit: int
    received: int
    short: int
    sentence_en: str
    sentence_zh: str
    patient: str | None
    bags: list[OrderBag]


class Order(View):
    """One order of one hospital."""

    id: str
    hospital: str
    hospital_name_en: str
    hospital_name_zh: str
    kind: OrderKind
    priority: int
    created_at: Instant
    due_at: Instant
    state: OrderState
    lines: list[OrderLine]
    shipment: str | None


class OrderList(View):
    """Orders, the most urgent first."""

    items: list[Order]


class OrderLineRequest(Request):
    """One wish; ``substitution`` allows a compatible other group.

    ``patient``: pseudonym of who is to get the bags (`PUT /patients/{pseudonym}` first): only bags that suit are given.
    """

    component: Identifier
    group: BloodGroup
    quantity: Annotated[int, Field(strict=True, ge=1, le=MAX_QUANTITY)]
    unit: Literal["bag"] = "bag"
    substitution: Annotated[bool, Field(strict=True)] = True
    min_days_left: Annotated[int, Field(strict=True, ge=0, le=3650)] = 0
    patient: Identifier | None = None


class OrderRequest(Request):
    """A new order. Priority 0 and 1 are the emergency tier, 2 urgent, 3 to 5 routine."""

    hospital: Identifier
    kind: OrderKind
    priority: Annotated[int, Field(strict=True, ge=0, le=5)]
    due_at: GivenInstant
    lines: Annotated[list[OrderLineRequest], Field(min_length=1, max_length=50)]


class CancelRequest(Request):
    """Why the order is not wanted any more."""

    reason: Sentence


class ShipmentBag(View):
    """A bag of a shipment."""

    bag: str
    status: BagStatus


class BoxTemperature(View):
    """What a box's logger says now, its permitted range, and the minutes outside it since packing (null: unknown)."""

    value_c: float | None
    quality: Quality
    min_c: float | None
    max_c: float | None
    minutes_outside: float | None


class ShipmentBox(View):
    """A box of a shipment; ``state`` and ``temperature`` are null once the box serves another one."""

    id: str
    kind: str
    state: BoxState | None
    bags: list[str]
    loaded_at: Instant | None
    temperature: BoxTemperature | None


class Shipment(View):
    """What leaves together for one hospital, the lane in which it gathers, and how it travels."""

    id: str
    order: str
    hospital: str
    state: ShipmentState
    bags: list[ShipmentBag]
    boxes: list[ShipmentBox]
    lane: str | None
    trip: str | None
    vehicle: str | None
    expected_at: Instant | None
    created_at: Instant
    dispatched_at: Instant | None
    received_at: Instant | None


class ShipmentList(View):
    """Shipments, newest first."""

    items: list[Shipment]


class ReceiptFinding(View):
    """What the receipt found of one scanned bag; anything but `received` wants a person's attention."""

    bag: str
    verdict: Verdict
    detail: str


class ReceivedShipment(Shipment):
    """The shipment after a receipt, and what was found of each bag that was scanned."""

    findings: list[ReceiptFinding]


class ReceiveRequest(Request):
    """The hospital scanned these bags out of the box and looked at them."""

    bags: Annotated[list[Identifier], Field(min_length=1, max_length=500)]
    temperature_ok: Annotated[bool, Field(strict=True)]
    visual_ok: Annotated[bool, Field(strict=True)]
