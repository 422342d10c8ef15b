"""The floor plan, computed once for all who look."""

from __future__ import annotations

from fastapi import Request

from dashboards.auth import Staff
from dashboards.declare import router
from dashboards.schemas import floor as schemas
from dashboards.shared import Shared

routes = router("floor")


@routes.get("/floor")
async def get_floor(who: Staff, request: Request) -> schemas.FloorState:
    """Bags by place, machines, chambers, boxes and vehicles, and every bag on its way; at most half a second old."""
    del who
    board: Shared[schemas.FloorState] = request.app.state.floor
    return await board.get()
