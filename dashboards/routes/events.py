"""The live stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from fastapi import Request
from fastapi.responses import StreamingResponse

from dashboards.auth import StaffOrHospital
from dashboards.context import House, HouseOf
from dashboards.declare import router
from dashboards.schemas.events import StreamEvents
from dashboards.views import clock_view
from wms.people.sessions import Visitor

LIFETIME_S: Final = 600.0
"""A stream ends after this long and the browser comes back by itself, so a session that is over cannot listen on."""

routes = router("events")


class EventStream(StreamingResponse):
    """A body that never ends by itself, uncompressed and unbuffered."""

    media_type = "text/event-stream"


@routes.get(
    "/events",
    response_class=EventStream,
    response_model=None,
    responses={200: {"model": StreamEvents, "description": "Server-sent events; the data of each by its name"}},
)
async def follow_events(request: Request, who: StaffOrHospital, house: HouseOf) -> EventStream:
    """Follow changes, readings, doors and the clock; `Last-Event-ID` resumes where the client left off."""
    house.stream.admit()
    return EventStream(_body(house, who, request.headers.get("last-event-id")), headers={"X-Accel-Buffering": "no"})


async def _body(house: House, who: Visitor, last_id: str | None) -> AsyncIterator[bytes]:
    client = house.stream.join(who.person, who.hospital, last_id, clock_view(house).model_dump(mode="json"))
    ending = asyncio.get_running_loop().call_later(LIFETIME_S, client.close)
    try:
        async for chunk in client.frames():
            yield chunk
    finally:
        ending.cancel()
        house.stream.leave(client)
