"""The overview board, computed once for all who look."""

from __future__ import annotations

from fastapi import Request

from dashboards.auth import Staff
from dashboards.declare import router
from dashboards.schemas import overview as schemas
from dashboards.shared import Shared

routes = router("overview")


@routes.get("/overview")
async def get_overview(who: Staff, request: Request) -> schemas.Overview:
    """Stock in bands, alarms, chambers, orders, flow and completeness; at most half a second old."""
    del who
    board: Shared[schemas.Overview] = request.app.state.board
    return await board.get()
