"""The plant document as typed, frozen structures. One `plant.toml` = one `Plant`; unknown keys are refused."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Final

import msgspec

from blood.component_file import load_profile
from blood.components import Component, Limits
from blood.eligibility import Zone
from blood.identifiers import IDENTIFIERS, Identifiers, IdentifierScheme

Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]
PlacePath = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)*$", max_length=120)]


class DeviceKind(StrEnum):
    """What a machine is; `plant.signals` lists the signals of each kind."""

    COLD_ROOM = "cold_room"
    PLATELET_INCUBATOR = "platelet_incubator"
    PLASMA_FREEZER = "plasma_freezer"
    ULTRA_FREEZER = "ultra_freezer"
    PREP_ROBOT = "prep_robot"
    QUICK_FREEZER = "quick_freezer"
    LABEL_CELL = "label_cell"
    CRANE = "crane"
    CONVEYOR = "conveyor"
    DIVERTER = "diverter"
    AMR = "amr"
    GATE = "gate"
    PACK_STATION = "pack_station"
    DISPATCH_LOCK = "dispatch_lock"
    BOX = "box"


FLEET_EDGE: Final = "fleet"
"""The edge of vehicles and of the loggers in transport boxes, which speak MQTT themselves."""
CARRIERS: Final = frozenset({DeviceKind.CRANE, DeviceKind.CONVEYOR, DeviceKind.DIVERTER, DeviceKind.AMR})
"""Machines that carry bags along the routes of the plant."""


class Recipe(StrEnum):
    """What a preparation robot can do with bags; the rules are the profile's operations of the same name."""

    SEPARATE = "separate"
    POOL = "pool"
    WASH = "wash"
    IRRADIATE = "irradiate"
    VIRUS_INACTIVATE = "virus_inactivate"


class PlaceKind(StrEnum):
    """What a place is on the floor."""

    ROOM = "room"
    STORE = "store"
    SHELF = "shelf"
    MACHINE = "machine"
    BELT = "belt"
    GATE = "gate"
    LANE = "lane"
    BOX = "box"
    OUTSIDE = "outside"


class ProbeKind(StrEnum):
    """Air probes swing with every door; load probes stand in liquid and follow the blood."""

    AIR = "air"
    LOAD = "load"


class PortalKind(StrEnum):
    """A passage is crossed in a direction; a gate holds each bag until it is decided; a tunnel reads a standing box."""

    PASSAGE = "passage"
    GATE = "gate"
    TUNNEL = "tunnel"


class BoxClass(StrEnum):
    """Temperature class of a transport box."""

    COLD = "cold"
    PLATELET = "platelet"
    FROZEN = "frozen"


class VehicleKind(StrEnum):
    """How boxes travel."""

    VAN = "van"
    DRONE = "drone"


