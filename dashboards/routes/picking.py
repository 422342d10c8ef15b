"""The way out as the picking screen shows it."""

from __future__ import annotations

from dashboards.auth import Staff
from dashboards.context import HouseOf
from dashboards.declare import router
from dashboards.schemas import picking as schemas
from wms.outbound.picking import picking

routes = router("picking")


@routes.get("/picking")
async def get_picking(who: Staff, house: HouseOf) -> schemas.Picking:
    """What gathers in which lane, what lies in which box, and which orders wait for a lane."""
    del who
    plant = house.warehouse.plant
    return schemas.Picking.model_validate(await house.read(lambda conn: picking(conn, plant)))
