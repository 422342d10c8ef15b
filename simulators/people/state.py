"""What people of the virtual centre have done and still have to do: the part of the world's snapshot that is theirs."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec


class Fitness(StrEnum):
    """What a hospital's thermometer and record say of blood in its hands."""

    IN_RANGE = "in_range"
    OUT_OF_RANGE = "out_of_range"


class Donation(msgspec.Struct):
    """One donation with the truth that only its blood knows; `reactive` names a reactive marker."""

    din: str
    bag: str
    donor: str
    volume_ml: float
    collected_at: datetime
    group: str
    reactive: str | None
    results_due: datetime | None = None
    product: str = ""
    """Product code of an apheresis bag; empty for whole blood."""
    repeats_due: datetime | None = None
    """When the repeats of a first reaction are done; None until one was reported."""


class Note(msgspec.Struct):
    """A despatch note: what a tote brings, as (donation number, product code)."""

    id: str
    sent_at: datetime
    items: list[tuple[str, str]]


class Tote(msgspec.Struct):
    """Bags of one collection run; it drives off once every bag of it and its note are reported."""

    bags: list[str]
    passes_at: datetime | None = None
    leaves_at: datetime | None = None
    note: str = ""


class Van(msgspec.Struct):
    """A collection run of a day to come: when it reaches the portal, and when its donors sit down."""

    at: datetime
    chairs: list[datetime]
    bags: list[str] = []


class Need(msgspec.Struct):
    """What a hospital will order at `at`: lines are (component, group, bags)."""

    number: int
    hospital: str
    at: datetime
    lines: list[tuple[str, str, int]]
    kind: str = "stock"
    priority: int = 3
    due_at: datetime | None = None
    refused: int = 0
    """How often it was refused because its time had passed; it was then asked for again with a later one."""


class Parcel(msgspec.Struct):
    """The content of one box as the hospital found it when it was handed over."""

    bags: list[str]
    fitness: Fitness = Fitness.IN_RANGE


class Delivery(msgspec.Struct):
    """A shipment that has arrived and is not yet receipted, box by box; a shipment without boxes is one parcel."""

    hospital: str
    parcels: dict[str, Parcel] = {}


class Trip(msgspec.Struct):
    """Bags without a box on the road."""

    shipment: str
    hospital: str
    bags: list[str]
    arrives_at: datetime


class Return(msgspec.Struct):
    """A bag that a hospital sends back from `at` on; `fitness` is what its record says."""

    bag: str
    hospital: str
    shipment: str
    at: datetime
    fitness: Fitness = Fitness.IN_RANGE


class BedsideStep(StrEnum):
    """How far the papers of one bag got; UNTOLD: this warehouse keeps none."""

    WAITING = "waiting"
    PATIENT_TOLD = "patient_told"
    READY = "ready"
    ISSUED = "issued"
    USED = "used"
    UNTOLD = "untold"


class Bedside(msgspec.Struct):
    """One bag, the patient who is to get it, and what the warehouse was told; `at` is when it was used, once it was."""

    bag: str
    hospital: str
    patient: str
    at: datetime
    step: BedsideStep = BedsideStep.WAITING
    component: str = ""
    refusals: int = 0


class People(msgspec.Struct):
    """State of all people: what they did and what they still have to report."""

    year: int
    next_din: int
    next_tote_at: datetime | None = None
    next_need_at: datetime | None = None
    donations: int = 0
    needs: int = 0
    totes: list[Tote] = []
    unreported: dict[str, Donation] = {}
    unannounced: dict[str, Note] = {}
    untested: dict[str, Donation] = {}
    unordered: dict[int, Need] = {}
    trips: list[Trip] = []
    delivered: dict[str, Delivery] = {}
    in_use: dict[str, datetime] = {}
    bedside: dict[str, Bedside] = {}
    used: int = 0
    next_story_at: datetime | None = None
    planned_through: date | None = None
    vans: list[Van] = []
    wanted: list[Need] = []
    returns: dict[str, Return] = {}
    stock_told: dict[str, datetime] = {}
    """When each hospital and each neighbouring centre told its stock last."""
