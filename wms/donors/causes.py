"""Why a donation must not be used, as far as its donor goes: deferrals, intervals, information. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from blood.components import Family
from plant.model import Plant
from wms.donors.rules import DonationKind, DonorRules, donor_rules
from wms.store.driver import Driver
from wms.store.metadata import from_us, from_us_or_none, to_us

INTERVAL: Final = "interval"
"""Code of a donation that came too soon after another."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that speaks against a donation; ``id`` stays the same however often it is found. For quality only."""

    id: str
    code: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Given:
    """One donation of a donor here."""

    din: str
    at: datetime
    kind: DonationKind


def donations_of(raw: Driver, plant: Plant, donor: str) -> tuple[Given, ...]:
    """Every donation of a donor of which a bag is known, oldest first."""
    rows = raw.execute(
        "SELECT bag.din, bag.collected_us, bag.component, donation.component FROM bag "
        "LEFT JOIN donation ON donation.din = bag.din WHERE bag.donor = ? ORDER BY bag.collected_us, bag.din",
        (donor,),
    ).fetchall()
    found: dict[str, Given] = {}
    for din, at_us, component, collected in rows:
        found.setdefault(din, Given(din, from_us(at_us), kind_of(plant, collected or component)))
    return tuple(found.values())


def kind_of(plant: Plant, component: str) -> DonationKind:
    """How something was given, by what it is: platelets that are no whole blood's were taken by apheresis."""
    known = plant.components.get(component)
    is_apheresis = known is not None and known.family is Family.PLATELETS
    return DonationKind.APHERESIS if is_apheresis else DonationKind.WHOLE_BLOOD


def causes(raw: Driver, plant: Plant, donor: str, at: datetime, kind: DonationKind, din: str = "") -> tuple[Cause, ...]:
    """All that speaks against a donation of this donor at that time; ``din`` is the donation itself."""
    rules = donor_rules(plant.profile)
    return (
        *_deferrals(raw, donor, at),
        *_intervals(raw, plant, rules, donor, Given(din, at, kind)),
        *_information(raw, rules, donor, at),
    )


def _deferrals(raw: Driver, donor: str, at: datetime) -> tuple[Cause, ...]:
    rows = raw.execute(
        "SELECT id, code, until_us FROM deferral WHERE donor = ? AND entry = 'deferral' AND from_us <= ? "
        "AND (until_us IS NULL OR until_us > ?) ORDER BY id",
        (donor, to_us(at), to_us(at)),
    ).fetchall()
    return tuple(Cause(f"deferral:{number}", code, from_us_or_none(until)) for number, code, until in rows)


def _intervals(raw: Driver, plant: Plant, rules: DonorRules, donor: str, wanted: Given) -> tuple[Cause, ...]:
    earlier = [
        (f"{INTERVAL}:{one.din}", one.at, one.kind)
        for one in donations_of(raw, plant, donor)
        if one.din != wanted.din and one.at <= wanted.at
    ]
    elsewhere = raw.execute(
        "SELECT id, from_us, entry FROM deferral WHERE donor = ? AND entry <> 'deferral' AND from_us <= ? ORDER BY id",
        (donor, to_us(wanted.at)),
    ).fetchall()
    earlier += [(f"{INTERVAL}:elsewhere:{number}", from_us(at), DonationKind(entry)) for number, at, entry in elsewhere]
    found = []
    for name, at, kind in earlier:
        interval = rules.after(kind, wanted.kind)
        if interval is not None and wanted.at < interval.ends(at):
            found.append(Cause(name, INTERVAL, interval.ends(at)))
    return tuple(found)


def _information(raw: Driver, rules: DonorRules, donor: str, at: datetime) -> tuple[Cause, ...]:
    rows = raw.execute("SELECT id, kind, at_us, told_us FROM donor_information WHERE donor = ? ORDER BY id", (donor,))
    found = []
    for number, kind, at_us, told_us in rows.fetchall():
        back = rules.information_of(kind).days_back
        since = None if back is None else from_us(at_us) - timedelta(days=back)
        if (since is None or since <= at) and at <= from_us(told_us):
            found.append(Cause(f"information:{number}", kind, None))
    return tuple(found)
