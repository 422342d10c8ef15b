"""The blast radius of an alarm, where its blood could go, and taking it there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from dashboards.auth import Floor, Staff
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import rescue as schemas
from wms.errors import Invalid
from wms.people.sessions import Visitor
from wms.rescue import act
from wms.rescue.blast import blast_of
from wms.rescue.plan import Carry
from wms.rescue.read import Eyes, Rescue, rescue_of
from wms.store.tx import Tx

routes = router("alarms")


@routes.get("/alarms/{alarm_id}/blast")
async def get_blast(alarm_id: str, who: Staff, house: HouseOf) -> schemas.Blast:
    """Bags, orders and hospitals behind an alarm, sorted by the minutes that are left."""
    del who
    plant = house.warehouse.plant
    found = await house.read(lambda conn: blast_of(conn, plant, alarm_id, house.forecast))
    return schemas.Blast.model_validate(found)


@routes.get("/alarms/{alarm_id}/rescue")
async def get_rescue(alarm_id: str, who: Staff, house: HouseOf) -> schemas.Rescue:
    """Free slots for the blood behind an alarm, who carries it, and whether that fits the time."""
    del who
    return _view(house, await _rescue(house, alarm_id))


@routes.post("/alarms/{alarm_id}/rescue")
async def begin_rescue(
    alarm_id: str, body: schemas.RescueRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> schemas.RescueBegun:
    """Hold, move and plan again, in one act; what has changed meanwhile is named and left alone."""
    if not (body.hold or body.move or body.replan):
        raise Invalid("rescue.nothing", "Choose what to do: hold, move, or plan the orders again")
    found = await _rescue(house, alarm_id)
    chosen = None if body.bags == "all" else frozenset(body.bags)
    strangers = sorted((chosen or frozenset()) - {bag.bag for bag in found.blast.bags})
    if strangers:
        raise Invalid("rescue.stranger", f"These bags do not lie behind this alarm: {', '.join(strangers[:5])}")
    bags = [bag.bag for bag in found.blast.bags if chosen is None or bag.bag in chosen]
    holds = await house.warehouse.write(lambda tx: act.hold_areas(tx, who.actor, alarm_id)) if body.hold else ()
    lines = await _plan_again(house, who, bags) if body.replan else []
    moves = [move for move in found.plan.moves if chosen is None or move.bag in chosen] if body.move else []
    tasks, refused = await _move(house, who, moves)
    unplaced = [one for one in found.plan.unplaced if chosen is None or one[0] in chosen] if body.move else []

    def finish(tx: Tx) -> object:
        act.record_rescue(
            tx,
            who.actor,
            alarm_id,
            holds=len(holds),
            tasks=tasks,
            refused=len(refused) + len(unplaced),
            lines=len(lines),
            comment=body.comment,
        )
        return schemas.RescueBegun(
            holds=list(holds),
            tasks=tasks,
            refused=refused,
            unplaced=[schemas.UnplacedBag(bag=bag, reason=reason) for bag, reason in unplaced],
            lines=list(dict.fromkeys(lines)),
        ).model_dump(mode="json")

    return schemas.RescueBegun.model_validate(await write(house, who, repeat, finish))


async def _rescue(house: House, alarm_id: str) -> Rescue:
    warehouse = house.warehouse
    eyes = Eyes(house.forecast, house.telemetry.live.excursion_at, warehouse.hooks.device_state)
    now = warehouse.clock.now()
    return await house.read(lambda conn: rescue_of(conn, warehouse.plant, alarm_id, eyes, now))


async def _move(house: House, who: Visitor, moves: Sequence[Carry]) -> tuple[int, list[schemas.RefusedMove]]:
    tasks, refused = 0, []
    for part in act.parts(moves):
        begun = await house.warehouse.write(partial(_ask_for_moves, who=who, moves=part))
        tasks += len(begun.tasks)
        refused += [schemas.RefusedMove(bag=bag, detail=detail) for bag, detail in begun.refused]
    return tasks, refused


def _ask_for_moves(tx: Tx, *, who: Visitor, moves: Sequence[Carry]) -> act.Begun:
    return act.ask_for_moves(tx, who.actor, moves)


async def _plan_again(house: House, who: Visitor, bags: Sequence[str]) -> list[str]:
    lines: list[str] = []
    for part in act.parts(bags):
        lines += await house.warehouse.write(partial(_release, who=who, bags=part))
    return lines


def _release(tx: Tx, *, who: Visitor, bags: Sequence[str]) -> tuple[str, ...]:
    return act.plan_again(tx, who.actor, bags)


def _view(house: House, found: Rescue) -> schemas.Rescue:
    devices = house.warehouse.plant.device_by_id
    plan = found.plan
    return schemas.Rescue(
        alarm=found.blast.alarm,
        fits=plan.fits,
        minutes_needed=plan.minutes_needed,
        minutes_left=plan.minutes_left,
        moves=[schemas.RescueMove.model_validate(move) for move in plan.moves],
        unplaced=[schemas.UnplacedBag(bag=bag, reason=reason) for bag, reason in plan.unplaced],
        machines=[
            schemas.RescueMachine(
                device=work.device,
                name_en=devices[work.device].name_en if work.device in devices else "People",
                name_zh=devices[work.device].name_zh if work.device in devices else "人工",
                bags=work.bags,
                minutes=work.minutes,
            )
            for work in plan.machines
        ],
        sentence_en=found.sentence_en,
        sentence_zh=found.sentence_zh,
    )
