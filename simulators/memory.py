"""What must outlive a process: records with gap-free numbers, the machines' jobs and their journal."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

_JOBS_KEPT: Final = 5000


class Tail(msgspec.Struct):
    """The end of an append-only record: `lines` are (number, JSON text); those on disk elsewhere may be cut off."""

    head: int = 0
    lines: list[tuple[int, str]] = []

    def append(self, line: dict[str, Any]) -> int:
        """Append a line and return its number."""
        self.head += 1
        self.lines.append((self.head, msgspec.json.encode(line).decode()))
        return self.head

    def cut(self, through: int) -> None:
        """Forget lines up to a number: they are safe on disk."""
        self.lines = [line for line in self.lines if line[0] > through]


class JobStatus(StrEnum):
    """Life of a job order at a machine."""

    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DONE = "done"
    FAILED = "failed"


class JobRecord(msgspec.Struct):
    """What a machine knows of a job order: how it answered, and how it stands."""

    device: str
    answer: JobStatus
    status: JobStatus
    detail: str = ""


class CellMemory(msgspec.Struct):
    """Durable memory of one PLC cell."""

    epoch: str
    journal: Tail = msgspec.field(default_factory=Tail)
    jobs: dict[str, JobRecord] = {}

    def report(self, at: datetime, kind: str, message: msgspec.Struct) -> None:
        """Append a report to the journal."""
        self.journal.append({"seq": self.journal.head + 1, "at": at, "type": kind, "data": message})

    def remember(self, job: str, record: JobRecord) -> None:
        """Remember a job; the oldest ended ones are forgotten beyond 5 000."""
        self.jobs[job] = record
        if len(self.jobs) > _JOBS_KEPT:
            for name, old in list(self.jobs.items()):
                if old.status is not JobStatus.ACCEPTED:
                    del self.jobs[name]
                if len(self.jobs) <= _JOBS_KEPT:
                    break

    def finish(self, job: str, status: JobStatus, detail: str = "") -> None:
        """Note the end of a job."""
        record = self.jobs[job]
        record.status, record.detail = status, detail
