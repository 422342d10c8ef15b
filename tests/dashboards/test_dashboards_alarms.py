"""What people do about alarms through the API: reasons, latches, maintenance, suspensions, the health board."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from wms.alarms import book, conditions
from wms.alarms.book import News
from wms.alarms.machine import Condition

API = "/api/v1"


async def tell(centre: Any, source: str, condition: str, *, on: bool = True, latches: bool = False) -> str:
    state = Condition.ACTIVE if on else Condition.INACTIVE
    news = News(source=source, condition=condition, state=state, at=centre.clock.now(), latches=latches)
    told: str = await centre.write(lambda tx: book.tell(tx, news))
    return told


async def came_and_went(centre: Any, source: str, condition: str, *, latches: bool = False) -> str:
    await tell(centre, source, condition, latches=latches)
    return await tell(centre, source, condition, on=False, latches=latches)


async def test_the_reasons_are_offered_in_both_languages_and_close_what_waits(centre: Any) -> None:
    await came_and_went(centre, "cold-1-door", conditions.DOOR_OPEN)
    async with centre.client("operator") as client:
        reasons = (await client.get(f"{API}/alarms/reasons")).json()["items"]
        assert {"door_shut", "false_alarm_sensor", "other"} <= {one["code"] for one in reasons}
        assert all(one["name_en"] and one["name_zh"] for one in reasons)
        (waiting,) = (await client.get(f"{API}/alarms/to-close")).json()["items"]
        assert (waiting["source"], waiting["closed_reason"]) == ("cold-1-door", None)
        body = {"reason": "door_shut", "comment": "it was ajar"}
        closed = await client.post(f"{API}/alarms/{waiting['alarm']}/close", json=body)
        (one,) = closed.json()["occurrences"]
        assert (one["closed_by"], one["closed_reason_zh"]) == ("operator", "库门曾开启，现已关闭")
        assert (await client.get(f"{API}/alarms/to-close")).json()["items"] == []


async def test_several_are_closed_at_once_by_their_occurrences(centre: Any) -> None:
    for door in ("cold-1-door", "cold-2-door"):
        await came_and_went(centre, door, conditions.DOOR_OPEN)
    async with centre.client("operator") as client:
        waiting = [one["id"] for one in (await client.get(f"{API}/alarms/to-close")).json()["items"]]
        answer = await client.post(f"{API}/alarms/close", json={"occurrences": waiting, "reason": "loading"})
        assert answer.json() == {"closed": 2}


async def test_a_latched_alarm_is_acknowledged_then_reset(centre: Any) -> None:
    alarm_id = await came_and_went(centre, "cold-1-load", conditions.TEMPERATURE_HIGH, latches=True)
    async with centre.client("quality") as client:
        assert (await client.get(f"{API}/alarms/{alarm_id}")).json()["state"] == "latched_unacknowledged"
        body = {"reason": "stock_decided"}
        early = await client.post(f"{API}/alarms/{alarm_id}/reset", json=body, headers={"Accept-Language": "zh"})
        assert (early.status_code, early.json()["code"]) == (409, "alarm_not_seen")
        await client.post(f"{API}/alarms/{alarm_id}/acknowledge", json={"comment": "looked"})
        assert (await client.post(f"{API}/alarms/{alarm_id}/reset", json=body)).json()["state"] == "normal"


async def test_acknowledging_without_a_reason_goes_on_working(centre: Any) -> None:
    alarm_id = await came_and_went(centre, "cold-1-door", conditions.DOOR_OPEN)
    async with centre.client("operator") as client:
        seen = (await client.post(f"{API}/alarms/{alarm_id}/acknowledge", json={})).json()
        assert (seen["state"], seen["unclosed"]) == ("normal", 1)


async def test_quality_takes_an_alarm_out_of_service_and_brings_it_back(centre: Any) -> None:
    alarm_id = await tell(centre, "cold-1-door", conditions.DOOR_OPEN)
    until = (centre.clock.now() + timedelta(hours=2)).isoformat()
    async with centre.client("quality") as client:
        away = await client.post(
            f"{API}/alarms/{alarm_id}/out-of-service", json={"reason": "new hinge", "until": until}
        )
        assert (away.json()["state"], away.json()["out_until"]) == ("out_of_service", until.replace("+00:00", "Z"))
        back = await client.post(f"{API}/alarms/{alarm_id}/return-to-service", json={"comment": "done"})
        assert back.json()["state"] == "unacknowledged"


async def test_an_operator_does_not_take_an_alarm_out_of_service(centre: Any) -> None:
    alarm_id = await tell(centre, "cold-1-door", conditions.DOOR_OPEN)
    body = {"reason": "it is loud", "until": (centre.clock.now() + timedelta(hours=2)).isoformat()}
    async with centre.client("operator") as client:
        assert (await client.post(f"{API}/alarms/{alarm_id}/out-of-service", json=body)).status_code == 403


async def test_suspended_monitoring_is_on_every_board_until_it_ends(centre: Any) -> None:
    checklist = {"stock_moved": "none_there", "second_probe": None, "watch": None}
    body = {"device": "cold-1", "reason": "defrost by hand", "minutes": 60, "checklist": checklist}
    async with centre.client("operator") as client:
        made = await client.post(f"{API}/suspensions", json=body)
        assert made.status_code == 201, made.text
        until = made.json()["until"]
        await tell(centre, "cold-1-door", conditions.DOOR_OPEN)
        (alarm,) = (await client.get(f"{API}/alarms")).json()["items"]
        assert (alarm["state"], alarm["suspended_until"]) == ("suppressed", until)
        for board in ("overview", "floor"):
            chambers = (await client.get(f"{API}/{board}")).json()["chambers"]
            assert {one["device"]: one["suspended_until"] for one in chambers}["cold-1"] == until
            assert {one["device"]: one["suspended_until"] for one in chambers}["cold-2"] is None
        ended = await client.post(f"{API}/suspensions/{made.json()['id']}/end", json={"comment": "dry"})
        assert (ended.json()["ended_by"], ended.json()["comment"]) == ("operator", "dry")
        (listed,) = (await client.get(f"{API}/suspensions")).json()["items"]
        assert (listed["name_zh"], listed["ended_at"] is None) == ("冷库 1", False)


@pytest.mark.parametrize(
    "change", [{"checklist": {"stock_moved": "no"}}, {"minutes": 481}, {"minutes": 0}, {"reason": ""}, {"extra": 1}]
)
async def test_a_suspension_that_is_not_thought_through_is_refused(centre: Any, change: dict[str, Any]) -> None:
    checklist = {"stock_moved": "none_there", "second_probe": None, "watch": None}
    body = {"device": "cold-1", "reason": "defrost by hand", "minutes": 60, "checklist": checklist, **change}
    async with centre.client("operator") as client:
        assert (await client.post(f"{API}/suspensions", json=body)).status_code == 422
        assert (await client.get(f"{API}/suspensions")).json()["items"] == []


async def test_the_health_board_judges_thirty_days_unless_told(centre: Any) -> None:
    await came_and_went(centre, "cold-1-door", conditions.DOOR_OPEN)
    centre.clock.step(60)
    now = centre.clock.now()
    async with centre.client("quality") as client:
        board = (await client.get(f"{API}/alarm-health")).json()
        assert (board["calls"], board["unclosed"], board["enough_data"]) == (1, 1, False)
        assert len(board["periods_10min"]) == 30 * 144
        assert {one["source"] for one in board["targets"]} >= {"EEMUA 191", "ISA-18.2"}
        hour = {"from_at": (now - timedelta(hours=1)).isoformat(), "to_at": now.isoformat()}
        assert len((await client.get(f"{API}/alarm-health", params=hour)).json()["periods_10min"]) == 6
        backwards = {"from_at": hour["to_at"], "to_at": hour["from_at"]}
        assert (await client.get(f"{API}/alarm-health", params=backwards)).status_code == 422


async def test_a_flood_is_said_with_the_list(centre: Any) -> None:
    def storm(tx: Any) -> None:
        for number in range(12):
            book.raise_event(tx, f"bag-{number}", conditions.MISSED_READ)

    async with centre.client("operator") as client:
        assert (await client.get(f"{API}/alarms")).json()["flood"] is None
        await centre.write(storm)
        listed = (await client.get(f"{API}/alarms")).json()
        assert listed["flood"]["count"] == 12
        standings = [one["group"]["standing"] for one in listed["items"]]
        assert (standings.count("first_out"), standings.count("under")) == (1, 11)
