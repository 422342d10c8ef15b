"""Tables of transport: trips with their stops and boxes, the weather told, returns of hospitals."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Float, Index, Integer, Table, Text

from wms.store.metadata import WHOLE, instant, metadata

trip: Final = Table(
    "trip",
    metadata,
    Column("id", Text, primary_key=True),
    Column("vehicle", Text, nullable=False, index=True),
    Column("state", Text, nullable=False, index=True),  # wms.transport.trips.TripState
    Column("command", Text, nullable=True, index=True),
    instant("created_us"),
    instant("departs_us"),
    instant("departed_us", nullable=True),
    instant("stuck_us", nullable=True),
    instant("ended_us", nullable=True),
    Column("detail", Text, nullable=False),
    Column("why_en", Text, nullable=False),
    Column("why_zh", Text, nullable=False),
)
trip_stop: Final = Table(
    "trip_stop",
    metadata,
    Column("trip", Text, primary_key=True),
    Column("shipment", Text, primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    Column("hospital", Text, nullable=False),
    instant("eta_us"),
    instant("arrived_us", nullable=True),
    instant("handed_over_us", nullable=True),
)
trip_box: Final = Table(
    "trip_box",
    metadata,
    Column("trip", Text, primary_key=True),
    Column("box", Text, primary_key=True, index=True),
    Column("shipment", Text, nullable=False),
    instant("loaded_us", nullable=True),
    instant("handed_over_us", nullable=True),
    Column("replacement", Text, nullable=True),  # the order that replaces what it carried
)
weather: Final = Table(
    "weather",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("station", Text, nullable=False),
    instant("at_us"),
    Column("wind_m_s", Float, nullable=False),
    Column("gust_m_s", Float, nullable=False),
    Column("rain_mm_h", Float, nullable=False),
    Column("visibility_m", Float, nullable=False),
    Column("icing", Boolean, nullable=False),
    Column("thunder_km", Float, nullable=True),
    Column("airspace_open", Boolean, nullable=False),
    Index("ix_weather_at_us", "at_us"),
)
hospital_return: Final = Table(
    "hospital_return",
    metadata,
    Column("id", Text, primary_key=True),
    Column("hospital", Text, nullable=False, index=True),
    Column("shipment", Text, nullable=True),
    Column("reason", Text, nullable=False),
    Column("temperature_ok", Boolean, nullable=True),  # NULL: nobody said
    Column("visual_ok", Boolean, nullable=True),
    instant("created_us"),
    Column("created_by", Text, nullable=False),
    instant("closed_us", nullable=True),
)
returned_bag: Final = Table(
    "returned_bag",
    metadata,
    Column("hospital_return", Text, primary_key=True),
    Column("bag", Text, primary_key=True, index=True),
    Column("state", Text, nullable=False),  # wms.transport.returns.ReturnState
    instant("received_us", nullable=True),
    instant("decided_us", nullable=True),
    Column("decided_by", Text, nullable=True),
    Column("comment", Text, nullable=True),
    instant("quarantine_until_us", nullable=True),  # when the rest of a quarantined one ends
)
