"""What of passports has to be told at each tick: bags that wait for one, and items that wait for people."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from wms.alarms.conditions import DISPOSITION_OPEN, PASSPORT_WAITS
from wms.alarms.watch import Standing, follow
from wms.passports.decide import void_ended
from wms.passports.opening import PASSPORTS
from wms.store.metadata import to_us
from wms.store.tx import Tx

EVERY_S: Final = 30.0
"""Domain seconds between two ticks."""
PATIENCE: Final = timedelta(minutes=20)
"""Domain time for which a packed bag's passport may be old before that is an alarm; the later of the two counts."""
PATIENCE_REAL: Final = timedelta(seconds=60)
_OPEN: Final = (
    "SELECT trigger_key, sum(CASE WHEN state = 'open' THEN 1 ELSE 0 END), count(*) FROM disposition "
    "GROUP BY trigger_key ORDER BY trigger_key"
)
_WAITING: Final = (
    "SELECT bag.id, bag.place FROM bag LEFT JOIN passport_draft AS draft ON draft.bag = bag.id "
    "WHERE bag.status = 'PACKED' AND (draft.fault IS NOT NULL OR (draft.bag IS NULL AND bag.place_since_us < ?) "
    "OR (draft.computed_us < ? AND draft.computed_real_us < ?)) ORDER BY bag.id"
)


def tick(tx: Tx) -> None:
    """Tell the alarm book what stands and what has ended."""
    void_ended(tx, PASSPORTS)
    rows = [(trigger, int(waiting), int(ever)) for trigger, waiting, ever in tx.raw.execute(_OPEN).fetchall()]
    items = [Standing(f"disposition-{trigger}", waiting, None, ever) for trigger, waiting, ever in rows if waiting]
    follow(tx, DISPOSITION_OPEN, items)
    since = (to_us(tx.now - PATIENCE), to_us(tx.now - PATIENCE), to_us(tx.real_now - PATIENCE_REAL))
    stuck = [Standing(bag, 1, place, 0) for bag, place in tx.raw.execute(_WAITING, since).fetchall()]
    follow(tx, PASSPORT_WAITS, stuck)
