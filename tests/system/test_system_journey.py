"""90 donations go the whole way while controller, broker and a PLC are killed; the world's own log is the judge."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from system.centre import Centre, wait_until
from system.judge import faults, truth_of

DONATIONS = 90
TOTE = 30  # bags of a tote at the test's pace: it leaves when all of them are reported
UNACKNOWLEDGED = 20
WHOLE_WAY = 50


@pytest.fixture(scope="module")
def seed() -> int:
    chosen = int(os.environ.get("HEMOVAULT_TEST_SEED", random.SystemRandom().randrange(10**6)))
    print(f"HEMOVAULT_TEST_SEED={chosen}")
    return chosen


def test_every_bag_is_accounted_for_whatever_dies(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    arguments = ("--pace", "test", "--opening", "empty", "--donations", str(DONATIONS), "--seed", str(seed))
    with Centre(tmp_path / "centre", *arguments) as centre:
        for kill in (_kill_serve_between_puback_and_commit, _kill_broker, _kill_plc):
            _wait_for_a_tote_on_the_road(centre)
            kill(centre, chance)
        _wait_until_all_is_released(centre)
        _wait_until_quiet(centre)
        _order_what_is_missing(centre)
        _wait_until_quiet(centre)
        _judge(centre)
        assert centre.hemovault("ledger", "verify").returncode == 0
        rebuilt = centre.hemovault("ledger", "rebuild", "--check")
        assert rebuilt.returncode == 0, rebuilt.stderr
        assert centre.get("/deadletters")["items"] == []


# ---- killing ----------------------------------------------------------------------------------------------------


def _kill_serve_between_puback_and_commit(centre: Centre, chance: random.Random) -> None:
    with _database_locked(centre.database):
        before = centre.committed()
        wait_until(lambda: centre.unacknowledged() >= UNACKNOWLEDGED, 12, "20 facts wait for the controller")
        time.sleep(chance.uniform(0.2, 1.0))  # the broker has them by now: PUBACK, and no commit
        assert centre.committed() == before
        pid = centre.kill("serve")
    _wait_for_another(centre, "serve", pid)


def _kill_broker(centre: Centre, chance: random.Random) -> None:
    with _stopped(centre.pid("serve")):
        wait_until(lambda: centre.unacknowledged() >= UNACKNOWLEDGED, 30, "20 facts wait for the controller")
        time.sleep(chance.uniform(0.0, 2.0))
        pid = centre.kill("broker")
    _wait_for_another(centre, "broker", pid)


def _kill_plc(centre: Centre, chance: random.Random) -> None:
    with _stopped(centre.pid("serve")):
        wait_until(lambda: centre.unacknowledged() >= UNACKNOWLEDGED, 30, "20 facts wait for the controller")
        time.sleep(chance.uniform(0.0, 2.0))
        pid = centre.kill("plc-works")
    _wait_for_another(centre, "plc-works", pid)


@contextmanager
def _database_locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as database:
        database.execute("begin immediate")
        try:
            yield
        finally:
            database.execute("rollback")


@contextmanager
def _stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _wait_for_another(centre: Centre, name: str, old: int) -> None:
    def born() -> bool:
        try:
            return centre.pid(name) != old
        except (FileNotFoundError, ValueError):
            return False

    heads = {edge: head for edge, (head, _) in centre.spools().items()}

    def caught_up() -> bool:
        spools = centre.spools()
        return all(spools[edge][1] >= head for edge, head in heads.items())

    wait_until(born, 30, f"{name} runs again")
    wait_until(caught_up, 60, f"every fact of before is committed after the death of {name}", centre.spools)


# ---- waiting ----------------------------------------------------------------------------------------------------


def _wait_for_a_tote_on_the_road(centre: Centre) -> None:
    """A tote that is reported and has not passed the portal: its crossings are the facts that will wait."""

    def reported() -> bool:
        bags = centre.get("/bags?status=COLLECTED&place=mobile&limit=500")["items"]
        return len(bags) >= TOTE

    wait_until(reported, 180, "a tote was reported")


def _wait_until_all_is_released(centre: Centre) -> None:
    def settled() -> bool:
        bags = centre.bags().values()
        donated = Counter(bag["status"] for bag in bags if bag["component"] == "WB")
        under_way = {"COLLECTED", "PROCESSING", "QUARANTINE"} & {bag["status"] for bag in bags}
        return donated["CONSUMED"] + donated["NONCONFORMING"] == DONATIONS and not under_way

    wait_until(settled, 420, "every bag is prepared, tested and judged", lambda: _picture(centre))


def _order_what_is_missing(centre: Centre) -> None:
    """The hospitals' own orders may have asked for too few: one more asks for what lacks to the whole way of fifty."""
    bags = centre.bags().values()
    missing = WHOLE_WAY - sum(bag["status"] == "RECEIVED" for bag in bags)
    free = Counter((bag["component"], bag["group"]) for bag in bags if bag["status"] == "AVAILABLE")
    lines = []
    for (component, group), count in free.most_common():
        quantity = min(count, missing)
        if quantity > 0:
            need = {"component": component, "group": group, "quantity": quantity, "unit": "bag"}
            lines.append({**need, "substitution": False, "min_days_left": 0})
            missing -= quantity
    if lines:
        due = centre.get("/clock")["domain_now"][:11] + "23:59:00Z"
        with closing(centre.signed_in("hospital")) as hospital:
            body = {"hospital": "city-first", "kind": "stock", "priority": 2, "due_at": due, "lines": lines}
            hospital.post("/orders", json=body).raise_for_status()
            wait_until(lambda: _under_way(centre) > 0, 60, "the order is planned")


def _wait_until_quiet(centre: Centre) -> None:
    wait_until(
        lambda: _under_way(centre) == 0 and centre.unacknowledged() == 0,
        420,
        "nothing is under way",
        lambda: _picture(centre),
    )


def _under_way(centre: Centre) -> int:
    moving = {"RESERVED", "PICKED", "PACKED", "IN_TRANSIT"}
    return sum(bag["status"] in moving for bag in centre.bags().values()) + len(
        centre.get("/tasks?state=sent")["items"]
    )


def _picture(centre: Centre) -> object:
    return Counter((bag["component"], bag["status"], bag["place"]) for bag in centre.bags().values())


# ---- judging ----------------------------------------------------------------------------------------------------


def _judge(centre: Centre) -> None:
    truth = truth_of(centre.world_log())
    orders = centre.get("/orders?state=all")["items"]
    bags = centre.bags()
    stays = {bag: [stay["place"] for stay in centre.get(f"/bags/{bag}")["stays"]] for bag in bags}
    assert faults(truth, bags, stays, orders) == []
    delivered = [name for name, real in truth.items() if real.delivered_to is not None]
    assert len(delivered) >= WHOLE_WAY
    donated = [name for name, real in truth.items() if name.endswith("D0001V00")]
    assert len(donated) == DONATIONS
