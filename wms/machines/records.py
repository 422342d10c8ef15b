"""What a batch's report is kept as: units with their measures, and the freezing curve when there was one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from wms.ledger.chain import canonical


@dataclass(frozen=True, slots=True)
class UnitMeasure:
    """A measured value with the limits that it was judged by; None is an open side."""

    name: str
    value: float
    unit: str
    min: float | None
    max: float | None


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """What became of one unit: `done`, `failed` (the machine says so) or `out_of_limits` (its measures do)."""

    parents: tuple[str, ...]
    child: str | None
    outcome: str
    reason: str
    measures: tuple[UnitMeasure, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """The record of a batch; ``curve`` is (minute, core temperature)."""

    started_at: datetime
    ended_at: datetime
    units: tuple[UnitRecord, ...]
    curve: tuple[tuple[float, float], ...] = ()
    minutes_to_target: float | None = None
    target_c: float | None = None


def encode_record(record: BatchRecord) -> str:
    """As it is stored: canonical JSON."""
    return canonical(msgspec.to_builtins(record))


def decode_record(text: str) -> BatchRecord:
    """From the stored form; raises msgspec.DecodeError when it is none."""
    return msgspec.json.decode(text, type=BatchRecord)
