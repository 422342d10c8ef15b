from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict

from blood.isbt128 import parse_din_scan
from dashboards import problems
from dashboards.guards import MOST_BODY_BYTES, Guards
from dashboards.web_app import WebApp
from wms.errors import Conflict, NotFound, Unavailable


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
    count: int


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(Guards, origins=("https://board.example",))
    app.router.default = WebApp(tmp_path / "static")

    @app.get("/api/v1/missing")
    async def missing() -> None:
        raise NotFound("bag.unknown", "There is no bag 7")

    @app.get("/api/v1/conflict")
    async def conflict() -> None:
        raise Conflict("bag.changed", "Somebody was faster")

    @app.get("/api/v1/closed")
    async def closed() -> None:
        raise Unavailable("writer.closed", "Later")

    @app.get("/api/v1/broken")
    async def broken() -> None:
        raise RuntimeError("secret detail")

    @app.get("/api/v1/scan")
    async def scan(text: str) -> str:
        return parse_din_scan(text)

    @app.post("/api/v1/things")
    async def add(body: Body) -> int:
        return body.count

    @app.post("/api/v1/raw")
    async def raw(request: Request) -> int:
        return len(await request.body())

    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://centre.test") as client:
        yield client


def problem_of(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert set(body) == {"type", "title", "title_zh", "status", "code", "detail", "detail_zh", "instance", "fields"}
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:hemovault:problem:{body['code']}"
    assert any("\u4e00" <= character <= "\u9fff" for character in body["title_zh"])
    return response.status_code, body["code"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v1/missing", (404, "bag.unknown")),
        ("/api/v1/conflict", (409, "bag.changed")),
        ("/api/v1/closed", (503, "writer.closed")),
        ("/api/v1/scan?text=oops", (422, "scan.din.characters")),
        ("/api/v1/no-such-route", (404, "route.unknown")),
        ("/api", (404, "route.unknown")),
        ("/api/v1/things", (405, "method.not_allowed")),
    ],
)
async def test_every_refusal_is_a_problem_with_a_code(
    client: httpx.AsyncClient, path: str, expected: tuple[int, str]
) -> None:
    assert problem_of(await client.get(path)) == expected


async def test_an_unexpected_error_says_nothing_about_the_inside(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/v1/broken")
    assert problem_of(response) == (500, "internal")
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_invalid_bodies_name_the_field(client: httpx.AsyncClient) -> None:
    unknown = await client.post("/api/v1/things", json={"count": 1, "colour": "red"})
    assert problem_of(unknown) == (422, "request.invalid")
    assert unknown.json()["fields"] == [
        {"where": "body.colour", "detail": "Extra inputs are not permitted", "detail_zh": None}
    ]
    assert problem_of(
        await client.post("/api/v1/things", content="{not json", headers={"content-type": "application/json"})
    ) == (400, "request.not_json")
    assert problem_of(await client.post("/api/v1/things")) == (422, "request.invalid")


async def test_too_large_a_body_is_refused_with_and_without_a_length(client: httpx.AsyncClient) -> None:
    assert problem_of(await client.post("/api/v1/raw", content=b"x" * (MOST_BODY_BYTES + 1)))[0] == 413

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * (MOST_BODY_BYTES // 2)

    assert problem_of(await client.post("/api/v1/raw", content=chunks())) == (413, "request.too_large")
    assert (await client.post("/api/v1/raw", content=b"x" * MOST_BODY_BYTES)).json() == MOST_BODY_BYTES
    assert problem_of(await client.post("/api/v1/raw", headers={"content-length": "many"}))[0] == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://centre.test"}, 200),
        ({"origin": "https://board.example"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
    ],
)
async def test_other_sites_pages_cannot_write(client: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    assert (await client.post("/api/v1/things", json={"count": 1}, headers=headers)).status_code == status


async def test_answers_forbid_inline_scripts_framing_and_caching(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/v1/missing")
    policy = response.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-frame-options"] == "DENY"


async def test_without_a_built_web_app_the_page_says_what_to_run(client: httpx.AsyncClient) -> None:
    response = await client.get("/")
    assert response.status_code == 503
    assert "make install" in response.text


async def test_the_web_app_answers_its_own_paths_and_no_others(client: httpx.AsyncClient, tmp_path: Path) -> None:
    (tmp_path / "static" / "assets").mkdir(parents=True)
    (tmp_path / "static" / "index.html").write_text("<!doctype html>home")
    (tmp_path / "static" / "assets" / "app-1a2b.js").write_text("run()")
    (tmp_path / "secret.txt").write_text("classified")
    for path in ("/", "/bags/A999926000001-D0002V00", "/alarms"):
        page = await client.get(path)
        assert (page.status_code, page.text) == (200, "<!doctype html>home")
        assert page.headers["cache-control"] == "no-cache"
    script = await client.get("/assets/app-1a2b.js")
    assert script.text == "run()"
    assert "immutable" in script.headers["cache-control"]
    assert (await client.get("/assets/gone.js")).status_code == 404
    assert (await client.post("/alarms")).status_code == 405
    for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"):
        assert "classified" not in (await client.get(path)).text
    assert json.loads((await client.get("/api/v1/nothing")).text)["code"] == "route.unknown"
