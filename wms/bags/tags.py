"""Whose tag it is: the one place that turns what a reader saw into a bag."""

from __future__ import annotations

from blood.identifiers import Identifiers
from blood.isbt128 import ScanError
from wms.errors import NotFound
from wms.store.tx import Tx


def bag_of_tag(tx: Tx, epc: str) -> str:
    """The bag that a tag is bound to; raises NotFound saying what the tag claims to be."""
    bag = bound_to(tx, epc)
    if bag is not None:
        return bag
    try:
        claim = f"it claims to be {tx.plant.identifiers.bag_of(epc)}"
    except ScanError as error:
        claim = str(error)
    raise NotFound("tag.unknown", f"Tag {epc} is bound to no bag ({claim})")


def bound_to(tx: Tx, epc: str) -> str | None:
    """The bag that a tag is bound to; None when it is bound to none."""
    row = tx.raw.execute("SELECT id FROM bag WHERE epc = ?", (epc,)).fetchone()
    return None if row is None else str(row[0])


def contradiction(identifiers: Identifiers, bag: str, epc: str) -> str | None:
    """What is wrong when the content of a tag names another bag than the one it is bound to; None when it does not."""
    try:
        claim = str(identifiers.bag_of(epc))
    except ScanError:
        return None  # a tag that names no bag contradicts none: the binding in the database decides
    return None if claim == bag else f"its tag {epc} says that it is {claim}"
