"""May a living donor come? Asked of the deferral lists and intervals, and of what the registry itself knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from plant.model import Plant
from wms.donors import read as donors
from wms.donors.rules import DonationKind, donor_rules
from wms.registries.donors import DonorFacts
from wms.registries.model import DonorState, MayDonate


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether and from when; ``since`` is None for NOW, NO and UNKNOWN. Why not is for the deferral lists' readers."""

    may: MayDonate
    since: datetime | None = None


def may_donate(conn: Connection, plant: Plant, donor: DonorFacts, kind: DonationKind, at: datetime) -> Answer:
    """Ask for one donor; a donor who withdrew, or is deferred without an end, may not come."""
    if donor.state is DonorState.WITHDRAWN:
        return Answer(MayDonate.NO)
    if donor.state is DonorState.RESTING:
        return Answer(MayDonate.UNKNOWN)
    asked = donors.may_donate(conn, plant, donor.donor, at, kind)
    if not asked.may_donate and asked.until is None:
        return Answer(MayDonate.NO)
    rested = rests_until(plant, donor.last_donation_at, kind)
    ends = [end for end in (asked.until, rested) if end is not None and end > at]
    return Answer(MayDonate.LATER, max(ends)) if ends else Answer(MayDonate.NOW)


def rests_until(plant: Plant, last: datetime | None, kind: DonationKind) -> datetime | None:
    """When the interval after a donation that only the registry knows of ends: as after one of the same kind."""
    interval = donor_rules(plant.profile).after(kind, kind)
    return None if last is None or interval is None else interval.ends(last)
