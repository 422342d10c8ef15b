"""What hospitals order: lines with time, kind, urgency, component, quantity and special need. World.md 1.2 and 1.5."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cache
from typing import Final

from blood.groups import BloodGroup
from plant.model import HospitalSize
from simulators.chance import draw
from simulators.rhythm.days import demand_factor
from simulators.rhythm.frequencies import Region
from simulators.rhythm.groups import group_in
from simulators.rhythm.hospitals import HABITS, is_receiving, next_receiving
from simulators.rhythm.profiles import Profile
from simulators.rhythm.sampling import lognormal, pick, poisson
from simulators.rhythm.shocks import DatedShock


class OrderKind(StrEnum):
    """Why a hospital orders."""

    STOCK = "stock"
    STANDING = "standing"
    PATIENT = "patient"
    EMERGENCY = "emergency"


class Urgency(StrEnum):
    """How soon it has to be there."""

    ROUTINE = "routine"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class Wanted(StrEnum):
    """Component class of a line; ``OTHER`` is red cells that are made to order (washed, frozen)."""

    RED_CELLS = "red_cells"
    PLASMA = "plasma"
    PLATELETS = "platelets"
    CRYO = "cryo"
    OTHER = "other"


class SpecialNeed(StrEnum):
    """Special need of a patient line."""

    IRRADIATED = "irradiated"
    ANTIGEN_NEGATIVE = "antigen_negative"
    WASHED = "washed"
    HLA_SELECTED = "hla_selected"


@dataclass(frozen=True, slots=True)
class Line:
    """One order line. ``quantity`` is in units of 200 mL for red cells, doses for platelets and bags for the rest."""

    hospital: str
    at: datetime
    due_at: datetime
    kind: OrderKind
    urgency: Urgency
    wanted: Wanted
    group: BloodGroup
    quantity: int
    need: SpecialNeed | None
    avoid: str | None


KINDS: Final = {  # design
    OrderKind.STOCK: 0.70,
    OrderKind.STANDING: 0.10,
    OrderKind.PATIENT: 0.17,
    OrderKind.EMERGENCY: 0.03,
}
URGENT_PATIENTS: Final = 0.5  # design: the other half is planned surgery
WANTED: Final = {  # design
    Wanted.RED_CELLS: 0.55,
    Wanted.PLASMA: 0.20,
    Wanted.PLATELETS: 0.15,
    Wanted.CRYO: 0.08,
    Wanted.OTHER: 0.02,
}
ROUTINE_HOURS: Final = dict(  # design, 06-17
    enumerate((0.02, 0.10, 0.22, 0.16, 0.11, 0.06, 0.05, 0.07, 0.09, 0.06, 0.04, 0.02), start=6)
)
URGENT_HOURS: Final = dict(  # design: broad, peaks 10-12 (.07) and 15-17 (.065), night .012
    enumerate((
        0.012, 0.012, 0.012, 0.012, 0.012, 0.012, 0.024, 0.038, 0.055, 0.063, 0.070, 0.070,
        0.056, 0.050, 0.055, 0.065, 0.065, 0.060, 0.060, 0.055, 0.048, 0.040, 0.032, 0.022,
    ))
)  # fmt: skip
EMERGENCY_HOURS: Final = dict(  # design: nearly flat, .022 (04:00) to .056 (18-20 h)
    enumerate((
        0.034, 0.030, 0.026, 0.024, 0.022, 0.025, 0.030, 0.034, 0.038, 0.041, 0.044, 0.045,
        0.046, 0.046, 0.047, 0.048, 0.050, 0.053, 0.056, 0.056, 0.056, 0.054, 0.050, 0.045,
    ))
)  # fmt: skip
SPIKE_SHARE: Final = {"day": 0.09, "evening": 0.19, "night": 0.18}  # V DZIK: of the hours of a shift
SPIKE_CARRIES: Final = 0.36  # V DZIK: of all components, in 16 % of hours
LINE_LOG_SD: Final = 0.70  # calc: 1-40 units about a median of 8 in a large hospital
LINE_MOST: Final = 40
MEDIANS: Final[Mapping[Wanted, float]] = {Wanted.PLATELETS: 1.0, Wanted.CRYO: 6.0, Wanted.OTHER: 1.0}
"""Design: doses for one patient; red cells and plasma follow the size of the hospital."""
NEEDS: Final = {  # design, of patient lines
    SpecialNeed.IRRADIATED: 0.06,
    SpecialNeed.ANTIGEN_NEGATIVE: 0.03,
    SpecialNeed.WASHED: 0.015,
}
HLA_SELECTED: Final = 0.04  # design, of platelet lines for patients
_CAN_NEED: Final = {
    SpecialNeed.IRRADIATED: (Wanted.RED_CELLS, Wanted.PLATELETS),
    SpecialNeed.ANTIGEN_NEGATIVE: (Wanted.RED_CELLS,),
    SpecialNeed.WASHED: (Wanted.RED_CELLS,),
}
RHD_NEGATIVE_LINES: Final = 0.004  # design
ANTIBODIES: Final = {"Mia": 0.40, "E": 0.35, "c": 0.15, "Jka": 0.10}  # order V TW97, shares design
DUE: Final = {Urgency.EMERGENCY: timedelta(minutes=30), Urgency.URGENT: timedelta(hours=2)}  # design
ROUTINE_DUE: Final = timedelta(hours=4)  # design: the same receiving window, or the next


def lines_on(
    seed: int,
    hospital: str,
    size: HospitalSize,
    day: date,
    *,
    profile: Profile,
    region: Region,
    zone: tzinfo,
    scale: float = 1.0,
    shocks: Sequence[DatedShock] = (),
) -> list[Line]:
    """All order lines of one hospital on one (site-local) day, in order of time.

    ``scale`` multiplies the number of lines, for a site smaller than the 500 donations a day that the habits belong to.
    """
    mean = HABITS[size].lines_a_day * demand_factor(profile, day, shocks) * scale
    lines = []
    for hour in range(24):
        chance = draw(seed, "lines", hospital, day.isoformat(), hour)
        for _ in range(poisson(chance, mean * hour_weight(hour) * spike_factor(chance, hour))):
            at = datetime.combine(day, time(hour), zone) + timedelta(hours=chance.random())
            lines.append(_line(chance, hospital, size, at, region))
    return sorted(lines, key=lambda line: line.at)


def scale_for(sizes: Iterable[HospitalSize], red_cell_units_a_day: float) -> float:
    """The ``scale`` at which hospitals of these sizes together ask for so many units of red cells a day."""
    mean = math.exp(LINE_LOG_SD**2 / 2.0) * WANTED[Wanted.RED_CELLS]
    asked = math.fsum(HABITS[size].lines_a_day * HABITS[size].median_units * mean for size in sizes)
    return red_cell_units_a_day / asked


def shift_of(hour: int) -> str:
    """Shift of an hour: day 07-15, evening 15-23, night 23-07."""
    return "day" if 7 <= hour < 15 else "evening" if 15 <= hour < 23 else "night"


def spike_factor(chance: random.Random, hour: int) -> float:
    """Factor of one hour of one hospital: a spike or an ordinary hour; its mean is 1."""
    share, force = SPIKE_SHARE[shift_of(hour)], spike_force()
    mean = share * force + 1.0 - share
    return (force if chance.random() < share else 1.0) / mean


@cache
def spike_force() -> float:
    """How many times an ordinary hour a spike hour is, so that spikes carry `SPIKE_CARRIES` of all components."""
    low, high = 1.0, 50.0
    while high - low > 1e-9:
        force = (low + high) / 2.0
        low, high = (force, high) if _carried(force) < SPIKE_CARRIES else (low, force)
    return (low + high) / 2.0


def _carried(force: float) -> float:
    total = 0.0
    for hour in range(24):
        share = SPIKE_SHARE[shift_of(hour)]
        total += hour_weight(hour) * share * force / (share * force + 1.0 - share)
    return total


def hour_weight(hour: int) -> float:
    """Share of a day's lines that falls into an hour."""
    return math.fsum(_urgencies(hour).values())


