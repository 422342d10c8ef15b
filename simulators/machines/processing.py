"""Secondary preparation: pool, wash, irradiate, virus-inactivate; what it takes and what is measured (world.md 4).

The limits are the profile's (`blood.operations`); this is how well the machine keeps them. Figures are design values.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from blood.isbt128 import BagId, ScanError, parse_bag_id
from plant.model import Recipe
from plc_bridge.messages import BatchProcessed, ChildBag, Measure, Outcome, Process, ProcessedUnit, ProcessUnit
from simulators.chance import draw
from simulators.floor import Bag, new_bag
from simulators.scene import Scene

CAPACITY: Final = 12
_LEAK: Final = 1.0 / 400.0
_MISS: Final = 1.0 / 150.0
_IRRADIATED_AT_ONCE: Final = 4
_SHARE: Final = {Recipe.POOL: 0.97, Recipe.WASH: 0.9, Recipe.IRRADIATE: 1.0, Recipe.VIRUS_INACTIVATE: 0.93}
"""Of the parents' volume that is left in the child."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """How one measure comes out: mean and spread of a good unit, and what it is when the step went wrong.

    ``per_parent``: the mean is that of each parent, and they add up.
    """

    name: str
    unit: str
    mean: float
    spread: float
    missed: float
    per_parent: bool = False


_VOLUME: Final = "volume"
GAUGES: Final[dict[Recipe, tuple[Gauge, ...]]] = {
    Recipe.POOL: (
        Gauge(_VOLUME, "mL", 0.0, 0.0, 0.0),  # weighed: what is really in the child
        Gauge("platelets", "1e9", 26.0, 2.0, 12.0, per_parent=True),
    ),
    Recipe.WASH: (
        Gauge("supernatant_protein", "g", 0.20, 0.05, 0.71),
        Gauge("haemolysis", "%", 0.35, 0.07, 1.05),
        Gauge("recovery", "%", 85.0, 3.0, 61.0),
    ),
    Recipe.IRRADIATE: (Gauge("dose_min", "Gy", 28.5, 0.8, 21.0), Gauge("dose_max", "Gy", 41.0, 1.5, 55.0)),
    Recipe.VIRUS_INACTIVATE: (
        Gauge("illuminance", "klx", 34.0, 0.8, 26.0),
        Gauge("light_time", "min", 33.0, 0.6, 21.0),
        Gauge("dye_left", "µmol/L", 0.18, 0.03, 0.44),
    ),
}


def seconds(command: Process) -> float:
    """Seconds of a batch between loading and unloading."""
    units = len(command.units)
    match Recipe(command.recipe):
        case Recipe.POOL:
            return 300.0 + 40.0 * sum(len(unit.parents) for unit in command.units)  # a sterile dock takes 40 s
        case Recipe.WASH:
            return 45.0 * 60.0
        case Recipe.IRRADIATE:
            return 360.0 * -(-units // _IRRADIATED_AT_ONCE)
        case _:
            return 50.0 * 60.0  # dye, light, filter


def refusal(scene: Scene, command: Process, recipes: Sequence[Recipe]) -> str | None:
    """Why this batch cannot be done by a robot with these recipes, or None."""
    if command.recipe not in set(recipes) & set(GAUGES):
        return f"this robot has no recipe {command.recipe!r}"
    if not 1 <= len(command.units) <= CAPACITY:
        return f"a batch holds 1 to {CAPACITY} units, not {len(command.units)}"
    parents = [name for unit in command.units for name in unit.parents]
    if len(set(parents)) != len(parents) or any(not unit.parents for unit in command.units):
        return "each unit needs parents of its own"
    if len({unit.bag for unit in command.units}) != len(command.units):
        return "two units would get the same number"
    for name in parents:
        bag = scene.floor.bags.get(name)
        if bag is None or bag.place != command.place:
            return f"{name} does not lie at {command.place}"
        if command.recipe == Recipe.VIRUS_INACTIVATE and (bag.plasma is None or bag.core_c < 0.0):
            return f"{name} is not liquid plasma"
    for unit in command.units:
        if unit.bag in scene.floor.bags:
            return f"there is a bag {unit.bag} already"
        try:
            product = parse_bag_id(unit.bag).product
        except ScanError as error:
            return str(error)
        if product not in scene.plant.product_component:
            return f"this site makes no product {product}"
    return None


def process(
    scene: Scene, device: str, command: Process, out: str, began: datetime, at: datetime, *, misses: bool = False
) -> BatchProcessed:
    """End a batch: parents become children at ``out``; a unit that leaked leaves its parents there as they are.

    ``misses`` lets the first unit miss a limit.
    """
    units = tuple(
        _unit(scene, command, unit, out, at, misses=misses and number == 0) for number, unit in enumerate(command.units)
    )
    return BatchProcessed(
        batch=command.batch,
        device=device,
        recipe=command.recipe,
        started_at=began,
        ended_at=at,
        place=out,
        units=units,
    )


def _unit(scene: Scene, command: Process, unit: ProcessUnit, out: str, at: datetime, *, misses: bool) -> ProcessedUnit:
    chance = draw(scene.seed, "process", command.batch, unit.bag)
    parents = [scene.floor.bags[name] for name in unit.parents]
    told = {"bag": unit.bag, "batch": command.batch, "recipe": command.recipe, "parents": list(unit.parents)}
    if chance.random() < _LEAK:
        for parent in parents:
            scene.floor.put(parent, out)
        scene.note("processed", at, **told, outcome=Outcome.FAILED, place=out)
        return ProcessedUnit(
            parents=unit.parents, outcome=Outcome.FAILED, reason="a tube leaked", child=None, measures=()
        )
    child = _child(scene, command, unit, parents, out)
    for parent in parents:
        scene.floor.remove(parent)
    scene.floor.add(child)
    measures = _measured(Recipe(command.recipe), child, parents, chance, misses=misses or chance.random() < _MISS)
    scene.note("processed", at, **told, outcome=Outcome.DONE, place=out)
    return ProcessedUnit(
        parents=unit.parents,
        outcome=Outcome.DONE,
        reason="",
        child=ChildBag(bag=child.id, epc=child.epc, tid=child.tid, volume_ml=child.volume_ml),
        measures=measures,
    )


def _child(scene: Scene, command: Process, unit: ProcessUnit, parents: Sequence[Bag], out: str) -> Bag:
    first = min(parents, key=lambda bag: bag.collected_at)
    made = parse_bag_id(unit.bag)
    child = new_bag(
        scene.plant,
        scene.seed,
        BagId(made.din, made.product),
        group=first.group,
        volume_ml=round(sum(bag.volume_ml for bag in parents) * _SHARE[Recipe(command.recipe)], 1),
        donor=first.donor if len(parents) == 1 else "",
        collected_at=first.collected_at,
        place=out,
        temperature_c=round(sum(bag.core_c for bag in parents) / len(parents), 2),
    )
    child.epc = unit.epc
    return child


def _measured(
    recipe: Recipe, child: Bag, parents: Sequence[Bag], chance: random.Random, *, misses: bool
) -> tuple[Measure, ...]:
    gauges = GAUGES[recipe]
    missed = chance.choice([gauge.name for gauge in gauges if gauge.name != _VOLUME]) if misses else ""
    return tuple(
        Measure(
            name=gauge.name,
            value=_value(gauge, child, parents, chance, is_missed=gauge.name == missed),
            unit=gauge.unit,
        )
        for gauge in gauges
    )


def _value(gauge: Gauge, child: Bag, parents: Sequence[Bag], chance: random.Random, is_missed: bool) -> float:
    if gauge.name == _VOLUME:
        return child.volume_ml
    count = len(parents) if gauge.per_parent else 1
    mean = gauge.missed if is_missed else gauge.mean
    return round(sum(max(chance.gauss(mean, gauge.spread), 0.0) for _ in range(count)), 3)
