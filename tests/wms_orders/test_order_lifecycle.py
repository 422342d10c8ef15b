"""Order and line states are derived, never stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from blood.eligibility import BagStatus
from wms.orders.lifecycle import (
    LOADING,
    LineCounts,
    OrderState,
    ShipmentState,
    count_line,
    is_late,
    may_gather,
    must_leave_by,
    order_state,
)

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def line(quantity: int, **counts: int) -> LineCounts:
    return count_line(quantity, [BagStatus(status.upper()) for status, number in counts.items() for _ in range(number)])


def test_short_is_what_no_bag_is_held_for() -> None:
    counts = line(5, reserved=1, picked=1, packed=1)
    assert (counts.reserved, counts.picked, counts.packed, counts.held, counts.short) == (1, 1, 1, 3, 2)


def test_a_missing_or_discarded_bag_serves_nobody() -> None:
    assert line(2, reserved=1, missing=1, discarded=1).short == 1


def test_a_transfused_bag_was_received() -> None:
    assert line(1, transfused=1).received == 1


@pytest.mark.parametrize(
    ("lines", "shipment", "expected"),
    [
        ([line(2)], None, OrderState.OPEN),
        ([line(2, reserved=1)], None, OrderState.OPEN),
        ([line(2, reserved=2), line(1)], None, OrderState.OPEN),
        ([line(2, reserved=2)], None, OrderState.RESERVED),
        ([line(2, reserved=2)], ShipmentState.GATHERING, OrderState.PICKING),
        ([line(2, picked=1, packed=1)], ShipmentState.GATHERING, OrderState.PICKING),
        ([line(2, packed=1)], ShipmentState.GATHERING, OrderState.PICKING),
        ([line(2, packed=2)], ShipmentState.GATHERING, OrderState.PACKED),
        ([line(2, packed=1)], ShipmentState.PERMITTED, OrderState.PACKED),
        ([line(2, packed=1, in_transit=1)], ShipmentState.IN_TRANSIT, OrderState.IN_TRANSIT),
        ([line(2, received=2)], ShipmentState.RECEIVED, OrderState.RECEIVED),
    ],
)
def test_order_state_follows_lines_and_shipment(
    lines: list[LineCounts], shipment: ShipmentState | None, expected: OrderState
) -> None:
    assert order_state(lines, shipment, cancelled=False) is expected


def test_cancelled_wins_over_everything() -> None:
    assert order_state([line(1, reserved=1)], None, cancelled=True) is OrderState.CANCELLED


def test_a_full_order_is_picked_at_once_a_short_one_waits() -> None:
    due = NOW + timedelta(hours=8)
    assert may_gather([line(2, reserved=2)], 4, due, 20, NOW)
    assert not may_gather([line(2, reserved=1)], 4, due, 20, NOW)


def test_a_short_order_leaves_with_what_it_has_when_time_is_up() -> None:
    due = NOW + timedelta(minutes=20) + LOADING
    assert must_leave_by(due, 20) == NOW
    assert may_gather([line(2, reserved=1)], 4, due, 20, NOW)
    assert not may_gather([line(2, reserved=1)], 4, due, 20, NOW - timedelta(seconds=1))


def test_an_emergency_takes_the_first_bag_there_is() -> None:
    due = NOW + timedelta(hours=8)
    assert may_gather([line(2, reserved=1)], 1, due, 20, NOW)
    assert not may_gather([line(2)], 0, due, 20, NOW)


def test_late_ends_with_the_receipt() -> None:
    assert is_late(OrderState.IN_TRANSIT, NOW - timedelta(seconds=1), NOW)
    assert not is_late(OrderState.RECEIVED, NOW - timedelta(days=1), NOW)
    assert not is_late(OrderState.OPEN, NOW, NOW)
