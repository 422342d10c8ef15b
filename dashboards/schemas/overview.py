"""The overview board."""

from __future__ import annotations

from enum import StrEnum

from blood.groups import BloodGroup
from dashboards.schemas.alarms import Alarm, Priority
from dashboards.schemas.bags import Quality
from dashboards.schemas.base import Instant, TrendPoint, View
from dashboards.schemas.system import Envelope
from wms.orders.lifecycle import OrderState


class StockPhase(StrEnum):
    """Days of cover against the plan of the site."""

    GREEN = "green"
    PREAMBER = "preamber"
    AMBER = "amber"
    RED = "red"


class StockPlan(View):
    """Days of cover that bound the phases."""

    red_days: float
    amber_days: float
    preamber_days: float
    target_days: float


class StockCell(View):
    """Stock of one component and group; days null when no use is planned."""

    group: BloodGroup
    bags: int
    days: float | None
    phase: StockPhase


class StockRow(View):
    """Stock of one component."""

    component: str
    name_en: str
    name_zh: str
    plan: StockPlan
    cells: list[StockCell]


class AlarmCount(View):
    """Open alarms of one priority."""

    priority: Priority
    open: int
    unacknowledged: int


class AlarmSummary(View):
    """How many alarms stand, and the worst of them."""

    counts: list[AlarmCount]
    top: list[Alarm]


class Chamber(View):
    """One cold store as its probe sees it; a value that is not good is never shown as one."""

    device: str
    name_en: str
    name_zh: str
    place: str
    probe: str
    value_c: float | None
    quality: Quality
    at: Instant | None
    envelope: Envelope
    door_open: bool | None
    suspended_until: Instant | None
    bags: int
    trend: list[TrendPoint]
    minutes_to_limit: float | None


class OrderSummary(View):
    """An order on the board."""

    id: str
    hospital: str
    hospital_name_en: str
    hospital_name_zh: str
    priority: int
    due_at: Instant
    state: OrderState
    bags_total: int
    bags_done: int
    late: bool


class Flow(View):
    """Bags that passed each station in the last window (domain minutes)."""

    window_min: int
    received: int
    prepared: int
    frozen: int
    stored: int
    reserved: int
    gated: int
    issued: int
    delivered: int


class Completeness(View):
    """Whether the data behind the board is whole."""

    stored: int
    late: int
    gaps: int
    sources_live: int
    sources_total: int
    readers_live: int
    readers_total: int


class Overview(View):
    """The first screen, in one answer."""

    at: Instant
    stock: list[StockRow]
    alarms: AlarmSummary
    chambers: list[Chamber]
    orders: list[OrderSummary]
    flow: Flow
    completeness: Completeness
