"""A floor of machines for tests: does what the outbox says, and reports as the real ones do; faults are switches."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from sqlalchemy import text

from plc_bridge.messages import (
    BagMoved,
    GateDecided,
    GateDecision,
    GatePermit,
    LockOpened,
    LockPermit,
    LockRefused,
    MachineCommand,
    MoveBag,
    Outcome,
)
from rfid.messages import Crossing, Direction, GateRead
from wms.moves.dispatch import dispatch_waiting
from wms.moves.ended import crane_reported, plan_moves
from wms.outbound import flow, handlers
from wms.store.tx import Actor

CRANE, GATE, READER = (
    Actor("device:crane-1", "plc-works"),
    Actor("device:gate-1", "plc-works"),
    Actor("device:r2", "rfid-1"),
)
COMMAND = msgspec.json.Decoder(MachineCommand)


class Floor:
    """Where the bags really are, and machines that obey."""

    def __init__(self, store) -> None:
        self.store = store
        self.lane: list[str] = []
        self.permits: dict[str, GatePermit] = {}
        self.reads_before_moves = False
        self.gate_answers = True
        self.portal_sees = True
        self.cranes_work = True
        self.lock_listens = True
        self.extra_in_lock: list[str] = []
        self.unheard: list[LockPermit] = []

    async def tell(self, handler, actor: Actor, message) -> None:
        await self.store.write(lambda tx: handler(tx, actor, message, tx.now))

    async def run(self, rounds: int = 8, step_s: float = 10) -> None:
        """Some rounds of: the clockwork looks, the machines obey, time passes."""
        for _ in range(rounds):
            await self.store.write(flow.advance)
            await self.store.write(lambda tx: plan_moves(tx, CRANE))
            await self.store.write(lambda tx: dispatch_waiting(tx, CRANE))
            for command in await self.take_commands():
                await self.obey(command)
            self.store.clock.step(step_s)

    async def take_commands(self) -> list[MachineCommand]:
        def take(tx) -> list[bytes]:
            rows = tx.raw.execute("SELECT id, data FROM machine_command WHERE state = 'queued' ORDER BY id").fetchall()
            tx.raw.execute("UPDATE machine_command SET state = 'accepted' WHERE state = 'queued'")
            return [data for _, data in rows]

        return [COMMAND.decode(data) for data in await self.store.write(take)]

    async def obey(self, command: MachineCommand) -> None:
        match command:
            case MoveBag():
                await self.carry(command)
            case GatePermit():
                if self.gate_answers:
                    await self.decide(command.epc, GateDecision.PASSED, command.permit)
            case LockPermit() if self.lock_listens:
                await self.judge(command)
            case LockPermit():
                self.unheard.append(command)

    async def carry(self, move: MoveBag) -> None:
        to_gate = move.to_place == "dispatch/gate"
        works = self.cranes_work and (move.epc in self.lane) == (move.from_place == "dispatch/lane")
        if works and move.epc in self.lane:
            self.lane.remove(move.epc)
        if to_gate and self.reads_before_moves:
            await self.read(move.epc)
        done = Outcome.DONE if works else Outcome.FAILED
        at = move.to_place if works else move.from_place
        report = BagMoved(
            task=move.task, device="crane-1", bag=move.bag, epc=move.epc, at_place=at, outcome=done,
            reason="" if works else "jammed",
        )  # fmt: skip
        await self.tell(crane_reported, CRANE, report)
        if to_gate and works and not self.reads_before_moves:
            await self.read(move.epc)

    async def read(self, epc: str) -> None:
        read = GateRead(
            portal="p4-gate", reader="reader-2", epc=epc, seen_at=self.store.clock.now(), reads=9, peak_rssi_dbm=-48
        )
        await self.tell(handlers.on_gate_read, READER, read)

    async def decide(self, epc: str, decision: GateDecision, permit: str | None = None) -> None:
        passed = decision is GateDecision.PASSED
        decided = GateDecided(
            gate="p4-gate", device="gate-1", epc=epc, decision=decision, permit=permit,
            reason="" if passed else "no permit within 20 s", at_place="dispatch/lane" if passed else "dispatch/reject",
        )  # fmt: skip
        if passed:
            self.lane.append(epc)
        await self.tell(handlers.on_gate_decided, GATE, decided)

    async def judge(self, permit: LockPermit) -> None:
        standing = [*self.lane, *self.extra_in_lock]
        missing, extra = tuple(set(permit.epcs) - set(standing)), tuple(set(standing) - set(permit.epcs))
        if missing or extra:
            refused = LockRefused(
                device="lock-1", permit=permit.permit, shipment=permit.shipment, reason="wrong content",
                missing=missing, extra=extra,
            )  # fmt: skip
            await self.tell(handlers.on_lock_refused, GATE, refused)
            return
        self.lane = []
        opened = LockOpened(device="lock-1", permit=permit.permit, shipment=permit.shipment, epcs=tuple(standing))
        await self.tell(handlers.on_lock_opened, GATE, opened)
        if self.portal_sees:
            for epc in standing:
                await self.cross(epc)

    async def cross(self, epc: str, direction: Direction = Direction.OUT) -> None:
        now = self.store.clock.now()
        crossing = Crossing(
            portal="p4", reader="reader-2", epc=epc, direction=direction, first_seen=now - timedelta(seconds=1),
            last_seen=now, reads=12, peak_rssi_dbm=-50,
        )  # fmt: skip
        await self.tell(handlers.on_crossing, READER, crossing)

    def epc(self, bag: str) -> str:
        with self.store.read() as conn:
            return conn.execute(text("SELECT epc FROM bag WHERE id = :bag"), {"bag": bag}).scalar_one()
