"""Stock bands, the province board, and what other houses report."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, FiniteFloat

from blood.groups import BloodGroup
from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, Sentence, View
from dashboards.schemas.overview import StockPhase, StockPlan

Days = Annotated[FiniteFloat, Field(gt=0, le=3650)]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Use = Annotated[FiniteFloat, Field(ge=0, le=100_000)]


class StockBand(View):
    """Bounds of one component in days of cover; version 0 is the plant's own plan, which nobody set."""

    component: str
    name_en: str
    name_zh: str
    days: StockPlan
    near_days: float
    daily_use: dict[str, float]
    version: int
    reason: str | None
    set_by: str | None
    set_at: Instant | None


class StockBandList(View):
    """The band of every component of the stock plan."""

    items: list[StockBand]


class SetStockBand(Request):
    """A new band, from now on."""

    component: Identifier
    red_days: Days
    amber_days: Days
    preamber_days: Days
    target_days: Days
    near_days: Days
    daily_use: Annotated[dict[BloodGroup, Use], Field(description="Bags a day by group")]
    reason: Sentence


class HeldCell(View):
    """Bags of one component and group in one house; days and phase null where no daily use is known."""

    component: str
    group: str
    bags: int
    days: float | None
    phase: StockPhase | None
    expiring: int | None


class StockHouse(View):
    """One centre or hospital; what is not fresh is shown and not counted."""

    id: str
    name_en: str
    name_zh: str
    own: bool
    at: Instant | None
    fresh: bool
    cells: list[HeldCell]


class StockTotal(View):
    """All centres with a fresh report, together; days null when one of them tells no use."""

    component: str
    group: str
    bags: int
    days: float | None
    sites: int


class StockImbalance(View):
    """What one centre could send to another."""

    component: str
    group: str
    from_site: str
    from_days: float
    to_site: str
    to_days: float
    bags: int


class NearExpiry(View):
    """Bags here that expire within the horizon, and how many of them nobody will need before."""

    component: str
    group: str
    expiring: int
    at_risk: int
    first_days: float
    horizon_days: float


class Province(View):
    """The province board."""

    at: Instant
    sites: list[StockHouse]
    hospitals: list[StockHouse]
    totals: list[StockTotal]
    imbalances: list[StockImbalance]
    near_expiry: list[NearExpiry]


class ReportedCell(Request):
    """Bags of one component and group; `expiring` within three days, `daily_use` in bags: null when not told."""

    component: Identifier
    group: BloodGroup
    bags: Count
    expiring: Count | None = None
    daily_use: Use | None = None


class StockReport(Request):
    """What a house holds at an instant; a group that it does not name is unknown, not zero."""

    holder: Identifier
    at: GivenInstant
    cells: Annotated[list[ReportedCell], Field(max_length=2000)]
