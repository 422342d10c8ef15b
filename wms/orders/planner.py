"""The planner: wakes when orders or bags change, asks the solver, has every plan verified, and reserves."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from enum import Enum
from typing import Final, Protocol, TypeVar

import structlog
from sqlalchemy import Connection

from allocation.model import Policy, Snapshot
from allocation.verify import verify
from allocation.wire import Solved
from plant.model import Plant
from runtime.clock import Clock
from runtime.health import HealthPart, HealthState
from wms.orders.planning import commit_plan, refuse_plan, say_to_lines, violations_in_words
from wms.orders.sentences import PLANNER_AWAY
from wms.orders.solver import SolverAway, SolverFailed
from wms.orders.wishes import Question, ask
from wms.store.tx import Tx

T = TypeVar("T")
_log = structlog.get_logger(__name__)

DEBOUNCE_S: Final = 1.0
"""Real seconds to gather further changes before planning: orders come in bursts, and a plan sees them all."""
LOOK_AGAIN_S: Final = 30.0
"""Real seconds after which planning is tried again even if nothing seems to have changed (a bag may have ripened)."""
AWAY_BACK_OFF_S: Final = (0.5, 1.0, 2.0, 5.0)
"""Real seconds between attempts while the solver is away."""
WAKES: Final = frozenset({"order", "bag"})
"""Topics of a committed change that may change a plan."""


class Outcome(Enum):
    """How one planning round ended."""

    NOTHING_TO_DO = "nothing_to_do"
    PLANNED = "planned"
    OVERTAKEN = "overtaken"
    REFUSED = "refused"
    SOLVER_AWAY = "solver_away"


class Store(Protocol):
    """The part of a warehouse that planning needs; `wms.warehouse.Warehouse` and the tests' stores have it."""

    @property
    def clock(self) -> Clock:
        """Domain and real time."""

    @property
    def plant(self) -> Plant:
        """The centre."""

    def read(self) -> AbstractContextManager[Connection]:
        """A consistent reading connection."""

    async def write(self, fn: Callable[[Tx], T]) -> T:
        """Run a closure on the writer."""


class Planner:
    """Plans whenever it is woken; everything it knows is in the database, so it may be killed at any moment."""

    def __init__(
        self,
        store: Store,
        solve: Callable[[Snapshot, Policy], Awaitable[Solved]],
        policy: Policy,
        excursion_at: Callable[[str], bool],
        health: HealthPart,
        *,
        debounce_s: float = DEBOUNCE_S,
    ) -> None:
        self._store = store
        self._solve = solve
        self._policy = policy
        self._excursion_at = excursion_at
        self._health = health
        self._debounce_s = debounce_s
        self._woken = asyncio.Event()
        self._woken.set()

    def wake(self) -> None:
        """Something changed that may change a plan; many calls in a burst make one round."""
        self._woken.set()

    async def run(self) -> None:
        """Plan for ever, until cancelled."""
        away = 0
        while True:
            await asyncio.sleep(self._debounce_s)
            self._woken.clear()
            outcome = await self.plan_once()
            if outcome is Outcome.SOLVER_AWAY:
                await asyncio.sleep(AWAY_BACK_OFF_S[min(away, len(AWAY_BACK_OFF_S) - 1)])
                away += 1
                continue
            away = 0
            if outcome is not Outcome.OVERTAKEN:
                await self._next_wake()

    async def plan_once(self) -> Outcome:
        """One round: look, solve, verify, reserve. Raises Unavailable when the warehouse cannot write."""
        question = await asyncio.to_thread(self._ask)
        if question is None:
            self._health.ok()
            return Outcome.NOTHING_TO_DO
        lines = tuple(question.wishes)
        try:
            solved = await self._solve(question.snapshot, self._policy)
        except SolverAway as error:
            if self._health.state is not HealthState.DEGRADED:
                _log.warning("solver_away", detail=str(error))
            self._health.degraded("The solver does not answer; orders wait for it.")
            await self._store.write(lambda tx: say_to_lines(tx, lines, PLANNER_AWAY))
            return Outcome.SOLVER_AWAY
        except SolverFailed as error:
            return await self._refuse(lines, [f"{error.code}: {error}"])
        violations = await asyncio.to_thread(verify, solved.plan, question.snapshot, self._policy)
        if violations:
            return await self._refuse(lines, violations_in_words(violations))
        done = await self._store.write(lambda tx: commit_plan(tx, solved.plan, solved.explanations, question))
        self._health.ok()
        return Outcome.OVERTAKEN if done.overtaken else Outcome.PLANNED

    def _ask(self) -> Question | None:
        with self._store.read() as conn:
            return ask(conn, self._store.plant, self._store.clock.now(), self._excursion_at)

    async def _refuse(self, lines: tuple[str, ...], faults: list[str]) -> Outcome:
        _log.error("plan_refused", faults=faults)
        self._health.degraded("A plan failed its check; nothing was reserved from it.")
        await self._store.write(lambda tx: refuse_plan(tx, lines, faults))
        return Outcome.REFUSED

    async def _next_wake(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN_S):
                await self._woken.wait()
