"""Despatch note against arrivals: what each number of a consignment is, and what may be done about it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final


class ItemState(StrEnum):
    """What one number of a consignment is."""

    EXPECTED = "expected"  # on the note, not seen yet
    RECEIVED = "received"  # on the note and here
    MISSING = "missing"  # on the note and not here when everything was quiet
    EXTRA = "extra"  # here and on no open note
    UNKNOWN = "unknown"  # a tag that is bound to no bag
    DOUBLE = "double"  # a number that stands on two notes, or a bag that had come before


class Act(StrEnum):
    """What a person may say about a number that is not as it should be."""

    NOT_SENT = "not_sent"  # missing: the sender still has it
    SEARCHED_LOST = "searched_lost"  # missing: sent, searched for here, not found
    ACCEPT = "accept"  # extra: it belongs to us, use it
    SEND_BACK = "send_back"  # extra, unknown, double: it goes back to the sender and stays held until then
    IDENTIFY = "identify"  # unknown: the label says which bag it is
    KEEP_FIRST = "keep_first"  # double: the first note or receipt stands, this one does not count


ACTS: Final[Mapping[ItemState, tuple[Act, ...]]] = {
    ItemState.EXPECTED: (),
    ItemState.RECEIVED: (),
    ItemState.MISSING: (Act.NOT_SENT, Act.SEARCHED_LOST),
    ItemState.EXTRA: (Act.ACCEPT, Act.SEND_BACK),
    ItemState.UNKNOWN: (Act.IDENTIFY, Act.SEND_BACK),
    ItemState.DOUBLE: (Act.KEEP_FIRST, Act.SEND_BACK),
}
"""What may be done about each state; a state without acts needs none."""

AWAITED: Final = frozenset({ItemState.EXPECTED, ItemState.MISSING})
"""States in which the bag may still come: a late read turns both into received."""
HELD: Final = frozenset({ItemState.EXTRA, ItemState.DOUBLE})
"""States of a bag that is here and must not be used until somebody has said why it is here."""


def announced(numbers: Sequence[str], open_elsewhere: Collection[str], here: Collection[str]) -> list[ItemState]:
    """States of the numbers of a new note, in its order.

    `open_elsewhere` are numbers that another note awaits or has received, `here` are bags that came before any note
    named them: the note was late, they are received.
    """
    states: list[ItemState] = []
    taken = set(open_elsewhere)
    for number in numbers:
        if number in taken:
            states.append(ItemState.DOUBLE)
        else:
            states.append(ItemState.RECEIVED if number in here else ItemState.EXPECTED)
        taken.add(number)
    return states


def arrived(item: ItemState | None, *, came_before: bool) -> ItemState:
    """State of a bag that came in: `item` is what the notes say of it, None when no open one names it.

    `came_before`: it had been received and had left the dock for the house before.
    """
    if came_before:
        return ItemState.DOUBLE
    if item is None:
        return ItemState.EXTRA
    return ItemState.RECEIVED if item in AWAITED else item


def judged(item: ItemState) -> ItemState:
    """State of a number once everything is quiet: what is still awaited is missing."""
    return ItemState.MISSING if item is ItemState.EXPECTED else item
