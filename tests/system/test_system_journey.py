"""The whole plant in real processes while parts of it are killed; the world's own log is the judge.

Bags go from the collection team to the hospital's hand: with their papers through the dock, the robots, the freezer,
the label station and the stock portal to the shelves, and on orders through gate, lane, box, tunnel and lock to vans.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

import pytest
from system.brokers import EMBEDDED, MOSQUITTO, running
from system.centre import Centre, wait_until
from system.claims import claims_of, reports_committed, reports_made
from system.judge import conserved, faults
from system.kills import child, kill
from system.truth import World, opening_of, world_of

DONATIONS = 14
"""Beside the opening stock: a shelf of every component, bags in quarantine, at the dock, on the road, to freeze."""
ORDERS = 12
"""The hospitals' own, at the test's pace."""
STEADY_S = 3.0
LOOKS, LOOK_EVERY_S = 24, 3.0  # longer than a plasma freezer keeps its batch: the world says so when it is taken out
"""A fault that all of these looks find is one."""
_MOVING = "('COLLECTED', 'PROCESSING', 'RESERVED', 'PICKED', 'PACKED')"
_HELD = "(select 1 from hold where hold.bag = bag.id and lifted_us is null)"
READERS = "rfid-1"
PARTS = (child("serve"), child("bridge-works", "plc-works"), child(READERS, READERS), child("plc-works", "plc-works"))
"""With the broker: whatever stands between a machine and the ledger."""


class Until(Enum):
    """When a journey is judged: when nothing moves any more, or in the middle of everything."""

    QUIET = "quiet"
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True)
class Journey:
    """The broker that it runs on, how many bags must take part and be delivered, and when it is judged."""

    broker: str
    bags: int
    delivered: int
    until: Until


TO_THE_END = Journey(MOSQUITTO, bags=200, delivered=20, until=Until.QUIET)
IN_THE_MIDDLE = Journey(EMBEDDED, bags=200, delivered=10, until=Until.ENOUGH)


@pytest.fixture(scope="module")
def seed() -> int:
    chosen = int(os.environ.get("HEMOVAULT_TEST_SEED", random.SystemRandom().randrange(10**6)))
    print(f"HEMOVAULT_TEST_SEED={chosen}")
    return chosen


@pytest.mark.parametrize("journey", [TO_THE_END, IN_THE_MIDDLE], ids=lambda journey: journey.broker)
def test_every_bag_is_accounted_for_whatever_dies(tmp_path: Path, seed: int, journey: Journey) -> None:
    chance = random.Random(seed)
    folder = tmp_path / "centre"
    asked = ("--pace", "test", "--donations", str(DONATIONS), "--seed", str(seed))
    with running(journey.broker, tmp_path / "broker") as broker:
        with Centre(folder, *asked, *broker.arguments) as centre:
            wait_until(lambda: _all_flows(centre), 180, "labels are printed, bags leave", lambda: _picture(centre))
            victims = [*PARTS, broker.kill]
            chance.shuffle(victims)
            outages = {}
            for victim in victims:
                outages[victim.part] = kill(centre, victim, chance)
                print(f"{victim.part} cost {outages[victim.part].cost_s:.1f} s")
                time.sleep(chance.uniform(2.0, 6.0))
            wait_until(lambda: _has_enough(centre, journey), 300, "bags are delivered", lambda: _picture(centre))
            if journey.until is Until.QUIET:
                _wait_until_quiet(centre)
            _judge(centre, [(one.since, one.until) for part, one in outages.items() if part == READERS])
        snapshot = json.loads((folder / "simulate" / "world.json").read_text(encoding="utf-8"))
        assert conserved(_world(centre), snapshot["bags"]) == []


# ---- waiting ----------------------------------------------------------------------------------------------------


def _all_flows(centre: Centre) -> bool:
    events = {line["event"] for line in centre.world_log()}
    return {"labelled", "packed", "separated", "arrived_dock"} <= events


def _has_enough(centre: Centre, journey: Journey) -> bool:
    """So many bags took part and so many were delivered that the judge has something to judge."""
    bags = _world(centre).bags.values()
    took_part, delivered = sum(bag.took_part for bag in bags), sum(bag.delivered_to is not None for bag in bags)
    return took_part >= journey.bags and delivered >= journey.delivered


def _wait_until_quiet(centre: Centre) -> None:
    """Every donation is prepared, tested, labelled and in stock, every order has left, and nothing moves inside."""
    quiet_since = [0.0]

    def quiet() -> bool:
        if _under_way(centre):
            quiet_since[0] = 0.0
        elif not quiet_since[0]:
            quiet_since[0] = time.monotonic()
        return quiet_since[0] > 0.0 and time.monotonic() - quiet_since[0] >= STEADY_S

    wait_until(quiet, 600, "nothing is under way", lambda: _picture(centre), every_s=0.5)


def _under_way(centre: Centre) -> bool:
    """True while anything goes on inside by itself.

    Staff of the world pass a bag through a portal again whose lamp stayed red; nobody else helps.
    """
    unfinished = (
        f"select count(*) from bag where status in {_MOVING} or (status = 'QUARANTINE' and not exists {_HELD})",
        "select count(*) from task where state in ('sent', 'waiting')",
        "select count(*) from label where state in ('waiting', 'at_station')",
        "select count(*) from shipment where state not in ('in_transit', 'received')",
    )
    if any(centre.count(query) for query in unfinished):
        return True
    collected = sum(line["event"] == "collected" for line in centre.world_log())
    return collected < DONATIONS or centre.count("select count(*) from hospital_order") < ORDERS


def _picture(centre: Centre) -> object:
    return {
        "bags": Counter(centre.rows("select component, status, place from bag where status <> 'AVAILABLE'")),
        "tasks": centre.rows(
            "select bag, purpose, state, waits, waits_detail from task where state in ('sent', 'waiting')"
        ),
        "shipments": centre.rows("select id, state from shipment where state <> 'received'"),
        "boxes": centre.rows("select id, state, place, fault, detail from box where state <> 'empty'"),
        "alarms": centre.rows("select source, condition from alarm where active = 'active'"),
        "unacknowledged": centre.unacknowledged(),
    }


# ---- judging ----------------------------------------------------------------------------------------------------


def _judge(centre: Centre, deaf: list[tuple[datetime, datetime]]) -> None:
    assert _lasting_faults(centre, deaf) == []
    bags = _world(centre).bags.values()
    delivered = sum(bag.delivered_to is not None for bag in bags)
    print(f"{len(bags)} bags, {sum(bag.took_part for bag in bags)} took part, {delivered} delivered")
    assert centre.get("/deadletters")["items"] == []
    assert centre.get("/edges/troubles")["items"] == []
    assert centre.hemovault("ledger", "verify").returncode == 0
    rebuilt = centre.hemovault("ledger", "rebuild", "--check")
    assert rebuilt.returncode == 0, rebuilt.stderr


def _lasting_faults(centre: Centre, deaf: list[tuple[datetime, datetime]]) -> list[str]:
    """Faults that every look finds: what the world did a moment ago the warehouse may not know yet."""
    lasting = _faults(centre, deaf)
    for _ in range(LOOKS):
        if not lasting:
            break
        time.sleep(LOOK_EVERY_S)
        lasting &= _faults(centre, deaf)
    return sorted(lasting)


def _faults(centre: Centre, deaf: list[tuple[datetime, datetime]]) -> set[str]:
    found = set(faults(_world(centre), claims_of(centre.database), deaf))
    for edge, cell in (("plc-works", "works"), ("fleet", "fleet")):
        made = reports_made(centre.folder / "simulate" / f"journal-{cell}.jsonl")
        known = reports_committed(centre.database, edge)
        found |= {f"{edge}: lost or doubled: {report}" for report in (made - known) + (known - made)}
    return found


def _world(centre: Centre) -> World:
    return world_of([*opening_of(centre.folder / "opening.csv"), *centre.world_log()])
