"""What is believed to lie somewhere against what was seen there. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum


class CountState(StrEnum):
    """What a count says of one bag."""

    SEEN = "seen"  # where it is believed to be
    NOT_SEEN = "not_seen"  # believed to be here, and nobody saw it
    ELSEWHERE = "elsewhere"  # seen here, believed to be somewhere else, or nowhere
    UNKNOWN_TAG = "unknown_tag"  # seen here, bound to no bag
    MOVED = "moved"  # believed to be here when the count began, and carried away since then


def compare(
    believed: Collection[str], seen: Mapping[str, str | None], moved: Collection[str] = ()
) -> dict[str, CountState]:
    """State of every bag that is believed here or was seen here, each once.

    `seen` is tag -> the bag it is bound to; a tag without a bag stands for itself. `moved` are believed bags that have
    been carried away meanwhile: not seeing them says nothing.
    """
    bags = {bag for bag in seen.values() if bag is not None}
    states = {bag: CountState.SEEN if bag in bags else CountState.NOT_SEEN for bag in believed}
    states |= {bag: CountState.MOVED for bag in moved if states.get(bag) is CountState.NOT_SEEN}
    states |= {bag: CountState.ELSEWHERE for bag in bags if bag not in states}
    states |= {tag: CountState.UNKNOWN_TAG for tag, bag in seen.items() if bag is None and tag not in states}
    return states
