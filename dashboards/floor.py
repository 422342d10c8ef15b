"""The floor as it stands: bags by drawn place, machines, chambers, boxes, vehicles, and what moves or waits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from blood.eligibility import BagStatus
from dashboards.context import House
from dashboards.machines import machine_of
from dashboards.overview import chambers
from dashboards.schemas import floor as schemas
from plant.model import Plant
from plant.packml import STATE_METRIC
from plant.signals import signals_of
from wms.bags.tables import bag
from wms.moves import read as moves
from wms.moves.model import TaskState
from wms.outbound import boxes
from wms.transport import read as transport


def floor(house: House, conn: Connection) -> schemas.FloorState:
    """Everything that the floor plan draws, from one snapshot of the database."""
    plant, at = house.warehouse.plant, house.warehouse.clock.now()
    tasks = moves.tasks(conn, plant)
    return schemas.FloorState(
        at=at,
        places=[
            schemas.FloorPlace(path=path, bags=sum(statuses.values()), statuses=dict(statuses))
            for path, statuses in sorted(_bags_by_place(plant, conn).items())
        ],
        devices=[
            machine_of(house.telemetry.texts, device)
            for device in plant.devices
            if STATE_METRIC in {signal.metric for signal in signals_of(device.kind)}
        ],
        chambers=chambers(house, conn, at),
        boxes=[
            schemas.FloorBox(id=box.id, state=box.state, place=box.place, bags=len(boxes.contents(conn, box.id)))
            for box in boxes.all_boxes(conn, plant)
        ],
        vehicles=[schemas.FloorVehicle.model_validate(vehicle) for vehicle in transport.vehicles(conn, plant)],
        moving=[schemas.FloorMove.model_validate(move) for move in moves.moving(conn)],
        waiting=[
            schemas.FloorWait(
                task=task.id,
                bag=task.bag,
                from_place=task.from_place,
                waits_for_en=task.waits_for_en,
                waits_for_zh=task.waits_for_zh,
                since=task.created_at,
            )
            for task in tasks
            if task.state == TaskState.WAITING.value and task.waits_for_en is not None and task.waits_for_zh is not None
        ],
        tasks_open=len(tasks),
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
