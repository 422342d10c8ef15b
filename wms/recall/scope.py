"""What a recall is about, as somebody names it: a donation, a donor, a batch, or a device or place and a time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from plant.model import Plant
from wms.errors import Invalid, NotFound
from wms.ledger.chain import canonical


class Relation(StrEnum):
    """How a bag came into a case, from the nearest to the farthest."""

    NAMED = "named"  # of the donation, donor, batch, device or place that was named
    DONOR = "donor"  # another donation of the same donor
    PARENT = "parent"  # a named bag was made from it
    SIBLING = "sibling"  # another component of one of these donations
    CHILD = "child"  # made from one of these, at any distance


class Scope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Exactly one of donation, donor, batch, device, place; the last two with a time, whose open end goes on.

    ``batch`` is a batch of a machine; ``device`` a machine of the plant, or a collection device as its team reports it.
    """

    din: str | None = None
    donor: str | None = None
    batch: str | None = None
    device: str | None = None
    place: str | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None

    def check(self, plant: Plant) -> None:
        """Raise Invalid or NotFound when this names nothing, too much, or a place that the plant does not have."""
        named = [name for name in ("din", "donor", "batch", "device", "place") if getattr(self, name) is not None]
        if len(named) != 1:
            raise Invalid("recall.scope", "A recall is about one donation, donor, batch, device or place")
        has_window = self.device is not None or self.place is not None
        if has_window != (self.from_at is not None) or (self.to_at is not None and not has_window):
            raise Invalid("recall.window", "A device or a place is recalled from a time on; nothing else has a time")
        if self.from_at is not None and self.to_at is not None and self.to_at <= self.from_at:
            raise Invalid("recall.window", "The time ends before it begins")
        if self.place is not None:
            try:
                plant.place_of(self.place)
            except KeyError:
                raise NotFound("place.unknown", f"There is no place {self.place}") from None

    def text(self) -> str:
        """Canonical JSON, as the case keeps it."""
        return canonical(msgspec.to_builtins(self))

    @staticmethod
    def of_text(text: str) -> Scope:
        """The scope of a stored case."""
        return msgspec.json.decode(text, type=Scope)
