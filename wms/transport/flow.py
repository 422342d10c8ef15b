"""What has to happen next on the road, found out from the database alone: asked at each tick."""

from __future__ import annotations

from wms.store.apart import apart
from wms.store.tx import Tx
from wms.transport.dispatching import plan_trips, send_trips
from wms.transport.rescue import rescue


def advance(tx: Tx) -> str | None:
    """Plan trips for what has left the lock, tell vehicles when it is time, and rescue what is in danger.

    Returns what could not be done: a trip that cannot be planned must not keep another box from its rescue.
    """
    return apart(
        tx,
        [
            ("planning trips", lambda: plan_trips(tx)),
            ("sending trips", lambda: send_trips(tx)),
            ("rescue", lambda: rescue(tx)),
        ],
    )
