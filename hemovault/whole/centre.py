"""The whole centre in one process: opened from a plan, stepped by whoever holds it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
from argon2 import PasswordHasher

from allocation.explain import explain
from allocation.model import Policy, Snapshot, load_policy
from allocation.solve import allocate
from allocation.wire import Solved
from dashboards.app import create_app
from dashboards.context import Telemetry, WebOptions
from dashboards.health_board import HealthBoard
from hemovault.services.clockwork import add_ticks
from hemovault.services.telemetry_link import device_states
from hemovault.whole.edges import InProcessEdge
from hemovault.whole.fleet import BoxSignals, FleetLine
from hemovault.whole.machines import CellBridge
from hemovault.whole.opening import Opened
from hemovault.whole.portals import ReaderGroup
from hemovault.whole.signals import CellSignals
from plant.model import FLEET_EDGE, Plant
from runtime.clock import SteppedClock
from runtime.health import Health, HealthState
from runtime.ids import seeded_ids
from runtime.sparkplug.readings import ReadingBatch, SourceRegistry
from simulators.agents import AGENT_ROLES, Agent
from simulators.api_client import Account, ApiClient, read_accounts
from simulators.chance import draw
from simulators.pace import Pace
from simulators.world import World
from telemetry.conditions import ConditionChange
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import Ingest, prepared_registry
from wms.alarms.feed import apply_conditions
from wms.bags.opening import import_opening, parse_opening
from wms.machines.outbox import OutgoingCommand
from wms.orders.planner import DEBOUNCE_S, LOOK_AGAIN_S, WAKES, Outcome, Planner
from wms.people.first_start import first_start
from wms.people.passwords import Hashing
from wms.store.tx import Actor
from wms.warehouse import BEAT_S, Warehouse, open_warehouse

RATE: Final = 60.0
"""Domain seconds to a real one, as in the demo: permits and deadlines live in real time."""
STEP_S: Final = 20.0
WORLD_STEP_S: Final = 10.0
ROUND: Final = timedelta(seconds=60)
"""How often every measured value is told to telemetry; a steady one is told as often in life."""
_COMMANDS: Final = "commands"
_AT_ONCE: Final = 20
"""Commands, answers and their consequences follow each other within one instant at most so often."""
_ADDRESS: Final = "http://whole.invalid"
_ACTOR: Final = Actor("command-line", "whole")
_LIGHT: Final = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
"""Sign-in is real; only its price is that of a test, not of a site."""


@dataclass(frozen=True, slots=True)
class CentrePlan:
    """What a centre is made with. `opened` is the world at its start with the stock that the warehouse is told of."""

    plant: Plant
    opened: Opened
    pace: Pace
    seed: int
    rate: float = RATE
    step_s: float = STEP_S
    world_step_s: float = WORLD_STEP_S


@dataclass(frozen=True, slots=True)
class Standing:
    """A bag that was there at the beginning, with its group and place."""

    bag: str
    group: str
    place: str


class CentreError(RuntimeError):
    """The centre did something that it must never do; the sentence says what."""


@dataclass(slots=True)
class WholeCentre:
    """One running centre; made by `open_centre`. Time passes in `step` and `run` and nowhere else."""

    plan: CentrePlan
    clock: SteppedClock
    world: World
    warehouse: Warehouse
    ingest: Ingest
    store: DuckDbStore
    registry: SourceRegistry
    health: Health
    bridges: Sequence[CellBridge]
    groups: Sequence[ReaderGroup]
    signals: Sequence[CellSignals]
    fleet: FleetLine
    loggers: BoxSignals
    agents: Sequence[Agent]
    planner: Planner
    people: Mapping[str, ApiClient]
    at_first: Sequence[Standing]
    log: list[str] = field(default_factory=list)
    changes: list[ConditionChange] = field(default_factory=list)
    is_stirred: bool = True
    _planned_at: datetime | None = None
    _round_at: datetime | None = None
    _turned_at: datetime | None = None

    @property
    def plant(self) -> Plant:
        """The plant of this centre."""
        return self.plan.plant

    def world_log(self) -> list[dict[str, Any]]:
        """What really happened, in the world's own words."""
        return [msgspec.json.decode(line) for line in self.log]

    async def run(self, until: datetime) -> None:
        """Live on until an instant of domain time."""
        while self.clock.now() < until:
            left = (until - self.clock.now()).total_seconds()
            await self.step(min(self.plan.step_s, left))

    async def run_until(self, condition: Callable[[], bool], at_most: timedelta) -> None:
        """Live on until a condition holds; raises CentreError when it does not within a span of domain time."""
        end = self.clock.now() + at_most
        while not condition():
            if self.clock.now() >= end:
                raise CentreError(f"not within {at_most} of domain time")
            await self.step(self.plan.step_s)

    async def step(self, seconds: float) -> None:
        """Let time pass once: the world lives, is measured and heard, and everybody answers until all is quiet."""
        now = self.clock.step(seconds)
        self.world.advance(now, self.clock.real_now())
        await self._measure()
        for _ in range(_AT_ONCE):
            before = self._heads()
            await self._hear()
            await self._look()
            await self._turn()
            for agent in self.agents:
                await agent.look()
            await self._plan()
            if self._heads() == before:
                break
        else:
            raise CentreError(f"at {now} it did not come to rest")
        self._keep_log()
        self._check_health()

    async def _measure(self) -> None:
        now = self.clock.now()
        whole = self._round_at is None or now - self._round_at >= ROUND
        if whole:
            self._round_at = now
        batches = [batch for cell in self.signals if (batch := cell.batch(self.world, whole_round=whole)) is not None]
        if whole and (boxes := self.loggers.batch(self.world)) is not None:
            batches.append(boxes)
        await self._observe(batches)
        for presence in self.loggers.gone(self.world, now):
            await self._tell(self.ingest.presence(presence, now).changes)

    async def _observe(self, batches: Sequence[ReadingBatch]) -> None:
        now = self.clock.now()
        delivery = self.ingest.process(batches, now) if batches else self.ingest.look(now)
        self.ingest.close_days(now)
        await self._tell(delivery.changes)

    async def _tell(self, changes: Sequence[ConditionChange]) -> None:
        if changes:
            self.changes += changes
            await self.warehouse.write(lambda tx: apply_conditions(tx, changes))

    async def _hear(self) -> None:
        """Journals and antennas -> facts -> the controller."""
        reads = self.world.drain_reads()
        for group in self.groups:
            await group.take(reads)
        for bridge in self.bridges:
            await bridge.follow_journal()
        await self.fleet.follow_journal()
        for edge in self.edges:
            waiting = edge.waiting()
            if waiting:
                edge.acknowledge(await self.warehouse.apply_facts(waiting))
                if edge.acknowledged != edge.head:
                    raise CentreError(f"{edge.edge}: {edge.head - edge.acknowledged} facts were not committed")

    async def _look(self) -> None:
        """Let whoever watches the commits take note of them (see `_ring`)."""
        for _ in range(3):
            await asyncio.sleep(0)

    async def _turn(self) -> None:
        """The controller's clockwork, when something changed or its longest rest is over (as `Warehouse.run`)."""
        stirred, real = self.warehouse.changes.stirred, self.clock.real_now()
        rested = self._turned_at is None or (real - self._turned_at).total_seconds() >= BEAT_S
        if stirred.is_set() or rested:
            stirred.clear()
            self._turned_at = real
            await self.warehouse.tick()

    async def _plan(self) -> None:
        """Plan when something changed, no oftener than the planner does by itself, and now and then anyway."""
        await self._look()
        real = self.clock.real_now()
        since = None if self._planned_at is None else (real - self._planned_at).total_seconds()
        if since is None or since >= LOOK_AGAIN_S or (self.is_stirred and since >= DEBOUNCE_S):
            self._planned_at, self.is_stirred = real, False
            if await self.planner.plan_once() is Outcome.OVERTAKEN:
                self.is_stirred = True

    @property
    def edges(self) -> list[InProcessEdge]:
        """Every fact edge of the site."""
        return [self.fleet.edge, *(bridge.edge for bridge in self.bridges), *(group.edge for group in self.groups)]

    def _heads(self) -> tuple[int, ...]:
        journals = (memory.journal.head for memory in self.world.state.memory.values())
        return (self.warehouse.writer.head.seq, *(edge.head for edge in self.edges), *journals)

    def _keep_log(self) -> None:
        log = self.world.state.log
        self.log += [text for _, text in log.lines]
        log.cut(log.head)

    def _check_health(self) -> None:
        """A feature's clockwork that fails is logged and tried again in life; here it ends the run."""
        for name in ("floor", "planner", _COMMANDS):
            part = self.health.part(name)
            if part.state is not HealthState.OK:
                raise CentreError(f"at {self.clock.now()}: {name}: {part.detail}")