@cache
def _urgencies(hour: int) -> dict[Urgency, float]:
    urgent = KINDS[OrderKind.PATIENT] * URGENT_PATIENTS
    routine = 1.0 - urgent - KINDS[OrderKind.EMERGENCY]
    return {
        Urgency.ROUTINE: routine * ROUTINE_HOURS.get(hour, 0.0),
        Urgency.URGENT: urgent * URGENT_HOURS[hour],
        Urgency.EMERGENCY: KINDS[OrderKind.EMERGENCY] * EMERGENCY_HOURS[hour],
    }


def kind_of(chance: random.Random, urgency: Urgency) -> OrderKind:
    """Why a line of this urgency is ordered."""
    if urgency is Urgency.EMERGENCY:
        return OrderKind.EMERGENCY
    if urgency is Urgency.URGENT:
        return OrderKind.PATIENT
    planned = KINDS[OrderKind.PATIENT] * (1.0 - URGENT_PATIENTS)
    shares = {
        OrderKind.STOCK: KINDS[OrderKind.STOCK],
        OrderKind.STANDING: KINDS[OrderKind.STANDING],
        OrderKind.PATIENT: planned,
    }
    return pick(chance, shares)


def quantity_of(chance: random.Random, wanted: Wanted, size: HospitalSize) -> int:
    """Quantity of a line: lognormal about its median, 1 to 40."""
    median = MEDIANS.get(wanted, HABITS[size].median_units)
    return min(max(1, round(lognormal(chance, median, LINE_LOG_SD))), LINE_MOST)


def need_of(chance: random.Random, wanted: Wanted) -> SpecialNeed | None:
    """Special need of a patient line; the shares hold over all patient lines, whatever they want."""
    if wanted is Wanted.PLATELETS and chance.random() < HLA_SELECTED:
        return SpecialNeed.HLA_SELECTED
    for need, share in NEEDS.items():
        possible = math.fsum(WANTED[component] for component in _CAN_NEED[need])
        if wanted in _CAN_NEED[need] and chance.random() < share / possible:
            return need
    return None


def due_at(size: HospitalSize, at: datetime, urgency: Urgency) -> datetime:
    """When a line is due: 30 min, 2 h, or for routine 4 h within the receiving window, else early in the next one."""
    if urgency in DUE:
        return at + DUE[urgency]
    due = at + ROUTINE_DUE
    return due if is_receiving(size, due) else next_receiving(size, due) + timedelta(hours=1)


def _line(chance: random.Random, hospital: str, size: HospitalSize, at: datetime, region: Region) -> Line:
    urgency = pick(chance, _urgencies(at.hour))
    kind, wanted = kind_of(chance, urgency), pick(chance, WANTED)
    need = need_of(chance, wanted) if kind is OrderKind.PATIENT else None
    return Line(
        hospital=hospital,
        at=at,
        due_at=due_at(size, at, urgency),
        kind=kind,
        urgency=urgency,
        wanted=wanted,
        group=group_in(chance, region, rhd_negative=RHD_NEGATIVE_LINES),
        quantity=quantity_of(chance, wanted, size),
        need=need,
        avoid=pick(chance, ANTIBODIES) if need is SpecialNeed.ANTIGEN_NEGATIVE else None,
    )
