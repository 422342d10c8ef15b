"""Trips, their manual twins, and the weather. A hospital sees the stops at its own door and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from dashboards.auth import Floor, Staff, StaffOrHospital
from dashboards.context import House, HouseOf, Repeat, RepeatOf
from dashboards.declare import router
from dashboards.scanned import accepted, scan
from dashboards.schemas import transport as schemas
from dashboards.schemas.scans import ScanOutcome
from wms.orders.sentences import Sentence
from wms.people.sessions import Visitor
from wms.store.tx import Tx
from wms.transport import by_hand, read
from wms.transport.trips import TripState

routes = router("transport")


@routes.get("/trips")
async def list_trips(who: StaffOrHospital, house: HouseOf, state: TripState | None = None) -> schemas.TripList:
    """Trips that have not ended, the next to leave first; or those in one state."""
    plant, states = house.warehouse.plant, None if state is None else [state]
    found = await house.read(lambda conn: read.list_trips(conn, plant, states=states))
    views = [_visible(who, schemas.Trip.model_validate(trip)) for trip in found]
    return schemas.TripList(items=[view for view in views if view.stops or who.hospital is None])


@routes.post("/trips/{trip_id}/load")
async def load_box(
    trip_id: str, body: schemas.LoadRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> ScanOutcome:
    """A person put a box into the vehicle of its trip."""
    done = Sentence(f"Box {body.box} is loaded.", f"运输箱 {body.box} 已装车。")
    return await _by_hand(house, who, repeat, done, lambda tx: by_hand.load(tx, who.actor, trip_id, body.box))


@routes.post("/trips/{trip_id}/depart")
async def depart(trip_id: str, who: Floor, house: HouseOf, repeat: RepeatOf) -> ScanOutcome:
    """A person says that the vehicle has left; boxes that were not loaded get another trip."""
    done = Sentence("The vehicle has left.", "车辆已出发。")
    return await _by_hand(house, who, repeat, done, lambda tx: by_hand.depart(tx, who.actor, trip_id))


@routes.post("/trips/{trip_id}/hand-over")
async def hand_over_box(
    trip_id: str, body: schemas.HandOverRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> ScanOutcome:
    """A person handed a box over at a hospital."""
    done = Sentence(f"Box {body.box} is handed over.", f"运输箱 {body.box} 已交接。")
    return await _by_hand(
        house, who, repeat, done, lambda tx: by_hand.hand_over(tx, who.actor, trip_id, body.hospital, body.box)
    )


@routes.post("/trips/{trip_id}/home")
async def come_home(
    trip_id: str, body: schemas.ComeHomeRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> ScanOutcome:
    """A person says that the vehicle is home, and which boxes it brought."""
    done = Sentence("The vehicle is home.", "车辆已返回。")
    return await _by_hand(house, who, repeat, done, lambda tx: by_hand.come_home(tx, who.actor, trip_id, body.boxes))


@routes.get("/weather")
async def get_weather(who: Staff, house: HouseOf) -> schemas.Weather:
    """The weather told last, and what of it forbids a flight now."""
    del who
    at = house.warehouse.clock.now()
    return schemas.Weather.model_validate(await house.read(lambda conn: read.weather(conn, at)))


async def _by_hand(
    house: House, who: Visitor, repeat: Repeat, done: Sentence, act: Callable[[Tx], Sentence]
) -> ScanOutcome:
    return await scan(house, who, repeat, lambda tx: accepted(done, then=act(tx)))


def _visible(who: Visitor, trip: schemas.Trip) -> schemas.Trip:
    """The trip as this person may see it: of another hospital's stop not even that there is one."""
    if who.hospital is None:
        return trip
    own = [stop for stop in trip.stops if stop.hospital == who.hospital]
    return trip.model_copy(update={"stops": own, "why_en": "", "why_zh": "", "detail": ""})
