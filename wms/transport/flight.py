"""What the weather station told, and whether a drone is thought of at all: asked before a box is even packed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from fleet.messages import WeatherSeen
from plant.model import VehicleKind
from wms.outbound.box_choice import BAG_KG
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx
from wms.transport.choice import FlightLimits, Freight, Weather, load_limits, why_not_fly
from wms.transport.tables import weather as table

KEEP_US: Final = 7 * 24 * 3600 * 1_000_000
"""A week of weather is kept; older values explain nothing any more."""


@cache
def limits() -> FlightLimits:
    """The flight limits, read once."""
    return load_limits()


def on_weather(tx: Tx, actor: Actor, seen: WeatherSeen, at: datetime) -> None:
    """The station at the pad told its weather."""
    del actor
    values = {name: getattr(seen, name) for name in seen.__struct_fields__}
    tx.conn.execute(insert(table).values(at_us=to_us(at), **values))
    tx.conn.execute(delete(table).where(table.c.at_us < to_us(at) - KEEP_US))
    tx.notify("trip", "weather")


def latest(conn: Connection) -> Weather | None:
    """The last weather told, by when it was measured; None before the first."""
    row = conn.execute(select(table).order_by(table.c.at_us.desc(), table.c.id.desc()).limit(1)).mappings().first()
    if row is None:
        return None
    told = {name: row[name] for name in WeatherSeen.__struct_fields__}
    return Weather(from_us(row["at_us"]), WeatherSeen(**told))


def wants_air(tx: Tx, hospital: str, priority: int, bags: int) -> bool:
    """True when a small urgent shipment should be packed into a box that flies, as far as one can say before."""
    flying = [box for box in tx.plant.boxes if box.flies and box.bags >= bags]
    for drone in tx.plant.vehicles:
        if drone.kind is not VehicleKind.DRONE or not flying:
            continue
        kg = min(box.empty_kg for box in flying) + bags * BAG_KG
        freight = Freight(tx.plant.hospital_by_id[hospital], priority, boxes=1, kg=kg, all_fly=True)
        if why_not_fly(drone, freight, latest(tx.conn), limits(), tx.now) is None:
            return True
    return False


HANDLERS: Final[dict[type, Callable[[Tx, Actor, WeatherSeen, datetime], None]]] = {WeatherSeen: on_weather}
