"""What the RFID edge reports (version 1). EPCs are lower-case hex; instants are UTC domain time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

TAGS_PER_FACT: Final = 200
"""A fact has at most 16 KiB; so many EPCs fill less than half of it."""


class _Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Direction(StrEnum):
    """Which way a tag went through a passage, seen from the centre."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


class Crossing(_Message, frozen=True):
    """One tag passed a passage portal: evidence from all its reads."""

    portal: str
    reader: str
    epc: str
    direction: Direction
    first_seen: datetime
    last_seen: datetime
    reads: int
    peak_rssi_dbm: int


class GateRead(_Message, frozen=True):
    """One tag stands at a gate station and waits for a decision."""

    portal: str
    reader: str
    epc: str
    seen_at: datetime
    reads: int
    peak_rssi_dbm: int


class TunnelRead(_Message, frozen=True):
    """All that was read while one box stood in a tunnel, told once it was quiet.

    More tags than fit into one fact come in `parts` parts of one `pass_id`, numbered from 1.
    """

    portal: str
    reader: str
    pass_id: str
    part: int
    parts: int
    epcs: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime


class ShelfSeen(_Message, frozen=True):
    """What the antennas of a shelf see now: told when it changes and at least every hour.

    A tag is gone when several rounds have missed it. `round_id` groups the parts of one account.
    """

    shelf: str
    reader: str
    round_id: str
    part: int
    parts: int
    epcs: tuple[str, ...]
    at: datetime


class HearingChanged(_Message, frozen=True):
    """Which antennas of a reader hear nothing though it is connected: told on change, and after each connection.

    An antenna is deaf when its cable is off, when the tag that is fixed in front of it is not read, or when a full
    shelf falls silent at once.
    """

    reader: str
    deaf: tuple[int, ...]
    at: datetime


REPORT_TYPES: dict[str, type[_Message]] = {
    "org.hemovault.rfid.crossing.v1": Crossing,
    "org.hemovault.rfid.gate-read.v1": GateRead,
    "org.hemovault.rfid.tunnel-read.v1": TunnelRead,
    "org.hemovault.rfid.shelf-seen.v1": ShelfSeen,
    "org.hemovault.rfid.hearing-changed.v1": HearingChanged,
}


Report = Crossing | GateRead | TunnelRead | ShelfSeen | HearingChanged


def happened_at(report: Report) -> datetime:
    """When what is reported happened, by the clock of the reader."""
    match report:
        case Crossing() | TunnelRead():
            return report.last_seen
        case GateRead():
            return report.seen_at
        case ShelfSeen() | HearingChanged():
            return report.at


def in_parts(epcs: Sequence[str]) -> list[tuple[str, ...]]:
    """Tags in the parts that one account of them takes; an account of nothing has one empty part."""
    return [tuple(epcs[at : at + TAGS_PER_FACT]) for at in range(0, len(epcs), TAGS_PER_FACT)] or [()]


def report_type(message: _Message) -> str:
    """The fact type of a report."""
    for name, struct in REPORT_TYPES.items():
        if isinstance(message, struct):
            return name
    raise TypeError(f"{type(message).__name__} is not a report")
