from __future__ import annotations

from typing import Any

import httpx
import pytest

PUBLIC = {("POST", "/session")}


async def test_signing_in_gives_a_cookie_no_script_can_read_and_signing_out_ends_it(centre: Any) -> None:
    async with centre.client() as client:
        answer = await client.post(
            "/api/v1/session", json={"username": "operator", "password": centre.passwords["operator"]}
        )
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        session = answer.json()
        assert session == {
            "person": "operator",
            "name": "Operator",
            "roles": ["operator"],
            "hospital": None,
            "expires_at": "2026-11-20T08:30:00Z",
        }
        assert (await client.get("/api/v1/session")).json() == session
        token = client.cookies["hv_session"]
        assert (await client.delete("/api/v1/session")).status_code == 204
        client.cookies.set("hv_session", token)
        assert (await client.get("/api/v1/session")).json()["code"] == "session.missing"


async def test_a_wrong_password_is_one_problem_for_all_causes(centre: Any) -> None:
    async with centre.client() as client:
        answers = [
            await client.post("/api/v1/session", json={"username": name, "password": "nope"})
            for name in ("operator", "nobody")
        ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(401, "sign_in.refused")] * 2
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
    assert answers[0].json()["title_zh"] == "登录失败"


async def test_nothing_answers_without_a_session(centre: Any) -> None:
    async with centre.client() as client:
        paths = (await client.get("/api/v1/openapi.json")).json()["paths"]
        for path, operations in paths.items():
            for method in operations:
                if (method.upper(), path.removeprefix("/api/v1")) in PUBLIC:
                    continue
                concrete = path.replace("{", "").replace("}", "")
                answer = await client.request(method, concrete, json={} if method == "post" else None)
                assert answer.status_code in {401, 422}, (method, path)
                assert method == "post" or answer.status_code == 401, (method, path)


@pytest.mark.parametrize(
    ("username", "method", "path", "status"),
    [
        ("operator", "GET", "/overview", 200),
        ("quality", "GET", "/overview", 200),
        ("admin", "GET", "/overview", 200),
        ("hospital", "GET", "/overview", 403),
        ("agent-collection", "GET", "/overview", 403),
        ("hospital", "GET", "/bags", 403),
        ("hospital", "GET", "/alarms", 403),
        ("hospital", "GET", "/ledger", 403),
        ("operator", "GET", "/ledger", 403),
        ("quality", "GET", "/ledger", 200),
        ("operator", "GET", "/people", 403),
        ("admin", "GET", "/people", 200),
        ("operator", "GET", "/deadletters", 403),
        ("admin", "GET", "/deadletters", 200),
        ("operator", "GET", "/bench/world", 403),
        ("admin", "GET", "/bench/world", 404),
        ("agent-laboratory", "GET", "/clock", 200),
        ("hospital", "GET", "/orders", 200),
        ("agent-collection", "GET", "/orders", 403),
        ("operator", "GET", "/health", 200),
        ("operator", "GET", "/tasks", 200),
        ("operator", "GET", "/probes", 200),
    ],
)
async def test_roles_open_their_own_doors_only(centre: Any, username: str, method: str, path: str, status: int) -> None:
    async with centre.client(username) as client:
        answer: httpx.Response = await client.request(method, f"/api/v1{path}")
    assert answer.status_code == status, answer.text
    if status == 403:
        assert answer.json()["code"] == "role.missing"


async def test_an_administrator_makes_accounts_and_everybody_changes_their_own_password(centre: Any) -> None:
    async with centre.client("admin") as admin, centre.client() as newcomer:
        made = await admin.post(
            "/api/v1/people",
            json={"username": "wang.fang", "name": "Wang Fang", "roles": ["engineer"], "password": "First-Entry-77"},
        )
        assert made.status_code == 201, made.text
        assert "password" not in {key for key in made.json() if key != "password_changed_at"}
        weak = await admin.post(
            "/api/v1/people", json={"username": "x.y", "name": "X", "roles": ["engineer"], "password": "short"}
        )
        assert (weak.status_code, weak.json()["code"]) == (422, "password.weak")
        await newcomer.post("/api/v1/session", json={"username": "wang.fang", "password": "First-Entry-77"})
        wrong = await newcomer.post(
            "/api/v1/people/wang.fang/password", json={"old_password": "no", "new_password": "Second-Entry-88"}
        )
        assert wrong.status_code == 401
        others = await newcomer.post("/api/v1/people/admin/password", json={"new_password": "Second-Entry-88"})
        assert others.json()["code"] == "role.missing"
        changed = await newcomer.post(
            "/api/v1/people/wang.fang/password",
            json={"old_password": "First-Entry-77", "new_password": "Second-Entry-88"},
        )
        assert changed.status_code == 200, changed.text
        assert (await newcomer.get("/api/v1/session")).status_code == 401
        disabled = await admin.post("/api/v1/people/wang.fang/disable")
        assert disabled.json()["disabled"] is True
        last = await admin.post("/api/v1/people/admin/disable")
        assert last.json()["code"] == "account.last_administrator"
