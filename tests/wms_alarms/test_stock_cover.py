"""Days of cover and phases."""

from __future__ import annotations

import pytest

from wms.stock.cover import GROUP_ORDER, Phase, PlanDays, cells_of, phase_of

PLAN = PlanDays(red_days=1.5, amber_days=3.0, preamber_days=4.0, target_days=6.0)
USE = {"O+": 9.0, "O-": 0.5}


@pytest.mark.parametrize(
    ("days", "phase"),
    [
        (0.0, Phase.RED),
        (1.49, Phase.RED),
        (1.5, Phase.AMBER),
        (2.99, Phase.AMBER),
        (3.0, Phase.PREAMBER),
        (3.99, Phase.PREAMBER),
        (4.0, Phase.GREEN),
        (60.0, Phase.GREEN),
        (None, Phase.GREEN),
    ],
)
def test_a_phase_begins_exactly_at_its_threshold(days: float | None, phase: Phase) -> None:
    assert phase_of(days, PLAN) is phase


def test_every_group_has_a_cell_even_when_empty() -> None:
    cells = {cell.group: cell for cell in cells_of(PLAN, USE, {"O+": 27}, {})}
    assert tuple(cells) == tuple(group.value for group in GROUP_ORDER)
    assert (cells["O+"].bags, cells["O+"].days, cells["O+"].phase) == (27, 3.0, Phase.PREAMBER)
    assert (cells["O-"].bags, cells["O-"].days, cells["O-"].phase) == (0, 0.0, Phase.RED)


def test_a_group_without_expected_use_has_no_days_and_no_alarm() -> None:
    cell = next(cell for cell in cells_of(PLAN, USE, {"AB-": 2}, {}) if cell.group == "AB-")
    assert (cell.days, cell.phase) == (None, Phase.GREEN)
