"""Where a line and an order stand, derived from the bags they hold and the shipment they travel in; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from blood.eligibility import BagStatus


class OrderKind(StrEnum):
    """What an order is for."""

    STOCK = "stock"
    PATIENT = "patient"
    STANDING = "standing"
    EMERGENCY = "emergency"


class OrderState(StrEnum):
    """Where an order stands as a whole."""

    OPEN = "open"
    RESERVED = "reserved"
    PICKING = "picking"
    PACKED = "packed"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class ShipmentState(StrEnum):
    """Where a shipment stands: bags come together, the lock may open, it is on the road, the hospital has it."""

    GATHERING = "gathering"
    PERMITTED = "permitted"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"


ENDED: Final = frozenset({OrderState.RECEIVED, OrderState.CANCELLED})
EMERGENCY_PRIORITIES: Final = frozenset({0, 1})
"""Priority classes of the emergency tier (domain.md 4.4)."""
LOADING: Final = timedelta(minutes=60)
"""Time from the first pick to the van's departure that a partly filled order is given before it has to leave."""


@dataclass(frozen=True, slots=True)
class LineCounts:
    """Bags of one line by how far they came; ``short`` are the ones that no bag is reserved for."""

    reserved: int
    picked: int
    packed: int
    in_transit: int
    received: int
    short: int

    @property
    def held(self) -> int:
        """Bags that the line has, wherever they are."""
        return self.reserved + self.picked + self.packed + self.in_transit + self.received


_COUNTED: Final = {
    BagStatus.RESERVED: "reserved",
    BagStatus.PICKED: "picked",
    BagStatus.PACKED: "packed",
    BagStatus.IN_TRANSIT: "in_transit",
    BagStatus.RECEIVED: "received",
    BagStatus.ISSUED: "received",
    BagStatus.TRANSFUSED: "received",
    BagStatus.PRESUMED_TRANSFUSED: "received",
}


def count_line(quantity: int, statuses: Iterable[BagStatus]) -> LineCounts:
    """Count the bags of a line; a bag in any other status (missing, discarded) no longer serves the line."""
    counts = dict.fromkeys(("reserved", "picked", "packed", "in_transit", "received"), 0)
    for status in statuses:
        if status in _COUNTED:
            counts[_COUNTED[status]] += 1
    return LineCounts(**counts, short=max(0, quantity - sum(counts.values())))


def order_state(lines: Iterable[LineCounts], shipment: ShipmentState | None, *, cancelled: bool) -> OrderState:
    """State of an order from its lines and its shipment."""
    if cancelled:
        return OrderState.CANCELLED
    if shipment is ShipmentState.RECEIVED:
        return OrderState.RECEIVED
    if shipment is ShipmentState.IN_TRANSIT:
        return OrderState.IN_TRANSIT
    table = list(lines)
    if shipment is ShipmentState.PERMITTED or (table and all(_all_packed(line) for line in table)):
        return OrderState.PACKED
    if shipment is ShipmentState.GATHERING:
        return OrderState.PICKING
    return OrderState.RESERVED if table and all(line.short == 0 for line in table) else OrderState.OPEN


def _all_packed(line: LineCounts) -> bool:
    return line.short == 0 and line.reserved == 0 and line.picked == 0


def must_leave_by(due_at: datetime, road_min: float) -> datetime:
    """Latest start of picking that still reaches the hospital in time."""
    return due_at - timedelta(minutes=road_min) - LOADING


def may_gather(lines: Iterable[LineCounts], priority: int, due_at: datetime, road_min: float, at: datetime) -> bool:
    """May picking begin? A full order at once, an emergency with what there is, others short only when time is up."""
    table = list(lines)
    if not any(line.held for line in table):
        return False
    if all(line.short == 0 for line in table) or priority in EMERGENCY_PRIORITIES:
        return True
    return at >= must_leave_by(due_at, road_min)


def is_late(state: OrderState, due_at: datetime, at: datetime) -> bool:
    """True when the order should have arrived and has not."""
    return state not in ENDED and at > due_at
