"""Collections, tasks and their manual completion."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from dashboards.auth import Collector, Floor, Staff
from dashboards.bag import bag_view
from dashboards.context import HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import work as schemas
from dashboards.schemas.bags import Bag
from wms.intake import collection
from wms.moves import ended
from wms.moves import read as moves
from wms.moves.model import TaskState
from wms.store.tx import Tx

intake = router("intake")
tasks = router("tasks")
Filter = Annotated[str | None, Query(max_length=120)]


@intake.post("/collections", status_code=201)
async def report_collection(body: schemas.CollectionRequest, who: Collector, house: HouseOf, repeat: RepeatOf) -> Bag:
    """Report a donation; the same report again answers with the same bag."""
    report = collection.Collection(**body.model_dump())
    bag = await write(house, who, repeat, lambda tx: collection.collect(tx, who.actor, report))
    return await house.read(lambda conn: bag_view(house, conn, bag))


@tasks.get("/tasks")
async def list_tasks(
    who: Staff, house: HouseOf, state: TaskState | None = None, device: Filter = None
) -> schemas.TaskList:
    """Open tasks, the most urgent first; or those in one state. ``device`` keeps those whose present step is its."""
    del who
    plant, wanted = house.warehouse.plant, None if state is None else state.value
    found = await house.read(lambda conn: moves.tasks(conn, plant, state=wanted, device=device))
    return schemas.TaskList(items=[schemas.Task.model_validate(task) for task in found])


@tasks.post("/tasks/{task_id}/complete")
async def complete_task(
    task_id: str, body: schemas.CompleteTaskRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> schemas.Task:
    """A person carried the bag: both scans of it, and where it lies now."""
    bag = str(house.warehouse.plant.identifiers.parse_bag_scan(body.din_scan, body.product_scan))

    def complete(tx: Tx) -> object:
        task = ended.complete_by_hand(tx, who.actor, task_id, bag, body.at_place)
        return schemas.Task.model_validate(moves.view(tx.conn, task, house.warehouse.plant)).model_dump(mode="json")

    return schemas.Task.model_validate(await write(house, who, repeat, complete))
