"""Blast radius and rescue of an alarm."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dashboards.schemas.base import Identifier, Request, View
from wms.rescue.plan import Unplaced


class EndangeredBag(View):
    """One bag behind the alarm; minutes_left by the load probe over its place, null when nobody can say."""

    bag: str
    component: str
    group: str | None
    status: str
    place: str
    order: str | None
    hospital: str | None
    order_priority: int | None
    minutes_left: float | None


class Blast(View):
    """What suffers with the alarm's source, the bag with the least time first."""

    alarm: str
    source: str
    areas: list[str]
    minutes_left: float | None
    bags: list[EndangeredBag]
    orders: list[str]
    hospitals: list[str]


class RescueMove(View):
    """One bag's way out, in minutes from now, by a machine or `person`; fits null when the time left is unknown."""

    bag: str
    from_place: str
    to_place: str
    by: str
    starts_min: float
    ends_min: float
    fits: bool | None


class RescueMachine(View):
    """What one machine, or people, would have to do."""

    device: str
    name_en: str
    name_zh: str
    bags: int
    minutes: float


class UnplacedBag(View):
    """A bag with nowhere to go: no free slot that is fit, a state without a zone, or on its way already."""

    bag: str
    reason: Unplaced


class Rescue(View):
    """Where the blood behind an alarm could go and whether that fits the time; nothing is changed by asking."""

    alarm: str
    fits: bool | None
    minutes_needed: float
    minutes_left: float | None
    moves: list[RescueMove]
    unplaced: list[UnplacedBag]
    machines: list[RescueMachine]
    sentence_en: str
    sentence_zh: str


class RescueRequest(Request):
    """Do it: hold what is there, move the named bags (or all) to the slots of the plan, plan their orders again."""

    bags: Literal["all"] | Annotated[list[Identifier], Field(min_length=1, max_length=20_000)]
    hold: bool = False
    move: bool = True
    replan: bool = False
    comment: Annotated[str, Field(max_length=500)] = ""


class RefusedMove(View):
    """A bag that could not be asked for, and why: something changed since the plan."""

    bag: str
    detail: str


class RescueBegun(View):
    """What was done."""

    holds: list[str]
    tasks: int
    refused: list[RefusedMove]
    unplaced: list[UnplacedBag]
    lines: list[str]
