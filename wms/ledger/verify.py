"""Proving the ledger: every link of the chain, and that it still reaches every head that was signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from wms.ledger.chain import SELECT_ENTRIES, Entry, Head, genesis, link
from wms.ledger.head import HeadError, SignedHead, read_head, read_public_key, signature_holds
from wms.store.database import Database, driver_of
from wms.store.driver import Driver

_PAGE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found: ``fault`` is a sentence for a person, None when the ledger holds."""

    entries: int
    head: str
    fault: str | None

    @property
    def ok(self) -> bool:
        """True when nothing was found wrong."""
        return self.fault is None


def verify(database: Database, site: str, head_file: Path, public_key: Path) -> Verdict:
    """Check the whole chain of a site, and that it contains the exported head, and that of each day, exactly as signed.

    Finds a changed, inserted or removed row (the links break), a cut tail (the signed head is gone) and a chain that
    was rewritten from end to end (the signed head has another hash). Does not raise for a bad ledger, key or head file:
    each is a fault.
    """
    try:
        signed = read_head(head_file) if head_file.exists() else None
        key = read_public_key(public_key) if public_key.exists() else None
        days = {path.name: read_head(path) for path in sorted(head_file.parent.glob(_daily_names(head_file)))}
    except HeadError as error:
        return Verdict(0, "", error.detail)
    with database.read() as connection:
        signed_at = {one.seq for one in (*days.values(), *([] if signed is None else [signed]))}
        head, fault, hashes = _walk(driver_of(connection), site, signed_at)
    if fault is None:
        fault = _signed_fault(head, signed, hashes, site)
    if fault is None and (lost := _lost_heads(head_file)):
        fault = f"The ledger did not contain an earlier signed head when the controller started: {lost[0].name}"
    if fault is None and signed is not None and (key is None or not signature_holds(signed, key)):
        fault = f"The signature of the exported head (entry {signed.seq}) is not this site's"
    for name, of_day in days.items():
        wrong = _signed_fault(head, of_day, hashes, site)
        if wrong is None and (key is None or not signature_holds(of_day, key)):
            wrong = f"The signature of entry {of_day.seq} is not this site's"
        if fault is None and wrong is not None:
            fault = f"{wrong} (the head of a day, {name})"
    return Verdict(head.seq, head.hash.hex(), fault)


def set_aside_lost_head(database: Database, head_file: Path) -> str | None:
    """Before anything is written: keep a signed head that the ledger does not contain, so that no later head hides it.

    Returns what to record of it (the ledger was cut, rewritten, or restored from a backup), or None when all is well.
    `verify` finds the file until somebody who understood it takes it away.
    """
    if not head_file.exists():
        return None
    try:
        signed = read_head(head_file)
    except HeadError as error:
        head_file.replace(_lost_name(head_file, "unreadable"))
        return error.detail
    with database.read() as connection:
        row = driver_of(connection).execute("SELECT hash FROM ledger WHERE seq = ?", (signed.seq,)).fetchone()
    if row is not None and row[0].hex() == signed.hash:
        return None
    kept = _lost_name(head_file, str(signed.seq))
    head_file.replace(kept)
    return f"entry {signed.seq} was signed and is not in the ledger; its head is kept as {kept.name}"


def _lost_name(head_file: Path, which: str) -> Path:
    return head_file.with_name(f"{head_file.stem}-lost-{which}{head_file.suffix}")


def _lost_heads(head_file: Path) -> list[Path]:
    return sorted(head_file.parent.glob(_lost_name(head_file, "*").name))


def _daily_names(head_file: Path) -> str:
    return f"{head_file.stem}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]{head_file.suffix}"


def pages(raw: Driver, after: int = 0) -> Iterator[tuple[Any, ...]]:
    """Ledger rows above a number, in order, a page at a time."""
    while rows := raw.execute(SELECT_ENTRIES, (after, _PAGE)).fetchall():
        yield from rows
        after = rows[-1][0]


def _walk(raw: Driver, site: str, signed: Set[int]) -> tuple[Head, str | None, dict[int, bytes]]:
    """Follow the chain; returns where it ends, what is wrong, and the hashes of the entries that were signed."""
    head, at_signed = genesis(site), dict[int, bytes]()
    for row in pages(raw):
        if row[0] != head.seq + 1:
            return head, f"Entry {head.seq + 1} is missing; the next one is {row[0]}", at_signed
        if link(head, Entry(*row[:9])) != row[9]:
            return head, f"Entry {row[0]} is not what was written, or the one before it was replaced", at_signed
        head = Head(row[0], row[9])
        if head.seq in signed:
            at_signed[head.seq] = head.hash
    return head, None, at_signed


def _signed_fault(head: Head, signed: SignedHead | None, hashes: Mapping[int, bytes], site: str) -> str | None:
    if signed is None:
        return None if head.seq == 0 else "There is no signed head to compare the ledger with"
    if signed.site != site:
        return f"The signed head belongs to site {signed.site}"
    if head.seq < signed.seq:
        return f"The ledger ends at entry {head.seq}; entry {signed.seq} was signed: its tail was cut"
    if (at_signed := hashes.get(signed.seq)) is None or at_signed.hex() != signed.hash:
        return f"Entry {signed.seq} is not the one that was signed: the chain was rewritten"
    return None
