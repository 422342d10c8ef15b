"""The site itself: clock, plant, health, dead letters, live events."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from blood.eligibility import Zone
from dashboards.schemas.base import Identifier, Instant, Request, View
from dashboards.schemas.components import Catalogue, Component
from plant.model import BoxClass, DeviceKind, HospitalSize, PlaceKind, PortalKind, ProbeKind, Recipe, VehicleKind
from runtime.health import HealthState
from wms.inbox.epochs import TroubleKind


class Site(View):
    """The centre."""

    id: str
    name_en: str
    name_zh: str
    timezone: str


class Clock(View):
    """Domain time stamps everything about blood; it may run faster than real time in a simulated centre."""

    domain_now: Instant
    real_now: Instant
    rate: float
    simulated: bool
    site: Site


class Envelope(View):
    """Permitted temperature in Celsius, and the alerts inside it; null is an open side."""

    min_c: float | None
    max_c: float | None
    alert_min_c: float | None
    alert_max_c: float | None


Area = Annotated[list[float], Field(min_length=4, max_length=4, description="left, top, width, height in metres")]


class Place(View):
    """A declared place; slots of a shelf are `path/001` and so on.

    `capacity` null: no limit; `only` empty: every component that the temperature suits; `area` null: not drawn.
    """

    path: str
    kind: PlaceKind
    zone: Zone
    name_en: str
    name_zh: str
    slots: int
    capacity: int | None
    reach_s: float
    only: list[str]
    area: Area | None
    envelope: Envelope | None


class Device(View):
    """A machine; `carries` is how many bags a carrier takes in one trip."""

    id: str
    kind: DeviceKind
    place: str
    name_en: str
    name_zh: str
    carries: int
    recipes: list[Recipe]


class Route(View):
    """A way on which a machine carries bags, and its usual seconds for one trip; a portal on it must see each bag."""

    from_place: str
    to_place: str
    device: str
    seconds: float
    portal: str | None


class Box(View):
    """A transport box; a bag in it lies at the place `box/{id}`."""

    id: str
    kind: BoxClass
    bags: int
    flies: bool


class Vehicle(View):
    """A van or a drone."""

    id: str
    kind: VehicleKind
    name_en: str
    name_zh: str
    boxes: int
    payload_kg: float | None
    range_km: float | None


class Probe(View):
    """A temperature probe and the places it covers."""

    id: str
    device: str
    kind: ProbeKind
    covers: list[str]


class Door(View):
    """A watched door."""

    id: str
    device: str
    place: str
    warn_s: int
    alarm_s: int


class Portal(View):
    """A place where tags are read between two others."""

    id: str
    kind: PortalKind
    name_en: str
    name_zh: str
    inside: str
    outside: str
    device: str | None


class Hospital(View):
    """A hospital that orders here."""

    id: str
    name_en: str
    name_zh: str
    place: str
    road_min: float
    size: HospitalSize
    air_km: float | None
    has_pad: bool


class PlantView(View):
    """The plant document as screens need it."""

    places: list[Place]
    devices: list[Device]
    probes: list[Probe]
    doors: list[Door]
    portals: list[Portal]
    routes: list[Route]
    boxes: list[Box]
    vehicles: list[Vehicle]
    hospitals: list[Hospital]
    components: list[Component]
    catalogue: Catalogue


class HealthPart(View):
    """One part of a service."""

    name: str
    state: HealthState
    detail: str


class ServiceHealth(View):
    """One service as it last spoke of itself (real time)."""

    service: str
    state: HealthState
    at_real: Instant
    parts: list[HealthPart]


class Health(View):
    """The worst state of all services, and each of them."""

    state: HealthState
    services: list[ServiceHealth]


class DeadLetter(View):
    """A fact from the plant that could not be read or applied, kept as it came."""

    id: str
    edge: str
    epoch: str | None
    seq: int | None
    received_real: Instant
    code: str
    detail: str
    raw: str


class DeadLetterList(View):
    """What waits for a person."""

    items: list[DeadLetter]


class EdgeTrouble(View):
    """Facts of an edge that are or may be lost, or two edges with one name; it stands until two people accept it."""

    id: str
    edge: str
    kind: TroubleKind
    epoch: str
    detail: str
    raised_at: Instant


class EdgeTroubleList(View):
    """Troubles that nobody accepted yet."""

    items: list[EdgeTrouble]


class AcceptRequest(Request):
    """Two people take note of a loss; their signatures are over an empty content."""

    signatures: Annotated[list[Identifier], Field(min_length=2, max_length=2)]


class DeadLetterRetry(View):
    """A fact that was applied after all; one that still fails is answered as a problem and stays parked."""

    id: str
    state: Literal["applied"]
