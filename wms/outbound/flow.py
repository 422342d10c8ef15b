"""What has to happen next on the way out, found out from the database alone: asked at each tick and after each report.

A controller that was killed at any moment resumes here without anybody.
"""

from __future__ import annotations

from functools import partial

from wms.outbound import box_watch, gate, lanes, lock, packing, picks, shipments, tunnel
from wms.outbound.shipments import ActiveShipment
from wms.store.apart import apart
from wms.store.tx import Tx


def advance(tx: Tx) -> str | None:
    """Take every step that is possible now; the most urgent shipment is served first at every station.

    Returns what could not be done: one shipment, box or station that fails does not stop the others.
    """
    stations = apart(
        tx,
        [
            ("broken permits", lambda: gate.withdraw_broken(tx)),
            ("reads at the gate", lambda: gate.answer_reads(tx)),
            ("rejected bags", lambda: gate.follow_rejects(tx)),
            ("watch over boxes", lambda: box_watch.watch(tx)),
            ("the tunnel", lambda: tunnel.judge_waiting(tx, shipments.OUTBOUND)),
            ("closed boxes", lambda: packing.follow_boxes(tx)),
            ("free lanes", lambda: lanes.begin_next(tx)),
        ],
    )
    served = apart(tx, [(f"shipment {one.id}", partial(_serve, tx, one)) for one in shipments.active(tx)])
    return "; ".join(fault for fault in (stations, served) if fault is not None) or None


def _serve(tx: Tx, one: ActiveShipment) -> None:
    picks.request_picks(tx, one)
    packing.follow(tx, one)
    lock.follow(tx, one)
