"""Which operation of the profile an order or a report means, and what it makes at this site. Pure."""

from __future__ import annotations

from datetime import datetime

from blood.components import LifeUnit
from blood.expiry import expiry_after
from blood.isbt128 import BagId
from blood.operation_file import load_operations
from blood.operations import ExpiryBasis, Operation, OperationKind
from plant.model import Device, DeviceKind, Plant, Recipe
from wms.errors import Invalid
from wms.intake.expiry import expiry_of


def operations_of(plant: Plant) -> tuple[Operation, ...]:
    """What can be ordered from machines: operations of the profile whose outputs this site makes, freezing apart."""
    made = {product.component for product in plant.products}
    return tuple(
        one
        for one in load_operations(plant.profile)
        if one.output is not None and not one.by_hand and set(one.outputs) <= made
    )


def operation_for(plant: Plant, recipe: str, component: str) -> Operation:
    """The operation that makes a component by a recipe; raises Invalid naming what there is."""
    known = operations_of(plant)
    for one in known:
        if (one.recipe.value, one.output) == (recipe, component):
            return one
    there = ", ".join(f"{one.recipe.value} of {one.output}" for one in known)
    raise Invalid("recipe", f"No recipe {recipe!r} makes {component!r} here; there is {there}")


def usual_separation(plant: Plant) -> Operation:
    """The separation that needs no order: the one without platelets. Raises Invalid when the profile has none."""
    for one in operations_of(plant):
        if one.recipe is OperationKind.SEPARATE and one.max_age is None:
            return one
    raise Invalid("recipe", f"Profile {plant.profile} has no separation that may always be done")


def products_of(plant: Plant, operation: Operation) -> tuple[str, ...]:
    """Product codes of everything that comes of an operation, in the order in which the profile names them."""
    codes = {product.component: product.code for product in plant.products}
    ordered = sorted(operation.outputs, key=list(plant.components).index)
    return tuple(codes[component] for component in ordered)


def robots_for(plant: Plant, recipe: str) -> tuple[Device, ...]:
    """Robots that can do a recipe."""
    wanted = Recipe(recipe)
    return tuple(
        device for device in plant.devices if device.kind is DeviceKind.PREP_ROBOT and wanted in device.recipes
    )


def child_of(plant: Plant, operation: Operation, parent: str) -> str:
    """The bag id of what becomes of one parent: its donation number, the product of the output."""
    return str(BagId(plant.identifiers.parse_bag_id(parent).din, plant.product_of(str(operation.output))))


def parents_a_unit(plant: Plant, operation: Operation) -> int:
    """How many parents a usual unit has: as many as their volumes suggest, within what the operation allows."""
    if operation.max_parents == 1:
        return 1
    per_parent = plant.components[operation.inputs[0]].ml_per_unit
    usual = round(plant.components[str(operation.output)].ml_per_unit / per_parent)
    return min(max(usual, operation.min_parents), operation.max_parents)


def expiry_of_child(
    plant: Plant, operation: Operation, component: str, parents: list[datetime], collected_at: datetime, at: datetime
) -> datetime:
    """Expiry of what is made at ``at``: from its parents, and never longer than its own shelf life from collection.

    ``collected_at`` is that of the oldest parent. Shelf lives of hours begin with the operation, not with collection:
    they are the operation's own limit.
    """
    own = expiry_of(plant, component, collected_at)
    if operation.expiry is not ExpiryBasis.PARENTS:
        return own
    bounded = expiry_after(operation, parents, at)
    has_days = plant.components[component].life_in(None).unit is LifeUnit.DAYS
    return min(bounded, own) if has_days else bounded
