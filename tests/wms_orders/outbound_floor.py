"""A floor of machines for tests: does what the outbox says, and reports as the real ones do; faults are switches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
from sqlalchemy import text

from plant.model import BoxClass
from plc_bridge.messages import (
    BagMoved,
    BoxPacked,
    BoxUnpacked,
    Carry,
    GateDecided,
    GateDecision,
    GatePermit,
    GateReject,
    Load,
    LockOpened,
    LockPermit,
    LockRefused,
    MachineCommand,
    Outcome,
    PackBox,
    UnpackBox,
)
from rfid.messages import Crossing, Direction, GateRead, TunnelRead
from wms.moves.dispatch import dispatch_waiting
from wms.moves.ended import carrier_reported, complete_by_hand
from wms.moves.wanted import plan_moves
from wms.outbound import flow, handlers
from wms.store.tx import Actor

CRANE, GATE, READER = (
    Actor("device:crane-1", "plc-works"),
    Actor("device:gate-1", "plc-works"),
    Actor("device:r2", "rfid-1"),
)
HANDS = Actor("nurse", "scanner")
COMMAND = msgspec.json.Decoder(MachineCommand)
USUAL_C = {BoxClass.COLD: 4.5, BoxClass.PLATELET: 22.0, BoxClass.FROZEN: -33.0}


_LONGEST_WAY = 8


class Floor:
    """Where the bags really are, and machines that obey."""

    def __init__(self, store) -> None:
        self.store = store
        self.lane: dict[str, str] = {}  # tag -> the sorting lane it lies in
        self.boxes: dict[str, list[str]] = {}  # box -> tags in it
        self.reader_is_quicker = False  # its account comes before the station's report
        self.tunnel: list[str] = []  # boxes that stand in the tunnel
        self.lock: list[str] = []  # boxes that stand in the lock
        self.reads_before_moves = False
        self.gate_answers = True
        self.portal_sees = True
        self.cranes_work = True
        self.carriers_sleep = False
        self.lock_listens = True
        self.extra_in_lock: list[str] = []
        self.station_works = True
        self.people_carry = True
        self.to_unpack: list[UnpackBox] | None = None  # a list: what the station is asked to unpack waits in it
        self.coolant_c: dict[str, float | None] = {}  # what the coolant of the next packings of a box is
        self.forgotten_loggers: set[str] = set()
        self.unread: set[str] = set()  # tags that the tunnel cannot see
        self.strays: list[str] = []  # tags that the tunnel sees beside the box
        self.turned = 0
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
            await self.carry_on()
            await self.carry_by_hand()
            await self.clear_tunnel()
            self.store.clock.step(step_s)

    async def carry_on(self) -> None:
        """Every step of the moves that begin in this round; what a bag's arrival makes others do waits for the next."""
        for _ in range(_LONGEST_WAY):
            self.store.clock.step(1)
            await self.store.write(lambda tx: dispatch_waiting(tx, CRANE))
            trips = await self.take_commands(only="carry")
            for trip in trips:
                await self.obey(trip)
            if not trips:
                return

    async def carry_by_hand(self) -> None:
        """People carry what no machine does: out of the sorting lanes nothing else goes back to a shelf."""
        if not self.people_carry:
            return
        query = "SELECT task.id, bag, epc, to_place FROM task JOIN bag ON bag.id = bag WHERE waits = 'no_way'"
        for task, bag, epc, to_place in await self.store.write(lambda tx: tx.raw.execute(query).fetchall()):
            self.lane.pop(epc, None)
            await self.store.write(
                lambda tx, task=task, bag=bag, at=to_place: complete_by_hand(tx, HANDS, task, bag, at)
            )

    async def run_until(self, done: Callable[[], bool], rounds: int = 30) -> None:
        """Rounds until something is so; the test ends here when it never is."""
        for _ in range(rounds):
            if done():
                return
            await self.run(1)
        raise AssertionError("it never came to that")

    async def until_unheard_permit(self) -> LockPermit:
        """Run until the lock was given a permit that it does not listen to."""
        await self.run_until(lambda: bool(self.unheard))
        return self.unheard[-1]

    async def until_packed(self, bag: str) -> None:
        await self.run_until(lambda: self.store.state_of(bag)["status"] == "PACKED")

    async def take_commands(self, only: str = "") -> list[MachineCommand]:
        def take(tx) -> list[bytes]:
            rows = tx.raw.execute("SELECT id, data FROM machine_command WHERE state = 'queued' ORDER BY id").fetchall()
            taken = [(command, data) for command, data in rows if f'"type":"{only}' in data.decode()]
            if self.carriers_sleep:
                taken = [(command, data) for command, data in taken if '"type":"carry"' not in data.decode()]
            for command, _ in taken:
                tx.raw.execute("UPDATE machine_command SET state = 'accepted' WHERE id = ?", (command,))
            return [data for _, data in taken]

        return [COMMAND.decode(data) for data in await self.store.write(take)]

    async def obey(self, command: MachineCommand) -> None:
        match command:
            case Carry():
                for load in command.loads:
                    await self.carry(command.trip, load)
            case GatePermit():
                if self.gate_answers:
                    await self.decide(command.epc, GateDecision.PASSED, command.permit, lane=command.lane)
            case GateReject():
                if self.gate_answers:
                    await self.decide(command.epc, GateDecision.REJECTED)
            case PackBox():
                await self.pack(command)
            case UnpackBox():
                await self.unpack(command)
            case LockPermit() if self.lock_listens:
                await self.judge(command)
            case LockPermit():
                self.unheard.append(command)

    async def carry(self, trip: str, move: Load) -> None:
        to_gate = move.to_place == "dispatch/gate"
        works = self.cranes_work and self.lane.get(move.epc, move.from_place) == move.from_place
        if works:
            self.lane.pop(move.epc, None)
        if to_gate and self.reads_before_moves:
            await self.read(move.epc)
        done = Outcome.DONE if works else Outcome.FAILED
        at = move.to_place if works else move.from_place
        report = BagMoved(
            task=move.task, device=await self.carrier_of(trip), bag=move.bag, epc=move.epc, at_place=at, outcome=done,
            reason="" if works else "jammed",
        )  # fmt: skip
        await self.tell(carrier_reported, CRANE, report)
        if to_gate and works and not self.reads_before_moves:
            await self.read(move.epc)

    async def carrier_of(self, trip: str) -> str:
        def find(tx) -> str:
            (device,) = tx.raw.execute("SELECT device FROM carrier_trip WHERE id = ?", (trip,)).fetchone()
            return device

        return await self.store.write(find)

    async def read(self, epc: str) -> None:
        read = GateRead(
            portal="p4-gate", reader="reader-2", epc=epc, seen_at=self.store.clock.now(), reads=9, peak_rssi_dbm=-48
        )
        await self.tell(handlers.on_gate_read, READER, read)

    async def decide(
        self, epc: str, decision: GateDecision, permit: str | None = None, lane: str = "dispatch/sort-1"
    ) -> None:
        passed = decision is GateDecision.PASSED
        decided = GateDecided(
            gate="p4-gate", device="gate-1", epc=epc, decision=decision, permit=permit,
            reason="" if passed else "no permit within 20 s", at_place=lane if passed else "dispatch/reject",
        )  # fmt: skip
        if passed:
            self.lane[epc] = lane
        await self.tell(handlers.on_gate_decided, GATE, decided)

    async def pack(self, command: PackBox) -> None:
        there = [(bag, epc) for bag, epc in zip(command.bags, command.epcs, strict=True) if epc in self.lane]
        works = self.station_works and len(there) == len(command.bags)
        if not works:
            there = []
        for _, epc in there:
            del self.lane[epc]
        self.boxes[command.box] = [epc for _, epc in there]
        box = self.store.plant.box_by_id[command.box]
        report = BoxPacked(
            device="pack-1", packing=command.packing, box=command.box, bags=tuple(bag for bag, _ in there),
            coolant_c=self.coolant_c.pop(command.box, USUAL_C[box.kind]),
            logger_started=command.box not in self.forgotten_loggers, weight_kg=box.empty_kg + 0.3 * len(there),
            outcome=Outcome.DONE if works else Outcome.FAILED, reason="" if works else "jammed",
        )  # fmt: skip
        self.forgotten_loggers.discard(command.box)
        if works and self.reader_is_quicker:
            await self.pass_tunnel(command.box)
        await self.tell(handlers.on_box_packed, GATE, report)
        if works:
            self.tunnel.append(command.box)
            if not self.reader_is_quicker:
                await self.pass_tunnel(command.box)

    async def unpack(self, command: UnpackBox) -> None:
        if self.to_unpack is not None:
            self.to_unpack.append(command)
            return
        for standing in (self.tunnel, self.lock):
            if command.box in standing:
                standing.remove(command.box)
        epcs = self.boxes.pop(command.box, [])
        self.lane.update(dict.fromkeys(epcs, command.lane))
        with self.store.read() as conn:
            known = {row.epc: row.id for row in conn.execute(text("SELECT id, epc FROM bag"))}
        report = BoxUnpacked(
            device="pack-1", packing=command.packing, box=command.box, lane=command.lane,
            bags=tuple(known[epc] for epc in epcs),
        )  # fmt: skip
        await self.tell(handlers.on_box_unpacked, GATE, report)

    async def pass_tunnel(self, box: str) -> None:
        self.turned += 1
        seen = [epc for epc in self.boxes[box] if epc not in self.unread] + self.strays
        await self.read_tunnel(f"pass-{self.turned}", seen)

    async def read_tunnel(self, pass_id: str, seen: list[str], part: int = 1, parts: int = 1) -> None:
        now = self.store.clock.now()
        read = TunnelRead(portal="p4-box", reader="reader-2", pass_id=pass_id, part=part, parts=parts,
                          epcs=tuple(seen), first_seen=now, last_seen=now)  # fmt: skip
        await self.tell(handlers.on_tunnel_read, READER, read)

    async def clear_tunnel(self) -> None:
        """A box that was found right is pushed into the lock."""
        states = dict(self.store.all("SELECT id, state FROM box"))
        for box in [box for box in self.tunnel if states.get(box) in {"checked", "in_lock"}]:
            self.tunnel.remove(box)
            self.lock.append(box)

    async def judge(self, permit: LockPermit) -> None:
        standing = [epc for box in self.lock for epc in self.boxes[box]] + self.extra_in_lock
        missing, extra = tuple(set(permit.epcs) - set(standing)), tuple(set(standing) - set(permit.epcs))
        if missing or extra:
            refused = LockRefused(
                device="lock-1", permit=permit.permit, shipment=permit.shipment, reason="wrong content",
                missing=missing, extra=extra,
            )  # fmt: skip
            await self.tell(handlers.on_lock_refused, GATE, refused)
            return
        self.lock = []
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
