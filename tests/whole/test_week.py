"""A simulated week at full speed: a working week's donations and orders, seven nights, not one bag lost."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from whole.invariants import judge_all
from whole.one_run import START
from whole.witness import Witness

from hemovault.whole import opening
from hemovault.whole.building import open_centre
from hemovault.whole.centre import CentrePlan
from plant.load import demo_text, parse_plant
from simulators.people.pace import REALISTIC

STEP_S = 60.0
"""Coarser than a day's run; permits are a sixth of a real minute, ten steps at the demo's rate."""


@pytest.mark.week
@pytest.mark.timeout(1800)
async def test_a_week_loses_no_bag_and_breaks_no_invariant(tmp_path: Path) -> None:
    plant, witness = parse_plant(demo_text()), Witness()
    plan = CentrePlan(plant, opening.full(plant, 2026, START), REALISTIC, 2026, step_s=STEP_S)
    async with open_centre(plan, tmp_path) as centre:
        while centre.clock.now() < START + timedelta(days=7):
            await centre.step(plan.step_s)
            witness.look(centre)
        happened = Counter(line["event"] for line in centre.world_log())
        assert happened["collected"] > 100, "the donors of a week came"
        assert happened["received"] > 100, "the hospitals of a week were served"
        assert {name: broken[:5] for name, broken in (await judge_all(centre, witness)).items() if broken} == {}
