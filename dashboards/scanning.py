"""Which bag a scan means: a bag id, both bar codes of a label in either order, or one of them alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from blood.isbt128 import ScanError, parse_bag_id, parse_din_scan, parse_product_scan
from plant.model import Plant
from wms.bags import read as bags
from wms.bags.read import BagSummary

MOST_CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the text says: a donation, a product, or both."""

    din: str | None
    product: str | None


def read_scan(text: str, text_2: str | None) -> Scanned:
    """Understand one or two scanned texts; raises ScanError when a text is neither a donation nor a product."""
    if text_2 is None:
        return _read_one(text)
    first, second = _read_one(text), _read_one(text_2)
    if (first.din is None) == (second.din is None):
        raise ScanError("scan.same", 0, "Both scans are of the same bar code; scan the donation number and the product")
    return Scanned(first.din or second.din, first.product or second.product)


def find(conn: Connection, plant: Plant, scanned: Scanned) -> tuple[BagSummary, ...]:
    """The bags that a scan may mean."""
    found = bags.list_bags(conn, plant, q=scanned.din or scanned.product, limit=MOST_CANDIDATES)
    return tuple(bag for bag in found.items if scanned.product in {None, bag.product})


def _read_one(text: str) -> Scanned:
    """One text; what is neither a bag nor a product is judged as the donation number it should be."""
    try:
        bag = parse_bag_id(text.strip())
    except ScanError:
        pass
    else:
        return Scanned(bag.din, bag.product)
    try:
        return Scanned(None, parse_product_scan(text))
    except ScanError:
        return Scanned(parse_din_scan(text), None)
