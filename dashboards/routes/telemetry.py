"""Probes and their history."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Query, Request

from dashboards.auth import Staff
from dashboards.bag import instant
from dashboards.context import HouseOf
from dashboards.declare import router
from dashboards.probe_history import curve_of, events_of, limits_of
from dashboards.schemas import telemetry as schemas
from dashboards.schemas.bags import Quality
from dashboards.schemas.base import GivenInstant
from dashboards.schemas.cold_chain import ColdChain, QualityCounts
from dashboards.shared import Shared
from dashboards.views import envelopes_now
from wms.errors import Invalid, NotFound

routes = router("probes")
MOST_POINTS = 20_000


@routes.get("/probes")
async def list_probes(who: Staff, house: HouseOf) -> schemas.ProbeList:
    """Every probe with its newest value."""
    del who
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    envelope_of = await house.read(lambda conn: envelopes_now(conn, plant, now))
    items = []
    for probe in plant.probes:
        reading = house.telemetry.live.reading(probe.id, now)
        items.append(
            schemas.ProbeReading(
                id=probe.id,
                device=probe.device,
                kind=probe.kind,
                covers=list(probe.covers),
                envelope=envelope_of(probe.covers[0]),
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
    """Least, mean and greatest value per step, the times without readings, the limits, and what happened meanwhile."""
    del who
    probe = next((probe for probe in house.warehouse.plant.probes if probe.id == probe_id), None)
    if probe is None:
        raise NotFound("probe.unknown", f"There is no probe {probe_id}")
    if not from_at < to_at:
        raise Invalid("history.interval", "The interval ends before it begins")
    if (to_at - from_at).total_seconds() / step_s > MOST_POINTS:
        raise Invalid("history.step", f"More than {MOST_POINTS} points; ask for longer steps or a shorter interval")
    history = await asyncio.to_thread(curve_of, house, probe, from_at, to_at, step_s)
    limits, happened = await house.read(
        lambda conn: (limits_of(house, conn, probe, from_at, to_at), events_of(house, conn, probe, from_at, to_at))
    )
    return schemas.ProbeHistory(
        probe=probe_id,
        points=history.points,
        gaps=[schemas.HistoryGap(from_at=instant(begin), to_at=instant(end)) for begin, end in history.gaps],
        quality_counts=QualityCounts.model_validate(history.counts),
        limits=limits,
        events=happened,
    )


@routes.get("/cold-chain")
async def get_cold_chain(who: Staff, request: Request) -> ColdChain:
    """Every cold store now: probes, door, machine, alarms, suspension, the next duty; at most half a second old."""
    del who
    board: Shared[ColdChain] = request.app.state.cold_chain
    return await board.get()
