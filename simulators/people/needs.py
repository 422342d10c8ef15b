"""What hospitals need: orders with their kind, urgency and lines, in the rhythm of the pace."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from plant.model import Hospital
from simulators.chance import draw
from simulators.people.pace import ByCalendar, Compressed, Pace
from simulators.people.state import Need, People
from simulators.rhythm import demand
from simulators.rhythm.demand import Line, OrderKind, Urgency, Wanted
from simulators.rhythm.donations import APHERESIS_SHARE, UNITS_A_DONATION
from simulators.rhythm.groups import group_in
from simulators.rhythm.inventory import DEMAND_OF_SUPPLY
from simulators.rhythm.sampling import pick
from simulators.scene import Scene

PRIORITIES: Final = {Urgency.EMERGENCY: 0, Urgency.URGENT: 2, Urgency.ROUTINE: 3}
"""Priority classes of `docs/interfaces.md`: 0-1 emergency, 2 urgent, 3-5 routine."""
_STANDING_PRIORITY: Final = 4
_DUE: Final = timedelta(hours=4)
_EMERGENCY_GATE: Final = timedelta(minutes=30)  # world.md 5: 30 minutes to the gate, then the road
_COMPONENTS: Final[Mapping[Wanted, Mapping[str, float]]] = {  # design: what a wish of a class asks for
    Wanted.RED_CELLS: {"RBC_S": 1.0},
    Wanted.PLASMA: {"FFP": 0.8, "FFP_MB": 0.2},
    Wanted.PLATELETS: {"PLT_A": 1.0},
    Wanted.CRYO: {"CRYO": 1.0},
    Wanted.OTHER: {"RBC_W": 1.0},
}
_WITH_NEED: Final = {  # irradiation and washing are products of their own
    ("RBC_S", demand.SpecialNeed.IRRADIATED): "RBC_IRR",
    ("RBC_S", demand.SpecialNeed.WASHED): "RBC_W",
    ("PLT_A", demand.SpecialNeed.IRRADIATED): "PLT_IRR",
}
_STAPLES: Final = frozenset({"RBC_S", "FFP"})
"""What whole blood becomes every day: when it is missing, that is a shortage, not a product that is not offered."""
_MADE_FROM: Final = {"RBC_IRR": "RBC_S", "RBC_W": "RBC_S", "PLT_IRR": "PLT_A", "FFP_MB": "FFP"}
_LINES: Final = {  # design: lines of one compressed order
    OrderKind.STOCK: {1: 0.25, 2: 0.40, 3: 0.35},
    OrderKind.STANDING: {2: 0.50, 3: 0.50},
    OrderKind.PATIENT: {1: 0.70, 2: 0.30},
    OrderKind.EMERGENCY: {1: 0.50, 2: 0.50},
}
_FEW: Final = {"PLT_A": 2, "PLT_IRR": 1, "RBC_IRR": 2, "RBC_W": 2, "FFP_MB": 3, "CRYO": 4}
"""The most bags of a compressed line of anything but plain red cells and plasma."""


def need_blood(scene: Scene, people: People, pace: Pace) -> None:
    """Let hospitals need what they need up to the scene's time."""
    if pace.max_orders is not None and people.needs >= pace.max_orders:
        return
    if isinstance(pace.tempo, ByCalendar):
        for need in [need for need in people.wanted if need.at <= scene.now]:
            people.wanted.remove(need)
            _order(scene, people, need)
    else:
        _need_now_and_then(scene, people, pace, pace.tempo)


def _need_now_and_then(scene: Scene, people: People, pace: Pace, tempo: Compressed) -> None:
    if people.next_need_at is not None and people.next_need_at <= scene.now:
        chance = draw(scene.seed, "need", people.next_need_at.isoformat())
        is_first = people.needs == 0
        _order(scene, people, _first_need(scene) if is_first else _compressed_need(scene, pace, tempo, chance))
        people.next_need_at = scene.now + timedelta(minutes=chance.uniform(*tempo.order_every_min))


def plan_day(scene: Scene, people: People, pace: Pace, tempo: ByCalendar, midnight: datetime) -> None:
    """Draw the orders of one day from a (site-local) midnight: lines of one hospital, hour and kind are one order."""
    hospitals = scene.plant.hospitals
    units = tempo.donations_a_day * (1.0 - APHERESIS_SHARE) * UNITS_A_DONATION * DEMAND_OF_SUPPLY
    scale = demand.scale_for((hospital.size for hospital in hospitals), units)
    zone = ZoneInfo(scene.plant.site.timezone)
    for hospital in hospitals:
        lines = demand.lines_on(
            scene.seed, hospital.id, hospital.size, midnight.date(),
            profile=tempo.profile, region=pace.region, zone=zone, scale=scale, shocks=tempo.shocks,
        )  # fmt: skip
        lines.sort(key=_together)
        needs = (_need_of(hospital, list(together)) for _, together in groupby(lines, key=_together))
        people.wanted += [need for need in needs if need.at > scene.now]
    people.wanted.sort(key=lambda need: need.at)


