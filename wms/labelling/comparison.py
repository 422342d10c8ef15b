"""Is the label on the bag the label that was meant? What a scanner and a tag reader said against the content. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from blood.isbt128 import AboRhd, ExpirationTime, ScanError, parse_one
from plc_bridge.messages import BagLabelled
from wms.labelling.content import LabelContent

T = TypeVar("T")

UNREAD: Final = "not read"
"""What stands for a code or tag that could not be read."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One field that is not as it must be; texts as a person reads them."""

    field: str
    expected: str
    read: str

    def __str__(self) -> str:
        return f"{self.field} {self.read}, expected {self.expected}"


def mismatches(content: LabelContent, report: BagLabelled, bound_to: str | None) -> tuple[Mismatch, ...]:
    """Every field of a report that is not what the label of this bag must say; empty when all agree.

    Compared are the meanings of the codes, not their characters: flags and scanner prefixes may differ. ``bound_to``
    is another bag that the tag's TID belongs to already. A bag keeps the tag that it was given first.
    """
    return tuple(_mismatches(content, report, bound_to))


def _mismatches(content: LabelContent, report: BagLabelled, bound_to: str | None) -> Iterator[Mismatch]:
    bag = content.bag
    if report.bag != str(bag):
        yield Mismatch("bag", str(bag), report.bag)
    expiry = content.expires_at.replace(tzinfo=None, second=0, microsecond=0)
    meant = content.group_structure.code
    checks = (
        _code("din", bag.din, report.din_read, content.identifiers.parse_din_scan),
        _code("product", bag.product, report.product_read, content.identifiers.parse_product_scan),
        _code("group", meant, report.group_read, _group_code, str(content.group)),
        _code("expiry", expiry, report.expiry_read, _expiry, content.expires_text),
    )
    yield from (found for found in checks if found is not None)
    if (report.epc_read or "").lower() != content.epc:
        yield Mismatch("epc", content.epc, report.epc_read or UNREAD)
    if not report.tid:
        yield Mismatch("tid", content.tid or "a tag", UNREAD)
    elif bound_to is not None:
        yield Mismatch("tid", content.tid or "a free tag", f"{report.tid}, bound to {bound_to}")
    elif content.tid is not None and report.tid != content.tid:
        yield Mismatch("tid", content.tid, report.tid)
    if report.tag_user_read is not None and report.tag_user_read.lower() != content.tag.user_memory.hex():
        yield Mismatch("tag memory", content.message, report.tag_user_read or UNREAD)
    if not report.tag_locked:
        yield Mismatch("tag lock", "locked", "open")


def _code(field: str, meant: T, read: str | None, parse: Callable[[str], T], said: str = "") -> Mismatch | None:
    """None when a code reads as what is meant; a code that is none is shown as it was scanned."""
    expected = said or str(meant)
    if read is None:
        return Mismatch(field, expected, UNREAD)
    try:
        agrees = parse(read) == meant
    except ScanError:
        agrees = False
    return None if agrees else Mismatch(field, expected, read)


def _group_code(text: str) -> str:
    return parse_one(AboRhd, text.strip()).code


def _expiry(text: str) -> datetime:
    return parse_one(ExpirationTime, text.strip()).at


def nothing_applied(report: BagLabelled) -> bool:
    """True when the station failed before any label was on the bag: it jammed, and may try again."""
    reads = (report.din_read, report.product_read, report.group_read, report.expiry_read, report.epc_read)
    return report.outcome.value == "failed" and all(read is None for read in reads) and not report.tag_locked
