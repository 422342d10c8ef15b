"""What may be done by hand at this site: the operations of its profile. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from blood.operation_file import load_operations
from blood.operations import Approval, Operation, OperationKind
from plant.model import Plant
from wms.errors import Invalid

_VOLUME_STAYS: Final = frozenset(
    {OperationKind.FREEZE, OperationKind.IRRADIATE, OperationKind.THAW, OperationKind.RELABEL, OperationKind.OPEN}
)
"""Operations that take nothing out and add nothing: the volume is that of the bag."""


def hand_operations(plant: Plant) -> tuple[Operation, ...]:
    """Every operation of the profile of which this site makes all outputs, freezing included."""
    made = {product.component for product in plant.products}
    return tuple(one for one in load_operations(plant.profile) if set(one.outputs) <= made)


def needs_approval(operation: Operation) -> bool:
    """True for what two people must sign: a relabel may lengthen an expiry, and is the only operation that may."""
    return operation.approval is Approval.TWO_PEOPLE


def keeps_bag(operation: Operation) -> bool:
    """True for what leaves a bag what it is, with the same number and product: quick freezing, opening."""
    return operation.output is None and operation.recipe is not OperationKind.SPLIT


def volumes_asked(operation: Operation) -> int | None:
    """How many volumes a person states: one for each output, none where it stays, None for as many as pieces."""
    if operation.recipe is OperationKind.SPLIT:
        return None
    return 0 if operation.recipe in _VOLUME_STAYS else len(operation.outputs)


def operation_of(plant: Plant, name: str, components: Sequence[str], output: str | None) -> Operation:
    """The one operation of that name that takes all these components; raises Invalid naming what there is."""
    known = [one for one in hand_operations(plant) if one.recipe.value == name]
    fitting = [one for one in known if set(components) <= set(one.inputs) and output in {None, one.output}]
    if len(fitting) == 1:
        return fitting[0]
    listed = ", ".join(f"{'/'.join(one.inputs)} -> {one.output or 'the same'}" for one in fitting or known) or "none"
    if fitting:
        raise Invalid("output", f"There are several ways to {name} {', '.join(components)}; name its output: {listed}")
    wanted = f" into {output}" if output is not None else ""
    raise Invalid(
        "operation", f"{name} of {', '.join(sorted(set(components)))}{wanted} is not done here; known: {listed}"
    )
