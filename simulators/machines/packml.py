"""The PackML life of a machine that does one job after the other (ISA-TR88.00.02; state names, never numbers)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Generic, TypeVar

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
    SUSPENDED = "Suspended"
    ABORTED = "Aborted"


HALTED: Final = frozenset({PackState.HELD, PackState.SUSPENDED, PackState.ABORTED})
"""A machine in one of these does nothing: held by a person or a jam, waiting for others, or broken."""


class Job(msgspec.Struct, Generic[CommandT]):
    """A job order in a machine's queue."""

    id: str
    command: CommandT


class Unit(msgspec.Struct, Generic[CommandT]):
    """PackML face and queue of one machine; `ends` is when the present state ends.

    While it is halted, `halted_from` is the state that it goes back to, `halted_at` when it stopped, `resumes_at` when
    staff will have put it right (None: whenever somebody lets it go on), and `trouble` why it stands.
    """

    device: str
    state: PackState = PackState.IDLE
    job: Job[CommandT] | None = None
    queue: list[Job[CommandT]] = []
    began: datetime | None = None
    ends: datetime | None = None
    halted_from: PackState | None = None
    halted_at: datetime | None = None
    resumes_at: datetime | None = None
    trouble: str = ""
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

    @property
    def is_halted(self) -> bool:
        """True while it stands and does nothing."""
        return self.state in HALTED

    def halt(self, now: datetime, to: PackState, trouble: str, resumes_at: datetime | None = None) -> bool:
        """Stop where it stands: the bags stay inside. False when it stood already, which changes nothing."""
        if self.is_halted:
            return False
        self.halted_from, self.halted_at, self.state = self.state, now, to
        self.trouble, self.resumes_at = trouble, resumes_at
        return True

    def resume(self, now: datetime) -> None:
        """Go on; the time that it stood is added to what was left."""
        if self.is_halted and self.halted_from is not None and self.halted_at is not None:
            if self.ends is not None:
                self.ends += now - self.halted_at
            self.state, self.halted_from, self.halted_at = self.halted_from, None, None
            self.trouble, self.resumes_at = "", None


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
