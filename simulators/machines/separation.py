"""Whole blood becomes red cells, plasma and platelet concentrate with tags (world.md 1.3 and 4)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from blood.components import Family
from blood.isbt128 import BagId
from plant.model import Plant
from plc_bridge.messages import BatchSeparated, ChildBag, Outcome, Separate, SeparatedUnit
from simulators.chance import draw
from simulators.floor import Bag, new_bag
from simulators.scene import Scene

CAPACITY: Final = 12
STARTING_S: Final = 180.0
EXECUTE_S: Final = 23.5 * 60.0  # spin 18, express 4.5, margin 1 min
COMPLETING_S: Final = 180.0
_ROOM_C: Final = 22.0
_RUPTURE: Final = 1.0 / 4000.0
_DOCK: Final = "dock"
_SHARE: Final = {Family.PLASMA: 0.5, Family.RED_CELLS: 0.7, Family.PLATELETS: 0.15}
"""Of the volume of the whole blood; red cells include the additive solution."""


def refusal(scene: Scene, command: Separate) -> str | None:
    """Why these bags cannot be separated, or None."""
    if not 1 <= len(command.bags) <= CAPACITY:
        return f"a batch holds 1 to {CAPACITY} bags, not {len(command.bags)}"
    if len(set(command.bags)) != len(command.bags):
        return "a bag is named twice"
    if unknown := [code for code in command.outputs if not _can_make(scene.plant, code)]:
        return f"this robot makes no product {unknown[0]} of whole blood"
    for name in command.bags:
        bag = scene.floor.bags.get(name)
        if bag is None or bag.place != _DOCK:
            return f"{name} does not lie at the dock"
        if scene.plant.components[bag.component].family is not Family.WHOLE_BLOOD:
            return f"{name} is not whole blood"
    return None


def separate(scene: Scene, device: str, command: Separate, out: str, began: datetime, at: datetime) -> BatchSeparated:
    """End a batch: parents cease to be, children lie at ``out``; a bag that leaked lies there as it was."""
    units = tuple(_separate(scene, command, scene.floor.bags[name], out, at) for name in command.bags)
    return BatchSeparated(batch=command.batch, device=device, started_at=began, ended_at=at, place=out, units=units)


def _can_make(plant: Plant, code: str) -> bool:
    component = plant.product_component.get(code)
    return component is not None and component.family in _SHARE


def _separate(scene: Scene, command: Separate, parent: Bag, out: str, at: datetime) -> SeparatedUnit:
    chance = draw(scene.seed, "separate", parent.id)
    if chance.random() < _RUPTURE:
        scene.floor.put(parent, out)
        scene.note("separated", at, bag=parent.id, batch=command.batch, outcome=Outcome.FAILED, children=[])
        return SeparatedUnit(
            parent=parent.id, outcome=Outcome.FAILED, reason="the bag leaked in the rotor", children=()
        )
    children = [_child(scene, parent, code, out) for code in command.outputs]
    scene.floor.remove(parent)
    for child in children:
        scene.floor.add(child)
    names = [child.id for child in children]
    scene.note("separated", at, bag=parent.id, batch=command.batch, outcome=Outcome.DONE, children=names)
    return SeparatedUnit(
        parent=parent.id,
        outcome=Outcome.DONE,
        reason="",
        children=tuple(ChildBag(bag=c.id, epc=c.epc, tid=c.tid, volume_ml=c.volume_ml) for c in children),
    )


def _child(scene: Scene, parent: Bag, code: str, out: str) -> Bag:
    share = _SHARE[scene.plant.product_component[code].family]
    return new_bag(
        scene.plant,
        scene.seed,
        BagId(parent.din, code),
        group=parent.group,
        volume_ml=round(parent.volume_ml * share, 1),
        donor=parent.donor,
        collected_at=parent.collected_at,
        place=out,
        temperature_c=_ROOM_C,
    )
