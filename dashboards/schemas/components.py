"""The component catalogue as screens show it: each figure with its source and how far that was verified."""

from __future__ import annotations

from typing import Literal

from blood.attributes import Attribute
from blood.components import Family
from dashboards.schemas.base import View


class Sourced(View):
    """Figures that one source claims; ``status`` V: the passage was read, S: a secondary source says so.

    Whatever is not V is shown as "to be confirmed by the site".
    """

    source: str
    status: Literal["V", "S", "unverified"]


class Storage(Sourced):
    """Permitted temperature in storage, Celsius; null is an open side."""

    min_c: float | None
    max_c: float | None


class Transport(Sourced):
    """Permitted temperature on the road, Celsius, and the longest journey in hours; null: no limit is known."""

    min_c: float | None
    max_c: float | None
    max_h: float | None


class ShelfLife(Sourced):
    """How long it lasts in one anticoagulant, additive or bag; ``usual``: when nobody says which."""

    medium: str
    hours: float
    usual: bool


class VolumePerUnit(Sourced):
    """Millilitres of one unit."""

    value: float


class Freeze(Sourced):
    """How cold its core must be so many minutes after the freezing began."""

    core_c: float
    within_min: float


class Agitation(Sourced):
    """Continuous agitation, and how many hours it may be missing; null: no limit is known."""

    max_single_gap_h: float | None
    max_total_gap_h: float | None


class OutOfControl(Sourced):
    """Minutes out of controlled temperature over the life of a bag; null where the profile knows no such rule."""

    return_ok_min: float
    quarantine_ok_min: float | None
    quarantine_h: float | None
    max_events: int | None
    max_c: float | None
    transfuse_within_h: float | None


class Component(View):
    """A blood component that this site makes; ``min_c`` and ``max_c`` are those of its storage."""

    key: str
    family: Family
    name_en: str
    name_zh: str
    min_c: float | None
    max_c: float | None
    storage: Storage
    transport: Transport
    shelf_life: list[ShelfLife]
    ml_per_unit: VolumePerUnit
    freeze: Freeze | None
    agitation: Agitation | None
    out_of_control: OutOfControl | None
    attributes: list[Attribute]


class Catalogue(View):
    """Which profile the components are of, and whose rules of compatibility go with it."""

    profile: str
    version: int
    compatibility: str
    compatibility_en: str
    compatibility_zh: str
    source: str
    status: Literal["V", "S", "unverified"]
