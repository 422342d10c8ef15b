"""What telemetry tells the alarms: one change of one condition of one source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Condition(StrEnum):
    """Kinds of condition that telemetry can see (design.md 7)."""

    TEMPERATURE_HIGH = "temperature_high"
    TEMPERATURE_LOW = "temperature_low"
    TEMPERATURE_HIGH_ALERT = "temperature_high_alert"
    TEMPERATURE_LOW_ALERT = "temperature_low_alert"
    DOOR_OPEN = "door_open"
    DOOR_OPEN_LONG = "door_open_long"
    SENSOR_SILENT = "sensor_silent"
    SENSOR_BAD = "sensor_bad"
    SENSOR_STUCK = "sensor_stuck"
    SENSOR_NOISY = "sensor_noisy"
    SENSORS_DISAGREE = "sensors_disagree"
    DEVICE_SILENT = "device_silent"
    CLOCK_STEP = "clock_step"
    POWER_LOST = "power_lost"
    TEMPERATURE_TREND = "temperature_trend"
    TEMPERATURE_RATE = "temperature_rate"
    COOLING_LABOURS = "cooling_labours"
    AGITATOR_STOPPED = "agitator_stopped"
    AGITATOR_STOPPED_LONG = "agitator_stopped_long"
    LATE_EXCURSION = "late_excursion"


class Severity(StrEnum):
    """How much a condition matters by its kind; wms.alarms decides the ISA-18.2 priority."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionChange:
    """A condition began (True), ended (False) or can no longer be told (None: never treat as ended).

    ``source`` is the id of a probe, door or device in the plant; ``value`` and ``limit`` in the unit of the source
    (Celsius for probes, kelvin for rates and disagreement, seconds for doors, agitators, silence and clocks, minutes
    for a trend and a stuck probe, percent for a compressor, times the normal scatter for a noisy probe); ``at`` is the
    domain instant of the reading (or look) that decided it; ``place`` the place path that the source covers first.
    """

    source: str
    condition: Condition
    active: bool | None
    priority_hint: Severity
    value: float | None
    limit: float | None
    at: datetime
    place: str | None