@asynccontextmanager
async def open_centre(plan: CentrePlan, folder: Path) -> AsyncIterator[WholeCentre]:
    """Open a centre in an empty folder; it stands still until it is stepped."""
    plant, state = plan.plant, plan.opened.state
    clock = SteppedClock(state.now, rate=plan.rate)
    monotonic = _seconds_of(clock)
    health = Health()
    health.part(_COMMANDS).ok()
    async with AsyncExitStack() as closing:
        closing.enter_context(seeded_ids(clock, plan.seed))
        store = DuckDbStore(folder / "telemetry.duckdb")
        closing.callback(store.close)
        registry = prepared_registry(plant, store)
        ingest = Ingest(plant, store, registry, now=clock.now(), monotonic=monotonic)
        ingest.resume([])
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
                health.part(_COMMANDS).down(f"{command.id} for {command.device}: {error!r}")
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
            people=people,
            at_first=[Standing(bag.id, bag.group, bag.place) for bag in state.bags.values()],
        )
        ring = asyncio.create_task(_ring(centre))
        closing.push_async_callback(_end, ring)
        yield centre


async def _solve(snapshot: Snapshot, policy: Policy) -> Solved:
    """The solve worker's own work, in this process; how long it took is left out, for it is never the same twice."""
    plan = allocate(snapshot, policy, timer=lambda: 0.0)
    return Solved(plan, explain(plan, snapshot, policy))


async def _ring(centre: WholeCentre) -> None:
    """Note that a commit changed what a plan depends on, or that changes were missed."""
    async for change in centre.warehouse.subscribe():
        if not WAKES.isdisjoint(change.topics) or "reset" in change.topics:
            centre.is_stirred = True


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _seconds_of(clock: SteppedClock) -> Callable[[], float]:
    began = clock.real_now()
    return lambda: (clock.real_now() - began).total_seconds()  # noqa: PLW0108 - the clock must be asked at each call


def _epoch(plan: CentrePlan, name: str) -> str:
    return f"{draw(plan.seed, 'epoch', name).getrandbits(128):032x}"
