"""The overview board, gathered from stock, alarms, telemetry, orders and the ledger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from dashboards.context import House, Telemetry
from dashboards.flow import flow
from dashboards.schemas import overview as schemas
from dashboards.schemas.alarms import Alarm
from dashboards.schemas.bags import Quality
from dashboards.schemas.system import Envelope
from dashboards.views import envelopes_now
from plant.model import Device, DeviceKind, Plant, PortalKind, Probe, ProbeKind
from runtime.health import HealthState
from telemetry.live import LiveQuality
from wms.alarms import read as alarms
from wms.alarms.suspension import running, suspended_until
from wms.orders import read as orders
from wms.outbound.boxes import BoxState, all_boxes
from wms.stock import read as stock

TOP_ALARMS = 8
_CHAMBERS = frozenset(
    {DeviceKind.COLD_ROOM, DeviceKind.PLATELET_INCUBATOR, DeviceKind.PLASMA_FREEZER, DeviceKind.ULTRA_FREEZER}
)
_BAGS_IN = text("SELECT count(*) FROM bag WHERE place = :place OR substr(place, 1, length(:place) + 1) = :place || '/'")


def overview(house: House, conn: Connection) -> schemas.Overview:
    """Everything on the first screen, from one snapshot of the database."""
    warehouse = house.warehouse
    plant, at = warehouse.plant, warehouse.clock.now()
    standing = alarms.list_alarms(conn, plant, house.forecast, now=at)
    return schemas.Overview(
        at=at,
        stock=[schemas.StockRow.model_validate(row) for row in stock.stock_rows(conn, plant, at)],
        alarms=schemas.AlarmSummary(
            counts=[schemas.AlarmCount.model_validate(count) for count in alarms.count_by_priority(conn)],
            top=[Alarm.model_validate(alarm) for alarm in standing[:TOP_ALARMS]],
        ),
        chambers=chambers(house, conn, at),
        orders=[schemas.OrderSummary.model_validate(order) for order in orders.order_board(conn, plant, at)],
        flow=flow(conn, _dock(plant), at),
        completeness=_completeness(house, conn, at),
    )


def chambers(house: House, conn: Connection, at: datetime) -> list[schemas.Chamber]:
    """Every store that has a probe, with what that probe says."""
    plant, suspensions = house.warehouse.plant, running(conn)
    envelope_of = envelopes_now(conn, plant, at)
    return [
        _chamber(
            house, conn, device, probe, at, envelope_of(device.place), suspended_until(suspensions, plant, device.id)
        )
        for device in plant.devices
        if device.kind in _CHAMBERS and (probe := _probe_of(plant, device)) is not None
    ]


def _probe_of(plant: Plant, device: Device) -> Probe | None:
    """The probe a board shows for a chamber: the air probe, which moves first; else any."""
    probes = [probe for probe in plant.probes if probe.device == device.id]
    return min(probes, key=lambda probe: probe.kind is not ProbeKind.AIR, default=None)


def _chamber(
    house: House,
    conn: Connection,
    device: Device,
    probe: Probe,
    at: datetime,
    envelope: Envelope | None,
    suspended: datetime | None,
) -> schemas.Chamber:
    plant, telemetry = house.warehouse.plant, house.telemetry
    reading = telemetry.live.reading(probe.id, at)
    return schemas.Chamber(
        device=device.id,
        name_en=device.name_en,
        name_zh=device.name_zh,
        place=device.place,
        probe=probe.id,
        value_c=reading.value,
        quality=Quality(reading.quality.value),
        at=reading.at,
        envelope=envelope or Envelope(min_c=None, max_c=None, alert_min_c=None, alert_max_c=None),
        door_open=door_open(plant, telemetry, device, at),
        suspended_until=suspended,
        bags=bags_in(conn, device.place),
        trend=telemetry.live.trend(probe.id, at),
        minutes_to_limit=telemetry.live.minutes_to_limit(probe.id, at),
    )


def bags_in(conn: Connection, place: str) -> int:
    """How many bags stand at a place and below it."""
    return int(conn.execute(_BAGS_IN, {"place": place}).scalar_one())


def door_open(plant: Plant, telemetry: Telemetry, device: Device, at: datetime) -> bool | None:
    """True when any door of the chamber is open; None when none is known to be and not all are known to be shut."""
    states = [door_state(telemetry, door.id, at) for door in plant.doors if door.device == device.id]
    if any(states):
        return True
    return None if not states or None in states else False


def door_state(telemetry: Telemetry, door: str, at: datetime) -> bool | None:
    """Whether a door is open; None unless its newest reading is good."""
    reading = telemetry.live.reading(door, at)
    if reading.value is None or reading.quality is not LiveQuality.GOOD:
        return None
    return reading.value > 0.5


def _dock(plant: Plant) -> str:
    """The place inside the receiving portal: the passage without a lock."""
    return next(
        (portal.inside for portal in plant.portals if portal.kind is PortalKind.PASSAGE and portal.device is None), ""
    )


def _sources(house: House, conn: Connection, at: datetime) -> tuple[int, int]:
    """(probes that speak and can be trusted, probes in all); the logger of a box that is not in use need not speak."""
    idle = {box.id for box in all_boxes(conn, house.warehouse.plant) if box.state is BoxState.EMPTY}
    probes = [probe.id for probe in house.warehouse.plant.probes if probe.device not in idle]
    trusted = {LiveQuality.GOOD, LiveQuality.UNCERTAIN}
    speaking = [probe for probe in probes if house.telemetry.live.reading(probe, at).quality in trusted]
    return len(speaking), len(probes)


def _completeness(house: House, conn: Connection, at: datetime) -> schemas.Completeness:
    telemetry, plant = house.telemetry, house.warehouse.plant
    live, total = _sources(house, conn, at)
    offsets = telemetry.store.offsets()
    ranges = [offsets.ranges(key) for key in offsets.marks()]
    readers = {f"reader {reader.id}" for reader in plant.readers}
    services = house.health.view(house.warehouse.clock.real_now()).services
    return schemas.Completeness(
        stored=telemetry.counts.stored,
        late=telemetry.counts.late,
        gaps=sum(len(known) - 1 + (known[0][0] > 1) for known in ranges if known),
        sources_live=live,
        sources_total=total,
        readers_live=len(
            {
                part.name
                for service in services
                if service.state is not HealthState.DOWN
                for part in service.parts
                if part.name in readers and part.state is HealthState.OK
            }
        ),
        readers_total=len(readers),
    )
