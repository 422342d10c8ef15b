"""Shipments as screens see them: what they hold, their boxes with what the loggers say, and how they travel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from dashboards.context import House
from dashboards.schemas import orders as schemas
from dashboards.schemas.bags import Quality
from wms.outbound.read import Shipment
from wms.transport import read as transport
from wms.transport.read import TravelBox


def shipment_views(house: House, conn: Connection, shipments: Sequence[Shipment]) -> list[schemas.Shipment]:
    """Every shipment with its boxes and its trip, in the same order."""
    warehouse = house.warehouse
    at = warehouse.clock.now()
    travels = transport.travels(conn, warehouse.plant, [one.id for one in shipments], at)
    return [
        schemas.Shipment(
            id=one.id,
            order=one.order,
            hospital=one.hospital,
            state=one.state,
            bags=[schemas.ShipmentBag.model_validate(bag) for bag in one.bags],
            boxes=[_box(house, box, at) for box in travels[one.id].boxes],
            lane=one.lane,
            trip=travels[one.id].trip,
            vehicle=travels[one.id].vehicle,
            expected_at=travels[one.id].expected_at,
            created_at=one.created_at,
            dispatched_at=one.dispatched_at,
            received_at=one.received_at,
        )
        for one in shipments
    ]


def _box(house: House, box: TravelBox, at: datetime) -> schemas.ShipmentBox:
    return schemas.ShipmentBox(
        id=box.id,
        kind=box.kind,
        state=box.state,
        bags=list(box.bags),
        loaded_at=box.loaded_at,
        temperature=None if box.state is None else _temperature(house, box, at),
    )


def _temperature(house: House, box: TravelBox, at: datetime) -> schemas.BoxTemperature:
    """What the logger in the box said last; a box without one has a value that nobody knows."""
    probes = house.warehouse.plant.probes
    logger = next((probe for probe in probes if probe.device == box.id), None)
    reading = None if logger is None else house.telemetry.live.reading(logger.id, at)
    return schemas.BoxTemperature(
        value_c=None if reading is None else reading.value,
        quality=Quality.STALE if reading is None else Quality(reading.quality.value),
        min_c=box.min_c,
        max_c=box.max_c,
        minutes_outside=box.minutes_outside,
    )
