"""What has to happen next on the way out, found out from the database alone: asked at each tick and after each report.

A controller that was killed at any moment resumes here without anybody.
"""

from __future__ import annotations

from wms.outbound import box_watch, gate, lanes, lock, packing, picks, shipments, tunnel
from wms.store.tx import Tx


def advance(tx: Tx) -> None:
    """Take every step that is possible now; the most urgent shipment is served first at every station."""
    gate.withdraw_broken(tx)
    gate.answer_reads(tx)
    gate.follow_rejects(tx)
    box_watch.watch(tx)
    tunnel.judge_waiting(tx, shipments.OUTBOUND)
    packing.follow_boxes(tx)
    lanes.begin_next(tx)
    for one in shipments.active(tx):
        picks.request_picks(tx, one)
        packing.follow(tx, one)
        lock.follow(tx, one)
