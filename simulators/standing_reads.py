"""What is read without anybody carrying it: shelves with antennas, round by round, and tags fixed at antennas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from plant.model import Plant
from simulators.chance import draw
from simulators.floor import TagState
from simulators.radio.passes import TagRead, standing_read
from simulators.radio.shelf import shelf_round
from simulators.scene import Listening, Scene

ROUND_EVERY: Final = timedelta(seconds=120)
"""World.md 3.3: a round every 30 to 120 s; the longest, because all shelves of a centre answer at once."""
REFERENCE_EVERY: Final = timedelta(seconds=20)


class ShelfRounds(msgspec.Struct):
    """How many rounds there were, when the next one is, and when fixed tags answer next."""

    next_at: datetime
    references_at: datetime
    number: int = 0


def step(scene: Scene, rounds: ShelfRounds) -> None:
    """Ask shelves and fixed tags that are due at the scene's time."""
    if rounds.references_at <= scene.now:
        rounds.references_at = scene.now + REFERENCE_EVERY
        _ask_references(scene)
    if rounds.next_at > scene.now:
        return
    rounds.next_at = scene.now + ROUND_EVERY
    rounds.number += 1
    for reader in scene.plant.readers:
        if scene.listening[reader.id] is not Listening.YES:
            continue
        for antenna in reader.antennas:
            if antenna.shelf is not None and (reader.id, antenna.port) not in scene.deaf:
                scene.hear(_round(scene, reader.id, antenna.port, antenna.shelf, rounds.number))


def neighbours(plant: Plant, shelf: str) -> Sequence[str]:
    """Shelves beside a shelf, in the same store."""
    store = shelf.rpartition("/")[0]
    shelves = [place.path for place in plant.places if place.slots and place.path.rpartition("/")[0] == store]
    at = shelves.index(shelf)
    return [shelves[index] for index in (at - 1, at + 1) if 0 <= index < len(shelves)]


def _round(scene: Scene, reader: str, port: int, shelf: str, number: int) -> list[TagRead]:
    return shelf_round(
        scene.seed,
        reader=reader,
        antenna=port,
        number=number,
        at=scene.now,
        bags=_tags(scene, [shelf]),
        neighbours=_tags(scene, neighbours(scene.plant, shelf)),
    )


def _tags(scene: Scene, shelves: Sequence[str]) -> dict[str, str]:
    """Slot -> EPC of the bags on shelves whose tags answer."""
    return {
        slot: bag.epc
        for shelf in shelves
        for slot in scene.plant.slots(shelf)
        for bag in scene.floor.at(slot)
        if bag.tag is TagState.ALIVE
    }


def _ask_references(scene: Scene) -> None:
    for reader in scene.plant.readers:
        for antenna in reader.antennas:
            if antenna.reference is not None:
                chance = draw(scene.seed, "reference", reader.id, antenna.port, scene.now.timestamp())
                epc = antenna.reference
                scene.hear([standing_read(chance, reader=reader.id, antenna=antenna.port, epc=epc, at=scene.now)])
