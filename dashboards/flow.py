"""How many bags passed each station lately, counted from the ledger's own entries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, text

from dashboards.schemas.overview import Flow
from wms.store.metadata import to_us

WINDOW_MIN: Final = 60
_MOST_ENTRIES: Final = 50_000
"""Entries looked at, however busy the window was: the board must answer at once."""

_OPENING: Final = "bag.opened"
"""The opening state of a site was there before; nothing passed any station."""

_PASSED: Final = text(
    """
    SELECT
      coalesce(sum(place = :dock), 0),
      coalesce(sum(kind = 'bag.made'), 0),
      coalesce(sum(kind = 'bag.frozen'), 0),
      coalesce(sum(place GLOB '*/[0-9][0-9][0-9]'), 0),
      coalesce(sum(status = 'RESERVED'), 0),
      coalesce(sum(status = 'PACKED'), 0),
      coalesce(sum(status = 'IN_TRANSIT'), 0),
      coalesce(sum(status = 'RECEIVED'), 0)
    FROM (
      SELECT kind,
        json_extract(data, '$.change.new.place') AS place,
        json_extract(data, '$.change.new.status') AS status
      FROM ledger
      WHERE seq > (SELECT coalesce(max(seq), 0) FROM ledger) - :most AND at_us > :since AND bag IS NOT NULL
        AND kind <> :opening
    )
    """
)


def flow(conn: Connection, dock: str, at: datetime) -> Flow:
    """Bags that came in, were prepared, frozen, put on a shelf, reserved, passed the gate, left and arrived."""
    since = to_us(at - timedelta(minutes=WINDOW_MIN))
    passed = conn.execute(_PASSED, {"dock": dock, "most": _MOST_ENTRIES, "since": since, "opening": _OPENING}).one()
    names = ("received", "prepared", "frozen", "stored", "reserved", "gated", "issued", "delivered")
    return Flow(window_min=WINDOW_MIN, **dict(zip(names, passed, strict=True)))
