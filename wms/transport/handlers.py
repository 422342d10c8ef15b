"""What the inbox tells transport: events of trips, the weather, answers of the fleet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from fleet.messages import TripEvent, WeatherSeen
from plc_bridge.messages import CommandAnswered
from wms.store.tx import Actor, Tx
from wms.transport import dispatching, events, flight, flow


def on_trip_event(tx: Tx, actor: Actor, event: TripEvent, at: datetime) -> None:
    """Something happened on a trip; raises NotFound, Invalid."""
    events.on_trip_event(tx, actor, event, at)
    flow.advance(tx)


def on_command_answered(tx: Tx, answer: CommandAnswered) -> None:
    """The fleet answered a trip that a vehicle was told to drive."""
    dispatching.answered(tx, answer)


HANDLERS: Final[dict[type, Callable[[Tx, Actor, Any, datetime], None]]] = {
    TripEvent: on_trip_event,
    WeatherSeen: flight.on_weather,
}
"""Facts of the fleet edge."""
