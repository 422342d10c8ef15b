"""Shelf antennas: one round over the bags of a shelf, its bad slots and what leaks in from next door (world.md 3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from simulators.chance import draw
from simulators.radio.passes import TagRead

ROUNDS_TO_ABSENCE: Final = 3
READ_SHARE: Final = 0.985
CHRONIC_SLOTS_SHARE: Final = 0.01
CHRONIC_READ_SHARE: Final = 0.6
LEAK_SHARE: Final = 0.02
_NEAR_DBM: Final = -48.0
_NEAR_SD_DB: Final = 3.0
_LEAK_DB: Final = (10.0, 15.0)


def is_chronic(seed: int, slot: str) -> bool:
    """True for a slot that is always read badly: a property of the furniture, not of the bag."""
    return draw(seed, "shelf slot", slot).random() < CHRONIC_SLOTS_SHARE


def shelf_round(
    seed: int,
    *,
    reader: str,
    antenna: int,
    number: int,
    at: datetime,
    bags: Mapping[str, str],
    neighbours: Mapping[str, str],
    loss_db: float = 0.0,
) -> list[TagRead]:
    """Reads of the ``number``-th round of one antenna.

    ``bags`` and ``neighbours`` give EPC by slot, of the shelf and of those beside it; ``loss_db`` is a bad day
    (`radio_link.DAMP_DB`).
    """
    reads = []
    for slot, epc in bags.items():
        chance = draw(seed, "shelf round", reader, antenna, number, epc)
        if chance.random() < (CHRONIC_READ_SHARE if is_chronic(seed, slot) else READ_SHARE):
            strength = chance.gauss(_NEAR_DBM, _NEAR_SD_DB) - loss_db
            reads.append(TagRead(reader, antenna, epc, round(strength), at))
    for epc in neighbours.values():
        chance = draw(seed, "shelf leak", reader, antenna, number, epc)
        if chance.random() < LEAK_SHARE:
            strength = chance.gauss(_NEAR_DBM, _NEAR_SD_DB) - chance.uniform(*_LEAK_DB) - loss_db
            reads.append(TagRead(reader, antenna, epc, round(strength), at))
    return reads
