"""Deferrals and donations told by other centres: CSV lists and single entries, all or nothing, and once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from runtime.ids import new_id
from wms.donors.checks import check_donor
from wms.errors import FaultyLines, Invalid, LineFault
from wms.laboratory.lines import instant_in, read_lines, required_in
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

COLUMNS: Final = ("donor", "entry", "from", "until", "code")
CODE: Final = "deferral.list"
MOST_LINES: Final = 5_000


class EntryKind(StrEnum):
    """What a line says: that a donor must not give, or that the donor gave elsewhere."""

    DEFERRAL = "deferral"
    WHOLE_BLOOD = "whole_blood"
    APHERESIS = "apheresis"


@dataclass(frozen=True, slots=True)
class DeferralEntry:
    """One line: a deferral holds from ``since`` until before ``until`` (None: for ever); a donation has no end."""

    donor: str
    entry: EntryKind
    since: datetime
    until: datetime | None
    code: str


@dataclass(frozen=True, slots=True)
class ListTaken:
    """A list as it was taken, and how many donations it held; a list known already holds none."""

    id: str
    rows: int
    held: tuple[str, ...]


def parse_list(text: str, timezone: str) -> tuple[DeferralEntry, ...]:
    """Read and check a CSV list; days count in the site's time zone. Raises FaultyLines with every fault."""
    zone = ZoneInfo(timezone)
    lines = read_lines(text, COLUMNS, lambda row: _entry(row, zone), code=CODE, most=MOST_LINES)
    count = Counter((entry.donor, entry.entry, entry.since) for _, entry in lines)
    faults = [
        LineFault(number, "double", f"{entry.donor} has the same {entry.entry.value} twice")
        for number, entry in lines
        if count[entry.donor, entry.entry, entry.since] > 1
    ]
    if faults:
        raise FaultyLines(CODE, faults)
    return tuple(entry for _, entry in lines)


def take_list(tx: Tx, actor: Actor, centre: str, entries: Sequence[DeferralEntry]) -> ListTaken:
    """Keep a list of another centre and hold the donations that it speaks against; the same list again does nothing.

    Raises Invalid for a list without a centre or without entries, or with an entry that cannot be.
    """
    if not centre.strip():
        raise Invalid("centre", "A list names the centre that it comes from")
    if not entries:
        raise Invalid(CODE, "The list has no entries")
    for entry in entries:
        check_entry(entry)
    digest = sha256(repr((centre, [_key(entry) for entry in entries])).encode()).hexdigest()
    known = tx.raw.execute("SELECT id, rows FROM deferral_list WHERE sha256 = ?", (digest,)).fetchone()
    if known is not None:
        return ListTaken(known[0], int(known[1]), ())
    number = new_id("dfl")
    tx.raw.execute(
        "INSERT INTO deferral_list (id, centre, sha256, rows, taken_us, taken_by) VALUES (?,?,?,?,?,?)",
        (number, centre, digest, len(entries), to_us(tx.now), actor.id),
    )
    tx.raw.executemany(
        "INSERT INTO deferral (list, donor, entry, from_us, until_us, code) VALUES (?,?,?,?,?,?)",
        [(number, *_key(entry)) for entry in entries],
    )
    tx.record("deferral.list_taken", actor=actor, subject=number, data={"centre": centre, "rows": len(entries)})
    tx.notify("deferral", number)
    held = [din for donor in sorted({one.donor for one in entries}) for din in check_donor(tx, actor, donor)]
    return ListTaken(number, len(entries), tuple(held))


def check_entry(entry: DeferralEntry) -> None:
    """Raises Invalid naming what is wrong with an entry."""
    if not entry.donor or entry.donor != entry.donor.strip() or len(entry.donor) > 120:
        raise Invalid("donor", "donor is a pseudonym of at most 120 characters, without spaces around it")
    if not entry.code.strip():
        raise Invalid("code", "code is missing: why the other centre says so")
    if entry.until is not None and entry.entry is not EntryKind.DEFERRAL:
        raise Invalid("until", f"until: a {entry.entry.value} donation has no end")
    if entry.until is not None and entry.until <= entry.since:
        raise Invalid("until", "until: the deferral ends before it begins")


def _key(entry: DeferralEntry) -> tuple[str, str, int, int | None, str]:
    until = None if entry.until is None else to_us(entry.until)
    return entry.donor, entry.entry.value, to_us(entry.since), until, entry.code


def _entry(row: Mapping[str, str], zone: ZoneInfo) -> DeferralEntry:
    kinds = [kind.value for kind in EntryKind]
    if row["entry"] not in kinds:
        raise Invalid("entry", f"entry: {row['entry']!r} is none of {', '.join(kinds)}")
    entry = DeferralEntry(
        donor=required_in(row, "donor"),
        entry=EntryKind(row["entry"]),
        since=_instant("from", required_in(row, "from"), zone, ends=False),
        until=_instant("until", row["until"], zone, ends=True) if row["until"] else None,
        code=required_in(row, "code"),
    )
    check_entry(entry)
    return entry


def _instant(column: str, text: str, zone: ZoneInfo, *, ends: bool) -> datetime:
    """A day (its beginning, or its end when it ``ends``) or an instant."""
    if len(text) != len("2026-01-31"):
        return instant_in(column, text).astimezone(UTC)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(column, f"{column}: {text!r} is not a day such as 2026-01-31") from None
    return datetime.combine(day + timedelta(days=1 if ends else 0), time(0), zone).astimezone(UTC)
