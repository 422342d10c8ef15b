"""Orders are planned by the real solver, verified, reserved by compare-and-set, planned again when a bag falls out."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import pytest

from blood.eligibility import BagStatus
from hemovault.services.solve import run_solve
from wms.bags.commands import change_status
from wms.errors import Conflict, Invalid, NotFound
from wms.holds.commands import place_hold
from wms.orders.commands import cancel_order
from wms.orders.lifecycle import OrderState
from wms.orders.planner import Outcome
from wms.orders.planning import sweep
from wms.orders.sentences import PLAN_REFUSED, PLANNER_AWAY, WAITS_FOR_PLANNER
from wms.orders.solver import SolverAway, SolverClient, SolverFailed
from wms.store.tx import Actor

LI = Actor("li.wei", "desk-1")


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"quantity": 0}, "lines.0.quantity"),
        ({"quantity": 201}, "lines.0.quantity"),
        ({"component": "PLT"}, "lines.0.component"),
        ({"min_days_left": 99}, "lines.0.min_days_left"),
        ({"priority": 6}, "priority"),
        ({"lines": ()}, "lines"),
    ],
)
async def test_a_wrong_wish_names_its_field_and_changes_nothing(store, wish: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await store.order(**wish)
    assert refusal.value.code == field
    assert store.all("SELECT * FROM hospital_order") == []


async def test_an_order_is_due_in_the_future_and_from_a_known_hospital(store) -> None:
    with pytest.raises(Invalid):
        await store.order(due_at=store.clock.now())
    with pytest.raises(NotFound):
        await store.order(hospital="nowhere")


async def test_a_new_order_waits_for_the_planner_and_says_so(store) -> None:
    (line,) = store.show(await store.order(2)).lines
    assert (line.short, line.sentence_en, line.sentence_zh) == (2, WAITS_FOR_PLANNER.en, WAITS_FOR_PLANNER.zh)


async def test_planning_reserves_the_first_to_expire_and_says_why(store) -> None:
    late, soon = await store.bag(days=20), await store.bag(days=5)
    order = await store.order()
    assert await store.planner.plan_once() is Outcome.PLANNED
    shown = store.show(order)
    assert shown.state is OrderState.RESERVED
    assert [one.bag for one in shown.lines[0].bags] == [soon]
    assert "identical" in shown.lines[0].bags[0].why_en
    assert late in shown.lines[0].sentence_en
    assert shown.lines[0].sentence_zh
    state = store.state_of(soon)
    assert (state["status"], state["order_line"]) == ("RESERVED", shown.lines[0].id)
    assert await store.planner.plan_once() is Outcome.NOTHING_TO_DO


async def test_a_short_line_says_what_would_fill_it(store) -> None:
    await store.bag("A+")
    order = await store.order(1, "O+", substitution=False)
    await store.planner.plan_once()
    (line,) = store.show(order).lines
    assert (line.short, line.bags) == (1, ())
    assert line.sentence_en not in {WAITS_FOR_PLANNER.en, ""}


@pytest.mark.parametrize(
    "unfit",
    [
        {"status": "QUARANTINE"}, {"tests": "pending"}, {"abo_rhd": None}, {"donation_type": "autologous"},
        {"place": "cold-1/q1/001"}, {"place": "dock"}, {"days": 0.2},
    ],
    ids=str,
)  # fmt: skip
async def test_an_unfit_bag_is_never_reserved(store, unfit: dict[str, object]) -> None:
    await store.bag(**unfit)
    order = await store.order()
    await store.planner.plan_once()
    assert store.show(order).lines[0].short == 1


async def test_an_excursion_at_its_place_keeps_a_bag_from_being_reserved(store) -> None:
    await store.bag(place="cold-1/s1/050")
    store.warm.add("cold-1/s1/050")
    order = await store.order()
    await store.planner.plan_once()
    assert store.show(order).lines[0].short == 1


async def test_a_bag_that_changed_after_the_snapshot_is_left_alone(store) -> None:
    first, second = await store.bag(days=5), await store.bag(days=9)
    order = await store.order()
    inner = store.planner

    async def slow(snapshot, policy):
        await store.write(lambda tx: place_hold(tx, LI, bag=first, reason="looks odd"))
        return await inner._solve(snapshot, policy)

    assert await store.planner_with(slow).plan_once() is Outcome.OVERTAKEN
    assert store.show(order).lines[0].short == 1
    await store.planner.plan_once()
    assert [one.bag for one in store.show(order).lines[0].bags] == [second]


async def test_a_plan_that_fails_its_check_changes_nothing_and_alarms(store) -> None:
    await store.bag()
    order = await store.order()
    honest = store.planner

    async def lying(snapshot, policy):
        solved = await honest._solve(snapshot, policy)
        return type(solved)(type(solved.plan)(**{**_fields(solved.plan), "assignments": ()}), solved.explanations)

    assert await store.planner_with(lying).plan_once() is Outcome.REFUSED
    shown = store.show(order)
    assert (shown.state, shown.lines[0].sentence_en) == (OrderState.OPEN, PLAN_REFUSED.en)
    assert store.all("SELECT state FROM alarm WHERE condition = 'plan_refused'") == [("unacknowledged",)]
    await store.planner.plan_once()
    assert store.show(order).state is OrderState.RESERVED
    assert store.all("SELECT state FROM alarm WHERE condition = 'plan_refused'") == [("returned_unacknowledged",)]


def _fields(plan) -> dict[str, object]:
    return {name: getattr(plan, name) for name in plan.__struct_fields__}


async def test_while_the_solver_is_away_lines_wait_and_say_so(store) -> None:
    await store.bag()
    order = await store.order()

    async def nobody(_snapshot, _policy):
        raise SolverAway("solve.sock: no such file")

    planner = store.planner_with(nobody)
    assert await planner.plan_once() is Outcome.SOLVER_AWAY
    assert store.show(order).lines[0].sentence_zh == PLANNER_AWAY.zh
    head = store.writer.head.seq
    assert await planner.plan_once() is Outcome.SOLVER_AWAY
    assert store.writer.head.seq == head
    await store.planner.plan_once()
    assert store.show(order).state is OrderState.RESERVED


async def test_a_hold_breaks_the_reservation_and_the_line_gets_another_bag(store) -> None:
    first, second = await store.bag(days=5), await store.bag(days=9)
    order = await store.order()
    await store.planner.plan_once()
    await store.write(lambda tx: place_hold(tx, LI, bag=first, reason="label torn"))
    assert (store.state_of(first)["status"], store.state_of(first)["order_line"]) == ("AVAILABLE", None)
    assert "label torn" in store.show(order).lines[0].sentence_en
    await store.planner.plan_once()
    assert [one.bag for one in store.show(order).lines[0].bags] == [second]


async def test_a_discarded_or_expired_bag_no_longer_serves_its_line(store) -> None:
    nonconforming, expiring = await store.bag(days=5), await store.bag(days=1)
    order = await store.order(2, due_at=store.clock.now() + timedelta(hours=3))
    await store.planner.plan_once()
    assert store.show(order).lines[0].reserved == 2

    await store.write(lambda tx: change_status(tx, LI, nonconforming, BagStatus.NONCONFORMING, "bag.nonconforming"))
    store.clock.step(86_401)
    await store.write(sweep)
    assert store.show(order).lines[0].short == 2
    assert store.state_of(nonconforming)["order_line"] is None
    assert store.state_of(expiring)["status"] == "AVAILABLE"


async def test_a_passing_excursion_keeps_the_reservation(store) -> None:
    bag = await store.bag(place="cold-1/s1/050")
    order = await store.order()
    await store.planner.plan_once()
    store.warm.add("cold-1/s1/050")
    await store.write(sweep)
    assert [one.bag for one in store.show(order).lines[0].bags] == [bag]


async def test_the_more_urgent_order_gets_the_only_bag(store) -> None:
    await store.bag()
    routine, emergency = await store.order(priority=5), await store.order(priority=0)
    await store.planner.plan_once()
    assert (store.show(emergency).state, store.show(routine).state) == (OrderState.RESERVED, OrderState.OPEN)


async def test_cancelling_gives_the_bags_back(store) -> None:
    bag = await store.bag()
    order = await store.order()
    await store.planner.plan_once()
    await store.write(lambda tx: cancel_order(tx, LI, order, "patient transferred"))
    assert (store.state_of(bag)["status"], store.show(order).state) == ("AVAILABLE", OrderState.CANCELLED)
    with pytest.raises(Conflict):
        await store.write(lambda tx: cancel_order(tx, LI, order, "again"))
    with pytest.raises(NotFound):
        await store.write(lambda tx: cancel_order(tx, LI, "ord-nothing", "why"))


async def test_the_client_asks_the_real_worker_over_its_socket(store, tmp_path) -> None:
    await store.bag()
    order = await store.order()
    client = SolverClient(tmp_path / "solve.sock")
    planner = store.planner_with(client.solve)
    assert await planner.plan_once() is Outcome.SOLVER_AWAY
    worker = asyncio.create_task(run_solve(tmp_path / "solve.sock"))
    try:
        outcome = Outcome.SOLVER_AWAY
        while outcome is Outcome.SOLVER_AWAY:
            outcome = await planner.plan_once()
        assert outcome is Outcome.PLANNED
    finally:
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker
    assert store.show(order).state is OrderState.RESERVED


async def test_a_worker_that_cannot_plan_reserves_nothing_and_alarms(store) -> None:
    await store.bag()
    order = await store.order()

    async def failing(_snapshot, _policy):
        raise SolverFailed("solve_error", "the network is infeasible")

    assert await store.planner_with(failing).plan_once() is Outcome.REFUSED
    assert store.show(order).state is OrderState.OPEN


async def test_the_planner_wakes_for_an_order_and_waits_out_an_absent_solver(store) -> None:
    calls, honest = [], store.planner

    async def late(snapshot, policy):
        calls.append(snapshot)
        if len(calls) == 1:
            raise SolverAway("not yet")
        return await honest._solve(snapshot, policy)

    planner = store.planner_with(late)
    running = asyncio.create_task(planner.run())
    await store.bag()
    order = await store.order()
    planner.wake()
    async with asyncio.timeout(20):
        while store.show(order).state is not OrderState.RESERVED:  # noqa: ASYNC110  (another task commits it)
            await asyncio.sleep(0.02)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert len(calls) == 2
