"""With controller or broker gone the diverter rejects and the lock stays shut; afterwards nobody has to help."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from system.centre import Centre, wait_until

PERMIT_LIFE_S = 10.0  # a permit given just before the death may still be used
STATION_WAIT_S = 20.0  # a bag waits so long for a permit before the diverter rejects it


@pytest.mark.parametrize("gone", ["serve", "broker"])
def test_gates_fail_closed_while_nobody_can_permit(tmp_path: Path, gone: str) -> None:
    with Centre(tmp_path / "centre", "--pace", "demo", "--seed", "7") as centre:
        wait_until(lambda: _opened(centre.world_log()), 120, "a first shipment left through the lock")
        wait_until(lambda: _picks_under_way(centre), 120, "a bag is on its way to the gate")
        os.kill(centre.supervisor, signal.SIGSTOP)  # else the dead would be replaced at once
        centre.kill(gone)
        time.sleep(PERMIT_LIFE_S + 2)
        before = len(centre.world_log())
        wait_until(
            lambda: _decided(centre.world_log(), "rejected"), STATION_WAIT_S + 40, "the waiting bag was rejected"
        )
        since = centre.world_log()[before:]
        assert not _decided(since, "passed")
        assert not _opened(since)
        rejected = _decided(centre.world_log(), "rejected")[-1]["bag"]
        os.kill(centre.supervisor, signal.SIGCONT)
        wait_until(
            lambda: any(line["bag"] == rejected for line in _decided(centre.world_log()[before:], "passed")),
            120,
            "the rejected bag was brought to the gate again and passed, and nobody had to help",
        )


def _picks_under_way(centre: Centre) -> bool:
    tasks = centre.get("/tasks?state=sent")["items"]
    return any(task["to_place"] == "dispatch/gate" for task in tasks)


def _decided(log: list[dict[str, Any]], decision: str) -> list[dict[str, Any]]:
    return [line for line in log if line["event"] == "gate" and line["decision"] == decision]


def _opened(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in log if line["event"] == "lock" and line["outcome"] == "opened"]
