"""Trips of vehicles, and the weather that a drone may fly in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dashboards.schemas.base import Identifier, Instant, Request, View
from wms.transport.trips import TripState


class TripStop(View):
    """One hospital of a trip and what is handed over there."""

    hospital: str
    shipment: str
    boxes: list[str]
    eta: Instant
    arrived_at: Instant | None
    handed_over_at: Instant | None


class Trip(View):
    """One trip of one vehicle, and why this vehicle."""

    id: str
    vehicle: str
    vehicle_kind: str
    state: TripState
    departs_at: Instant
    departed_at: Instant | None
    detail: str
    stops: list[TripStop]
    why_en: str
    why_zh: str


class TripList(View):
    """Trips, the next to leave first."""

    items: list[Trip]


class LoadRequest(Request):
    """A box was put into the vehicle."""

    box: Identifier


class HandOverRequest(Request):
    """A box was given to the hospital's people."""

    hospital: Identifier
    box: Identifier


class ComeHomeRequest(Request):
    """The vehicle is home, with these boxes."""

    boxes: Annotated[tuple[Identifier, ...], Field(max_length=200)] = ()


class Weather(View):
    """The weather told last, and what of it forbids a flight."""

    at: Instant | None
    fresh: bool
    wind_m_s: float | None
    gust_m_s: float | None
    rain_mm_h: float | None
    visibility_m: float | None
    icing: bool | None
    thunder_km: float | None
    airspace_open: bool | None
    flight_stop_en: str | None
    flight_stop_zh: str | None
