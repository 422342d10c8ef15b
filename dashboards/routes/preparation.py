"""Preparation: recipes, orders for them, and the batches of the machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Annotated

from fastapi import Query

from dashboards.auth import Floor, Staff
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import preparation as schemas
from plant.model import Plant
from wms.preparation import orders, read
from wms.preparation.orders import Ask, PrepState

routes = router("preparation")
DeviceFilter = Annotated[str | None, Query(max_length=120)]


@routes.get("/preparation/recipes")
async def list_recipes(who: Staff, house: HouseOf) -> schemas.RecipeList:
    """What can be ordered at this site, with the limits that each unit is judged by."""
    del who
    return schemas.RecipeList(items=[_recipe(view) for view in read.recipes(house.warehouse.plant)])


@routes.get("/preparation/orders")
async def list_preparation_orders(
    who: Staff, house: HouseOf, state: PrepState | None = None
) -> schemas.PreparationOrderList:
    """Open orders, oldest first; or those in one state."""
    del who
    plant, wanted = house.warehouse.plant, None if state is None else state.value
    found = await house.read(lambda conn: read.orders(conn, plant, state=wanted))
    return schemas.PreparationOrderList(items=[schemas.PreparationOrder.model_validate(order) for order in found])


@routes.post("/preparation/orders", status_code=201)
async def order_preparation(
    body: schemas.PreparationOrderRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> schemas.PreparationOrder:
    """Ask for units to be prepared; the warehouse gathers the bags and gives them to a robot."""
    ask = Ask(body.recipe.value, body.component, body.quantity, body.group, body.bags, body.for_order)
    order = await write(house, who, repeat, lambda tx: orders.create_order(tx, who.actor, ask))
    return await _order(house, order)


@routes.post("/preparation/orders/{order_id}/cancel")
async def cancel_preparation(
    order_id: str, body: schemas.CancelPreparationRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> schemas.PreparationOrder:
    """Take an order back and free its bags; a batch that runs goes on."""
    await write(house, who, repeat, lambda tx: orders.cancel_order(tx, who.actor, order_id, body.reason))
    return await _order(house, order_id)


@routes.get("/batches")
async def list_batches(
    who: Staff, house: HouseOf, device: DeviceFilter = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> schemas.BatchList:
    """Batches of one machine or of all, newest first."""
    del who
    found = await house.read(lambda conn: read.batches(conn, device=device, limit=limit))
    return schemas.BatchList(items=[_batch(house.warehouse.plant, batch) for batch in found])


@routes.get("/batches/{batch_id}")
async def get_batch(batch_id: str, who: Staff, house: HouseOf) -> schemas.Batch:
    """One batch: what it made of which bags, what was measured, and its freezing curve."""
    del who
    return _batch(house.warehouse.plant, await house.read(lambda conn: read.batch(conn, batch_id)))


async def _order(house: House, order_id: str) -> schemas.PreparationOrder:
    plant = house.warehouse.plant
    return schemas.PreparationOrder.model_validate(await house.read(lambda conn: read.order(conn, plant, order_id)))


def _recipe(view: read.RecipeView) -> schemas.PreparationRecipe:
    operation = view.operation
    return schemas.PreparationRecipe(
        recipe=operation.recipe,
        inputs=list(operation.inputs),
        output=operation.output,
        min_parents=operation.min_parents,
        max_parents=operation.max_parents,
        measures=[schemas.MeasureLimit.model_validate(limit) for limit in operation.measures],
        robots=list(view.robots),
    )


def _batch(plant: Plant, view: read.BatchView) -> schemas.Batch:
    values = {field.name: getattr(view, field.name) for field in fields(view)}
    return schemas.Batch.model_validate({**values, "limit_minutes": _limit_minutes(plant, view.bags)})


def _limit_minutes(plant: Plant, bags: Sequence[str]) -> float | None:
    """In how many minutes the strictest of these bags must be frozen; None when none of them is to be frozen."""
    components = [plant.product_component.get(bag.partition("-")[2]) for bag in bags]
    rules = [component.freeze for component in components if component is not None and component.freeze is not None]
    return min((rule.within.total_seconds() / 60 for rule in rules), default=None)
