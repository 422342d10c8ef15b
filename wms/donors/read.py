"""What quality sees of donor checks, and what a collection team may ask before a donation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from plant.model import Plant
from wms.donors.causes import causes
from wms.donors.checks import CheckState
from wms.donors.rules import DonationKind
from wms.errors import NotFound
from wms.store.database import driver_of
from wms.store.metadata import from_us, from_us_or_none

_HELD: Final = "SELECT din, cause, code, held_us, gone, verdict, decided_us, decided_by, comment FROM donor_check"


@dataclass(frozen=True, slots=True)
class DeferralList:
    """One list as it was taken in."""

    id: str
    centre: str
    rows: int
    taken_at: datetime
    taken_by: str


@dataclass(frozen=True, slots=True)
class MayDonate:
    """Whether a donor may give at a time; ``reason_codes`` are for quality only, ``until`` None: nobody can say."""

    may_donate: bool
    reason_codes: tuple[str, ...]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class HeldBag:
    """A bag of a held donation."""

    bag: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDonation:
    """A donation that a donor check keeps or kept; ``gone`` had left quarantine when it was held: recall them."""

    din: str
    causes: tuple[str, ...]
    codes: tuple[str, ...]
    bags: tuple[HeldBag, ...]
    gone: tuple[str, ...]
    held_at: datetime
    state: CheckState
    decided_at: datetime | None
    decided_by: str | None
    comment: str | None


def list_lists(conn: Connection, limit: int = 200) -> tuple[DeferralList, ...]:
    """Lists taken in, newest first."""
    rows = driver_of(conn).execute(
        "SELECT id, centre, rows, taken_us, taken_by FROM deferral_list ORDER BY taken_us DESC, id DESC LIMIT ?",
        (limit,),
    )
    return tuple(
        DeferralList(number, centre, int(count), from_us(at), by) for number, centre, count, at, by in rows.fetchall()
    )


def may_donate(conn: Connection, plant: Plant, donor: str, at: datetime, kind: DonationKind) -> MayDonate:
    """Whether lists, intervals and information let a donor give at a time, and until when not."""
    found = causes(driver_of(conn), plant, donor, at, kind)
    ends = [cause.until for cause in found]
    until = None if not ends or None in ends else max(end for end in ends if end is not None)
    return MayDonate(not found, tuple(dict.fromkeys(cause.code for cause in found)), until)


def held_donations(conn: Connection, *, everything: bool = False, limit: int = 200) -> tuple[HeldDonation, ...]:
    """Donations that wait for quality, newest first; ``everything`` adds those that are decided."""
    open_only = "" if everything else " WHERE decided_us IS NULL"
    rows = driver_of(conn).execute(f"{_HELD}{open_only} ORDER BY held_us DESC, din LIMIT ?", (limit,)).fetchall()
    return _donations(conn, rows)


def held_donation(conn: Connection, din: str) -> HeldDonation:
    """One donation with a donor check; raises NotFound."""
    found = _donations(
        conn, driver_of(conn).execute(f"{_HELD} WHERE din = ? ORDER BY held_us, cause", (din,)).fetchall()
    )
    if not found:
        raise NotFound("donor_check.unknown", f"Donation {din} is not held by a donor check")
    return found[0]


def _donations(conn: Connection, rows: list[tuple[Any, ...]]) -> tuple[HeldDonation, ...]:
    by_din: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        by_din.setdefault(row[0], []).append(row)
    return tuple(_donation(conn, found) for found in by_din.values())


def _donation(conn: Connection, rows: list[tuple[Any, ...]]) -> HeldDonation:
    din = rows[0][0]
    bags = driver_of(conn).execute("SELECT id, status FROM bag WHERE din = ? ORDER BY id", (din,)).fetchall()
    gone = dict.fromkeys(bag for row in rows for bag in msgspec.json.decode(row[4], type=list[str]))
    undecided = [row for row in rows if row[6] is None]
    last = max(rows, key=lambda row: row[6] or 0)
    return HeldDonation(
        din=din,
        causes=tuple(dict.fromkeys(row[1].partition(":")[0] for row in rows)),
        codes=tuple(dict.fromkeys(row[2] for row in rows)),
        bags=tuple(HeldBag(bag, status) for bag, status in bags),
        gone=tuple(gone),
        held_at=from_us(min(row[3] for row in rows)),
        state=CheckState.HELD if undecided else CheckState(last[5]),
        decided_at=None if undecided else from_us_or_none(last[6]),
        decided_by=None if undecided else last[7],
        comment=None if undecided else last[8],
    )
