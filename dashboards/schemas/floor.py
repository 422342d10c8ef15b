"""The floor: what lies where, what each machine does, and what is on the move."""

from __future__ import annotations

from enum import StrEnum

from blood.eligibility import BagStatus
from dashboards.schemas.base import Instant, View
from dashboards.schemas.overview import Chamber


class MachineState(StrEnum):
    """What a machine does; `away` means that nobody hears of it, `unknown` that it says nothing usable."""

    RUNNING = "running"
    IDLE = "idle"
    HELD = "held"
    STOPPED = "stopped"
    AWAY = "away"
    UNKNOWN = "unknown"


class FloorPlace(View):
    """Bags at a drawn place and everything below it."""

    path: str
    bags: int
    statuses: dict[BagStatus, int]


class FloorDevice(View):
    """A machine now: its state in its own word (`state_text`), its job, and where a carrier stands or drives to.

    `waits_*` says why what it holds, and what is meant for it, waits; null while it runs.
    """

    device: str
    state: MachineState
    state_text: str | None
    job: str | None
    place: str | None
    waits_en: str | None
    waits_zh: str | None


class FloorBox(View):
    """A transport box: where it is, and the bags in it."""

    id: str
    state: str
    place: str | None
    bags: int


class FloorVehicle(View):
    """A vehicle and the trip that it is on."""

    id: str
    state: str
    trip: str | None


class FloorMove(View):
    """A bag on its way now: from where to where, since when, and how long that usually takes."""

    task: str
    bag: str
    device: str
    from_place: str
    to_place: str
    started_at: Instant
    seconds: float


class FloorWait(View):
    """A move that waits, and for what."""

    task: str
    bag: str
    from_place: str
    waits_for_en: str
    waits_for_zh: str
    since: Instant


class FloorState(View):
    """Everything that the floor plan draws on top of the plant document."""

    at: Instant
    places: list[FloorPlace]
    devices: list[FloorDevice]
    chambers: list[Chamber]
    boxes: list[FloorBox]
    vehicles: list[FloorVehicle]
    moving: list[FloorMove]
    waiting: list[FloorWait]
    tasks_open: int
