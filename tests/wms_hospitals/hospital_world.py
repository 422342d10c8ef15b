"""A hospital with its blood bank: bags received, patients told of, and the people who sign."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from wms.bags.commands import change_fields
from wms.bags.projection import load
from wms.hospitals.fate import presume
from wms.people.accounts import NewAccount, insert_account, replace_password
from wms.people.roles import Role
from wms.store.database import driver_of
from wms.store.tx import Actor

_PATH = Path(__file__).resolve().parents[1] / "dashboards" / "conftest.py"
_spec = importlib.util.spec_from_file_location("dashboards_world", _PATH)
assert _spec is not None
assert _spec.loader is not None
dashboards_world = importlib.util.module_from_spec(_spec)
sys.modules["dashboards_world"] = dashboards_world
_spec.loader.exec_module(dashboards_world)

Centre, T0, TESTER = dashboards_world.Centre, dashboards_world.T0, dashboards_world.TESTER
centre = dashboards_world.centre
LEDGER = "SELECT kind, actor, subject, data FROM ledger WHERE kind = ? ORDER BY seq"


class Ward:
    """One hospital at the API, and what lies behind it."""

    def __init__(self, centre: Any, api: httpx.AsyncClient) -> None:
        self.centre, self.api = centre, api
        self.hospital = centre.plant.hospitals[0]
        self.other = centre.plant.hospitals[1]
        self._numbers = 0

    @property
    def now(self) -> str:
        return self.centre.clock.now().isoformat()

    async def received(self, group: str = "O+", *, hospital: str | None = None, **fields: Any) -> str:
        """A bag that a hospital has received."""
        self._numbers += 1
        number = fields.pop("number", self._numbers)
        to = self.centre.plant.hospital_by_id[hospital or self.hospital.id]
        values = {
            "status": "RECEIVED", "custody": "hospital", "hospital": to.id, "abo_rhd": group, **fields,
        }  # fmt: skip
        return str(await self.centre.add_bag(number, to.place, **values))

    async def patient(self, name: str = "PAT-1", group: str | None = "O+", **facts: Any) -> str:
        answer = await self.api.put(f"/api/v1/patients/{name}", json={"group": group, **facts})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["pseudonym"])

    async def crossmatch(self, bag: str, patient: str, result: str = "compatible", **more: Any) -> httpx.Response:
        body = {"bag": bag, "patient": patient, "result": result, "method": "serological", "at": self.now, **more}
        return await self.api.post("/api/v1/crossmatches", json=body)

    async def issue(self, bag: str, patient: str, **more: Any) -> httpx.Response:
        return await self.api.post(f"/api/v1/bags/{bag}/issue", json={"patient": patient, "to": "ward 3", **more})

    async def tell(self, bag: str, fate: str = "transfused", **more: Any) -> httpx.Response:
        names = {"administrator": "n-17", "verifier": "n-18"} if fate.startswith("transfused") else {}
        return await self.api.post(f"/api/v1/bags/{bag}/fate", json={"fate": fate, "at": self.now, **names, **more})

    async def issued(self, group: str = "O+", **fields: Any) -> tuple[str, str]:
        """A bag that went to a patient."""
        bag, patient = await self.received(group, **fields), await self.patient()
        assert (answer := await self.crossmatch(bag, patient)).status_code == 201, answer.text
        assert (answer := await self.issue(bag, patient)).status_code == 200, answer.text
        return bag, patient

    async def sign(self, act: str, subject: str, content: dict[str, Any], *people: str) -> list[str]:
        """Signatures of these people over exactly this."""
        ids = []
        for person in people:
            body = {
                "username": person, "password": self.centre.passwords[person], "act": act, "subject": subject,
                "meaning": "approval", "content": content,
            }  # fmt: skip
            answer = await self.api.post("/api/v1/signatures", json=body)
            assert answer.status_code in {200, 201}, answer.text
            ids.append(answer.json()["id"])
        return ids

    async def stranger(self) -> str:
        """A person of another hospital who may sign."""
        name = "stranger"
        first = Actor("service:first-start", "serve")
        hashed = await self.centre.house.hashing.hash("Strange-Pass-2026")
        new = NewAccount(name, "Stranger", (Role.HOSPITAL,), self.other.id)
        await self.centre.write(lambda tx: insert_account(tx, first, new, hashed))
        await self.centre.write(lambda tx: replace_password(tx, first, name, hashed))
        self.centre.passwords[name] = "Strange-Pass-2026"
        return name

    async def pass_time(self, **span: float) -> None:
        """The clock goes on, the fates' clockwork looks, and the person at the desk signs in again."""
        self.centre.clock.step(timedelta(**span).total_seconds())
        await self.centre.write(presume)
        body = {"username": "hospital", "password": self.centre.passwords["hospital"]}
        assert (await self.api.post("/api/v1/session", json=body)).status_code == 200

    async def set(self, bag: str, **fields: Any) -> None:
        """Something happened to a bag elsewhere."""
        await self.centre.write(lambda tx: change_fields(tx, TESTER, bag, "bag.changed", **fields))

    def bag(self, bag: str) -> dict[str, Any]:
        with self.centre.warehouse.read() as conn:
            return load(driver_of(conn), bag) or {}

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self.centre.warehouse.read() as conn:
            return driver_of(conn).execute(sql, values).fetchall()

    def ledger(self, kind: str) -> list[tuple[Any, ...]]:
        return self.rows(LEDGER, kind)

    def holds(self, bag: str) -> list[str]:
        return [reason for (reason,) in self.rows("SELECT reason FROM hold WHERE bag = ? AND lifted_us IS NULL", bag)]


@pytest.fixture
async def ward(centre: Any) -> AsyncIterator[Ward]:
    async with centre.client("hospital") as api:
        yield Ward(centre, api)
