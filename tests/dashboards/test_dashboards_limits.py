"""Limits are proposed by one person and approved by another, never wider than what may lie there allows."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from test_dashboards_features import kinds

from hemovault.services.probe_rules import rules_of
from plant.load import demo_text, parse_plant
from plant.model import Envelope
from wms.errors import Invalid
from wms.limits.legal import LimitsTooWide, check_legal, legal_range
from wms.limits.model import Limits, check, planned_limits
from wms.limits.read import limit_book

AIR, LOAD = {"on_delay_s": 600}, {"on_delay_s": 60, "off_delay_s": 300, "count": 3, "window_s": 3600}
COLD = {"min_c": 2.0, "max_c": 5.5, "alert_min_c": 2.5, "alert_max_c": 5.0, "air": AIR, "load": LOAD}


def body(**changes: Any) -> dict[str, Any]:
    return {"envelope": "cold", "limits": {**COLD, **changes}, "reason": "the new room is steadier"}


async def sign(centre: Any, client: Any, username: str, subject: str) -> str:
    asked = {"username": username, "password": centre.passwords[username], "act": "limits.approve",
             "subject": subject, "meaning": "I approve these limits", "content": {}}  # fmt: skip
    answer = await client.post("/api/v1/signatures", json=asked)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def approve(centre: Any, client: Any, limit_id: str, *people: str) -> Any:
    signatures = [await sign(centre, client, person, limit_id) for person in people]
    return await client.post(f"/api/v1/limits/{limit_id}/approve", json={"signatures": signatures})


async def listed(client: Any, envelope: str = "cold") -> list[tuple[int, str]]:
    items = (await client.get("/api/v1/limits")).json()["items"]
    return [(item["version"], item["state"]) for item in items if item["envelope"] == envelope]


async def test_the_plants_envelopes_are_version_0_and_say_what_may_lie_there(centre: Any) -> None:
    async with centre.client("operator") as operator:
        items = (await operator.get("/api/v1/limits")).json()["items"]
    cold = next(item for item in items if item["envelope"] == "cold")
    assert (cold["id"], cold["version"], cold["state"], cold["limits"]["max_c"]) == (None, 0, "in_force", 6.0)
    assert (cold["legal"]["min_c"], cold["legal"]["max_c"]) == (2.0, 6.0)
    names = {one["key"]: (one["name_en"], one["name_zh"]) for one in cold["legal"]["components"]}
    assert names["RBC_S"] == ("Red cells", "悬浮红细胞")
    assert (cold["limits"]["air"]["on_delay_s"], cold["limits"]["load"]["on_delay_s"]) == (300, 60)
    assert {item["envelope"] for item in items} == {envelope.id for envelope in centre.plant.envelopes}


async def test_a_version_holds_from_its_approval_by_quality_and_somebody_else(centre: Any) -> None:
    async with centre.client("operator") as operator, centre.client("quality") as quality:
        made = await operator.post("/api/v1/limits", json=body())
        assert made.status_code == 201, made.text
        limit_id = made.json()["id"]
        assert (made.json()["state"], made.json()["proposed_by"]) == ("proposed", "operator")
        assert await listed(operator) == [(1, "proposed"), (0, "in_force")]
        alone = await approve(centre, quality, limit_id, "quality", "quality")
        assert (alone.status_code, alone.json()["code"]) == (403, "signature.same_person")
        done = await approve(centre, quality, limit_id, "quality", "operator")
        assert done.status_code == 200, done.text
        assert done.json()["state"] == "in_force"
        assert await listed(operator) == [(1, "in_force"), (0, "past")]
        again = await quality.post(f"/api/v1/limits/{limit_id}/reject", json={"reason": "too late"})
        assert again.json()["code"] == "limits.decided"
    assert [kind for kind in kinds(centre) if kind.startswith("limits.")] == ["limits.proposed", "limits.approved"]
    with centre.warehouse.read() as conn:
        limits, _ = rules_of(conn, centre.plant)
    now = limits.at("cold-1-load", int(centre.clock.now().timestamp() * 1000))
    assert (now.max_c, now.timing.off_delay_s, now.timing.count) == (5.5, 300, 3)
    assert limits.at("cold-1-load", 0).max_c == 6.0


async def test_every_screen_shows_the_limits_that_alarm(centre: Any) -> None:
    """A board that draws yesterday's limits calls a store in its band while its alarm rings."""
    bag = await centre.add_bag(1, "cold-1/s1/001")

    async def shown(client: Any) -> dict[str, float]:
        async def get(path: str) -> Any:
            return (await client.get(f"/api/v1/{path}")).json()

        stores, probes, places = await get("cold-chain"), await get("probes"), (await get("plant"))["places"]
        chamber = next(one for one in (await get("overview"))["chambers"] if one["device"] == "cold-1")
        return {
            "store": next(one for one in stores["stores"] if one["device"] == "cold-1")["envelope"]["max_c"],
            "probe": next(one for one in probes["items"] if one["id"] == "cold-1-load")["envelope"]["max_c"],
            "place": next(one for one in places if one["path"] == "cold-1/s1")["envelope"]["max_c"],
            "board": chamber["envelope"]["max_c"],
            "bag": (await get(f"bags/{bag}"))["temperature"]["envelope"]["max_c"],
        }

    async with centre.client("operator") as operator, centre.client("quality") as quality:
        assert set((await shown(operator)).values()) == {6.0}
        limit_id = (await operator.post("/api/v1/limits", json=body())).json()["id"]
        assert set((await shown(operator)).values()) == {6.0}
        assert (await approve(centre, quality, limit_id, "quality", "operator")).status_code == 200
        await asyncio.sleep(0.6)  # boards may be half a second old
        assert set((await shown(operator)).values()) == {5.5}


