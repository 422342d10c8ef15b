"""A privileged act that cannot be recorded does not happen, and says so; with room on the disk it does."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from temperatures import every_record_is_good

from wms.store.migrations import complete_metadata

_SQLITE_FULL = (
    "CREATE TRIGGER disk_is_full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
)
_POSTGRESQL_FULL = (
    """CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$""",
    "CREATE TRIGGER disk_is_full BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION disk_is_full()",
)
_FULL = {"sqlite": _SQLITE_FULL, "postgresql": _POSTGRESQL_FULL}
_ROOM = {"sqlite": "DROP TRIGGER disk_is_full", "postgresql": "DROP TRIGGER disk_is_full ON ledger"}
_ASIDE = {"lease", "web_session"}  # the term with its count of commits, and when a session was used last


def fill_the_disk(centre: Any) -> None:
    """Nothing more can be appended to the ledger; all other tables take rows as ever."""
    with centre.warehouse.database.write_engine.connect() as connection:
        for statement in _FULL[connection.dialect.name]:
            connection.exec_driver_sql(statement)


def make_room(centre: Any) -> None:
    with centre.warehouse.database.write_engine.connect() as connection:
        connection.exec_driver_sql(_ROOM[connection.dialect.name])


def everything(centre: Any) -> dict[str, list[Any]]:
    with centre.warehouse.read() as conn:
        return {
            name: sorted(map(repr, conn.execute(select(table)).all()))
            for name, table in complete_metadata().tables.items()
            if name not in _ASIDE
        }


async def signed(centre: Any, client: Any, act: str, subject: str, content: dict[str, Any]) -> list[str]:
    ids = []
    for username in ("quality", "operator"):
        body = {
            "username": username, "password": centre.passwords[username], "act": act, "subject": subject,
            "meaning": "I have checked it", "content": content,
        }  # fmt: skip
        answer = await client.post("/api/v1/signatures", json=body)
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    return ids


async def lift_hold(centre: Any, client: Any) -> tuple[str, dict[str, Any]]:
    bag = await centre.add_bag(1)
    hold = (await client.post("/api/v1/holds", json={"bag": bag, "reason": "label torn"})).json()["id"]
    content = {"reason": "the label was read again and is whole"}
    ids = await signed(centre, client, "hold.lift", hold, content)
    return f"/api/v1/holds/{hold}/lift", {**content, "signatures": ids}


async def discard(centre: Any, client: Any) -> tuple[str, dict[str, Any]]:
    bag = await centre.add_bag(1)
    causes = (await client.get("/api/v1/discards/causes")).json()["items"]
    content = {"bags": [bag], "cause": causes[0]["key"], "comment": "fell from the table"}
    ids = await signed(centre, client, "bag.discard", bag, content)
    return "/api/v1/discards", {**content, "signatures": ids}


async def override_release(centre: Any, client: Any) -> tuple[str, dict[str, Any]]:
    every_record_is_good(centre.warehouse.database)
    bag = await centre.add_bag(1, status="QUARANTINE", place="prep/out", process_check="failed")
    gates = (await client.get(f"/api/v1/bags/{bag}/release")).json()["gates"]
    failed = [gate["gate"] for gate in gates if gate["state"] != "passed" and gate["can_override"]]
    content = {"gates": failed, "reason": "weighed again on the other scale"}
    ids = await signed(centre, client, "release.override", bag, content)
    return f"/api/v1/bags/{bag}/release-override", {**content, "signatures": ids}


async def open_recall(centre: Any, client: Any) -> tuple[str, dict[str, Any]]:
    bag = await centre.add_bag(1)
    del client
    return "/api/v1/recalls", {
        "reason_code": "post_donation_information",
        "comment": "she called",
        "by": {"din": bag[:13]},
    }


@pytest.mark.parametrize("prepare", [lift_hold, discard, override_release, open_recall])
async def test_what_cannot_be_recorded_does_not_happen(centre: Any, prepare: Any) -> None:
    async with centre.client("quality") as client:
        url, body = await prepare(centre, client)
        before = everything(centre)
        fill_the_disk(centre)
        refused = await client.post(url, json=body)
        assert (refused.status_code, refused.json()["code"]) == (503, "store.failed"), refused.text
        assert "nothing was changed" in refused.json()["detail"]
        make_room(centre)
        assert everything(centre) == before
        done = await client.post(url, json=body)
        assert done.is_success, done.text
        assert everything(centre)["ledger"] != before["ledger"]
