"""What machines and people act in: the floor, the two times, the machines' memory, the log, and what antennas hear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

import msgspec

from plant.model import Plant
from rfid.messages import Direction
from simulators.boxes import TransportBox
from simulators.floor import Floor
from simulators.memory import CellMemory, JobStatus, Tail
from simulators.radio.passes import TagRead


class Listening(Enum):
    """Whether a reader runs an inventory that somebody receives."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class RedLamp:
    """The lamp of a portal stayed red for a bag that a machine carried through."""

    portal: str
    direction: Direction
    bag: str


@dataclass(slots=True)
class Scene:
    """The shared ground of one step. `now` is domain time, `real` is real time (permits live in real time).

    `red_lamps` are those of this step; whoever works on the floor looks at them before it ends.
    """

    plant: Plant
    seed: int
    floor: Floor
    memory: Mapping[str, CellMemory]
    log: Tail
    boxes: Mapping[str, TransportBox]
    now: datetime
    real: datetime
    listening: dict[str, Listening]
    deaf: set[tuple[str, int]] = field(default_factory=set)
    reads: list[TagRead] = field(default_factory=list)
    red_lamps: list[RedLamp] = field(default_factory=list)

    def note(self, event: str, at: datetime | None = None, **details: Any) -> None:
        """Write a line of the world's own log."""
        self.log.append({"n": self.log.head + 1, "at": at or self.now, "event": event, **details})

    def report(self, device: str, kind: str, message: msgspec.Struct, at: datetime | None = None) -> None:
        """A machine reports: the entry goes to the journal of its cell."""
        self.memory[self.plant.device_by_id[device].cell].report(at or self.now, kind, message)

    def finish(self, device: str, job: str, status: JobStatus, detail: str = "") -> None:
        """A machine ends a job."""
        self.memory[self.plant.device_by_id[device].cell].finish(job, status, detail)

    def hear(self, reads: list[TagRead]) -> bool:
        """Hand reads to their readers; False when nobody hears any of them (reader away, port deaf)."""
        heard = [
            read
            for read in reads
            if self.listening.get(read.reader) is Listening.YES and (read.reader, read.antenna) not in self.deaf
        ]
        self.reads.extend(heard)
        return bool(heard)