class HospitalSize(StrEnum):
    """Size of a hospital (world.md 1.5): how it orders and when it receives."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Site(_Entry, frozen=True):
    """The centre: `facility` is what its donation numbers begin with, of ISBT 128 its facility number (FIN).

    `identifiers` is the scheme of its bag numbers and labels; `tag_afi` the application family identifier registered
    for its tags (None: tags are written in EPC form).
    """

    id: Identifier
    name_en: str
    name_zh: str
    timezone: str
    facility: str
    identifiers: IdentifierScheme = IdentifierScheme.ISBT128
    tag_afi: Annotated[int, msgspec.Meta(ge=1, le=255)] | None = None


class Product(_Entry, frozen=True):
    """A product code of this site (8 characters with division) and the component it stands for."""

    code: str
    component: str


class Envelope(_Entry, frozen=True):
    """Permitted temperature of a kind of store, in Celsius: limits, and alerts inside the limits."""

    id: Identifier
    min_c: float | None = None
    max_c: float | None = None
    alert_min_c: float | None = None
    alert_max_c: float | None = None

    @property
    def limits(self) -> Limits:
        """The permitted range."""
        return Limits(self.min_c, self.max_c)


class Place(_Entry, frozen=True):
    """A place path; `slots` > 0 makes it a shelf whose slots are `path/001` ... `path/NNN`.

    `capacity` is how many bags may stand in a shared place at once (None: no limit); `reach_s` is how much longer a
    carrier needs to a shelf than to the nearest one; `only` names the components that a shelf is kept for (empty: all
    that its temperature suits); `area` is (left, top, width, height) on the floor plan in metres (None: not drawn).
    """

    path: PlacePath
    kind: PlaceKind
    name_en: str
    name_zh: str
    zone: Zone = Zone.NONE
    envelope: str | None = None
    slots: int = 0
    capacity: int | None = None
    reach_s: float = 0.0
    only: tuple[str, ...] = ()
    area: tuple[float, float, float, float] | None = None


class Cell(_Entry, frozen=True):
    """One PLC: an OPC UA server, bridged by one edge."""

    id: Identifier
    edge: Identifier
    url: str


class Device(_Entry, frozen=True):
    """A machine in a cell, standing at (or being) a place.

    `carries` is how many bags a carrier takes in one trip; `recipes` is what a preparation robot can do.
    """

    id: Identifier
    cell: str
    kind: DeviceKind
    place: str
    name_en: str
    name_zh: str
    carries: int = 1
    recipes: tuple[Recipe, ...] = ()


class Route(_Entry, frozen=True):
    """A way on which a carrier takes bags from one place to another; `seconds` is its usual time for one trip.

    A store's path stands for all its slots. `portal` is a passage portal on the way, which must see every bag.
    """

    from_place: str = msgspec.field(name="from")
    to_place: str = msgspec.field(name="to")
    device: str
    seconds: float
    portal: str | None = None


class Probe(_Entry, frozen=True):
    """A temperature probe: where its value comes from, and which places (path prefixes) it covers."""

    id: Identifier
    device: str
    metric: str
    kind: ProbeKind
    covers: tuple[str, ...]
    on_delay_s: int = 300
    silent_after_s: int = 300


class Door(_Entry, frozen=True):
    """A door of a store: open longer than `warn_s` warns, longer than `alarm_s` alarms."""

    id: Identifier
    device: str
    metric: str
    place: str
    warn_s: int = 60
    alarm_s: int = 180


class Antenna(_Entry, frozen=True):
    """One antenna port of a reader: part of a portal (`side` is `inside`, `outside` or `station`), or of a shelf.

    `reference` is the EPC (hex) of a tag fixed in its field: an antenna that does not read it for a minute is deaf.
    """

    port: int
    portal: str | None = None
    side: str | None = None
    shelf: str | None = None
    reference: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{4})+$", max_length=124)] | None = None


class Reader(_Entry, frozen=True):
    """A fixed LLRP reader; `group` is the edge that its facts come from."""

    id: Identifier
    group: Identifier
    host: str
    port: int
    antennas: tuple[Antenna, ...]


class Portal(_Entry, frozen=True):
    """A portal between two places (passage), a gate or a tunnel.

    A gate is a station in front of a diverter, `device` decides there; in a tunnel a closed box stands at `inside`
    until its content was read.
    """

    id: Identifier
    kind: PortalKind
    name_en: str
    name_zh: str
    inside: str
    outside: str
    device: str | None = None


class Hospital(_Entry, frozen=True):
    """A hospital that orders here; `road_min` is the median drive in minutes, `air_km` the way of a drone."""

    id: Identifier
    name_en: str
    name_zh: str
    place: str
    road_min: float
    share: float
    size: HospitalSize = HospitalSize.MEDIUM
    air_km: float | None = None
    has_pad: bool = False


class Box(_Entry, frozen=True):
    """A reusable transport box with its own logger; a bag in it lies at the place `box/{id}`.

    `bags` is how many bags it holds, `empty_kg` its weight without bags, coolant included.
    """

    id: Identifier
    kind: BoxClass
    bags: int
    empty_kg: float
    flies: bool = False


class Vehicle(_Entry, frozen=True):
    """A van or a drone. `departs` are local times of the day at which a van leaves; an urgent shipment does not wait.

    `boxes` is how many boxes it takes, `payload_kg` and `range_km` bound a drone's flight (there and back).
    """

    id: Identifier
    kind: VehicleKind
    name_en: str
    name_zh: str
    boxes: int
    payload_kg: float | None = None
    range_km: float | None = None
    departs: tuple[str, ...] = ()


class StockPlan(_Entry, frozen=True):
    """Days of cover that bound the phases of one component, and the bags a day each group uses.

    A bag is near its expiry within `near_days`; None: a seventh of the component's shelf life, at least a day.
    """

    component: str
    red_days: float
    amber_days: float
    preamber_days: float
    target_days: float
    daily_use: dict[str, float]
    near_days: float | None = None


class Neighbour(_Entry, frozen=True):
    """Another centre of the province that tells its stock here; only the account named may speak for it."""

    id: Identifier
    name_en: str
    name_zh: str
    account: Identifier


class Plant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """One centre. Build it with `plant.load.load_plant`, which also checks that every reference resolves."""

    version: int
    profile: str
    site: Site
    products: tuple[Product, ...]
    envelopes: tuple[Envelope, ...]
    places: tuple[Place, ...]
    cells: tuple[Cell, ...]
    devices: tuple[Device, ...]
    probes: tuple[Probe, ...]
    doors: tuple[Door, ...]
    readers: tuple[Reader, ...]
    portals: tuple[Portal, ...]
    hospitals: tuple[Hospital, ...]
    stock: tuple[StockPlan, ...]
    routes: tuple[Route, ...] = ()
    boxes: tuple[Box, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()

    @property
    def identifiers(self) -> Identifiers:
        """How this site numbers its bags: what reads its labels, bag ids and tags."""
        return IDENTIFIERS[self.site.identifiers]

    @cached_property
    def components(self) -> dict[str, Component]:
        """Component key -> component of this site's profile."""
        return dict(load_profile(self.profile))

    @cached_property
    def product_component(self) -> dict[str, Component]:
        """Product code -> component."""
        return {product.code: self.components[product.component] for product in self.products}

    @cached_property
    def place_by_path(self) -> dict[str, Place]:
        """Declared places by path; slots are not declared, use `place_of`."""
        return {place.path: place for place in self.places}

    @cached_property
    def device_by_id(self) -> dict[str, Device]:
        """Devices by id."""
        return {device.id: device for device in self.devices}

    @cached_property
    def probe_by_id(self) -> dict[str, Probe]:
        """Probes by id."""
        return {probe.id: probe for probe in self.probes}

    def product_of(self, component: str) -> str:
        """Product code of a component; raises KeyError when the site makes none."""
        for product in self.products:
            if product.component == component:
                return product.code
        raise KeyError(component)

    def place_of(self, path: str) -> Place:
        """The declared place that a path (a slot, a transit leg) lies in; raises KeyError when there is none."""
        probe = path
        while probe:
            if probe in self.place_by_path:
                return self.place_by_path[probe]
            probe = probe.rpartition("/")[0]
        raise KeyError(path)

    def envelope_of(self, path: str) -> Envelope | None:
        """The envelope that holds at a path: its own or the nearest ancestor's; None where none is declared."""
        by_id = {envelope.id: envelope for envelope in self.envelopes}
        probe = path
        while probe:
            place = self.place_by_path.get(probe)
            if place is not None and place.envelope is not None:
                return by_id[place.envelope]
            probe = probe.rpartition("/")[0]
        return None

    def probes_covering(self, path: str) -> tuple[Probe, ...]:
        """Probes whose coverage includes a path."""
        return tuple(
            probe for probe in self.probes if any(path == area or path.startswith(area + "/") for area in probe.covers)
        )

    @cached_property
    def edge_by_device(self) -> dict[str, str]:
        """The edge that speaks for each device: its cell's, or the fleet's for boxes and vehicles."""
        edges = {cell.id: cell.edge for cell in self.cells}
        by_device = {device.id: edges[device.cell] for device in self.devices}
        return by_device | dict.fromkeys((*self.box_by_id, *self.vehicle_by_id), FLEET_EDGE)

    @cached_property
    def box_by_id(self) -> dict[str, Box]:
        """Transport boxes by id."""
        return {box.id: box for box in self.boxes}

    @cached_property
    def neighbour_by_id(self) -> dict[str, Neighbour]:
        """Other centres of the province by id."""
        return {neighbour.id: neighbour for neighbour in self.neighbours}

    @cached_property
    def vehicle_by_id(self) -> dict[str, Vehicle]:
        """Vehicles by id."""
        return {vehicle.id: vehicle for vehicle in self.vehicles}

    @cached_property
    def hospital_by_id(self) -> dict[str, Hospital]:
        """Hospitals by id."""
        return {hospital.id: hospital for hospital in self.hospitals}

    def slots(self, shelf: str) -> tuple[str, ...]:
        """All slot paths of a shelf, in order of retrieval."""
        return tuple(f"{shelf}/{number:03d}" for number in range(1, self.place_by_path[shelf].slots + 1))

    def devices_of(self, cell: str) -> tuple[Device, ...]:
        """Devices of a PLC cell."""
        return tuple(device for device in self.devices if device.cell == cell)
