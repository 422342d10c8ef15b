"""How long a bag was in transport boxes at once: the profile bears their wider range for some hours only. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from blood.components import Component
from wms.bags.exposure import PlaceSpan


def too_long_in_boxes(component: Component, spans: Iterable[PlaceSpan], at: datetime) -> timedelta | None:
    """The longest time in boxes without a store between, by stays in order of time; None when that is permitted."""
    most, begun, longest = component.transport_max, None, timedelta()
    if most is None:
        return None
    for span in spans:
        if not span.place.startswith("box/"):
            begun = None
            continue
        begun = span.from_at if begun is None else begun
        longest = max(longest, (at if span.to_at is None else min(span.to_at, at)) - begun)
    return longest if longest > most else None
