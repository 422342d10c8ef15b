"""A fleet for tests: obeys what the outbox says to vehicles, and reports as the real one does; faults are calls."""

from __future__ import annotations

import msgspec

from fleet.messages import COMMAND_TYPE, DriveTrip, Stop, TripEvent, TripEventKind, WeatherSeen
from wms.store.tx import Actor
from wms.transport import flow, handlers

FLEET = Actor("device:fleet", "fleet")
FAIR = {"wind_m_s": 3.0, "gust_m_s": 5.0, "rain_mm_h": 0.0, "visibility_m": 9000.0, "icing": False,
        "thunder_km": None, "airspace_open": True}  # fmt: skip


class Fleet:
    """Vehicles that stand at the lock until they are told."""

    def __init__(self, store) -> None:
        self.store = store
        self.trips: dict[str, tuple[str, tuple[Stop, ...]]] = {}

    async def look(self) -> None:
        """The clockwork looks, and the fleet hears what it is told."""
        await self.store.write(flow.advance)

        def take(tx) -> list[tuple[str, bytes]]:
            query = "SELECT device, data FROM machine_command WHERE state = 'queued' AND type = ? ORDER BY id"
            rows = tx.raw.execute(query, (COMMAND_TYPE,)).fetchall()
            tx.raw.execute(
                "UPDATE machine_command SET state = 'sent' WHERE state = 'queued' AND type = ?", (COMMAND_TYPE,)
            )
            return rows

        for vehicle, data in await self.store.write(take):
            drive = msgspec.json.decode(data, type=DriveTrip)
            self.trips[drive.trip] = (vehicle, drive.stops)

    async def weather(self, **values: object) -> None:
        seen = WeatherSeen(station="pad", **{**FAIR, **values})
        await self.store.write(lambda tx: handlers.HANDLERS[WeatherSeen](tx, FLEET, seen, tx.now))

    async def tell(
        self, trip: str, kind: TripEventKind, *boxes: str, hospital: str | None = None, reason: str = ""
    ) -> None:
        vehicle, _ = self.trips[trip]
        event = TripEvent(trip=trip, vehicle=vehicle, kind=kind, hospital=hospital, boxes=boxes, reason=reason)
        await self.store.write(lambda tx: handlers.on_trip_event(tx, FLEET, event, tx.now))

    async def leave(self, trip: str) -> None:
        """Load all and go."""
        boxes = self.boxes(trip)
        await self.tell(trip, TripEventKind.LOADED, *boxes)
        self.store.clock.step(300)
        await self.tell(trip, TripEventKind.DEPARTED, *boxes)

    async def deliver(self, trip: str) -> None:
        """Arrive and hand over at every stop."""
        for stop in self.trips[trip][1]:
            self.store.clock.step(1200)
            await self.tell(trip, TripEventKind.ARRIVED, hospital=stop.hospital)
            await self.tell(trip, TripEventKind.HANDED_OVER, *stop.boxes, hospital=stop.hospital)

    def boxes(self, trip: str) -> tuple[str, ...]:
        return tuple(box for stop in self.trips[trip][1] for box in stop.boxes)

    @property
    def only(self) -> str:
        (trip,) = self.trips
        return trip
