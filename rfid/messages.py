"""What the RFID edge reports (version 1). EPCs are lower-case hex; instants are UTC domain time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


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


REPORT_TYPES: dict[str, type[_Message]] = {
    "org.hemovault.rfid.crossing.v1": Crossing,
    "org.hemovault.rfid.gate-read.v1": GateRead,
}


def report_type(message: _Message) -> str:
    """The fact type of a report."""
    for name, struct in REPORT_TYPES.items():
        if isinstance(message, struct):
            return name
    raise TypeError(f"{type(message).__name__} is not a report")
