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
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from system.brokers import EMBEDDED, MOSQUITTO, running
from system.centre import Centre, wait_until
from system.claims import claims_of, reports_committed, reports_made
from system.judge import conserved, faults
from system.kills import Kill, child, kill
from system.truth import World, opening_of, world_of

ORDERS = 12
"""The hospitals' own, at the test's pace."""
STEADY_S = 3.0
_MOVING = "('COLLECTED', 'PROCESSING', 'RESERVED', 'PICKED', 'PACKED')"
_HELD = "(select 1 from hold where hold.bag = bag.id and lifted_us is null)"
_ON_TRIPS = "trip_box join shipment on shipment.id = trip_box.shipment"
FIVE = (child("serve"), child("bridge-works", "plc-works"), child("rfid-1", "rfid-1"), child("plc-works", "plc-works"))
"""With the broker: whatever stands between a machine and the ledger."""


@dataclass(frozen=True, slots=True)
class Journey:
    """How much happens: donations beside the opening stock, parts killed beside the broker, what must take part."""

    broker: str
    donations: int
    parts: tuple[Kill, ...]
    bags: int
    delivered: int


LONG = Journey(MOSQUITTO, 30, FIVE, bags=200, delivered=20)
SHORT = Journey(EMBEDDED, 6, (child("serve"),), bags=100, delivered=3)


@pytest.fixture(scope="module")
def seed() -> int:
    chosen = int(os.environ.get("HEMOVAULT_TEST_SEED", random.SystemRandom().randrange(10**6)))
    print(f"HEMOVAULT_TEST_SEED={chosen}")
    return chosen


@pytest.mark.parametrize("journey", [LONG, SHORT], ids=lambda journey: journey.broker)
def test_every_bag_is_accounted_for_whatever_dies(tmp_path: Path, seed: int, journey: Journey) -> None:
    chance = random.Random(seed)
    folder = tmp_path / "centre"
    asked = ("--pace", "test", "--donations", str(journey.donations), "--seed", str(seed))
    with running(journey.broker, tmp_path / "broker") as broker:
        with Centre(folder, *asked, *broker.arguments) as centre:
            wait_until(lambda: _all_flows(centre), 180, "labels are printed, bags leave", lambda: _picture(centre))
            victims = [*journey.parts, broker.kill]
            chance.shuffle(victims)
            for victim in victims:
                print(f"{victim.part} cost {kill(centre, victim, chance):.1f} s")
                time.sleep(chance.uniform(2.0, 6.0))
            _wait_until_quiet(centre, journey)
            assert faults(_world(centre), claims_of(centre.database)) == []
            _answer_where_bags_are(centre)
            _wait_until_quiet(centre, journey)
            _judge(centre, journey)
        snapshot = json.loads((folder / "simulate" / "world.json").read_text(encoding="utf-8"))
        assert conserved(_world(centre), snapshot["bags"]) == []


# ---- waiting ----------------------------------------------------------------------------------------------------


def _all_flows(centre: Centre) -> bool:
    events = {line["event"] for line in centre.world_log()}
    return {"labelled", "packed", "separated", "arrived_dock"} <= events


def _wait_until_quiet(centre: Centre, journey: Journey) -> None:
    """Every donation is prepared, tested, labelled and in stock, every order has left, and nothing moves."""
    quiet_since = [0.0]

    def quiet() -> bool:
        if _under_way(centre, journey):
            quiet_since[0] = 0.0
        elif not quiet_since[0]:
            quiet_since[0] = time.monotonic()
        return quiet_since[0] > 0.0 and time.monotonic() - quiet_since[0] >= STEADY_S

    wait_until(quiet, 600, "nothing is under way", lambda: _picture(centre), every_s=0.5)


def _under_way(centre: Centre, journey: Journey) -> bool:
    """True while anything goes on by itself.

    What waits for a person's answer does not, nor do boxes outside the lock that wait for a van of the timetable.
    """
    unfinished = (
        f"select count(*) from bag where status in {_MOVING} or (status = 'QUARANTINE' and not exists {_HELD})",
        "select count(*) from task where state in ('sent', 'waiting') and coalesce(waits, '') <> 'unseen'",
        "select count(*) from label where state in ('waiting', 'at_station')",
        "select count(*) from shipment where state not in ('in_transit', 'received')",
        f"select count(*) from {_ON_TRIPS} where trip_box.loaded_us is not null and shipment.state <> 'received'",
    )
    if centre.unacknowledged() or any(centre.count(query) for query in unfinished):
        return True
    collected = sum(line["event"] == "collected" for line in centre.world_log())
    return collected < journey.donations or centre.count("select count(*) from hospital_order") < ORDERS


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


# ---- what the operator is asked ---------------------------------------------------------------------------------


def _answer_where_bags_are(centre: Centre) -> None:
    """A bag that the stock portal did not read lies where the carrier put it: the operator looks there and scans it."""
    world = _world(centre)
    asked = centre.rows("select id, bag from task where state = 'waiting' and waits = 'unseen'")
    with closing(centre.signed_in("operator")) as operator:
        for task, bag in asked:
            din, product = bag.split("-")
            body = {"din_scan": din, "product_scan": product, "at_place": world.bags[bag].place}
            operator.post(f"/tasks/{task}/complete", json=body).raise_for_status()


# ---- judging ----------------------------------------------------------------------------------------------------


def _judge(centre: Centre, journey: Journey) -> None:
    world, said = _world(centre), claims_of(centre.database)
    assert faults(world, said) == []
    assert not [bag for bag, known in said.bags.items() if known["place"] is None and known["status"] != "CONSUMED"]
    for edge, cell in (("plc-works", "works"), ("fleet", "fleet")):
        made = reports_made(centre.folder / "simulate" / f"journal-{cell}.jsonl")
        assert reports_committed(centre.database, edge) == made, f"{edge}: reports lost, doubled or made up"
    took_part = [bag for bag, real in world.bags.items() if real.took_part]
    delivered = [bag for bag, real in world.bags.items() if real.delivered_to is not None]
    print(f"{len(world.bags)} bags, {len(took_part)} took part, {len(delivered)} delivered")
    assert len(took_part) >= journey.bags
    assert len(delivered) >= journey.delivered
    assert centre.get("/deadletters")["items"] == []
    assert centre.get("/edges/troubles")["items"] == []
    assert centre.hemovault("ledger", "verify").returncode == 0
    rebuilt = centre.hemovault("ledger", "rebuild", "--check")
    assert rebuilt.returncode == 0, rebuilt.stderr


def _world(centre: Centre) -> World:
    return world_of([*opening_of(centre.folder / "opening.csv"), *centre.world_log()])
