"""Donation numbers of pools: a sequence of the site's own, since a pool has many donors (ST-001 7.4)."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from blood.identifiers import IdentifierScheme
from blood.isbt128 import ScanError
from plant.model import Plant
from wms.errors import Refused
from wms.store.tx import Tx

FIRST: Final = 950_000
LAST: Final = 999_999
"""Serial numbers kept for pools; collection sets hand out those below."""


def next_pool_din(tx: Tx) -> str:
    """The next free donation number for a pool: facility, year, serial.

    Raises Refused when none is left, or when this site's scheme of numbers lets nobody make one here.
    """
    year = tx.now.astimezone(ZoneInfo(tx.plant.site.timezone)).year % 100
    row = tx.raw.execute("SELECT last FROM pool_number WHERE year = ?", (year,)).fetchone()
    serial = FIRST if row is None else int(row[0]) + 1
    while serial <= LAST and _is_used(tx, din := _number(tx.plant, year, serial)):
        serial += 1
    if serial > LAST:
        raise Refused("pool.numbers", f"All donation numbers for pools of year {year:02d} are used up")
    tx.raw.execute("DELETE FROM pool_number WHERE year = ?", (year,))
    tx.raw.execute("INSERT INTO pool_number (year, last) VALUES (?, ?)", (year, serial))
    return din


def is_pool_din(plant: Plant, din: str) -> bool:
    """True when a donation number is one of this site's for pools; never where such numbers are not made here."""
    if plant.identifiers.scheme is not IdentifierScheme.ISBT128:
        return False
    return din.startswith(plant.site.facility) and FIRST <= int(din[7:]) <= LAST


def _number(plant: Plant, year: int, serial: int) -> str:
    try:
        return plant.identifiers.donation_number(plant.site.facility, year, serial)
    except ScanError as error:
        raise Refused("pool.numbers", str(error)) from error


def _is_used(tx: Tx, din: str) -> bool:
    return tx.raw.execute("SELECT 1 FROM bag WHERE din = ?", (din,)).fetchone() is not None
