"""A day of the whole centre in one process: the same twice, and every invariant of every scenario."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from whole.invariants import judge_all
from whole.one_run import START
from whole.witness import Witness

from hemovault.whole import opening
from hemovault.whole.building import open_centre
from hemovault.whole.centre import CentrePlan
from plant.load import demo_text, parse_plant
from simulators.people.pace import DEMO

pytestmark = pytest.mark.timeout(900)
SHORT_DAY_H = 3
DAY_H = 10


def one_run(folder: Path, *, seed: int, hash_seed: int) -> dict[str, Any]:
    """A run in a process of its own: the order of its sets of texts is another one every time."""
    folder.mkdir()
    command = [sys.executable, "-m", "whole.one_run", str(folder), str(SHORT_DAY_H), "demo", str(seed)]
    path = os.pathsep.join(["tests", os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": path}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=800, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_the_same_seed_gives_the_same_world_and_the_same_ledger_to_the_last_hash(tmp_path: Path) -> None:
    first = one_run(tmp_path / "first", seed=7, hash_seed=1)
    assert first["entries"] > 1000
    assert one_run(tmp_path / "second", seed=7, hash_seed=2) == first


async def test_a_day_loses_no_bag_and_breaks_no_invariant(tmp_path: Path) -> None:
    plant, witness = parse_plant(demo_text()), Witness()
    plan = CentrePlan(plant, opening.full(plant, 11, START), DEMO, 11)
    async with open_centre(plan, tmp_path) as centre:
        while centre.clock.now() < START + timedelta(hours=DAY_H):
            await centre.step(plan.step_s)
            witness.look(centre)
        received = [line["bag"] for line in centre.world_log() if line["event"] == "received"]
        assert len(received) > 20, "blood reaches the hospitals"
        assert {name: broken[:5] for name, broken in (await judge_all(centre, witness)).items() if broken} == {}
