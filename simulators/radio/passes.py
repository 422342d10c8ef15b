"""Radio: which tags answer at an antenna, and how strongly (world.md 3).

The cheap substitute of 3.2 for the whole computation of `radio_portal`: blocking is drawn once per packing, so a second
pass of the same tote misses the same tags.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from datetime import datetime, timedelta
from functools import cache
from typing import Final

import msgspec

from simulators.chance import draw
from simulators.radio.link import RECEIVER_FLOOR_DBM, blocking_bags, mean_blocking

PASS_S: Final = 4.0
"""A tote at 0.4 m/s needs about four seconds from the outer edge of one field to that of the other."""
_SIDE_S: Final = 1.8
_READ_RATE: Final = {
    1: ((1, 0.980), (20, 0.74), (60, 0.38)),
    2: ((1, 0.9996), (20, 0.93), (60, 0.62)),
    4: ((1, 0.9999), (20, 0.995), (60, 0.85)),
}  # antennas -> bags in the packing, share of them that is read
_BLOCKED_WEIGHT: Final = (0.15, 0.6, 2.0, 5.0)  # relative chance of a miss behind m bags, 9 dB each
_STRAY_DBM: Final = (-72, -62)
_HALVINGS: Final = 30


class TagRead(msgspec.Struct, frozen=True):
    """One read that a reader makes; `at` is domain time."""

    reader: str
    antenna: int
    epc: str
    rssi_dbm: int
    at: datetime


def read_rate(bags: int, antennas: int = 2) -> float:
    """Share of tags that 1, 2 or 4 antennas read in a packing of so many bags; three count as two."""
    table = _READ_RATE[max(known for known in _READ_RATE if known <= max(antennas, 1))]
    if bags <= table[0][0]:
        return table[0][1]
    index = bisect_right([size for size, _ in table], bags)
    if index >= len(table):
        return table[-1][1]
    (low, low_rate), (high, high_rate) = table[index - 1], table[index]
    return low_rate + (high_rate - low_rate) * (bags - low) / (high - low)


def is_missed(seed: int, packing: str, epc: str, bags: int, antennas: int = 2) -> bool:
    """True when this tag is silent in this packing: the answer is a property of the packing, not of the pass."""
    chance = draw(seed, "packing", packing, epc)
    return chance.random() < _misses(bags, antennas)[blocking_bags(chance, bags)]


def side_reads(
    chance: random.Random, *, reader: str, antenna: int, epc: str, starts: datetime, peak_dbm: float = -50.0
) -> list[TagRead]:
    """Reads of one tag while it moves through the field of one antenna: a bell that ends about 20 dB below its peak."""
    count = chance.randint(3, 8)
    peak = peak_dbm + chance.gauss(0.0, 3.5)
    reads = []
    for place in sorted(chance.uniform(0.0, 1.0) for _ in range(count)):
        rssi = peak - 80.0 * (place - 0.5) ** 2 + chance.gauss(0.0, 1.0)
        if rssi > RECEIVER_FLOOR_DBM:
            at = starts + timedelta(seconds=place * _SIDE_S)
            reads.append(TagRead(reader, antenna, epc, round(max(min(rssi, -20.0), RECEIVER_FLOOR_DBM)), at))
    return reads


def second_side_after(starts: datetime) -> datetime:
    """When a bag that entered the first field at ``starts`` enters the second."""
    return starts + timedelta(seconds=PASS_S - _SIDE_S)


def standing_read(chance: random.Random, *, reader: str, antenna: int, epc: str, at: datetime) -> TagRead:
    """A read of a bag that stands in front of a station antenna."""
    return TagRead(reader, antenna, epc, round(-47 + chance.gauss(0.0, 2.0)), at)


def stray_read(chance: random.Random, *, reader: str, antenna: int, epc: str, at: datetime) -> TagRead:
    """A steady, weak read of a bag parked in the stray field of a portal."""
    return TagRead(reader, antenna, epc, chance.randint(*_STRAY_DBM), at)


@cache
def _misses(bags: int, antennas: int) -> tuple[float, ...]:
    """Chance of a miss behind 0, 1, 2, 3 blocking bags, so that the mean over a packing is that of the table."""
    mean = mean_blocking(bags)
    shares = [math.exp(-mean) * mean**m / math.factorial(m) for m in range(len(_BLOCKED_WEIGHT) - 1)]
    shares.append(1.0 - sum(shares))
    wanted, low, high = 1.0 - read_rate(bags, antennas), 0.0, 1.0 / min(_BLOCKED_WEIGHT)
    for _ in range(_HALVINGS):
        scale = 0.5 * (low + high)
        misses = tuple(min(scale * weight, 1.0) for weight in _BLOCKED_WEIGHT)
        mean_miss = sum(share * miss for share, miss in zip(shares, misses, strict=True))
        low, high = (scale, high) if mean_miss < wanted else (low, scale)
    return misses
