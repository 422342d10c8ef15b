"""With a machine of the way in down a person does its step by scanner; what has no twin waits and says for what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from whole.hands import Hands, codes

from hemovault.whole import opening
from hemovault.whole.building import open_centre
from hemovault.whole.centre import CentrePlan
from plant.load import demo_text, parse_plant
from simulators.faults import cause
from simulators.scenarios.script import Scenario, pace_of

pytestmark = pytest.mark.timeout(900)
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
A_NIGHT = timedelta(hours=14)


@asynccontextmanager
async def centre_with(folder: Path, *places: str) -> AsyncIterator[Hands]:
    """A quiet centre with nothing released, and of the usual opening only what lies at or below these places."""
    plant = parse_plant(demo_text())
    pace = pace_of(Scenario(name="", number=0, title_en="", title_zh="", seed=5, start=START, hours=1.0, expected=()))
    opened = opening.only(
        opening.full(plant, 5, START),
        lambda row: row["status"] != "AVAILABLE" and any(f"{row['place']}/".startswith(f"{one}/") for one in places),
    )
    async with open_centre(CentrePlan(plant, opened, pace, 5), folder) as centre:
        await centre.people["operator"].get("/overview")  # signed in
        yield Hands(centre)


async def ordered_and_received(hands: Hands, bag: str) -> None:
    """A hospital orders what this bag is, and gets it; nothing else of its kind is released."""
    await hands.order(bag)
    await hands.until_bag(bag, status="RECEIVED")
    assert hands.bag(bag)["place"] == "hospital/city-first"


async def test_without_the_receiving_reader_a_bag_is_received_by_scan(tmp_path: Path) -> None:
    async with centre_with(tmp_path, "mobile", "prep/out") as hands:
        cause(hands.centre.world, "reader_deaf", "reader-1/1")
        cause(hands.centre.world, "reader_deaf", "reader-1/2")
        bag = str(hands.rows("SELECT id FROM bag WHERE place = 'mobile' ORDER BY id")[0]["id"])
        await hands.minutes(30)
        assert hands.bag(bag)["place"] == "mobile"
        other = str(hands.rows("SELECT id FROM bag WHERE status = 'PROCESSING' ORDER BY id")[0]["id"])
        await hands.refused("/scans/receive", {"din_scan": codes(other)["din_scan"]}, "bag.not_expected")
        hands.carry(bag, "dock")
        await hands.done("/scans/receive", {"din_scan": codes(bag)["din_scan"]})
        await hands.until_bag(bag, status="CONSUMED")
        din = bag.partition("-")[0]
        red = f"{din}-{hands.centre.plant.product_of('RBC_S')}"
        await hands.until_bag(red, status="AVAILABLE", at_most=A_NIGHT)
        await ordered_and_received(hands, red)


async def test_with_the_robot_standing_its_bags_wait_at_the_dock_and_people_separate_them(tmp_path: Path) -> None:
    async with centre_with(tmp_path, "dock") as hands:
        cause(hands.centre.world, "hold", "robot-1")
        await hands.minutes(60)
        waiting = hands.rows("SELECT id, status FROM bag WHERE place = 'dock' ORDER BY id")
        assert {bag["status"] for bag in waiting} == {"COLLECTED"}, "nothing is asked of a robot that stands"
        floor = await hands.ask("/floor")
        (robot,) = [device for device in floor["devices"] if device["device"] == "robot-1"]
        assert robot["state"] == "held"
        parent = str(waiting[0]["id"])
        body = {"operation": "separate", "bags": [codes(parent)], "output": "RBC_S", "volumes_ml": [200, 180]}
        made = await hands.scan("/operations", body)
        assert hands.bag(parent)["status"] == "CONSUMED"
        assert {hands.bag(child)["status"] for child in made["children"]} == {"QUARANTINE", "PROCESSING"}


async def test_bags_in_a_robot_that_stands_wait_with_a_sentence(tmp_path: Path) -> None:
    async with centre_with(tmp_path, "dock") as hands:
        inside = "SELECT id FROM bag WHERE place = 'prep/robot-1'"
        await hands.until("the robot has its batch", lambda: bool(hands.rows(inside)))
        cause(hands.centre.world, "hold", "robot-1")
        await hands.minutes(30)
        devices = (await hands.ask("/floor"))["devices"]
        (robot,) = [device for device in devices if device["device"] == "robot-1"]
        assert robot.get("waits_en")


async def test_without_the_label_station_a_label_is_checked_by_scan(tmp_path: Path) -> None:
    async with centre_with(tmp_path, "cold-1") as hands:
        cause(hands.centre.world, "hold", "label-1")
        untested = "SELECT id FROM bag WHERE status = 'QUARANTINE' AND tests = 'pending' ORDER BY id"
        other = str(hands.rows(untested)[0]["id"])
        await hands.refused("/scans/label", codes(other), "label.not_ready")
        labels = "SELECT id AS bag FROM bag WHERE status = 'QUARANTINE' AND tests = 'negative' ORDER BY id"
        await hands.until("a bag wants its label", lambda: bool(hands.rows(labels)), A_NIGHT)
        await hands.minutes(60)
        bag = str(hands.rows(labels)[0]["bag"])
        assert (hands.bag(bag)["status"], hands.bag(bag)["label_check"]) == ("QUARANTINE", "pending")
        await hands.done("/scans/label", codes(bag))
        await hands.until_bag(bag, status="AVAILABLE")
        await ordered_and_received(hands, bag)


async def test_a_tag_that_the_stock_portal_missed_is_carried_through_again_and_its_alarm_returns(
    tmp_path: Path,
) -> None:
    async with centre_with(tmp_path, "cold-1") as hands:
        world = hands.centre.world
        cause(world, "reader_deaf", "reader-3/1")
        cause(world, "reader_deaf", "reader-3/2")
        unseen = "SELECT bag FROM task WHERE waits = 'unseen'"
        await hands.until("a bag was not seen at the portal", lambda: bool(hands.rows(unseen)), A_NIGHT)
        bag = str(hands.rows(unseen)[0]["bag"])
        assert hands.bag(bag)["place"] is None
        open_alarm = "SELECT state FROM alarm WHERE condition = 'place_unknown' AND source = ?"
        await hands.minutes(2)
        assert [row["state"] for row in hands.rows(open_alarm, bag)] == ["unacknowledged"]
        cause(world, "reader_hears", "reader-3/1")
        cause(world, "reader_hears", "reader-3/2")
        await hands.until("the bag was read again", lambda: hands.bag(bag)["place"] is not None, timedelta(minutes=40))
        await hands.minutes(2)
        assert [row["state"] for row in hands.rows(open_alarm, bag)] == ["returned_unacknowledged"]
        await hands.until_bag(bag, status="AVAILABLE")
        await hands.until("it lies on its shelf", lambda: "/s" in str(hands.bag(bag)["place"]))
