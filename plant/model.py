"""The plant document as typed, frozen structures. One `plant.toml` = one `Plant`; unknown keys are refused."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Annotated

import msgspec

from blood.components import Component, Limits, load_profile
from blood.eligibility import Zone

Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]
PlacePath = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)*$", max_length=120)]


class DeviceKind(StrEnum):
    """What a machine is; `plant.signals` lists the signals of each kind."""

    COLD_ROOM = "cold_room"
    PLASMA_FREEZER = "plasma_freezer"
    PREP_ROBOT = "prep_robot"
    QUICK_FREEZER = "quick_freezer"
    CRANE = "crane"
    GATE = "gate"
    DISPATCH_LOCK = "dispatch_lock"


class PlaceKind(StrEnum):
    """What a place is on the floor."""

    ROOM = "room"
    STORE = "store"
    SHELF = "shelf"
    MACHINE = "machine"
    GATE = "gate"
    LANE = "lane"
    OUTSIDE = "outside"


class ProbeKind(StrEnum):
    """Air probes swing with every door; load probes stand in liquid and follow the blood."""

    AIR = "air"
    LOAD = "load"


class PortalKind(StrEnum):
    """A passage is crossed in a direction; a gate holds each bag until it is decided."""

    PASSAGE = "passage"
    GATE = "gate"


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Site(_Entry, frozen=True):
    """The centre: `facility` is the ISBT 128 facility number that its donation numbers begin with."""

    id: Identifier
    name_en: str
    name_zh: str
    timezone: str
    facility: str


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
    """A place path; `slots` > 0 makes it a shelf whose slots are `path/001` ... `path/NNN`."""

    path: PlacePath
    kind: PlaceKind
    name_en: str
    name_zh: str
    zone: Zone = Zone.NONE
    envelope: str | None = None
    slots: int = 0


class Cell(_Entry, frozen=True):
    """One PLC: an OPC UA server, bridged by one edge."""

    id: Identifier
    edge: Identifier
    url: str


class Device(_Entry, frozen=True):
    """A machine in a cell, standing at (or being) a place."""

    id: Identifier
    cell: str
    kind: DeviceKind
    place: str
    name_en: str
    name_zh: str


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
    """One antenna port of a reader, part of a portal; `side` is `inside`, `outside` or `station`."""

    port: int
    portal: str
    side: str


class Reader(_Entry, frozen=True):
    """A fixed LLRP reader; `group` is the edge that its facts come from."""

    id: Identifier
    group: Identifier
    host: str
    port: int
    antennas: tuple[Antenna, ...]


class Portal(_Entry, frozen=True):
    """A portal between two places (passage), or a station in front of a diverter (gate; `device` decides there)."""

    id: Identifier
    kind: PortalKind
    name_en: str
    name_zh: str
    inside: str
    outside: str
    device: str | None = None


class Hospital(_Entry, frozen=True):
    """A hospital that orders here; `road_min` is the median drive in minutes."""

    id: Identifier
    name_en: str
    name_zh: str
    place: str
    road_min: float
    share: float


class StockPlan(_Entry, frozen=True):
    """Days of cover that bound the phases of one component, and the bags a day each group uses."""

    component: str
    red_days: float
    amber_days: float
    preamber_days: float
    target_days: float
    daily_use: dict[str, float]


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

    def slots(self, shelf: str) -> tuple[str, ...]:
        """All slot paths of a shelf, in order of retrieval."""
        return tuple(f"{shelf}/{number:03d}" for number in range(1, self.place_by_path[shelf].slots + 1))

    def devices_of(self, cell: str) -> tuple[Device, ...]:
        """Devices of a PLC cell."""
        return tuple(device for device in self.devices if device.cell == cell)
