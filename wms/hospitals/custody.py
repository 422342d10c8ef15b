"""Whose a bag is beyond the lock: a hospital touches only what is in its own hands."""

from __future__ import annotations

from typing import Final

from wms.bags.projection import BagState, require
from wms.errors import Refused
from wms.store.tx import Tx

HOSPITAL: Final = "hospital"
"""Word of the `bag.custody` column for a bag that a hospital has."""


class NotYours(Refused):
    """The bag is in the hands of somebody else."""

    status = 403

    def __init__(self, bag: str, hospital: str) -> None:
        super().__init__("custody.not_yours", f"{hospital} does not have bag {bag}")


def require_own(tx: Tx, hospital: str, bag: str) -> BagState:
    """The row of a bag that this hospital has; raises NotFound, NotYours."""
    state = require(tx.raw, bag)
    if state["custody"] != HOSPITAL or state["hospital"] != hospital:
        raise NotYours(bag, hospital)
    return state
