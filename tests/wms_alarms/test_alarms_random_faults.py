"""No alarm is lost or doubled over random faults, people, kills and restarts, on a real database file.

`HEMOVAULT_FAULT_SEQUENCES` says how many sequences are played (300 unless set).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from random_faults import World, check, check_that_all_comes_back, lives

SEQUENCES = int(os.environ.get("HEMOVAULT_FAULT_SEQUENCES", "300"))
SIDE_BY_SIDE = 100


@pytest.mark.timeout(3600)
async def test_no_alarm_is_lost_or_doubled_over_random_faults_with_restarts_in_between(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    random = Random(20261120)
    played = periods = restarts = kills = 0
    while played < SEQUENCES:
        number = min(SIDE_BY_SIDE, SEQUENCES - played)
        world = World(tmp_path / f"book-{played}.db", random)
        try:
            batch = list(lives(random, number, played))
            await world.play(batch)
            await world.restart()
            periods += check(world, batch)
            await check_that_all_comes_back(world)
        finally:
            await world.close()
        played, restarts, kills = played + number, restarts + world.restarts, kills + world.kills
    assert periods >= played / 2, "too few faults to prove anything"
    assert restarts > 0
    record_property("played", f"{played} sequences, {periods} fault periods, {restarts} restarts, {kills} kills")
