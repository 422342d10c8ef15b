"""The world: one coherent centre, advanced to a domain time in bounded steps. Pure: no clock, no file, no socket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from plant.model import Plant
from plc_bridge.messages import Freeze, GatePermit, LockPermit, MachineCommand, MoveBag, Separate
from rfid.messages import Direction
from simulators import heat, people
from simulators.chance import draw
from simulators.floor import Floor, TagState
from simulators.memory import CellMemory, JobRecord, JobStatus
from simulators.pace import Pace
from simulators.passages import Passage, pass_now
from simulators.radio import PASS_S, TagRead, standing_read, stray_read
from simulators.scene import Listening, Scene
from simulators.state import WorldState

MAX_STEP: Final = timedelta(seconds=10)
_HEAT_EVERY: Final = timedelta(seconds=60)
_SLEPT: Final = timedelta(hours=12)
"""A gap longer than this is not stepped through: nobody was there to run the centre."""
_AJAR: Final = 0.12
"""The story leaves a door ajar: the switch says open and the alarm fires, but the blood behind it does not warm up."""
_LOOK_AGAIN: Final = timedelta(seconds=30)
_COMMAND: Final = msgspec.json.Decoder(MachineCommand)


@dataclass(frozen=True, slots=True)
class JobAnswer:
    """Answer of a machine: a status and a sentence."""

    status: JobStatus
    detail: str


class World:
    """The centre. `state` is everything; `listening` says which readers are heard (a fact of now, never restored)."""

    def __init__(self, plant: Plant, state: WorldState, pace: Pace) -> None:
        self.plant = plant
        self.state = state
        self.pace = pace
        self.floor = Floor(state.bags)
        self.scene = Scene(
            plant=plant,
            seed=state.seed,
            floor=self.floor,
            memory=state.memory,
            log=state.log,
            now=state.now,
            real=state.now,
            listening=dict.fromkeys((reader.id for reader in plant.readers), Listening.YES),
            deaf=set(state.deaf),
        )
        people.begin(self.scene, state.people, pace)

    # ---- time ------------------------------------------------------------------------------------------------------

    def advance(self, to: datetime, real: datetime) -> None:
        """Live on to a domain time; earlier times are ignored (the world never runs back)."""
        self.scene.real = real
        if to - self.state.now > _SLEPT:
            self.scene.note("fault", fault="world_slept", value=(to - self.state.now).total_seconds())
            self.state.now = self.state.heat_at = to
        while self.state.now < to:
            self._step(min(MAX_STEP, to - self.state.now))

    def _step(self, span: timedelta) -> None:
        state, scene, dt = self.state, self.scene, span.total_seconds()
        state.now += span
        scene.now = state.now
        room_c = heat.ambient_c(state.now)
        self._tell_story()
        for store in state.stores:
            store.step(scene, dt, room_c)
        for robot in state.robots.values():
            robot.step(scene)
        for freezer in state.freezers.values():
            freezer.step(scene, dt)
        for crane in state.cranes.values():
            crane.step(scene)
        for gate in state.gates.values():
            gate.step(scene)
        self._stand_at_gates()
        self._stray()
        self._carry()
        people.step(scene, state.people, self.pace, state.passages)
        if state.now - state.heat_at >= _HEAT_EVERY:
            heat.warm_bags(state, self.floor, (state.now - state.heat_at).total_seconds(), room_c)
            state.heat_at = state.now

    def _tell_story(self) -> None:
        """The demo's story: now and then somebody leaves the first store's door open."""
        crew = self.state.people
        if self.pace.door_first_min is None or crew.next_story_at is None or crew.next_story_at > self.state.now:
            return
        crew.next_story_at += timedelta(hours=self.pace.door_every_h)
        chamber = next(iter(self.state.chambers.values()), None)
        if chamber is not None:
            chamber.open_door(self.scene, self.pace.door_open_min * 60.0, gap=_AJAR)
            self.scene.note(
                "fault", fault="door_left_open", target=chamber.device, value=self.pace.door_open_min * 60.0
            )

    def _stand_at_gates(self) -> None:
        for portal in self.plant.portals:
            gate = self.state.gates.get(portal.device or "")
            if gate is None or not gate.waiting:
                continue
            bag = self.floor.bags[gate.waiting[0]]
            if bag.tag is TagState.DEAD:
                continue
            chance = draw(self.state.seed, "stand", bag.id, self.state.now.timestamp())
            for reader, port in self._antennas(portal.id, "station"):
                self.scene.hear([standing_read(chance, reader=reader, antenna=port, epc=bag.epc, at=self.state.now)])

    def _stray(self) -> None:
        for name, portal in self.state.strays.items():
            bag = self.floor.bags.get(name)
            if bag is None:
                continue
            chance = draw(self.state.seed, "stray", name, self.state.now.timestamp())
            for reader, port in self._antennas(portal, "inside"):
                self.scene.hear([stray_read(chance, reader=reader, antenna=port, epc=bag.epc, at=self.state.now)])

    def _antennas(self, portal: str, side: str) -> Iterator[tuple[str, int]]:
        for reader in self.plant.readers:
            for antenna in reader.antennas:
                if antenna.portal == portal and antenna.side == side:
                    yield reader.id, antenna.port

    def _carry(self) -> None:
        """Portals: everything whose last antenna is behind it, and the shipments of locks that just opened."""
        for lock in self.state.locks.values():
            permit = lock.leaving
            if permit is None or any(passage.shipment == permit.shipment for passage in self.state.passages):
                continue
            bags = [bag.id for bag in self.floor.at(lock.place)]
            if bags:
                portal = next(portal.id for portal in self.plant.portals if portal.device == lock.device)
                out = Passage(
                    portal=portal,
                    direction=Direction.OUT,
                    bags=bags,
                    from_place=lock.place,
                    to_place=f"transit/{permit.shipment}",
                    ends=self.state.now + timedelta(seconds=PASS_S),
                    shipment=permit.shipment,
                    hospital=permit.hospital,
                )
                self.state.passages.append(out)
            else:
                lock.shut()
        for passage in [passage for passage in self.state.passages if passage.ends <= self.state.now]:
            if not self._lit(passage.portal):
                passage.ends = self.state.now + _LOOK_AGAIN
                continue
            self.state.passages.remove(passage)
            left = pass_now(self.scene, passage)
            if left is not None:
                self.state.passages.append(left)
            elif passage.shipment is not None and passage.hospital is not None:
                people.leave(self.scene, self.state.people, passage.shipment, passage.hospital)
                for lock in self.state.locks.values():
                    if lock.leaving is not None and lock.leaving.shipment == passage.shipment:
                        lock.shut()

    def _lit(self, portal: str) -> bool:
        """True when the lamp of a portal says that its readers work; nobody carries bags through a dark one."""
        readers = {
            reader.id for reader in self.plant.readers for antenna in reader.antennas if antenna.portal == portal
        }
        return all(self.scene.listening[reader] is Listening.YES for reader in readers)

    # ---- what machines are told --------------------------------------------------------------------------------------

    def start_job(self, device: str, job: str, payload: str) -> JobAnswer:
        """Give a job to a machine. A known job id answers as it did the first time and does nothing."""
        memory = self._memory(device)
        if memory is None:
            return JobAnswer(JobStatus.REFUSED, f"there is no machine {device}")
        known = memory.jobs.get(job)
        if known is not None:
            return JobAnswer(known.answer, known.detail if known.answer is JobStatus.REFUSED else "")
        record = JobRecord(device, JobStatus.ACCEPTED, JobStatus.ACCEPTED)
        memory.remember(job, record)
        refusal = self._accept(device, job, payload)
        if refusal is None:
            return JobAnswer(JobStatus.ACCEPTED, "")
        record.answer = record.status = JobStatus.REFUSED
        record.detail = refusal
        return JobAnswer(JobStatus.REFUSED, refusal)

    def _accept(self, device: str, job: str, payload: str) -> str | None:
        try:
            command = _COMMAND.decode(payload)
        except msgspec.DecodeError as error:
            return f"the payload is not a command: {error}"
        tables: dict[type, dict[str, Any]] = {
            Separate: dict(self.state.robots),
            Freeze: dict(self.state.freezers),
            MoveBag: dict(self.state.cranes),
            GatePermit: dict(self.state.gates),
            LockPermit: dict(self.state.locks),
        }
        machine = tables[type(command)].get(device)
        if machine is None:
            return f"{device} cannot {msgspec.to_builtins(command)['type']}"
        refusal: str | None = machine.accept(self.scene, job, command)
        return refusal

    def job_state(self, device: str, job: str) -> JobAnswer:
        """How a job stands."""
        memory = self._memory(device)
        record = memory.jobs.get(job) if memory is not None else None
        return JobAnswer(record.status, record.detail) if record is not None else JobAnswer(JobStatus.UNKNOWN, "")

    def _memory(self, device: str) -> CellMemory | None:
        found = self.plant.device_by_id.get(device)
        return self.state.memory[found.cell] if found is not None else None

    # ---- what antennas heard -----------------------------------------------------------------------------------------

    def drain_reads(self) -> list[TagRead]:
        """Reads since the last call, in order of time."""
        reads, self.scene.reads = sorted(self.scene.reads, key=lambda read: read.at), []
        return reads

    def listen(self, reader: str, listening: Listening) -> None:
        """A reader began or ceased to be heard."""
        self.scene.listening[reader] = listening
