"""What has to happen next on the road, found out from the database alone: asked at each tick."""

from __future__ import annotations

from wms.store.tx import Tx
from wms.transport.dispatching import plan_trips, send_trips
from wms.transport.rescue import rescue


def advance(tx: Tx) -> None:
    """Plan trips for what has left the lock, tell vehicles when it is time, and rescue what is in danger."""
    plan_trips(tx)
    send_trips(tx)
    rescue(tx)
