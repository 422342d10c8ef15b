"""Every cold store as it stands now, and what the history of a probe is drawn with."""

from __future__ import annotations

from enum import StrEnum

from dashboards.schemas.bags import Quality
from dashboards.schemas.base import Instant, View
from dashboards.schemas.system import Envelope
from plant.model import DeviceKind, ProbeKind
from telemetry.calibration import CalibrationState
from wms.duties.model import DutyKind, DutyState


class MinutesToLimit(View):
    """When a probe reaches its limit; `low` to `high` holds 80 of 100 cases, null while no model vouches for it."""

    median: float
    low: float | None
    high: float | None


class StoreProbe(View):
    """A probe of a store; `minutes_to_limit` null: it does not head for a limit, or nobody can say."""

    id: str
    kind: ProbeKind
    value_c: float | None
    quality: Quality
    at: Instant | None
    minutes_to_limit: MinutesToLimit | None
    calibration: CalibrationState


class StoreDuty(View):
    """The most urgent duty of a store that is not done."""

    id: str
    kind: DutyKind
    due_at: Instant
    state: DutyState


class StorePart(StrEnum):
    """What a store can say of itself beside its temperatures."""

    DOOR = "door"
    DEFROST = "defrost"
    COMPRESSOR = "compressor"
    POWER = "power"


class ColdStore(View):
    """One store. `envelope` are the limits in force now, `limits_version` 0 are the plant document's.

    Null for a part that is among its `parts`: nobody knows. A part that is not among them it does not have.
    """

    device: str
    place: str
    name_en: str
    name_zh: str
    kind: DeviceKind
    envelope: Envelope | None
    limits_version: int | None
    probes: list[StoreProbe]
    parts: list[StorePart]
    door_open: bool | None
    defrosting: bool | None
    compressor_on: bool | None
    power: bool | None
    bags: int
    alarms: list[str]
    suspended_until: Instant | None
    duty: StoreDuty | None


class ColdChain(View):
    """All stores; at most half a second old."""

    at: Instant
    stores: list[ColdStore]


class QualityCounts(View):
    """Readings of an interval by how far they can be trusted; good ones without a value count as bad."""

    good: int
    uncertain: int
    bad: int
    stale: int


class HistoryLimits(View):
    """Limits that were in force in a part of the interval; null: open. `to_at` null: nothing else is decided."""

    version: int
    from_at: Instant
    to_at: Instant | None
    min_c: float | None
    max_c: float | None
    alert_min_c: float | None
    alert_max_c: float | None


class HistoryEventKind(StrEnum):
    """What is drawn over a curve.

    `compressor`: it ran (of two days at most); `power`: the supply was lost; `reading`: a person read the display.
    """

    DOOR = "door"
    DEFROST = "defrost"
    COMPRESSOR = "compressor"
    POWER = "power"
    SUSPENDED = "suspended"
    EXCURSION = "excursion"
    READING = "reading"


class HistoryEvent(View):
    """Something that happened; `to_at` null while it lasts, the same as `from_at` for a moment.

    `id` names the door, device, suspension, excursion or record. `value_c`: what was read, or the worst of an
    excursion.
    """

    kind: HistoryEventKind
    id: str
    from_at: Instant
    to_at: Instant | None
    value_c: float | None
