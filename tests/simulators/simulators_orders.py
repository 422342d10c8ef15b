"""How the tests of machines speak to the world: orders, time, and the reports that come back."""

from datetime import timedelta
from typing import TypeVar

import msgspec

from plc_bridge.messages import REPORT_TYPES
from simulators.memory import JobStatus
from simulators.world import World

ReportT = TypeVar("ReportT", bound=msgspec.Struct)


def order(world: World, device: str, job: str, command: msgspec.Struct) -> JobStatus:
    return world.start_job(device, job, msgspec.json.encode(command).decode()).status


def refusal(world: World, device: str, job: str, command: msgspec.Struct) -> str:
    answer = world.start_job(device, job, msgspec.json.encode(command).decode())
    assert answer.status is JobStatus.REFUSED
    return answer.detail


def live(world: World, minutes: float, real_s: float | None = None) -> None:
    """Domain minutes; real time runs 60 times slower unless given."""
    steps = max(1, round(minutes * 6))
    real = real_s if real_s is not None else minutes
    start_real = world.scene.real
    for number in range(1, steps + 1):
        world.advance(
            world.state.now + timedelta(minutes=minutes / steps), start_real + timedelta(seconds=real * number / steps)
        )


def reports(world: World, kind: type[ReportT]) -> list[ReportT]:
    found = []
    for memory in world.state.memory.values():
        for _, text in memory.journal.lines:
            entry = msgspec.json.decode(text)
            if REPORT_TYPES.get(entry["type"]) is kind:
                found.append(msgspec.convert(entry["data"], kind))
    return found


def events(world: World, event: str) -> list[dict[str, object]]:
    lines = [msgspec.json.decode(text) for _, text in world.state.log.lines]
    return [line for line in lines if line["event"] == event]
