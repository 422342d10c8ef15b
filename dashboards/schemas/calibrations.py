"""Certificates of probes."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from dashboards.schemas.base import Identifier, Instant, Request, View
from telemetry.calibration import CalibrationState

Named = Annotated[str, Field(min_length=1, max_length=80)]
Offset = Annotated[float, Field(description="Reference minus reading, in Celsius; added to every reading")]


class Calibration(View):
    """A certificate; all but probe, names and state are null for a probe that has none (``none``)."""

    probe: str
    name_en: str
    name_zh: str
    place: str
    state: CalibrationState
    is_in_force: bool
    id: str | None
    certificate: str | None
    laboratory: str | None
    made_on: date | None
    due_on: date | None
    days_left: int | None
    offset_c: float | None
    uncertainty_c: float | None
    recorded_by: str | None
    recorded_at: Instant | None


class CalibrationList(View):
    """One entry for each probe; or every certificate of one probe, newest first."""

    items: list[Calibration]
    due_within_days: int


class CalibrationRequest(Request):
    """What a certificate says; days are those of the site."""

    probe: Identifier
    certificate: Named
    laboratory: Named
    made_on: date
    due_on: date
    offset_c: Offset
    uncertainty_c: Annotated[float, Field(gt=0)]
