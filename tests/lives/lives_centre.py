"""A whole centre without machines, driven over its HTTP API by people who may try anything, one call at a time."""

from __future__ import annotations

import asyncio
import json
import shutil
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from temperatures import every_record_is_good

from allocation.explain import explain
from allocation.model import Policy, Snapshot, load_policy
from allocation.solve import allocate
from allocation.wire import Solved
from dashboards.app import create_app
from dashboards.context import Telemetry, WebOptions
from dashboards.health_board import HealthBoard
from hemovault.services.clockwork import add_ticks
from plant.load import demo_text, parse_plant
from runtime.clock import SteppedClock
from runtime.health import HealthPart
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import Ingest, prepared_registry
from wms.ledger.rebuild import rebuild
from wms.ledger.verify import verify
from wms.moves.model import DeviceState
from wms.orders.planner import Planner
from wms.people.first_start import first_start
from wms.people.passwords import Hashing
from wms.store.database import driver_of
from wms.warehouse import open_warehouse

T0 = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
PLANT = parse_plant(demo_text())
API = "/api/v1"
_LIGHT = Hashing(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


async def _solve(snapshot: Snapshot, policy: Policy) -> Solved:
    plan = allocate(snapshot, policy)
    return Solved(plan, explain(plan, snapshot, policy))


@dataclass
class Answer:
    """What the API said."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        return self.status < 300

    @property
    def accepted(self) -> bool:
        """A scan answers 200 also when it refuses."""
        return self.ok and self.body.get("accepted", True)


class LivesCentre:
    """One warehouse with its API; every machine stands still, so all is done by hand."""

    def __init__(self, folder: Path, database: str | None = None) -> None:
        self._folder, self._database = folder, database
        self._loop = asyncio.new_event_loop()
        self._closing = AsyncExitStack()
        self.clock = SteppedClock(T0)
        self.warm: set[str] = set()
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._run(self._open())

    async def _open(self) -> None:
        store = DuckDbStore(self._folder / "telemetry.duckdb", memory_mb=64)
        self._closing.callback(store.close)
        registry = prepared_registry(PLANT, store)
        ingest = Ingest(
            PLANT, store, registry, now=self.clock.now(), monotonic=lambda: self.clock.real_now().timestamp()
        )

        async def nobody_hears(_: object) -> None:
            raise ConnectionError("no machine is there")

        self.warehouse = await self._closing.enter_async_context(
            open_warehouse(
                PLANT,
                self._folder,
                clock=self.clock,
                holder="lives",
                excursion_at=lambda place: any(place.startswith(warm) for warm in self.warm),
                device_state=lambda _: DeviceState.STOPPED,
                publish_command=nobody_hears,
                database=self._database,
            )
        )
        every_record_is_good(self.warehouse.database)
        add_ticks(self.warehouse)
        agents = self._folder / "secrets" / "agents.json"
        people = await first_start(self.warehouse.writer, self.warehouse.database, PLANT, agents, _LIGHT)
        self._passwords = {one.username: one.password for one in people}
        self._passwords |= {name: one["password"] for name, one in json.loads(agents.read_text()).items()}
        self._app = create_app(
            self.warehouse,
            Telemetry(ingest.live, ingest.texts, store, registry, ingest.counts),
            health=HealthBoard(),
            options=WebOptions(simulated=True),
            hashing=_LIGHT,
            static=self._folder / "static",
        )
        self._planner = Planner(
            self.warehouse, _solve, load_policy(), self.warehouse.writer._hooks.excursion_at, HealthPart("planner")
        )

    def _run(self, work: Any) -> Any:
        return self._loop.run_until_complete(work)

    def call(self, who: str, method: str, path: str, body: Any = None) -> Answer:
        """One request of a person; a fault of the program (500) is never an answer."""
        answer: httpx.Response = self._run(self._call(who, method, path, body))
        assert answer.status_code < 500, (method, path, body, answer.text)
        return Answer(answer.status_code, answer.json() if answer.content else None)

    async def _call(self, who: str, method: str, path: str, body: Any) -> httpx.Response:
        client = self._clients.get(who)
        if client is None:
            transport = httpx.ASGITransport(app=self._app)
            client = httpx.AsyncClient(transport=transport, base_url="http://centre.test")
            self._closing.push_async_callback(client.aclose)
            self._clients[who] = client
        answer = await client.request(method, API + path, json=body)
        if answer.status_code == 401:
            signed = await client.post(f"{API}/session", json={"username": who, "password": self._passwords[who]})
            assert signed.status_code == 200, signed.text
            answer = await client.request(method, API + path, json=body)
        return answer

    def sign(self, who: str, act: str, subject: str, content: Any) -> str:
        """One person's signature for exactly this act."""
        body = {
            "username": who,
            "password": self._passwords[who],
            "act": act,
            "subject": subject,
            "meaning": "I have looked at it",
            "content": content,
        }
        answer = self.call("operator", "POST", "/signatures", body)
        return str(answer.body["id"]) if answer.ok else "sig-none"

    def signed(self, act: str, subject: str, content: dict[str, Any], *people: str) -> dict[str, Any]:
        """The body of an act with the signatures of these people."""
        return {**content, "signatures": [self.sign(who, act, subject, content) for who in people]}

    def step(self, seconds: float) -> None:
        """Time passes, and the controller does what is due."""
        self.clock.step(seconds)
        self._run(self.warehouse.tick())

    def plan(self) -> None:
        """The planner looks once."""
        self._run(self._planner.plan_once())

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the database itself, for the oracle."""
        with self.warehouse.database.read() as connection:
            return [tuple(row) for row in driver_of(connection).execute(sql, values).fetchall()]

    def check_ledger(self) -> None:
        """The projection is what the ledger says, and the chain holds."""
        comparison = rebuild(self.warehouse.database)
        assert comparison.equal, comparison.differences
        self.warehouse.export_head()
        proof = verify(
            self.warehouse.database, PLANT.site.id, self.warehouse.head_file, self._folder / "ledger-key.pub"
        )
        assert proof.ok, proof.fault

    def close(self) -> None:
        """Close everything; the folder goes too."""
        self._run(self._closing.aclose())
        self._loop.close()
        shutil.rmtree(self._folder, ignore_errors=True)
