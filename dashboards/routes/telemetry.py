"""Probes and their history."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Query

from dashboards.auth import Staff
from dashboards.bag import instant, milliseconds
from dashboards.context import HouseOf
from dashboards.declare import router
from dashboards.schemas import telemetry as schemas
from dashboards.schemas.bags import Quality
from dashboards.schemas.base import GivenInstant
from dashboards.views import envelope_view
from telemetry.tracker import GAP_AFTER_MS
from wms.errors import Invalid, NotFound

routes = router("probes")
MOST_POINTS = 20_000


@routes.get("/probes")
async def list_probes(who: Staff, house: HouseOf) -> schemas.ProbeList:
    """Every probe with its newest value."""
    del who
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    items = []
    for probe in plant.probes:
        reading = house.telemetry.live.reading(probe.id, now)
        items.append(
            schemas.ProbeReading(
                id=probe.id,
                device=probe.device,
                kind=probe.kind,
                covers=list(probe.covers),
                envelope=envelope_view(plant.envelope_of(probe.covers[0])),
                value_c=reading.value,
                quality=Quality(reading.quality.value),
                at=reading.at,
            )
        )
    return schemas.ProbeList(items=items)


@routes.get("/probes/{probe_id}/history")
async def get_probe_history(
    probe_id: str,
    who: Staff,
    house: HouseOf,
    from_at: GivenInstant,
    to_at: GivenInstant,
    step_s: Annotated[int, Query(ge=1, le=86_400)] = 60,
) -> schemas.ProbeHistory:
    """Least, mean and greatest value per step, and the times without readings."""
    del who
    plant, telemetry = house.warehouse.plant, house.telemetry
    probe = next((probe for probe in plant.probes if probe.id == probe_id), None)
    if probe is None:
        raise NotFound("probe.unknown", f"There is no probe {probe_id}")
    if not from_at < to_at:
        raise Invalid("history.interval", "The interval ends before it begins")
    if (to_at - from_at).total_seconds() / step_s > MOST_POINTS:
        raise Invalid("history.step", f"More than {MOST_POINTS} points; ask for longer steps or a shorter interval")
    edges = {cell.id: cell.edge for cell in plant.cells}
    source = telemetry.registry.find(edges[plant.device_by_id[probe.device].cell], probe.device, probe.metric)
    if source is None:
        return schemas.ProbeHistory(probe=probe_id, points=[], gaps=[schemas.HistoryGap(from_at=from_at, to_at=to_at)])
    history = await asyncio.to_thread(
        telemetry.store.history, source, milliseconds(from_at), milliseconds(to_at), step_s * 1000, GAP_AFTER_MS
    )
    return schemas.ProbeHistory(
        probe=probe_id,
        points=history.points,
        gaps=[schemas.HistoryGap(from_at=instant(begin), to_at=instant(end)) for begin, end in history.gaps],
    )
