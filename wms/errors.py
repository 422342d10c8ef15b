"""Refusals: named errors with a sentence for a person. The API turns each into a problem document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class Refused(Exception):  # noqa: N818 - the word of the house; it is what the person is told
    """Something was asked that must not or cannot happen; nothing was changed.

    ``code`` names the reason for machines and translators, ``detail`` is a sentence for a person.
    """

    status = 409

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {detail}")


class NotFound(Refused):
    """What was named does not exist."""

    status = 404


class Invalid(Refused):
    """The request itself is wrong; ``code`` names the field."""

    status = 422


@dataclass(frozen=True, slots=True)
class LineFault:
    """One thing wrong with a file: the line (from 1; the header is line 1), a code, and a sentence for a person."""

    line: int
    code: str
    detail: str


class FaultyLines(Invalid):
    """A file of which nothing was taken; ``faults`` names every fault by its line."""

    def __init__(self, code: str, faults: Sequence[LineFault]) -> None:
        self.faults = tuple(faults)
        first = "; ".join(f"line {fault.line}: {fault.detail}" for fault in self.faults[:3])
        super().__init__(code, f"Nothing was taken; {len(self.faults)} faults, the first: {first}")


class Conflict(Refused):
    """Somebody was faster: the thing changed since it was looked at."""

    status = 409


class Unavailable(Refused):
    """The warehouse cannot write now (disk, lease, shutdown); nothing was changed and asking again later may work."""

    status = 503


class StoreFailed(Unavailable):
    """The database is gone, busy or full; nothing was changed, unless ``code`` is ``store.unknown``."""


class StoreUnfit(Refused):
    """A database that the warehouse must not run on; the text says how to make one that it can."""

    status = 503


class LeaseTaken(Unavailable):
    """Another controller holds this site's database."""


class LeaseLost(Unavailable):
    """Another controller took over; this one must not write any more."""
