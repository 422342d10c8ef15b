"""What machines are told: job orders decoded, given to the machine that can do them, remembered, and read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from fleet.messages import DriveTrip, FleetCommand
from plant.model import FLEET_EDGE, Plant
from plc_bridge.messages import (
    Carry,
    Freeze,
    GatePermit,
    GateReject,
    LockPermit,
    MachineCommand,
    PackBox,
    PrintLabel,
    Process,
    Separate,
    UnpackBox,
)
from simulators.memory import CellMemory, JobRecord, JobStatus
from simulators.scene import Scene
from simulators.state import WorldState

_COMMAND: Final = msgspec.json.Decoder(MachineCommand | FleetCommand)


@dataclass(frozen=True, slots=True)
class JobAnswer:
    """Answer of a machine: a status and a sentence."""

    status: JobStatus
    detail: str


def start_job(scene: Scene, state: WorldState, device: str, job: str, payload: str) -> JobAnswer:
    """Give a job to a machine. A known job id answers as it did the first time and does nothing."""
    memory = _memory(scene.plant, state, device)
    if memory is None:
        return JobAnswer(JobStatus.REFUSED, f"there is no machine {device}")
    known = memory.jobs.get(job)
    if known is not None:
        return JobAnswer(known.answer, known.detail if known.answer is JobStatus.REFUSED else "")
    record = JobRecord(device, JobStatus.ACCEPTED, JobStatus.ACCEPTED)
    memory.remember(job, record)
    refusal = _accept(scene, state, device, job, payload)
    if refusal is None:
        return JobAnswer(JobStatus.ACCEPTED, "")
    record.answer = record.status = JobStatus.REFUSED
    record.detail = refusal
    return JobAnswer(JobStatus.REFUSED, refusal)


def job_state(scene: Scene, state: WorldState, device: str, job: str) -> JobAnswer:
    """How a job stands."""
    memory = _memory(scene.plant, state, device)
    record = memory.jobs.get(job) if memory is not None else None
    return JobAnswer(record.status, record.detail) if record is not None else JobAnswer(JobStatus.UNKNOWN, "")


def _accept(scene: Scene, state: WorldState, device: str, job: str, payload: str) -> str | None:
    try:
        command = _COMMAND.decode(payload)
    except msgspec.DecodeError as error:
        return f"the payload is not a command: {error}"
    machine = _machines_for(state, command).get(device)
    if machine is None:
        return f"{device} cannot {msgspec.to_builtins(command)['type']}"
    refusal: str | None = machine.accept(scene, job, command)
    return refusal


def _machines_for(state: WorldState, command: object) -> dict[str, Any]:
    """Machines that take this kind of command."""
    tables: dict[type, dict[str, Any]] = {
        Separate: dict(state.robots),
        Process: dict(state.robots),
        Freeze: dict(state.freezers),
        Carry: dict(state.carriers),
        PrintLabel: dict(state.label_stations),
        PackBox: dict(state.pack_stations),
        UnpackBox: dict(state.pack_stations),
        GatePermit: dict(state.gates),
        GateReject: dict(state.gates),
        LockPermit: dict(state.locks),
        DriveTrip: dict(state.depot.vehicles),
    }
    return tables.get(type(command), {})


def _memory(plant: Plant, state: WorldState, device: str) -> CellMemory | None:
    if device in plant.vehicle_by_id:
        return state.memory[FLEET_EDGE]
    found = plant.device_by_id.get(device)
    return state.memory[found.cell] if found is not None else None
