"""The PackML life of a machine that does one job after the other (ISA-TR88.00.02; state names, never numbers)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

CommandT = TypeVar("CommandT", bound=msgspec.Struct)


class PackState(StrEnum):
    """PackML states that these machines reach."""

    IDLE = "Idle"
    STARTING = "Starting"
    EXECUTE = "Execute"
    COMPLETING = "Completing"
    COMPLETE = "Complete"
    HELD = "Held"


class Job(msgspec.Struct, Generic[CommandT]):
    """A job order in a machine's queue."""

    id: str
    command: CommandT


class Unit(msgspec.Struct, Generic[CommandT]):
    """PackML face and queue of one machine; `ends` is when the present state ends, `held_at` when a hold began."""

    device: str
    state: PackState = PackState.IDLE
    job: Job[CommandT] | None = None
    queue: list[Job[CommandT]] = []
    began: datetime | None = None
    ends: datetime | None = None
    held_from: PackState | None = None
    held_at: datetime | None = None
    processed: int = 0
    defective: int = 0

    def value(self, metric: str) -> str | int | None:
        """Value of a PackML signal; None for any other metric."""
        values: dict[str, str | int] = {
            "Status/StateCurrent": self.state.value,
            "Status/UnitModeCurrent": "Produce",
            "Status/JobCurrent": self.job.id if self.job else "",
            "Admin/ProdProcessedCount": self.processed,
            "Admin/ProdDefectiveCount": self.defective,
        }
        return values.get(metric)

    def hold(self, now: datetime) -> None:
        """Stop where it stands (an operator or a jam): the bags stay inside."""
        if self.state is not PackState.HELD:
            self.held_from, self.held_at, self.state = self.state, now, PackState.HELD

    def unhold(self, now: datetime) -> None:
        """Go on; the time of the hold is added to what was left."""
        if self.state is PackState.HELD and self.held_from is not None and self.held_at is not None:
            if self.ends is not None:
                self.ends += now - self.held_at
            self.state, self.held_from, self.held_at = self.held_from, None, None


class Phases(msgspec.Struct, frozen=True):
    """Seconds that a machine spends starting, executing and completing a job."""

    starting_s: float
    execute_s: float
    completing_s: float


def run(
    unit: Unit[CommandT],
    now: datetime,
    phases: Phases,
    finished: Callable[[Job[CommandT], datetime], None],
    execute_ends: Callable[[datetime], datetime | None] | None = None,
) -> None:
    """Take the unit through its states up to ``now``; ``finished`` is called once at the end of each job.

    ``execute_ends`` decides when Execute is over (None: not yet); without it the phase lasts ``phases.execute_s``.
    """
    while True:
        if unit.state is PackState.IDLE:
            if not unit.queue:
                return
            unit.job, unit.began = unit.queue.pop(0), now
            unit.state, unit.ends = PackState.STARTING, now + timedelta(seconds=phases.starting_s)
        elif unit.state is PackState.STARTING and unit.ends is not None and unit.ends <= now:
            unit.state, unit.ends = PackState.EXECUTE, unit.ends + timedelta(seconds=phases.execute_s)
        elif unit.state is PackState.EXECUTE and unit.ends is not None:
            over = execute_ends(now) if execute_ends is not None else unit.ends
            if over is None or over > now:
                return
            unit.state, unit.ends = PackState.COMPLETING, over + timedelta(seconds=phases.completing_s)
        elif unit.state is PackState.COMPLETING and unit.ends is not None and unit.ends <= now and unit.job is not None:
            finished(unit.job, unit.ends)
            unit.state, unit.job, unit.ends = PackState.IDLE, None, None
        else:
            return
