"""Builds a whole centre from its plan: what `hemovault.services` wires between processes, here between objects."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx
from argon2 import PasswordHasher

from allocation.explain import explain
from allocation.model import Policy, Snapshot, load_policy
from allocation.solve import allocate
from allocation.wire import Solved
from dashboards.app import create_app
from dashboards.context import House, Telemetry, WebOptions
from dashboards.health_board import HealthBoard
from hemovault.demo_certificates import record_demo_certificates
from hemovault.services.clockwork import add_ticks
from hemovault.services.forecasts import ChamberForecasts
from hemovault.services.notifier import Notifier
from hemovault.services.notify_channels import open_channels
from hemovault.services.passports import Passports
from hemovault.services.probe_rules import TOPICS, rules_of
from hemovault.services.telemetry_link import device_states
from hemovault.services.temperature_records import TemperatureRecords
from hemovault.settings import NotifySettings
from hemovault.whole.centre import COMMANDS, CentrePlan, Standing, WholeCentre
from hemovault.whole.edges import InProcessEdge
from hemovault.whole.fleet import BoxSignals, FleetLine
from hemovault.whole.machines import CellBridge
from hemovault.whole.portals import ReaderGroup
from hemovault.whole.signals import CellSignals
from plant.model import FLEET_EDGE
from runtime.clock import SteppedClock
from runtime.health import Health
from runtime.ids import seeded_ids
from simulators.chance import draw
from simulators.people.agents import AGENT_ROLES, Agent
from simulators.people.api_client import Account, ApiClient, read_accounts
from simulators.world import World
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import Ingest, prepared_registry
from telemetry.thermal.forecasts import Forecasts
from wms.bags.opening import import_opening, parse_opening
from wms.machines.outbox import OutgoingCommand
from wms.notices.opening import first_rota
from wms.orders.planner import WAKES, Planner
from wms.passports.compute import History
from wms.people.first_start import first_start
from wms.people.passwords import Hashing
from wms.store.tx import Actor
from wms.warehouse import open_warehouse

_ADDRESS: Final = "http://whole.invalid"
_ACTOR: Final = Actor("command-line", "whole")
_LIGHT: Final = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
"""Sign-in is real; only its price is that of a test, not of a site."""


@asynccontextmanager
async def open_centre(plan: CentrePlan, folder: Path) -> AsyncIterator[WholeCentre]:
    """Open a centre in an empty folder; it stands still until it is stepped."""
    plant, state = plan.plant, plan.opened.state
    clock = SteppedClock(state.now, rate=plan.rate)
    monotonic = _seconds_of(clock)
    health = Health()
    health.part(COMMANDS).ok()
    async with AsyncExitStack() as closing:
        closing.enter_context(seeded_ids(clock, plan.seed))
        store = DuckDbStore(folder / "telemetry.duckdb")
        closing.callback(store.close)
        registry = prepared_registry(plant, store)
        ingest = Ingest(plant, store, registry, now=clock.now(), monotonic=monotonic)
        ingest.resume([])
        forecasts = Forecasts(plant, store, registry)
        ingest.live.foretell_by(forecasts.left)
        world = World(plant, state, plan.pace, max_step=timedelta(seconds=plan.world_step_s))
        bridges = {
            cell.id: CellBridge(world, cell.id, InProcessEdge(cell.edge, _epoch(plan, cell.edge)), clock)
            for cell in plant.cells
        }
        fleet = FleetLine(world, InProcessEdge(FLEET_EDGE, _epoch(plan, FLEET_EDGE)), clock)

        async def bring(command: OutgoingCommand) -> None:
            known = plant.device_by_id.get(command.device)
            try:
                await (fleet if known is None else bridges[known.cell]).bring(command)
            except Exception as error:
                health.part(COMMANDS).down(f"{command.id} for {command.device}: {error!r}")
                raise

        warehouse = await closing.enter_async_context(
            open_warehouse(
                plant,
                folder,
                clock=clock,
                holder="whole",
                excursion_at=ingest.live.excursion_at,
                device_state=device_states(ingest.texts),
                publish_command=bring,
                health=health.part("floor"),
            )
        )
        add_ticks(warehouse)
        hashing = Hashing(_LIGHT)
        agents_file = folder / "secrets" / "agents.json"
        credentials = await first_start(warehouse.writer, warehouse.database, plant, agents_file, hashing)
        await warehouse.write(record_demo_certificates)
        await warehouse.write(lambda tx: first_rota(tx, _ACTOR))
        with warehouse.read() as conn:
            ingest.use(*rules_of(conn, plant))
        rows = parse_opening(plant, plan.opened.stock)
        if rows:
            await warehouse.write(lambda tx: import_opening(tx, _ACTOR, plan.opened.stock, rows))
        app = create_app(
            warehouse,
            Telemetry(ingest.live, ingest.texts, store, registry, ingest.counts),
            health=HealthBoard(),
            options=WebOptions(simulated=True),
            hashing=hashing,
        )
        house: House = app.state.house
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
        accounts = await read_accounts(agents_file)
        agents = [
            Agent(world, ApiClient(_ADDRESS, name, account, transport), account, monotonic)
            for name, account in accounts.items()
            if account.role in AGENT_ROLES
        ]
        people = {
            one.username: ApiClient(
                _ADDRESS, one.username, Account(one.password, one.roles[0].value, one.hospital), transport
            )
            for one in credentials
        }
        for client in (*people.values(), *(agent.client for agent in agents)):
            closing.push_async_callback(client.close)
        centre = WholeCentre(
            plan=plan,
            clock=clock,
            world=world,
            warehouse=warehouse,
            ingest=ingest,
            store=store,
            registry=registry,
            health=health,
            bridges=list(bridges.values()),
            groups=[
                ReaderGroup(plant, InProcessEdge(group, _epoch(plan, group)), clock, health)
                for group in sorted({reader.group for reader in plant.readers})
            ],
            signals=[CellSignals(plant, cell.id, registry, _epoch(plan, f"state {cell.id}")) for cell in plant.cells],
            fleet=fleet,
            loggers=BoxSignals(registry, _epoch(plan, "state fleet")),
            agents=agents,
            planner=Planner(warehouse, _solve, load_policy(), ingest.live.excursion_at, health.part("planner")),
            records=TemperatureRecords(warehouse, store, registry, health.part("temperature records")),
            forecasts=ChamberForecasts(forecasts, clock, health.part("chamber forecasts")),
            notifier=Notifier(
                warehouse,
                open_channels(NotifySettings(), clock.real_now, lambda: house.stream.clients),
                house.forecast,
                health.part("notices"),
                link=_ADDRESS,
                most_per_minute=NotifySettings().most_per_minute,
            ),
            passports=Passports(warehouse, History(plant, store, registry), health.part("passports")),
            people=people,
            at_first=[Standing(bag.id, bag.group, bag.place) for bag in state.bags.values()],
        )
        await centre.notifier.declare()
        ring = asyncio.create_task(_ring(centre))
        closing.push_async_callback(_end, ring)
        yield centre


async def _solve(snapshot: Snapshot, policy: Policy) -> Solved:
    """The solve worker's own work, in this process; how long it took is left out, for it is never the same twice."""
    plan = allocate(snapshot, policy, timer=lambda: 0.0)
    return Solved(plan, explain(plan, snapshot, policy))


async def _ring(centre: WholeCentre) -> None:
    """Note that a commit changed what a plan depends on, or that changes were missed; hand on rules of probes."""
    async for change in centre.warehouse.subscribe():
        if not WAKES.isdisjoint(change.topics) or "reset" in change.topics:
            centre.is_stirred = True
        if not TOPICS.isdisjoint(change.topics):
            with centre.warehouse.read() as conn:
                centre.ingest.use(*rules_of(conn, centre.plant))


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _seconds_of(clock: SteppedClock) -> Callable[[], float]:
    began = clock.real_now()
    return lambda: (clock.real_now() - began).total_seconds()  # noqa: PLW0108 - the clock must be asked at each call


def _epoch(plan: CentrePlan, name: str) -> str:
    return f"{draw(plan.seed, 'epoch', name).getrandbits(128):032x}"
