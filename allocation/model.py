"""What the solver is told: the policy (a versioned file of weights) and the snapshot (bags and lines as columns)."""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from importlib import resources
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from blood.components import Family
from blood.eligibility import Zone
from blood.groups import BloodGroup

Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

GROUPS: Final[tuple[BloodGroup, ...]] = tuple(BloodGroup)
GROUP_INDEX: Final[Mapping[BloodGroup, int]] = {group: index for index, group in enumerate(GROUPS)}
UNKNOWN_GROUP: Final = -1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class PolicyError(ValueError):
    """A policy document with a missing, unknown or impossible entry."""


class SnapshotError(ValueError):
    """Bags or lines that contradict themselves; the text names the row."""


class Tier(IntEnum):
    """How much a missing bag hurts; priority classes 0-1, 2 and 3-5 of an order (design.md 8)."""

    EMERGENCY = 0
    URGENT = 1
    ROUTINE = 2

    @staticmethod
    def of(priority: int) -> Tier:
        """Tier of a priority class 0..5; raises SnapshotError outside."""
        if not 0 <= priority <= 5:
            raise SnapshotError(f"Priority {priority} is not in 0..5")
        return Tier.EMERGENCY if priority <= 1 else Tier.URGENT if priority == 2 else Tier.ROUTINE


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Shortage(_Section, frozen=True):
    """Points per missing bag by tier, and how a hospital's shortage is cut into dearer and dearer bands."""

    emergency: int
    urgent: int
    routine: int
    bands: int
    band_step_percent: int

    def points(self, tier: Tier) -> int:
        """Points of the first missing bag of a tier."""
        return (self.emergency, self.urgent, self.routine)[tier]


class Outdate(_Section, frozen=True):
    """Points for leaving a bag behind that expires now, falling linearly to 0 at the family's horizon."""

    points: int
    horizon_days: dict[Family, int]


class Mismatch(_Section, frozen=True):
    """Points per place down the preference list, and extra for RhD negative cells to an RhD positive recipient."""

    step: int
    rhd_negative: int


class Freshness(_Section, frozen=True):
    """Points per whole bucket of remaining life when a bag is used: makes old bags cheap (FEFO)."""

    per_bucket: int
    bucket_hours: int


class Policy(_Section, frozen=True):
    """The weights of one allocation. ``id`` names the file, ``digest`` is the SHA-256 of its text."""

    id: str
    digest: str
    shortage: Shortage
    outdate: Outdate
    mismatch: Mismatch
    freshness: Freshness


def load_policy(name: str = "standard-1") -> Policy:
    """Load a bundled policy; raises PolicyError."""
    path = resources.files("allocation") / "policies" / f"{name}.toml"
    if not path.is_file():
        raise PolicyError(f"There is no allocation policy {name!r}")
    return parse_policy(path.read_text(encoding="utf-8"))


def parse_policy(text: str) -> Policy:
    """Parse a policy document (TOML); raises PolicyError naming the key."""
    try:
        document = tomllib.loads(text)
        policy = msgspec.convert({**document, "digest": hashlib.sha256(text.encode()).hexdigest()}, Policy)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise PolicyError(f"Allocation policy: {error}") from error
    if faults := list(_policy_faults(policy)):
        raise PolicyError(f"Allocation policy {policy.id}: {'; '.join(faults)}")
    return policy


def _policy_faults(policy: Policy) -> Iterable[str]:
    shortage = policy.shortage
    if not shortage.emergency > shortage.urgent > shortage.routine > policy.outdate.points >= 0:
        yield "points must fall from emergency to urgent to routine shortage to outdate"
    if shortage.bands < 1 or shortage.band_step_percent < 0:
        yield "shortage needs at least one band and a step that is not negative"
    if missing := sorted(set(Family) - set(policy.outdate.horizon_days)):
        yield f"outdate.horizon_days lacks {missing}"
    if any(days < 1 for days in policy.outdate.horizon_days.values()):
        yield "outdate.horizon_days must be at least 1"
    if policy.mismatch.step < 0 or policy.mismatch.rhd_negative < 0:
        yield "mismatch points must not be negative"
    if policy.freshness.per_bucket < 0 or policy.freshness.bucket_hours < 1:
        yield "freshness needs points that are not negative and buckets of at least one hour"


