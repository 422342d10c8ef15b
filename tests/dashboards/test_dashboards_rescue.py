"""Blast radius and rescue over HTTP, on a real warehouse: who is told what, what is done, what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from telemetry.conditions import Condition, ConditionChange, Severity
from wms.alarms.feed import apply_conditions
from wms.bags.commands import move_to
from wms.holds.commands import place_hold
from wms.rescue.act import ask_for_moves
from wms.rescue.plan import Carry
from wms.store.tx import Actor, Tx

LI = Actor("li.wei", "desk-1")


async def warm(centre: Any, probe: str = "cold-1-load", *, active: bool | None = True) -> str:
    """The load probe of cold room 1 is confirmed outside; returns the alarm."""
    change = ConditionChange(
        source=probe, condition=Condition.TEMPERATURE_HIGH, active=active, priority_hint=Severity.CRITICAL,
        value=6.4, limit=6.0, at=centre.clock.now(), place="cold-1",
    )  # fmt: skip
    await centre.write(lambda tx: apply_conditions(tx, [change]))
    with centre.warehouse.read() as conn:
        query = text("SELECT id FROM alarm WHERE source = :probe AND condition = 'temperature_high'")
        return str(conn.execute(query, {"probe": probe}).scalar_one())


def all_is_well_elsewhere(centre: Any) -> None:
    """Every other store says that it is within its limits."""
    for probe in centre.plant.probes:
        envelope = centre.plant.envelope_of(probe.covers[0])
        if envelope is None or probe.device == "cold-1" or probe.device in centre.plant.box_by_id:
            continue
        ends = [end for end in (envelope.min_c, envelope.max_c) if end is not None]
        middle = sum(ends) / 2 if len(ends) == 2 else ends[0] - 8.0
        centre.hear(probe.id, middle)


async def test_the_blast_radius_names_bags_orders_and_hospitals(centre: Any) -> None:
    bags = [await centre.add_bag(number, place=f"cold-1/s1/{number:03d}") for number in (1, 2, 3)]
    await centre.add_bag(4, place="cold-2/s1/001")
    alarm = await warm(centre)
    async with centre.client("operator") as client:
        blast = (await client.get(f"/api/v1/alarms/{alarm}/blast")).json()
    assert {one["bag"] for one in blast["bags"]} == set(bags)
    assert (blast["source"], blast["areas"], blast["orders"]) == ("cold-1-load", ["cold-1"], [])


async def test_a_rescue_names_slots_in_stores_that_are_fit_and_changes_nothing(centre: Any) -> None:
    for number in (1, 2, 3):
        await centre.add_bag(number, place=f"cold-1/s1/{number:03d}")
    alarm = await warm(centre)
    all_is_well_elsewhere(centre)
    async with centre.client("operator") as client:
        head = centre.warehouse.writer.head.seq
        rescue = (await client.get(f"/api/v1/alarms/{alarm}/rescue")).json()
    assert {move["to_place"].split("/")[0] for move in rescue["moves"]} == {"cold-2"}
    assert rescue["unplaced"] == []
    assert "3 of 3 bags" in rescue["sentence_en"]
    assert "3 袋" in rescue["sentence_zh"]
    assert centre.warehouse.writer.head.seq == head


async def test_a_store_that_cannot_say_how_cold_it_is_is_no_refuge(centre: Any) -> None:
    await centre.add_bag(1, place="cold-1/s1/001")
    alarm = await warm(centre)
    async with centre.client("operator") as client:
        rescue = (await client.get(f"/api/v1/alarms/{alarm}/rescue")).json()
    assert rescue["moves"] == []
    assert [one["reason"] for one in rescue["unplaced"]] == ["no_slot"]
    assert rescue["fits"] is False


async def test_a_store_with_an_alarm_of_its_own_is_no_refuge(centre: Any) -> None:
    await centre.add_bag(1, place="cold-1/s1/001")
    alarm = await warm(centre)
    all_is_well_elsewhere(centre)
    await warm(centre, "cold-2-air")
    async with centre.client("operator") as client:
        rescue = (await client.get(f"/api/v1/alarms/{alarm}/rescue")).json()
    assert all(not move["to_place"].startswith("cold-2/") for move in rescue["moves"])


async def test_a_store_whose_alarm_nobody_can_follow_any_more_is_no_refuge(centre: Any) -> None:
    """It was outside when its probe was last heard: that it says nothing by now does not make it cold."""
    await centre.add_bag(1, place="cold-1/s1/001")
    alarm = await warm(centre)
    all_is_well_elsewhere(centre)
    await warm(centre, "cold-2-air")
    await warm(centre, "cold-2-air", active=None)
    async with centre.client("operator") as client:
        rescue = (await client.get(f"/api/v1/alarms/{alarm}/rescue")).json()
    assert all(not move["to_place"].startswith("cold-2/") for move in rescue["moves"])


async def test_one_action_holds_moves_and_records(centre: Any) -> None:
    bags = [await centre.add_bag(number, place=f"cold-1/s1/{number:03d}") for number in (1, 2, 3)]
    alarm = await warm(centre)
    all_is_well_elsewhere(centre)
    body = {"bags": "all", "hold": True, "move": True, "replan": True, "comment": "compressor dead"}
    async with centre.client("operator") as client:
        answer = await client.post(f"/api/v1/alarms/{alarm}/rescue", json=body)
        assert answer.status_code == 200, answer.text
        begun = answer.json()
        tasks = (await client.get("/api/v1/tasks")).json()["items"]
    assert (begun["tasks"], begun["refused"], begun["unplaced"]) == (3, [], [])
    assert len(begun["holds"]) == 1
    assert {task["bag"] for task in tasks} == set(bags)
    assert len({task["to_place"] for task in tasks}) == 3
    with centre.warehouse.read() as conn:
        row = conn.execute(text("SELECT subject FROM ledger WHERE kind = 'rescue.begun'")).one()
        claimed = {place for (place,) in conn.execute(text("SELECT place FROM claim WHERE exclusive = 1"))}
    assert row.subject == alarm
    assert claimed == {task["to_place"] for task in tasks}


async def test_asked_again_it_does_nothing_twice(centre: Any) -> None:
    for number in (1, 2):
        await centre.add_bag(number, place=f"cold-1/s1/{number:03d}")
    alarm = await warm(centre)
    all_is_well_elsewhere(centre)
    async with centre.client("operator") as client:
        await client.post(f"/api/v1/alarms/{alarm}/rescue", json={"bags": "all", "hold": True})
        again = (await client.post(f"/api/v1/alarms/{alarm}/rescue", json={"bags": "all", "hold": True})).json()
    assert again["tasks"] == 0
    assert {one["reason"] for one in again["unplaced"]} == {"moving"}
    with centre.warehouse.read() as conn:
        held = conn.execute(text("SELECT count(*) FROM hold WHERE reason = 'rescue: cold-1-load'")).scalar_one()
        tasks = conn.execute(text("SELECT count(*) FROM task")).scalar_one()
    assert (held, tasks) == (1, 2)


async def test_only_the_chosen_bags_are_moved_and_a_stranger_is_refused(centre: Any) -> None:
    first = await centre.add_bag(1, place="cold-1/s1/001")
    await centre.add_bag(2, place="cold-1/s1/002")
    other = await centre.add_bag(3, place="cold-2/s1/001")
    alarm = await warm(centre)
    all_is_well_elsewhere(centre)
    async with centre.client("operator") as client:
        refused = await client.post(f"/api/v1/alarms/{alarm}/rescue", json={"bags": [first, other]})
        assert (refused.status_code, refused.json()["code"]) == (422, "rescue.stranger")
        begun = (await client.post(f"/api/v1/alarms/{alarm}/rescue", json={"bags": [first]})).json()
    assert begun["tasks"] == 1


async def test_what_changed_since_the_plan_is_named_and_left_alone(centre: Any) -> None:
    bag = await centre.add_bag(1, place="cold-1/s1/001")
    await warm(centre)
    all_is_well_elsewhere(centre)
    planned = Carry(bag, "cold-1/s1/001", "cold-2/s1/001", "crane-1", 0.0, 1.0, True)

    def elsewhere(tx: Tx) -> None:
        move_to(tx, LI, bag, "cold-1/s2/005", tx.now + timedelta(seconds=1))

    await centre.write(elsewhere)
    begun = await centre.write(lambda tx: ask_for_moves(tx, LI, [planned]))
    assert begun.tasks == ()
    assert "plan again" in begun.refused[0][1]


async def test_roles_and_nonsense(centre: Any) -> None:
    alarm = await warm(centre)
    async with centre.client("hospital") as client:
        assert (await client.get(f"/api/v1/alarms/{alarm}/rescue")).status_code == 403
    async with centre.client("operator") as client:
        assert (await client.get("/api/v1/alarms/alm-none/blast")).status_code == 404
        nothing = {"bags": "all", "hold": False, "move": False}
        answer = await client.post(f"/api/v1/alarms/{alarm}/rescue", json=nothing)
        assert (answer.status_code, answer.json()["code"]) == (422, "rescue.nothing")
        assert (await client.post(f"/api/v1/alarms/{alarm}/rescue", json={"bags": []})).status_code == 422


@pytest.mark.parametrize("status", ["RESERVED", "QUARANTINE"])
async def test_a_bag_goes_to_the_zone_of_its_status(centre: Any, status: str) -> None:
    await centre.add_bag(1, place="cold-1/s1/001", status=status)
    alarm = await warm(centre)
    all_is_well_elsewhere(centre)
    async with centre.client("operator") as client:
        rescue = (await client.get(f"/api/v1/alarms/{alarm}/rescue")).json()
    zones = {centre.plant.place_of(move["to_place"]).zone.value for move in rescue["moves"]}
    assert zones <= {"quarantine" if status == "QUARANTINE" else "stock"}


async def test_a_held_bag_is_saved_too(centre: Any) -> None:
    bag = await centre.add_bag(1, place="cold-1/s1/001")
    await centre.write(lambda tx: place_hold(tx, LI, bag=bag, reason="a look"))
    alarm = await warm(centre)
    all_is_well_elsewhere(centre)
    async with centre.client("operator") as client:
        rescue = (await client.get(f"/api/v1/alarms/{alarm}/rescue")).json()
    assert [move["bag"] for move in rescue["moves"]] == [bag]
