"""The whole centre in one process: opened from a plan, stepped by whoever holds it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from hemovault.services.forecasts import ChamberForecasts
from hemovault.services.notifier import Notifier
from hemovault.services.passports import Passports
from hemovault.services.temperature_records import TemperatureRecords
from hemovault.whole.edges import InProcessEdge
from hemovault.whole.fleet import BoxSignals, FleetLine
from hemovault.whole.machines import CellBridge
from hemovault.whole.opening import Opened
from hemovault.whole.portals import ReaderGroup
from hemovault.whole.signals import CellSignals
from plant.model import Plant
from runtime.clock import SteppedClock
from runtime.health import Health, HealthState
from runtime.sparkplug.readings import ReadingBatch, SourceRegistry
from simulators.people.agents import Agent
from simulators.people.api_client import ApiClient
from simulators.people.pace import Pace
from simulators.world import World
from telemetry.conditions import ConditionChange
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import Ingest
from wms.alarms.feed import apply_conditions
from wms.orders.planner import DEBOUNCE_S, LOOK_AGAIN_S, Outcome, Planner
from wms.warehouse import BEAT_S, Warehouse

RATE: Final = 60.0
"""Domain seconds to a real one, as in the demo: permits and deadlines live in real time."""
STEP_S: Final = 20.0
WORLD_STEP_S: Final = 10.0
ROUND: Final = timedelta(seconds=60)
"""How often every measured value is told to telemetry; a steady one is told as often in life."""
ASKED_EVERY: Final = timedelta(minutes=5)
"""How often bags are looked for that people must decide about."""
COMMANDS: Final = "commands"
"""Health part of what is brought to the machines."""
_AT_ONCE: Final = 20
"""Commands, answers and their consequences follow each other within one instant at most so often."""


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
    records: TemperatureRecords
    forecasts: ChamberForecasts
    notifier: Notifier
    passports: Passports
    people: Mapping[str, ApiClient]
    at_first: Sequence[Standing]
    log: list[str] = field(default_factory=list)
    changes: list[ConditionChange] = field(default_factory=list)
    is_stirred: bool = True
    _planned_at: datetime | None = None
    _round_at: datetime | None = None
    _turned_at: datetime | None = None
    _asked_at: datetime | None = None

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
        await self.forecasts.once()
        await self.records.judge_once()
        await self.notifier.send_once()
        await self.passports.draft_once()
        await self._ask_people(now)
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

    async def _ask_people(self, now: datetime) -> None:
        """Look for what people must decide about, in the rhythm of the service."""
        if self._asked_at is None or now - self._asked_at >= ASKED_EVERY:
            self._asked_at = now
            while not await self.passports.watch_once():
                pass

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
        for name in ("floor", "planner", COMMANDS):
            part = self.health.part(name)
            if part.state is not HealthState.OK:
                raise CentreError(f"at {self.clock.now()}: {name}: {part.detail}")
