"""Carriers for tests: they take the trips in the outbox and report each load; a fault is a switch."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from blood.eligibility import Zone
from plc_bridge.messages import BagMoved, Carry, CommandAnswered, CommandOutcome, Load, Outcome
from rfid.messages import Crossing, Direction
from wms.inbox.handlers import crossing_seen
from wms.moves import trips
from wms.moves.dispatch import dispatch_waiting
from wms.moves.ended import carrier_reported
from wms.moves.model import MovePurpose, Task
from wms.moves.read import TaskView, tasks
from wms.moves.steps import sent_step
from wms.moves.tasks import request_move, require_task
from wms.store.tx import Actor, Tx

TESTER = Actor("tester", "bench")
READER = Actor("device:reader-3", "rfid-1")


class Carriers:
    """The floor's carriers around a store of `conftest.py`."""

    def __init__(self, store) -> None:
        self.store = store

    async def ask(self, bag: str, purpose: MovePurpose = MovePurpose.PUT_AWAY, **target) -> str:
        target = target or {"zone": Zone.QUARANTINE}
        return await self.store.write(lambda tx: request_move(tx, TESTER, bag, purpose=purpose, **target))

    async def send(self) -> None:
        await self.store.write(lambda tx: dispatch_waiting(tx, TESTER))

    async def take(self) -> list[tuple[str, str, Carry]]:
        """(command, device, trip) of everything that was asked since the last call."""

        def take(tx: Tx) -> list[tuple[str, str, bytes]]:
            query = "SELECT id, device, data FROM machine_command WHERE state = 'queued' ORDER BY id"
            rows = tx.raw.execute(query).fetchall()
            tx.raw.execute("UPDATE machine_command SET state = 'accepted' WHERE state = 'queued'")
            return rows

        rows = await self.store.write(take)
        return [(command, device, msgspec.json.decode(data, type=Carry)) for command, device, data in rows]

    async def report(
        self, device: str, load: Load, *, outcome: Outcome = Outcome.DONE, at_place: str | None = None, reason: str = ""
    ) -> None:
        at = at_place or (load.to_place if outcome is Outcome.DONE else load.from_place)
        moved = BagMoved(
            task=load.task, device=device, bag=load.bag, epc=load.epc, at_place=at, outcome=outcome, reason=reason
        )
        await self.store.write(lambda tx: carrier_reported(tx, TESTER, moved, tx.now))

    async def answer(self, command: str, device: str, outcome: CommandOutcome, detail: str = "") -> None:
        answered = CommandAnswered(command=command, device=device, outcome=outcome, detail=detail)
        await self.store.write(lambda tx: trips.answered(tx, TESTER, answered))

    async def cross(self, bag: str, portal: str = "p3", direction: Direction = Direction.IN) -> None:
        now = self.store.clock.now()
        crossing = Crossing(
            portal=portal, reader="reader-3", epc=self.store.bag(bag)["epc"], direction=direction, first_seen=now,
            last_seen=now, reads=9, peak_rssi_dbm=-50,
        )  # fmt: skip
        await self.store.write(lambda tx: crossing_seen(tx, READER, crossing, tx.now))

    async def turn(self, *, portal_sees: bool = True) -> list[tuple[str, Carry]]:
        """One look of the dispatcher; all trips it sends are made. Returns them."""
        await self.send()
        made = await self.take()
        self.store.clock.step(10)
        for _, device, trip in made:
            for load in trip.loads:
                if portal_sees and await self.portal_on(load.task) is not None:
                    await self.cross(load.bag)
                await self.report(device, load)
        return [(device, trip) for _, device, trip in made]

    async def work(self, rounds: int = 12) -> list[tuple[str, Carry]]:
        """Turn until nothing is sent any more."""
        trips_made = []
        for _ in range(rounds):
            made = await self.turn()
            if not made:
                break
            trips_made += made
        return trips_made

    async def portal_on(self, task: str) -> str | None:
        step = await self.store.write(lambda tx: sent_step(tx.raw, task))
        return None if step is None else step.portal

    async def task(self, task: str) -> Task:
        return await self.store.write(lambda tx: require_task(tx.raw, task))

    def view(self, task: str) -> TaskView:
        with self.store.database.read() as connection:
            return next(view for view in tasks(connection, self.store.plant) if view.id == task)

    async def write(self, act: Callable[[Tx], object]) -> object:
        return await self.store.write(act)
