"""Which status may follow which (design.md 6). Pure; holds, expiry, recall and custody are facets and not here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from blood.eligibility import BagStatus, Zone
from wms.errors import Refused

S = BagStatus

FINAL: Final = frozenset({S.TRANSFUSED, S.CONSUMED, S.DISCARDED, S.LOST})
"""Statuses that nothing leaves."""
ENDED: Final = FINAL | {S.PRESUMED_TRANSFUSED}
"""Statuses in which a bag counts as gone from stock for good; who presumes may still be told otherwise."""

_NEXT: Final[Mapping[BagStatus, frozenset[BagStatus]]] = {
    S.COLLECTED: frozenset({S.PROCESSING, S.QUARANTINE, S.NONCONFORMING, S.CONSUMED}),
    S.PROCESSING: frozenset({S.COLLECTED, S.QUARANTINE, S.NONCONFORMING, S.CONSUMED}),
    S.QUARANTINE: frozenset({S.AVAILABLE, S.NONCONFORMING, S.CONSUMED}),
    S.AVAILABLE: frozenset({S.RESERVED, S.QUARANTINE, S.NONCONFORMING, S.CONSUMED}),
    S.RESERVED: frozenset({S.PICKED, S.AVAILABLE, S.NONCONFORMING, S.CONSUMED}),
    S.PICKED: frozenset({S.PACKED, S.RESERVED, S.NONCONFORMING}),
    S.PACKED: frozenset({S.IN_TRANSIT, S.PICKED, S.NONCONFORMING}),
    S.IN_TRANSIT: frozenset({S.RECEIVED, S.RETURNED_PENDING, S.NONCONFORMING}),
    S.RECEIVED: frozenset({S.ISSUED, S.RETURNED_PENDING, S.NONCONFORMING, S.DISCARDED}),
    S.ISSUED: frozenset({S.TRANSFUSED, S.PRESUMED_TRANSFUSED, S.RETURNED_PENDING, S.DISCARDED}),
    S.PRESUMED_TRANSFUSED: frozenset({S.TRANSFUSED, S.RETURNED_PENDING}),
    S.RETURNED_PENDING: frozenset({S.AVAILABLE, S.NONCONFORMING, S.DISCARDED}),
    S.NONCONFORMING: frozenset({S.DISCARDED, S.CONSUMED}),  # consumed: condemned when it was already in the machine
    # Found again: inside the centre it must be looked at first; on the road or at a hospital it is where it was.
    S.MISSING: frozenset({S.QUARANTINE, S.NONCONFORMING, S.IN_TRANSIT, S.RECEIVED, S.DISCARDED, S.LOST}),
    **dict.fromkeys(FINAL, frozenset()),
}

_ZONES: Final[Mapping[BagStatus, frozenset[Zone]]] = {
    S.QUARANTINE: frozenset({Zone.QUARANTINE}),
    S.AVAILABLE: frozenset({Zone.STOCK}),
    S.RESERVED: frozenset({Zone.STOCK}),
    S.NONCONFORMING: frozenset({Zone.NONCONFORMING}),
    S.RETURNED_PENDING: frozenset({Zone.RETURNED}),
}


class TransitionRefused(Refused):
    """The status table has no such step."""

    def __init__(self, bag: str, status: BagStatus, to: BagStatus) -> None:
        super().__init__("bag.transition", f"Bag {bag} is {status.value}; it cannot become {to.value}")


def allowed(status: BagStatus, to: BagStatus) -> bool:
    """True when a bag may step from ``status`` to ``to``; every bag whose story is not over may go missing."""
    if to is S.MISSING:
        return status not in FINAL and status is not S.MISSING
    return to in _NEXT[status]


def zone_agrees(status: BagStatus, zone: Zone) -> bool:
    """True when a shelf of this zone is right for the status (RedBook 6.7.1, WS 399-2012 3.3); some need none."""
    zones = _ZONES.get(status)
    return zones is None or zone in zones


def zone_for(status: BagStatus) -> Zone | None:
    """The zone that a bag of this status belongs into, or None when it belongs on no shelf."""
    zones = _ZONES.get(status)
    return None if zones is None else next(iter(zones))
