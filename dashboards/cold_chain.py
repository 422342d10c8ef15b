"""Every cold store as it stands now: probes, door, machine, alarms, suspension and the next duty, from one look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from dashboards.bag import milliseconds
from dashboards.context import House
from dashboards.overview import bags_in, door_open
from dashboards.schemas import cold_chain as schemas
from dashboards.schemas.bags import Quality
from dashboards.schemas.system import Envelope
from dashboards.views import limits_view
from plant.model import Device, Probe
from plant.signals import signals_of
from telemetry.calibration import CalibrationState
from telemetry.limits import LimitBook
from telemetry.live import LiveQuality
from telemetry.sources import POWER_METRIC
from telemetry.switches import COMPRESSOR_METRIC, DEFROST_METRIC
from wms.alarms import read as alarms
from wms.alarms.suspension import Suspension, running, suspended_until
from wms.calibration.read import in_force
from wms.duties.model import Duty, DutyState
from wms.duties.read import standing
from wms.duties.schedule import storage_devices
from wms.limits.read import limit_book

_HALF: Final = 0.5
_PARTS: Final = {
    DEFROST_METRIC: schemas.StorePart.DEFROST,
    COMPRESSOR_METRIC: schemas.StorePart.COMPRESSOR,
    POWER_METRIC: schemas.StorePart.POWER,
}
_URGENCY: Final = (DutyState.OVERDUE, DutyState.OPEN, DutyState.WAITING)


def cold_chain(house: House, conn: Connection) -> schemas.ColdChain:
    """All stores of the plant, from one snapshot of the database."""
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    look = _Look(house, conn, now)
    return schemas.ColdChain(at=now, stores=[look.store(device) for device in storage_devices(plant)])


class _Look:
    """What is asked once for all stores."""

    def __init__(self, house: House, conn: Connection, now: datetime) -> None:
        plant = house.warehouse.plant
        self._house, self._conn, self._plant, self._now = house, conn, plant, now
        self._book: LimitBook = limit_book(conn, plant)
        self._certificates: Mapping[str, CalibrationState] = {
            one.probe: one.state for one in in_force(conn, plant, now)
        }
        self._alarms = alarms.list_alarms(conn, plant, house.forecast)
        self._suspensions: tuple[Suspension, ...] = running(conn)
        self._duties = [(duty, state) for duty, state, _ in standing(conn, plant, now)]

    def store(self, device: Device) -> schemas.ColdStore:
        plant, place = self._plant, device.place
        probes = [probe for probe in plant.probes if probe.device == device.id]
        envelope = plant.envelope_of(place)
        now_ms = milliseconds(self._now)
        return schemas.ColdStore(
            device=device.id,
            place=place,
            name_en=device.name_en,
            name_zh=device.name_zh,
            kind=device.kind,
            envelope=self._limits(probes),
            limits_version=None if envelope is None else self._book.version_at(envelope.id, now_ms),
            probes=[self._probe(probe) for probe in probes],
            parts=self._parts(device),
            door_open=door_open(plant, self._house.telemetry, device, self._now),
            defrosting=self._switch(device, DEFROST_METRIC),
            compressor_on=self._switch(device, COMPRESSOR_METRIC),
            power=self._power(device),
            bags=bags_in(self._conn, place),
            alarms=self._alarms_of(device, probes),
            suspended_until=suspended_until(self._suspensions, plant, device.id),
            duty=_next_duty((duty, state) for duty, state in self._duties if duty.subject == device.id),
        )

    def _limits(self, probes: list[Probe]) -> Envelope | None:
        return limits_view(self._book.at(probes[0].id, milliseconds(self._now)))

    def _probe(self, probe: Probe) -> schemas.StoreProbe:
        reading = self._house.telemetry.live.reading(probe.id, self._now)
        left = self._house.telemetry.live.time_left(probe.id, self._now)
        return schemas.StoreProbe(
            id=probe.id,
            kind=probe.kind,
            value_c=reading.value,
            quality=Quality(reading.quality.value),
            at=reading.at,
            minutes_to_limit=None
            if left is None
            else schemas.MinutesToLimit(median=left.median, low=left.low, high=left.high),
            calibration=self._certificates.get(probe.id, CalibrationState.NONE),
        )

    def _switch(self, device: Device, metric: str) -> bool | None:
        said = self._house.telemetry.texts.switches.switch(device.id, metric)
        return None if said is None else said.on

    def _parts(self, device: Device) -> list[schemas.StorePart]:
        """A store without a door contact has nothing to say of its door; one with a contact that is silent has."""
        said = {signal.metric for signal in signals_of(device.kind)}
        has_door = any(door.device == device.id for door in self._plant.doors)
        parts = [schemas.StorePart.DOOR] if has_door else []
        return parts + [part for metric, part in _PARTS.items() if metric in said]

    def _power(self, device: Device) -> bool | None:
        if schemas.StorePart.POWER not in self._parts(device):
            return None
        reading = self._house.telemetry.live.reading(device.id, self._now)
        if reading.value is None or reading.quality is not LiveQuality.GOOD:
            return None
        return reading.value > _HALF

    def _alarms_of(self, device: Device, probes: list[Probe]) -> list[str]:
        doors = {door.id for door in self._plant.doors if door.device == device.id}
        sources = {device.id, *doors, *(probe.id for probe in probes)}
        return [alarm.id for alarm in self._alarms if alarm.source in sources]


def _next_duty(duties: Iterable[tuple[Duty, DutyState]]) -> schemas.StoreDuty | None:
    pending = [(_URGENCY.index(state), duty.due_at, duty, state) for duty, state in duties if state in _URGENCY]
    if not pending:
        return None
    *_, duty, state = min(pending, key=lambda one: one[:2])
    return schemas.StoreDuty(id=duty.id, kind=duty.kind, due_at=duty.due_at, state=state)
