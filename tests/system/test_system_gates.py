"""With controller or broker gone the diverter rejects and the lock stays shut; afterwards nobody has to help."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from system.centre import Centre, wait_until

PERMIT_LIFE_S = 10.0  # a permit given just before the death may still be used
ATTEMPTS = 5
STATION_WAIT_S = 20.0  # a bag waits so long for a permit before the diverter rejects it


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """One centre for both deaths: the second finds it as the first has left it."""
    with Centre(tmp_path_factory.mktemp("gates") / "centre", "--pace", "demo", "--seed", "7") as running:
        wait_until(lambda: bool(_opened(running.world_log())), 180, "a first shipment left through the lock")
        yield running


@pytest.mark.parametrize("gone", ["serve", "broker"])
def test_gates_fail_closed_while_nobody_can_permit(centre: Centre, gone: str) -> None:
    for _ in range(ATTEMPTS):
        rejected, before = _reject_while_gone(centre, gone)
        if rejected is not None:
            break
    assert rejected is not None, "no bag came to the gate while nobody could permit"
    wait_until(
        lambda: _passed_again(centre, rejected, before) or _was_out_too_long(centre, rejected),
        120,
        "the rejected bag came to the gate again and passed, or was refused for the time it stood; nobody had to help",
    )


def _passed_again(centre: Centre, bag: str, before: int) -> bool:
    return any(line["bag"] == bag for line in _decided(centre.world_log()[before:], "passed"))


def _was_out_too_long(centre: Centre, bag: str) -> bool:
    """The outage lasts most of an hour of the demo's time: what stood so long in the open must not go any more."""
    refusals = "SELECT 1 FROM ledger WHERE kind = 'gate.refused' AND bag = ? AND data LIKE '%out of control%'"
    return bool(centre.rows(refusals, bag))


def _reject_while_gone(centre: Centre, gone: str) -> tuple[str | None, int]:
    """Kill a part while a bag is carried to the gate; the bag that was rejected, None when none arrived in time."""
    passed = len(_decided(centre.world_log(), "passed"))
    wait_until(
        lambda: len(_decided(centre.world_log(), "passed")) > passed and _picks_under_way(centre),
        180,
        "one bag passed the gate and the next is carried to it",
    )
    os.kill(centre.supervisor, signal.SIGSTOP)  # else the dead would be replaced at once
    try:
        centre.kill(gone)
        killed_at = len(centre.world_log())
        time.sleep(PERMIT_LIFE_S + 2)
        before = len(centre.world_log())
        time.sleep(STATION_WAIT_S)
        log = centre.world_log()
        assert not _decided(log[before:], "passed")
        assert not _opened(log[before:])
        rejected = _decided(log[killed_at:], "rejected")
        return (rejected[-1]["bag"] if rejected else None), before
    finally:
        os.kill(centre.supervisor, signal.SIGCONT)


def _picks_under_way(centre: Centre) -> bool:
    try:
        tasks = centre.get("/tasks?state=sent")["items"]
    except httpx.TransportError:
        return False
    return any(task["to_place"] == "dispatch/gate" for task in tasks)


def _decided(log: list[dict[str, Any]], decision: str) -> list[dict[str, Any]]:
    return [line for line in log if line["event"] == "gate" and line["decision"] == decision]


def _opened(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in log if line["event"] == "lock" and line["outcome"] == "opened"]
