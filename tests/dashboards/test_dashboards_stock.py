"""Bands and the province over HTTP: who may see, who may set, who may speak for whom."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wms.people.accounts import change_password
from wms.store.tx import Actor

ADMIN = Actor("admin", "bench")
PASSWORD = "a long Sentence with 4 words!"


def report(centre: Any, holder: str, **changes: Any) -> dict[str, Any]:
    cells = [{"component": "RBC_S", "group": "O+", "bags": 90, "expiring": 2, "daily_use": 9.0}]
    return {"holder": holder, "at": centre.clock.now().isoformat(), "cells": cells} | changes


def band(**changes: Any) -> dict[str, Any]:
    return {
        "component": "RBC_S", "red_days": 1, "amber_days": 2, "preamber_days": 3, "target_days": 4, "near_days": 3,
        "daily_use": {"O+": 5, "O-": 0.5}, "reason": "Spring festival",
    } | changes  # fmt: skip


@pytest.fixture
async def neighbour(centre: Any) -> str:
    account: str = centre.plant.neighbours[0].account
    warehouse = centre.warehouse
    await change_password(warehouse.writer, warehouse.database, ADMIN, account, PASSWORD, centre.house.hashing)
    centre.passwords[account] = PASSWORD
    return account


async def test_quality_sets_a_band_and_everybody_inside_sees_it(centre: Any) -> None:
    async with centre.client("quality") as client:
        answer = await client.put("/api/v1/stock/bands", json=band())
        assert answer.status_code == 200, answer.text
    async with centre.client("operator") as client:
        items = {one["component"]: one for one in (await client.get("/api/v1/stock/bands")).json()["items"]}
        overview = (await client.get("/api/v1/overview")).json()
    red_cells = items["RBC_S"]
    assert (red_cells["version"], red_cells["set_by"], red_cells["daily_use"]) == (1, "quality", {"O+": 5, "O-": 0.5})
    assert items["FFP"]["version"] == 0
    assert next(row["plan"] for row in overview["stock"] if row["component"] == "RBC_S")["target_days"] == 4


async def test_only_quality_sets_bands(centre: Any) -> None:
    async with centre.client("operator") as client:
        assert (await client.put("/api/v1/stock/bands", json=band())).status_code == 403
    async with centre.client("hospital") as client:
        assert (await client.get("/api/v1/stock/bands")).status_code == 403
        assert (await client.get("/api/v1/province")).status_code == 403


async def test_a_band_out_of_order_is_refused_by_name(centre: Any) -> None:
    async with centre.client("quality") as client:
        answer = await client.put("/api/v1/stock/bands", json=band(red_days=3))
        text = json.dumps(band()).replace('"target_days": 4', '"target_days": 1e999')
        nonsense = await client.put("/api/v1/stock/bands", content=text, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "stock.bounds")
    assert nonsense.status_code == 422


async def test_a_neighbour_tells_its_own_stock_and_nothing_else(centre: Any, neighbour: str) -> None:
    own, other = centre.plant.neighbours[0].id, centre.plant.neighbours[1].id
    async with centre.client(neighbour) as client:
        assert (await client.post("/api/v1/site-stock", json=report(centre, own))).status_code == 204
        assert (await client.post("/api/v1/site-stock", json=report(centre, other))).status_code == 403
        assert (await client.post("/api/v1/site-stock", json=report(centre, "nobody"))).status_code == 403
        assert (await client.post("/api/v1/hospital-stock", json=report(centre, "county"))).status_code == 403
        for path in ("/province", "/bags", "/alarms", "/orders", "/overview", "/ledger"):
            assert (await client.get(f"/api/v1{path}")).status_code == 403, path
    async with centre.client("operator") as client:
        board = (await client.get("/api/v1/province")).json()
    site = next(one for one in board["sites"] if one["id"] == own)
    assert (site["own"], site["fresh"], site["cells"][0]["bags"], site["cells"][0]["days"]) == (False, True, 90, 10.0)
    assert board["imbalances"][0]["from_site"] == own


async def test_a_hospital_tells_its_own_stock_and_quality_what_was_told_by_telephone(centre: Any) -> None:
    own = centre.plant.hospitals[0].id
    async with centre.client("hospital") as client:
        assert (await client.post("/api/v1/hospital-stock", json=report(centre, own))).status_code == 204
        assert (await client.post("/api/v1/hospital-stock", json=report(centre, "county"))).status_code == 403
        assert (await client.get(f"/api/v1/hospital-stock/{own}")).json()["cells"][0]["bags"] == 90
        assert (await client.get("/api/v1/hospital-stock/county")).status_code == 403
    async with centre.client("quality") as client:
        assert (await client.post("/api/v1/hospital-stock", json=report(centre, "county"))).status_code == 204
        assert (await client.post("/api/v1/site-stock", json=report(centre, "north-hills"))).status_code == 204
        board = (await client.get("/api/v1/province")).json()
    assert {one["id"] for one in board["hospitals"] if one["fresh"]} == {own, "county"}


@pytest.mark.parametrize(
    "changes",
    [
        {"cells": [{"component": "RBC_S", "group": "O+", "bags": -1}]},
        {"cells": [{"component": "RBC_S", "group": "O+", "bags": 1.5}]},
        {"cells": [{"component": "RBC_S", "group": "O+", "bags": "many"}]},
        {"cells": [{"component": "RBC_S", "group": "C+", "bags": 1}]},
        {"at": "yesterday"},
        {"at": "2026-11-20T08:00:00"},
        {"more": 1},
    ],
)
async def test_nonsense_is_refused_and_changes_nothing(centre: Any, changes: dict[str, Any]) -> None:
    async with centre.client("quality") as client:
        answer = await client.post("/api/v1/hospital-stock", json=report(centre, "county", **changes))
        assert answer.status_code == 422, answer.text
        board = (await client.get("/api/v1/province")).json()
    assert all(one["at"] is None for one in board["hospitals"])
