"""Preparation: recipes, orders for them, and what each batch of a machine made."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from blood.groups import BloodGroup
from blood.operations import OperationKind
from dashboards.schemas.base import Identifier, Instant, Request, Sentence, View
from wms.preparation.orders import MOST_UNITS, PrepState


class BatchState(StrEnum):
    """How far a machine got with a batch."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DONE = "done"
    CANCELLED = "cancelled"


class BatchKind(StrEnum):
    """Which machine's work it is."""

    SEPARATE = "separate"
    FREEZE = "freeze"
    PROCESS = "process"


class MeasureLimit(View):
    """A measured value that each unit must have; null is an open side."""

    name: str
    name_en: str
    name_zh: str
    unit: str
    min: float | None
    max: float | None


class PreparationRecipe(View):
    """What an operation makes of which bags; ``output`` is null when a bag stays the component it is."""

    recipe: OperationKind
    inputs: list[str]
    output: str | None
    min_parents: int
    max_parents: int
    measures: list[MeasureLimit]
    robots: list[str]


class RecipeList(View):
    """Everything that can be ordered at this site."""

    items: list[PreparationRecipe]


class PreparationOrderRequest(Request):
    """A wish for units of a component, of one group or of any; ``bags`` names the parents, else they are chosen."""

    recipe: OperationKind
    component: Identifier
    quantity: Annotated[int, Field(strict=True, ge=1, le=MOST_UNITS)]
    group: BloodGroup | None = None
    bags: Annotated[tuple[Identifier, ...], Field(max_length=500)] = ()
    for_order: Identifier | None = None


class CancelPreparationRequest(Request):
    """Why it is not wanted any more."""

    reason: Sentence


class PreparationOrder(View):
    """One wish, why it was made, how much of it is done, and what it waits for. ``bags`` are kept for it now."""

    id: str
    recipe: OperationKind
    component: str
    group: BloodGroup | None
    quantity: int
    state: PrepState
    made: int
    held: int
    waits_en: str | None
    waits_zh: str | None
    why_en: str
    why_zh: str
    batches: list[str]
    bags: list[str]
    created_at: Instant
    created_by: str
    for_order: str | None


class PreparationOrderList(View):
    """Open preparation orders oldest first; ended ones newest first."""

    items: list[PreparationOrder]


class BatchMeasure(View):
    """A measured value beside its permitted band; null is an open side."""

    name: str
    value: float
    unit: str
    min: float | None
    max: float | None


class BatchUnit(View):
    """What a machine made of which bags, and what it measured of it."""

    parents: list[str]
    child: str | None
    outcome: str
    reason: str
    measures: list[BatchMeasure]


CurvePoint = Annotated[tuple[float, float], Field(description="[minutes since the start, Celsius in the core]")]


class Batch(View):
    """One batch of a machine. Curve, target and minutes belong to a freezer, ``limit_minutes`` to what it freezes."""

    id: str
    kind: BatchKind
    recipe: OperationKind | None
    device: str
    state: BatchState
    bags: list[str]
    units: list[BatchUnit]
    curve: list[CurvePoint]
    minutes_to_target: float | None
    target_c: float | None
    limit_minutes: float | None
    started_at: Instant | None
    ended_at: Instant | None


class BatchList(View):
    """Batches, newest first."""

    items: list[Batch]