async def test_who_proposed_does_not_count_as_the_one_of_quality(centre: Any) -> None:
    async with centre.client("quality") as quality:
        limit_id = (await quality.post("/api/v1/limits", json=body())).json()["id"]
        refused = await approve(centre, quality, limit_id, "quality", "operator")
        assert (refused.status_code, refused.json()["code"]) == (409, "limits.own")
        assert await listed(quality) == [(1, "proposed"), (0, "in_force")]
        rejected = await quality.post(f"/api/v1/limits/{limit_id}/reject", json={"reason": "made by myself"})
        assert (rejected.json()["state"], rejected.json()["decision"]) == ("rejected", "made by myself")


async def test_a_version_may_wait_for_its_hour_and_never_begins_in_the_past(centre: Any) -> None:
    later, before = centre.clock.now() + timedelta(minutes=9), centre.clock.now() - timedelta(minutes=1)
    async with centre.client("operator") as operator, centre.client("quality") as quality:
        past = await operator.post("/api/v1/limits", json={**body(), "valid_from": before.isoformat()})
        assert (past.status_code, past.json()["code"]) == (422, "limits.valid_from")
        made = await operator.post("/api/v1/limits", json={**body(), "valid_from": later.isoformat()})
        assert (await approve(centre, quality, made.json()["id"], "quality", "operator")).status_code == 200
        assert await listed(operator) == [(1, "approved"), (0, "in_force")]
        with centre.warehouse.read() as conn:
            book = limit_book(conn, centre.plant)
        assert book.next_change_ms(int(centre.clock.now().timestamp() * 1000)) == int(later.timestamp() * 1000)
        centre.clock.step(9 * 60)
        assert await listed(operator) == [(1, "in_force"), (0, "past")]


async def test_limits_wider_than_a_component_allows_are_refused_by_its_name(centre: Any) -> None:
    async with centre.client("operator") as operator:
        wide = await operator.post("/api/v1/limits", json=body(max_c=6.5))
        assert (wide.status_code, wide.json()["code"]) == (422, "limits.too_wide")
        assert "2 to 6 C" in wide.json()["detail"]
        assert "2 to 6.5 C is wider" in wide.json()["detail"]
        unknown = await operator.post("/api/v1/limits", json={**body(), "envelope": "warm"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "limits.envelope")
        assert await listed(operator) == [(0, "in_force")]
        refused = await operator.post("/api/v1/limits/lim-none/approve", json={"signatures": ["a", "b"]})
        assert refused.json()["code"] == "role.missing"


def test_a_box_may_be_as_warm_as_its_components_bear_on_the_road_and_no_warmer() -> None:
    plant = parse_plant(demo_text())
    box = next(envelope for envelope in plant.envelopes if envelope.id == "box-cold")
    assert (legal_range(plant, box).min_c, legal_range(plant, box).max_c) == (2.0, 10.0)
    with pytest.raises(LimitsTooWide, match=r"2 to 10 C; 1 to 10 C is wider"):
        check_legal(plant, box, Envelope(id="box-cold", min_c=1.0, max_c=10.0).limits)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"min_c": 5.5}, "limits.order"),
        ({"alert_max_c": 6.0}, "limits.order"),
        ({"min_c": None, "max_c": None, "alert_min_c": None, "alert_max_c": None}, "limits.open"),
        ({"max_c": 90.0}, "limits.range"),
        ({"load": {"on_delay_s": 121}}, "limits.on_delay"),
        ({"air": {"on_delay_s": 1801}}, "limits.on_delay"),
        ({"air": {"on_delay_s": 0, "off_delay_s": 3601}}, "limits.off_delay"),
        ({"air": {"on_delay_s": 0, "deadband_c": 2.5}}, "limits.deadband"),
        ({"air": {"on_delay_s": 0, "count": 3}}, "limits.count"),
        ({"air": {"on_delay_s": 0, "window_s": 60}}, "limits.count"),
    ],
)
def test_numbers_that_make_no_sense_are_refused_by_name(changes: dict[str, Any], code: str) -> None:
    limits = msgspec.convert({**COLD, **changes}, Limits)
    with pytest.raises(Invalid) as refused:
        check(limits)
    assert refused.value.code == code


def test_every_envelope_of_the_plant_is_legal_as_it_stands() -> None:
    plant = parse_plant(demo_text())
    for envelope in plant.envelopes:
        check(planned_limits(plant, envelope))
        check_legal(plant, envelope, envelope.limits)
