"""What has to happen next on the way out, found out from the database alone: asked at each tick and after each report.

A controller that was killed at any moment resumes here without anybody.
"""

from __future__ import annotations

from wms.outbound import gate, lock, picks, shipments
from wms.store.tx import Tx


def advance(tx: Tx) -> None:
    """Take every step that is possible now."""
    gate.withdraw_broken(tx)
    gate.answer_reads(tx)
    gate.follow_rejects(tx)
    shipments.begin_next(tx)
    one = shipments.active(tx)
    if one is not None:
        picks.request_picks(tx, one)
        lock.follow(tx, one)
