"""Operations by hand."""

from __future__ import annotations

from datetime import timedelta

from blood.evidence import Evidence
from blood.operations import Measured, MeasureLimit, Operation, OperationKind
from dashboards.auth import Floor, Staff
from dashboards.context import HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.privileged import refused_is_recorded
from dashboards.schemas import operations as schemas
from dashboards.schemas import preparation as shared
from plant.model import Plant
from wms.operations.by_hand import Work, perform
from wms.operations.catalogue import hand_operations, keeps_bag, needs_approval, volumes_asked
from wms.operations.freezing import freezing_limits
from wms.people import signatures
from wms.store.tx import Tx

routes = router("operations")


@routes.get("/operations")
async def list_hand_operations(who: Staff, house: HouseOf) -> schemas.HandOperations:
    """Everything that can be done by hand at this site, with the limits that what is made is judged by."""
    del who
    plant = house.warehouse.plant
    return schemas.HandOperations(items=[_operation(plant, one) for one in hand_operations(plant)])


@routes.post("/operations", status_code=201)
async def do_operation(
    body: schemas.OperationRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> schemas.OperationOutcome:
    """Bags were separated, split, pooled, washed, irradiated, thawed, frozen or relabelled by hand."""
    identifiers = house.warehouse.plant.identifiers
    bags = tuple(str(identifiers.parse_bag_scan(one.din_scan, one.product_scan)) for one in body.bags)
    work = Work(
        operation=body.operation.value,
        bags=bags,
        output=body.output,
        volumes_ml=tuple(body.volumes_ml),
        measures=tuple(Measured(one.name, one.value, one.unit) for one in body.measures),
        place=body.place,
        reason=body.reason,
    )

    def act(tx: Tx) -> object:
        signed: tuple[signatures.Signed, ...] = ()
        if body.signatures is not None:
            content = body.model_dump(mode="json", exclude={"signatures"}, exclude_unset=True)
            signed = signatures.use(tx, body.signatures, act="bag.relabel", subject=bags[0], content=content)
        made = perform(tx, who.actor, work, signed)
        return schemas.OperationOutcome(
            batch=made.batch, children=list(made.children), held=list(made.held)
        ).model_dump(mode="json")

    async with refused_is_recorded(house, who, f"operation {work.operation}", bags[0]):
        return schemas.OperationOutcome.model_validate(await write(house, who, repeat, act))


def _operation(plant: Plant, one: Operation) -> schemas.HandOperation:
    limits = list(one.measures)
    if one.recipe is OperationKind.FREEZE and keeps_bag(one):
        rules = {plant.components[key].freeze for key in one.inputs}
        evidence = Evidence(one.source, one.status)
        limits += [limit for rule in rules if rule is not None for limit in freezing_limits(rule, evidence)]
    return schemas.HandOperation(
        operation=one.recipe,
        inputs=list(one.inputs),
        output=one.output,
        also=list(one.also),
        min_parents=one.min_parents,
        max_parents=one.max_parents,
        max_pieces=one.max_pieces,
        max_age_h=_hours(one.max_age),
        expiry=one.expiry.value,
        expiry_limit_h=_hours(one.expiry_limit),
        by=one.by,
        approval=needs_approval(one),
        keeps_bag=keeps_bag(one),
        volumes=volumes_asked(one),
        attributes=sorted(one.attributes),
        measures=[_limit(limit) for limit in limits],
        source=one.source,
        status=one.status,
    )


def _limit(limit: MeasureLimit) -> shared.MeasureLimit:
    return shared.MeasureLimit.model_validate(limit)


def _hours(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds() / 3600