@dataclass(frozen=True, slots=True, kw_only=True)
class BagRow:
    """One bag as the warehouse hands it over.

    ``group`` is None while unconfirmed. ``retrieval`` is the cost of fetching it (any integer scale, low = near).
    ``refused`` is empty when ``blood.eligibility`` allows Act.RESERVE, else its reasons in one line (``refused_zh``:
    the same in Chinese): such a bag is never assigned, but explanations may name it.
    """

    bag: str
    component: str
    group: BloodGroup | None
    expires_at: datetime
    place: str
    zone: Zone
    retrieval: int = 0
    refused: str = ""
    refused_zh: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One order line that still wants ``quantity`` bags.

    ``usable_until``: a bag must not expire before this instant (arrival plus the life the hospital asked for).
    ``substitution`` False means ABO/RhD identical only.
    """

    line: str
    hospital: str
    component: str
    recipient: BloodGroup
    quantity: int
    priority: int
    substitution: bool
    usable_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """Bags and lines as columns of equal length, at one instant. Build it with ``build_snapshot``.

    Indices: ``*_component`` into ``components`` / ``families``, ``bag_group`` and ``line_recipient`` into ``GROUPS``
    (``UNKNOWN_GROUP`` for an unconfirmed bag), ``line_hospital`` into ``hospitals``. Instants are microseconds
    since 1970. ``timezone`` is the site's (IANA name): explanations tell instants in it.
    """

    at_us: int
    timezone: str
    components: tuple[str, ...]
    families: tuple[Family, ...]
    hospitals: tuple[str, ...]
    bag: tuple[str, ...]
    bag_place: tuple[str, ...]
    bag_zone: tuple[str, ...]
    bag_refused: tuple[str, ...]
    bag_refused_zh: tuple[str, ...]
    bag_component: Int64s
    bag_group: Int64s
    bag_expires_us: Int64s
    bag_retrieval: Int64s
    line: tuple[str, ...]
    line_hospital: Int64s
    line_component: Int64s
    line_recipient: Int64s
    line_quantity: Int64s
    line_priority: Int64s
    line_substitution: Bools
    line_usable_until_us: Int64s


def micros(at: datetime) -> int:
    """Microseconds since 1970 of an aware instant; raises SnapshotError for a naive one."""
    if at.tzinfo is None:
        raise SnapshotError(f"{at!r} has no time zone")
    return (at - _EPOCH) // _MICROSECOND


def instant(at_us: int) -> datetime:
    """Aware UTC instant of microseconds since 1970."""
    return _EPOCH + at_us * _MICROSECOND


def build_snapshot(
    at: datetime,
    families: Mapping[str, Family],
    bags: Iterable[BagRow],
    lines: Iterable[LineRow],
    *,
    timezone: str = "UTC",
) -> Snapshot:
    """Turn rows into columns. ``families``: component key -> family for every component that occurs.

    Raises SnapshotError for a repeated id, an unknown component, a quantity below 1 or a priority outside 0..5.
    """
    bag_rows, line_rows = list(bags), list(lines)
    components = tuple(sorted(families))
    index = {component: position for position, component in enumerate(components)}
    hospitals = tuple(sorted({row.hospital for row in line_rows}))
    hospital_index = {hospital: position for position, hospital in enumerate(hospitals)}
    _check_rows(bag_rows, line_rows, index)
    return Snapshot(
        at_us=micros(at),
        timezone=timezone,
        components=components,
        families=tuple(families[component] for component in components),
        hospitals=hospitals,
        bag=tuple(row.bag for row in bag_rows),
        bag_place=tuple(row.place for row in bag_rows),
        bag_zone=tuple(row.zone.value for row in bag_rows),
        bag_refused=tuple(row.refused for row in bag_rows),
        bag_refused_zh=tuple(row.refused_zh for row in bag_rows),
        bag_component=_column(index[row.component] for row in bag_rows),
        bag_group=_column(UNKNOWN_GROUP if row.group is None else GROUP_INDEX[row.group] for row in bag_rows),
        bag_expires_us=_column(micros(row.expires_at) for row in bag_rows),
        bag_retrieval=_column(row.retrieval for row in bag_rows),
        line=tuple(row.line for row in line_rows),
        line_hospital=_column(hospital_index[row.hospital] for row in line_rows),
        line_component=_column(index[row.component] for row in line_rows),
        line_recipient=_column(GROUP_INDEX[row.recipient] for row in line_rows),
        line_quantity=_column(row.quantity for row in line_rows),
        line_priority=_column(row.priority for row in line_rows),
        line_substitution=np.array([row.substitution for row in line_rows], dtype=np.bool_),
        line_usable_until_us=_column(micros(row.usable_until) for row in line_rows),
    )


def _column(values: Iterable[int]) -> Int64s:
    return np.fromiter(values, dtype=np.int64)


def _check_rows(bags: Sequence[BagRow], lines: Sequence[LineRow], components: Mapping[str, int]) -> None:
    for what, names in (("Bag", [row.bag for row in bags]), ("Line", [row.line for row in lines])):
        if len(set(names)) != len(names):
            twice = Counter(names).most_common(1)[0][0]
            raise SnapshotError(f"{what} {twice} is there twice")
    for bag in bags:
        if bag.component not in components:
            raise SnapshotError(f"Bag {bag.bag}: unknown component {bag.component!r}")
    for line in lines:
        if line.component not in components:
            raise SnapshotError(f"Line {line.line}: unknown component {line.component!r}")
        if line.quantity < 1:
            raise SnapshotError(f"Line {line.line}: asks for {line.quantity} bags")
        Tier.of(line.priority)
