"""Collections and laboratory results, holds, tasks and their manual completion."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from sqlalchemy import Connection, select

from blood.isbt128 import parse_bag_scan, parse_din_scan
from dashboards.auth import Collector, Floor, Laboratory, Quality, Staff
from dashboards.bag import bag_view
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.privileged import refused_is_recorded
from dashboards.schemas import work as schemas
from dashboards.schemas.bags import Bag, Reason
from wms.errors import NotFound
from wms.holds import commands as holds
from wms.holds.tables import hold as hold_table
from wms.intake import collection, laboratory
from wms.moves import ended
from wms.moves import read as moves
from wms.moves.model import TaskState
from wms.people import signatures
from wms.store.metadata import from_us, from_us_or_none
from wms.store.tx import Tx

intake = router("intake")
hold_routes = router("holds")
tasks = router("tasks")
Filter = Annotated[str | None, Query(max_length=120)]


@intake.post("/collections", status_code=201)
async def report_collection(body: schemas.CollectionRequest, who: Collector, house: HouseOf, repeat: RepeatOf) -> Bag:
    """Report a donation; the same report again answers with the same bag."""
    report = collection.Collection(**body.model_dump())
    bag = await write(house, who, repeat, lambda tx: collection.collect(tx, who.actor, report))
    return await house.read(lambda conn: bag_view(house, conn, bag))


@intake.post("/laboratory/results")
async def report_results(
    body: schemas.LaboratoryRequest, who: Laboratory, house: HouseOf, repeat: RepeatOf
) -> schemas.LaboratoryOutcome:
    """Report results of one run; bags whose gates all pass are released by it."""
    din = parse_din_scan(body.din)
    results = [laboratory.RawResult(r.test.value, r.value, r.method, r.at) for r in body.results]

    def take(tx: Tx) -> object:
        taken = laboratory.take_results(tx, who.actor, din, body.run, results)
        return schemas.LaboratoryOutcome(
            din=taken.din,
            tests=taken.tests.value,
            released=list(taken.released),
            refused=[
                schemas.BagRefusal(bag=r.bag, reasons=[Reason.model_validate(reason) for reason in r.reasons])
                for r in taken.refused
            ],
        ).model_dump(mode="json")

    return schemas.LaboratoryOutcome.model_validate(await write(house, who, repeat, take))


@hold_routes.post("/holds", status_code=201)
async def place_hold(body: schemas.HoldRequest, who: Floor, house: HouseOf, repeat: RepeatOf) -> schemas.Hold:
    """Stop one bag, or every bag in a place."""
    hold = await write(
        house,
        who,
        repeat,
        lambda tx: holds.place_hold(tx, who.actor, bag=body.bag, place=body.place, reason=body.reason),
    )
    return await _hold(house, hold)


@hold_routes.post("/holds/{hold_id}/lift")
async def lift_hold(
    hold_id: str, body: schemas.LiftRequest, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.Hold:
    """Let go again what was held, on the signatures of two people over this reason."""

    def lift(tx: Tx) -> None:
        content = {"reason": body.reason}
        signed = signatures.use(tx, body.signatures, act="hold.lift", subject=hold_id, content=content)
        holds.lift_hold(tx, who.actor, hold_id, body.reason, signed)

    async with refused_is_recorded(house, who, "hold.lift", hold_id):
        await write(house, who, repeat, lift)
    return await _hold(house, hold_id)


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
    bag = str(parse_bag_scan(body.din_scan, body.product_scan))

    def complete(tx: Tx) -> object:
        task = ended.complete_by_hand(tx, who.actor, task_id, bag, body.at_place)
        return schemas.Task.model_validate(moves.view(tx.conn, task, house.warehouse.plant)).model_dump(mode="json")

    return schemas.Task.model_validate(await write(house, who, repeat, complete))


async def _hold(house: House, hold_id: str) -> schemas.Hold:
    def look(conn: Connection) -> schemas.Hold:
        row = conn.execute(select(hold_table).where(hold_table.c.id == hold_id)).one_or_none()
        if row is None:
            raise NotFound("hold.unknown", f"There is no hold {hold_id}")
        return schemas.Hold(
            id=row.id,
            bag=row.bag,
            place=row.place,
            reason=row.reason,
            opened_at=from_us(row.opened_us),
            opened_by=row.opened_by,
            lifted_at=from_us_or_none(row.lifted_us),
            lifted_by=row.lifted_by,
        )

    return await house.read(look)
