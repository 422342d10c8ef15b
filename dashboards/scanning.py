"""Which bag a scan means: a bag id, both bar codes of a label in either order, or one of them alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from blood.identifiers import Identifiers
from blood.isbt128 import ScanError
from plant.model import Plant
from wms.bags import read as bags
from wms.bags.read import BagSummary

MOST_CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the text says: a donation, a product, or both."""

    din: str | None
    product: str | None


def read_scan(identifiers: Identifiers, text: str, text_2: str | None) -> Scanned:
    """Understand one or two scanned texts; raises ScanError when a text is neither a donation nor a product."""
    first = Scanned(*identifiers.read(text))
    if text_2 is None:
        return first
    second = Scanned(*identifiers.read(text_2))
    if (first.din is None) == (second.din is None) or (first.product is None) == (second.product is None):
        raise ScanError("scan.same", 0, "Both scans are of the same bar code; scan the donation number and the product")
    return Scanned(first.din or second.din, first.product or second.product)


def find(conn: Connection, plant: Plant, scanned: Scanned) -> tuple[BagSummary, ...]:
    """The bags that a scan may mean."""
    found = bags.list_bags(conn, plant, q=scanned.din or scanned.product, limit=MOST_CANDIDATES)
    return tuple(bag for bag in found.items if scanned.product in {None, bag.product})