def _together(line: Line) -> tuple[int, OrderKind, Urgency]:
    return line.at.hour, line.kind, line.urgency


def _need_of(hospital: Hospital, lines: list[Line]) -> Need:
    first = min(lines, key=lambda line: line.at)
    due_at = _gate_and_road(hospital, first.at) if first.urgency is Urgency.EMERGENCY else first.due_at
    return Need(
        number=0,
        hospital=hospital.id,
        at=first.at,
        lines=merged((component_of(line), line.group.value, bags_of(line)) for line in lines),
        kind=first.kind.value,
        priority=priority_of(first.kind, first.urgency),
        due_at=due_at,
    )


def component_of(line: Line) -> str:
    """Component of a true line; plasma is plain, as virus inactivation is ordered by the compressed mix only."""
    plain = next(iter(_COMPONENTS[line.wanted]))
    return _WITH_NEED.get((plain, line.need), plain) if line.need is not None else plain


def bags_of(line: Line) -> int:
    """Bags of a true line: a bag of red cells is 1.675 units on average."""
    if line.wanted in (Wanted.RED_CELLS, Wanted.OTHER):
        return max(1, round(line.quantity / UNITS_A_DONATION))
    return line.quantity


def priority_of(kind: OrderKind, urgency: Urgency) -> int:
    """Priority class of an order."""
    return _STANDING_PRIORITY if kind is OrderKind.STANDING else PRIORITIES[urgency]


def merged(lines: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """One line for each component and group."""
    bags: dict[tuple[str, str], int] = {}
    for component, group, count in lines:
        bags[component, group] = bags.get((component, group), 0) + count
    return [(component, group, count) for (component, group), count in bags.items()]


def _first_need(scene: Scene) -> Need:
    """A compressed day opens with a patient of the nearest hospital who cannot wait: a visitor sees it through."""
    hospital = min(scene.plant.hospitals, key=lambda one: one.road_min)
    due_at = scene.now + demand.DUE[Urgency.URGENT]
    kind, priority = OrderKind.PATIENT, PRIORITIES[Urgency.URGENT]
    return Need(0, hospital.id, scene.now, [("RBC_S", "O+", 2)], kind.value, priority, due_at)


def _compressed_need(scene: Scene, pace: Pace, tempo: Compressed, chance: random.Random) -> Need:
    hospitals = scene.plant.hospitals
    hospital = chance.choices(hospitals, [hospital.share for hospital in hospitals])[0]
    kind = pick(chance, demand.KINDS)
    urgency = _urgency_of(chance, kind)
    lines = [_compressed_line(pace, tempo, chance, kind) for _ in range(pick(chance, _LINES[kind]))]
    due = {
        Urgency.EMERGENCY: _gate_and_road(hospital, scene.now),
        Urgency.URGENT: scene.now + demand.DUE[Urgency.URGENT],
        Urgency.ROUTINE: scene.now + _DUE,
    }
    priority = priority_of(kind, urgency)
    return Need(0, hospital.id, scene.now, merged(lines), kind.value, priority, due[urgency])


def _urgency_of(chance: random.Random, kind: OrderKind) -> Urgency:
    if kind is OrderKind.EMERGENCY:
        return Urgency.EMERGENCY
    urgent = kind is OrderKind.PATIENT and chance.random() < demand.URGENT_PATIENTS
    return Urgency.URGENT if urgent else Urgency.ROUTINE


def _compressed_line(pace: Pace, tempo: Compressed, chance: random.Random, kind: OrderKind) -> tuple[str, str, int]:
    wanted = pick(chance, demand.WANTED)
    component = pick(chance, _COMPONENTS[wanted])
    need = demand.need_of(chance, wanted) if kind is OrderKind.PATIENT else None
    if need is not None:
        component = _WITH_NEED.get((component, need), component)
    low, high = tempo.order_line_bags
    bags = chance.randint(1, _FEW[component]) if component in _FEW else chance.randint(low, high)
    return component, group_in(chance, pace.region, rhd_negative=pace.rhd_negative).value, bags


def _order(scene: Scene, people: People, need: Need) -> None:
    """Order what this centre has or can make; the rest, and an order of nothing else, goes to another centre."""
    in_house = {bag.component for bag in scene.floor.bags.values() if not bag.place.startswith(("hospital", "transit"))}
    lines = [line for line in need.lines if _is_obtainable(scene, in_house, line[0])]
    if lines:
        people.unordered[people.needs] = msgspec.structs.replace(need, number=people.needs, lines=lines)
        people.needs += 1


def _is_obtainable(scene: Scene, in_house: set[str], component: str) -> bool:
    source = _MADE_FROM.get(component, component)
    is_listed = any(product.component == component for product in scene.plant.products)
    return is_listed and (source in _STAPLES or bool({component, source} & in_house))


def _gate_and_road(hospital: Hospital, at: datetime) -> datetime:
    return at + _EMERGENCY_GATE + timedelta(minutes=hospital.road_min)
