"""The engineers' bench."""

from __future__ import annotations

from dashboards import bench
from dashboards.auth import Engineer
from dashboards.context import HouseOf
from dashboards.declare import router
from dashboards.schemas import bench as schemas

routes = router("bench")


@routes.get("/bench/world")
async def get_bench_world(who: Engineer, house: HouseOf) -> schemas.BenchWorld:
    """The simulated world as it describes itself."""
    del who
    return schemas.BenchWorld(world=await bench.world_state(house.options.bench_url))


@routes.post("/bench/faults", status_code=202)
async def set_fault(body: schemas.FaultRequest, who: Engineer, house: HouseOf) -> schemas.FaultAccepted:
    """Break or mend something in the simulated world; the ledger remembers who did."""
    outcome = await bench.set_fault(house.options.bench_url, body.fault, body.target, body.value)
    data = {"fault": body.fault, "value": body.value}
    await house.warehouse.writer.write(
        lambda tx: tx.record("bench.fault", actor=who.actor, subject=body.target, data=data)
    )
    return schemas.FaultAccepted(fault=body.fault, target=body.target, outcome=outcome)
