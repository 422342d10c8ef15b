"""How many bags passed each station lately, counted from the ledger's own entries."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection

from dashboards.schemas.overview import Flow
from wms.store.database import driver_of
from wms.store.metadata import to_us

WINDOW_MIN: Final = 60
_MOST_ENTRIES: Final = 50_000
"""Entries looked at, however busy the window was: the board must answer at once."""
_SLOT_DIGITS: Final = 3

_ENTRIES: Final = (
    "SELECT kind, data FROM ledger WHERE seq > (SELECT coalesce(max(seq), 0) FROM ledger) - ? AND at_us > ? "
    "AND bag IS NOT NULL AND kind <> 'bag.opened'"  # the opening state was there before; it passed no station
)
_KINDS: Final = {"bag.made": "prepared", "bag.frozen": "frozen"}
_STATUSES: Final = {"RESERVED": "reserved", "PACKED": "gated", "IN_TRANSIT": "issued", "RECEIVED": "delivered"}


class _New(msgspec.Struct):
    place: str | None = None
    status: str | None = None


class _Change(msgspec.Struct):
    new: _New


class _Data(msgspec.Struct):
    change: _Change | None = None


_decoder: Final = msgspec.json.Decoder(_Data)


def flow(conn: Connection, dock: str, at: datetime) -> Flow:
    """Bags that came in, were prepared, frozen, put on a shelf, reserved, passed the gate, left and arrived."""
    since = to_us(at - timedelta(minutes=WINDOW_MIN))
    passed: Counter[str] = Counter()
    for kind, data in driver_of(conn).execute(_ENTRIES, (_MOST_ENTRIES, since)):
        if kind in _KINDS:
            passed[_KINDS[kind]] += 1
        change = _decoder.decode(data).change
        if change is None:
            continue
        if change.new.place is not None:
            passed["received"] += change.new.place == dock
            passed["stored"] += _is_slot(change.new.place)
        if change.new.status in _STATUSES:
            passed[_STATUSES[change.new.status]] += 1
    names = ("received", "prepared", "frozen", "stored", "reserved", "gated", "issued", "delivered")
    return Flow(window_min=WINDOW_MIN, **{name: passed[name] for name in names})


def _is_slot(place: str) -> bool:
    number = place.rpartition("/")[2]
    return len(number) == _SLOT_DIGITS and number.isdecimal()
