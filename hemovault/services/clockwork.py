"""The clockwork of the features above the floor: the way out, stale reservations, alarms, stock."""

from __future__ import annotations

from wms.alarms import book
from wms.alarms import watch as operations
from wms.calibration import watch as calibration
from wms.duties import watch as duties
from wms.notices import climbing, duty_watch
from wms.orders.planning import sweep
from wms.outbound import flow as outbound
from wms.passports import tick as passports
from wms.stock import watch as stock_bands
from wms.transport import flow as transport
from wms.warehouse import Warehouse


def add_ticks(warehouse: Warehouse) -> None:
    """Let a warehouse call every feature when its time has come (`Warehouse.add_tick`)."""
    warehouse.add_tick("outbound", 1.0, outbound.advance)
    warehouse.add_tick("transport", 10.0, transport.advance)
    warehouse.add_tick("reservations", 30.0, sweep)
    warehouse.add_tick("alarm shelves", 5.0, book.tick)
    warehouse.add_tick("stock bands", 60.0, stock_bands.tick)
    warehouse.add_tick("ladder", climbing.EVERY_S, lambda tx: climbing.tick(tx, warehouse.clock.rate))
    warehouse.add_tick("rota", duty_watch.EVERY_S, duty_watch.tick)
    warehouse.add_tick("duties", duties.EVERY_S, duties.tick)
    warehouse.add_tick("calibration", calibration.EVERY_S, calibration.tick)
    warehouse.add_tick("passports", passports.EVERY_S, passports.tick)
    warehouse.add_tick("operations", 5.0, operations.tick)
