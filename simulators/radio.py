"""Radio: which tags answer at an antenna, and how strongly (world.md 3).

The cheap substitute of 3.2: blocking is drawn once per packing, so a second pass of the same tote misses the same tags.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from datetime import datetime, timedelta
from typing import Final

import msgspec

from simulators.chance import draw

RECEIVER_FLOOR_DBM: Final = -80
PASS_S: Final = 4.0
"""A tote at 0.4 m/s needs about four seconds from the outer edge of one field to that of the other."""
_SIDE_S: Final = 1.8
_READ_RATE: Final = ((1, 0.9995), (20, 0.93), (60, 0.70))  # bags in the packing -> share read by two antennas
_BLOCKED_WEIGHT: Final = (0.15, 0.6, 2.0, 5.0)  # relative chance of a miss behind m bags, 9 dB each
_STRAY_DBM: Final = (-72, -62)


class TagRead(msgspec.Struct, frozen=True):
    """One read that a reader makes; `at` is domain time."""

    reader: str
    antenna: int
    epc: str
    rssi_dbm: int
    at: datetime


def read_rate(bags: int) -> float:
    """Share of tags that two antennas read in a packing of so many bags."""
    if bags <= _READ_RATE[0][0]:
        return _READ_RATE[0][1]
    index = bisect_right([size for size, _ in _READ_RATE], bags)
    if index >= len(_READ_RATE):
        return _READ_RATE[-1][1]
    (low, low_rate), (high, high_rate) = _READ_RATE[index - 1], _READ_RATE[index]
    return low_rate + (high_rate - low_rate) * (bags - low) / (high - low)


def is_missed(seed: int, packing: str, epc: str, bags: int) -> bool:
    """True when this tag is silent in this packing: the answer is a property of the packing, not of the pass."""
    chance = draw(seed, "packing", packing, epc)
    mean = 0.5 + 0.03 * bags
    weight = _BLOCKED_WEIGHT[min(_poisson(chance, mean), len(_BLOCKED_WEIGHT) - 1)]
    return chance.random() < (1.0 - read_rate(bags)) * weight / _mean_weight(mean)


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


def _poisson(chance: random.Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def _mean_weight(mean: float) -> float:
    shares = [math.exp(-mean) * mean**m / math.factorial(m) for m in range(len(_BLOCKED_WEIGHT) - 1)]
    shares.append(1.0 - sum(shares))
    return sum(share * weight for share, weight in zip(shares, _BLOCKED_WEIGHT, strict=True))
