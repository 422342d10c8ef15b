"""Data of the live stream `/events`."""

from __future__ import annotations

from typing import Literal

from dashboards.schemas.bags import Quality
from dashboards.schemas.base import Instant, View
from dashboards.schemas.notices import Wall
from dashboards.schemas.system import Clock


class Change(View):
    """`event: change`: what to ask for again, by topic; the event's id is a ledger sequence number.

    A topic without keys means "any of them": there were too many to name.
    """

    topics: dict[str, list[str]]


class LiveReading(View):
    """One of the array in `event: reading`."""

    probe: str
    value_c: float | None
    quality: Quality
    at: Instant | None


class LiveDoor(View):
    """One of the array in `event: door`; null means that nobody knows."""

    door: str
    open: bool | None
    at: Instant | None


class Reset(View):
    """`event: reset`: the stream could not be kept whole for this client; ask for everything again."""

    reason: Literal["behind", "unknown_id", "restart"]


class StreamEvents(View):
    """The data of each event of the stream by event name."""

    change: Change
    reading: list[LiveReading]
    door: list[LiveDoor]
    clock: Clock
    sound: Wall
    reset: Reset
