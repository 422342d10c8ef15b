"""The floor plan: bags where they lie, machines as they say, moves under way and waiting; unknown stays unknown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from blood.eligibility import Zone
from plant.packml import STATE_METRIC, Activity, activity_of
from runtime.sparkplug.readings import Presence, PresenceState, ReadingBatch
from wms.moves.model import MovePurpose
from wms.moves.tasks import request_move
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")


async def floor_of(centre: Any, who: str = "operator") -> dict[str, Any]:
    async with centre.client(who) as client:
        answer = await client.get("/api/v1/floor")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def says(centre: Any, device: str, word: str) -> None:
    """A machine's state on the wire."""
    edge = centre.plant.edge_by_device[device]
    source = centre.house.telemetry.registry.find(edge, device, STATE_METRIC)
    now_ms = int(centre.clock.now().timestamp() * 1000)
    centre.offset += 1
    batch = ReadingBatch(
        edge=edge, epoch="e1", first_offset=centre.offset, last_offset=centre.offset, source=np.empty(0, np.int32),
        ts_ms=np.empty(0, np.int64), value=np.empty(0, np.float64), quality=np.empty(0, np.uint8),
        historical=np.empty(0, np.bool_), texts=[(source, now_ms, word)],
    )  # fmt: skip
    centre.ingest.process([batch], centre.clock.now())


async def test_bags_are_counted_where_they_are_drawn(centre: Any) -> None:
    await centre.add_bag(1, "cold-1/s1/001")
    await centre.add_bag(2, "cold-1/q1/001", status="QUARANTINE")
    await centre.add_bag(3, "hospital/city-first", status="RECEIVED")
    places = {place["path"]: place for place in (await floor_of(centre))["places"]}
    assert places["cold-1"] == {"path": "cold-1", "bags": 2, "statuses": {"AVAILABLE": 1, "QUARANTINE": 1}}
    assert "hospital/city-first" not in places


async def test_a_machine_is_what_it_says_and_nothing_when_it_says_nothing(centre: Any) -> None:
    says(centre, "crane-1", "Execute")
    says(centre, "crane-2", "Held")
    says(centre, "crane-3", "Dancing")
    devices = {device["device"]: device for device in (await floor_of(centre))["devices"]}
    assert [devices[name]["state"] for name in ("crane-1", "crane-2", "crane-3", "crane-4")] == [
        "running", "held", "unknown", "unknown",
    ]  # fmt: skip
    assert devices["crane-3"]["state_text"] == "Dancing"
    assert "cold-1" not in devices


async def test_a_machine_without_contact_is_away_whatever_it_said_last(centre: Any) -> None:
    says(centre, "crane-1", "Execute")
    edge = centre.plant.edge_by_device["crane-1"]
    source = centre.house.telemetry.registry.find(edge, "crane-1", STATE_METRIC)
    centre.ingest.texts.follow(
        Presence(edge=edge, device="crane-1", state=PresenceState.OFFLINE, at=centre.clock.now(), sources=(source,))
    )
    devices = {device["device"]: device for device in (await floor_of(centre))["devices"]}
    assert devices["crane-1"]["state"] == "away"


async def test_a_move_that_waits_says_for_what_in_both_languages(centre: Any) -> None:
    bag = await centre.add_bag(1, "prep/out", status="QUARANTINE")
    await centre.write(lambda tx: request_move(tx, TESTER, bag, purpose=MovePurpose.PUT_AWAY, zone=Zone.QUARANTINE))
    shown = await floor_of(centre)
    assert shown["tasks_open"] == 1
    assert [wait["bag"] for wait in shown["waiting"]] == [bag]
    assert shown["waiting"][0]["waits_for_en"] != shown["waiting"][0]["waits_for_zh"]


async def test_boxes_and_vehicles_stand_on_the_plan(centre: Any) -> None:
    shown = await floor_of(centre)
    assert {box["id"] for box in shown["boxes"]} == set(centre.plant.box_by_id)
    assert {vehicle["state"] for vehicle in shown["vehicles"]} == {"idle"}


async def test_a_hospital_does_not_see_the_floor(centre: Any) -> None:
    async with centre.client("hospital") as client:
        assert (await client.get("/api/v1/floor")).status_code == 403


@pytest.mark.parametrize(
    ("word", "activity"),
    [
        ("Execute", Activity.RUNNING),
        ("Idle", Activity.IDLE),
        ("Suspended", Activity.HELD),
        ("Aborted", Activity.STOPPED),
    ],
)
def test_packml_states_in_plain_words(word: str, activity: Activity) -> None:
    assert activity_of(word) is activity


def test_a_word_that_packml_does_not_have_means_nothing() -> None:
    assert activity_of("execute") is None
