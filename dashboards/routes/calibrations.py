"""Certificates of probes: staff see them, quality and engineers record them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import Depends, Query

from dashboards.auth import Staff, allow
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import calibrations as schemas
from telemetry.calibration import DUE_SOON_MS
from wms.calibration import read
from wms.calibration.commands import NewCertificate, record_certificate
from wms.errors import NotFound
from wms.people.roles import Role
from wms.people.sessions import Visitor

routes = router("calibrations")
Calibrator = Annotated[Visitor, Depends(allow(Role.QUALITY, Role.ENGINEER))]
DUE_WITHIN_DAYS: Final = DUE_SOON_MS // 86_400_000


@routes.get("/calibrations")
async def list_calibrations(
    who: Staff, house: HouseOf, probe: Annotated[str | None, Query(max_length=120)] = None
) -> schemas.CalibrationList:
    """The certificate that holds for each probe; with ``probe`` every one that it ever had."""
    del who
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    if probe is None:
        items = await house.read(lambda conn: read.in_force(conn, plant, now))
    elif any(one.id == probe for one in plant.probes):
        items = await house.read(lambda conn: read.of_probe(conn, probe, now))
    else:
        raise NotFound("probe.unknown", f"There is no probe {probe}")
    return schemas.CalibrationList(items=[_view(house, one) for one in items], due_within_days=DUE_WITHIN_DAYS)


@routes.post("/calibrations", status_code=201)
async def record_calibration(
    body: schemas.CalibrationRequest, who: Calibrator, house: HouseOf, repeat: RepeatOf
) -> schemas.Calibration:
    """Record a certificate; it holds from the day it was made on, for readings that come in from now on."""
    new = NewCertificate(**body.model_dump())
    name = await write(house, who, repeat, lambda tx: record_certificate(tx, who.actor, new))
    now = house.warehouse.clock.now()
    known = await house.read(lambda conn: read.of_probe(conn, new.probe, now))
    return _view(house, next(one for one in known if one.id == name))


def _view(house: House, one: read.Calibration) -> schemas.Calibration:
    probe = next(probe for probe in house.warehouse.plant.probes if probe.id == one.probe)
    place = house.warehouse.plant.place_of(probe.covers[0])
    return schemas.Calibration(**asdict(one), name_en=place.name_en, name_zh=place.name_zh, place=probe.covers[0])
