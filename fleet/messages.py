"""What the fleet edge reports, and what the controller asks of vehicles (version 1).

The fleet speaks MQTT itself: facts on the edge `plant.model.FLEET_EDGE`, the state of vehicles and box loggers in
Sparkplug. Units are in the names; instants are UTC domain time.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class _Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Stop(_Message, frozen=True):
    """One stop of a trip: the boxes handed over at a hospital."""

    hospital: str
    shipment: str
    boxes: tuple[str, ...]


class DriveTrip(_Message, frozen=True, tag="drive_trip"):
    """Vehicle: take these boxes from the lock to these hospitals, in this order."""

    trip: str
    stops: tuple[Stop, ...]


FleetCommand = DriveTrip


class TripEventKind(StrEnum):
    """What happened on a trip. LOADED: all its boxes were scanned into the vehicle; RETURNED: it is home again."""

    LOADED = "loaded"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    HANDED_OVER = "handed_over"
    STUCK = "stuck"
    MOVING = "moving"
    TURNED_BACK = "turned_back"
    RETURNED = "returned"


class TripEvent(_Message, frozen=True):
    """One event of a trip; `hospital` where it happened at a stop, `boxes` those that it concerns."""

    trip: str
    vehicle: str
    kind: TripEventKind
    hospital: str | None
    boxes: tuple[str, ...]
    reason: str


class WeatherSeen(_Message, frozen=True):
    """The weather at the pad, told every ten minutes; a drone's limits are the controller's rule, not the station's."""

    station: str
    wind_m_s: float
    gust_m_s: float
    rain_mm_h: float
    visibility_m: float
    icing: bool
    thunder_km: float | None
    airspace_open: bool


REPORT_TYPES: dict[str, type[_Message]] = {
    "org.hemovault.fleet.trip-event.v1": TripEvent,
    "org.hemovault.fleet.weather-seen.v1": WeatherSeen,
}
COMMAND_TYPE = "org.hemovault.fleet.command.v1"


def report_type(message: _Message) -> str:
    """The fact type of a report."""
    for name, struct in REPORT_TYPES.items():
        if isinstance(message, struct):
            return name
    raise TypeError(f"{type(message).__name__} is not a report")
