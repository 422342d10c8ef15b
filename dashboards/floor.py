"""The floor as it stands: bags by drawn place, machines, chambers, boxes, vehicles, and what moves or waits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from blood.eligibility import BagStatus
from dashboards.context import House
from dashboards.overview import chambers
from dashboards.schemas import floor as schemas
from plant.model import Plant
from wms.bags.tables import bag


def floor(house: House, conn: Connection) -> schemas.FloorState:
    """Everything that the floor plan draws, from one snapshot of the database."""
    warehouse = house.warehouse
    plant, at = warehouse.plant, warehouse.clock.now()
    return schemas.FloorState(
        at=at,
        places=[
            schemas.FloorPlace(path=path, bags=sum(statuses.values()), statuses=dict(statuses))
            for path, statuses in sorted(_bags_by_place(plant, conn).items())
        ],
        devices=[],
        chambers=chambers(house, conn, at),
        boxes=[],
        vehicles=[],
        moving=[],
        waiting=[],
        tasks_open=0,
    )


def _bags_by_place(plant: Plant, conn: Connection) -> Mapping[str, Counter[BagStatus]]:
    """Bags at each drawn place and below it, by status; what lies nowhere on the plan is not counted."""
    drawn = {place.path for place in plant.places if place.area is not None}
    query = select(bag.c.place, bag.c.status, func.count()).where(bag.c.place.is_not(None))
    found: defaultdict[str, Counter[BagStatus]] = defaultdict(Counter)
    for path, status, bags in conn.execute(query.group_by(bag.c.place, bag.c.status)):
        while path and path not in drawn:
            path = path.rpartition("/")[0]
        if path:
            found[path][BagStatus(status)] += bags
    return found
