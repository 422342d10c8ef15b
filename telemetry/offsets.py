"""Which offsets of each (edge, epoch) are stored: ranges, and the contiguous mark that may be acknowledged."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping

EpochKey = tuple[str, str]
Range = tuple[int, int]


class Offsets:
    """Sets of stored offsets as sorted, disjoint, closed ranges. Offsets begin at 1 in each epoch."""

    def __init__(self, stored: Mapping[EpochKey, Iterable[Range]] | None = None) -> None:
        self._ranges: dict[EpochKey, list[Range]] = {}
        for key, ranges in (stored or {}).items():
            for first, last in ranges:
                self.add(key, first, last)

    def add(self, key: EpochKey, first: int, last: int) -> None:
        """Remember first..last; an empty range (last < first) changes nothing."""
        if last < first:
            return
        ranges = self._ranges.setdefault(key, [])
        low = bisect_left(ranges, first - 1, key=lambda pair: pair[1])
        high = bisect_right(ranges, last + 1, key=lambda pair: pair[0])
        if low < high:
            first, last = min(first, ranges[low][0]), max(last, ranges[high - 1][1])
        ranges[low:high] = [(first, last)]

    def has(self, key: EpochKey, first: int, last: int) -> bool:
        """True when all of first..last are stored."""
        return any(low <= first and last <= high for low, high in self._ranges.get(key, ()))

    def touches(self, key: EpochKey, first: int, last: int) -> bool:
        """True when any of first..last is stored."""
        return any(low <= last and first <= high for low, high in self._ranges.get(key, ()))

    def mark(self, key: EpochKey) -> int:
        """The highest offset below which nothing is missing; 0 when offset 1 is."""
        ranges = self._ranges.get(key)
        return ranges[0][1] if ranges and ranges[0][0] <= 1 else 0

    def ranges(self, key: EpochKey) -> tuple[Range, ...]:
        """The stored ranges of one epoch."""
        return tuple(self._ranges.get(key, ()))

    def marks(self) -> dict[EpochKey, int]:
        """Mark of every epoch."""
        return {key: self.mark(key) for key in self._ranges}

    def copy(self) -> Offsets:
        """An independent copy: what is changed in it is not stored until it replaces this one."""
        return Offsets(self._ranges)
