"""A hospital's line that misses what a robot can make from stock: one order, bounded, and said to the hospital."""

from __future__ import annotations

from datetime import timedelta

import pytest

from wms.machines.batches import WAITING_FREELY
from wms.preparation import automatic
from wms.preparation.automatic import MOST_ORDERS_A_LINE, order_shortages, send_share
from wms.preparation.gathering import advance
from wms.preparation.orders import Ask, cancel_order, create_order
from wms.preparation.read import orders
from wms.preparation.recipes import operations_of
from wms.store.database import driver_of
from wms.store.metadata import to_us
from wms.store.tx import Actor

SERVICE = Actor("service:floor", "controller")


def prepared(store, state: str | None = None):
    with store.read() as conn:
        return orders(conn, store.plant, state=state)


async def look(store) -> None:
    await store.write(lambda tx: order_shortages(tx, SERVICE))


async def test_a_line_that_misses_irradiated_red_cells_has_them_made_from_stock(store):
    for _ in range(3):
        await store.bag("O+")
    order = await store.order(2, "O+", component="RBC_IRR")
    await look(store)
    (made,) = prepared(store)
    assert (made.recipe, made.component, made.group, made.quantity, made.for_order) == (
        "irradiate", "RBC_IRR", "O+", 2, order,
    )  # fmt: skip
    assert made.why_en == (
        f"Order {order} misses 2 bags of Irradiated red cells O+; none is in stock, so they are made."
    )
    assert "辐照红细胞" in made.why_zh
    (line,) = store.show(order).lines
    assert line.sentence_en == f"2 bags are being prepared (preparation order {made.id})."


async def test_it_is_ordered_once_however_often_somebody_looks(store):
    await store.bag("O+")
    await store.order(1, component="RBC_IRR")
    for _ in range(5):
        await look(store)
        await store.write(lambda tx: advance(tx, SERVICE))
    assert len(prepared(store)) == 1


async def test_the_hospital_still_reads_it_after_the_planner_has_spoken(store):
    await store.bag("O+")
    order = await store.order(1, component="RBC_IRR")
    await look(store)
    await store.planner.plan_once()
    (line,) = store.show(order).lines
    assert "1 bags are being prepared" in line.sentence_en
    assert "正在制备" in line.sentence_zh


async def test_what_lies_in_stock_is_left_to_the_planner(store):
    await store.bag("O+", component="RBC_IRR")
    await store.order(1, component="RBC_IRR")
    await look(store)
    assert prepared(store) == ()


async def test_an_ordinary_component_is_not_made_by_a_recipe(store):
    await store.order(1, component="RBC_S")
    await store.order(1, component="FFP_MB")
    await look(store)
    assert prepared(store) == ()


async def test_there_are_never_more_than_two_automatic_orders_for_a_line(store):
    await store.order(1, component="RBC_IRR")
    for _ in range(4):
        await look(store)
        for one in prepared(store):
            await store.write(lambda tx, one=one: cancel_order(tx, SERVICE, one.id, "test"))
    assert len(prepared(store, "cancelled")) == MOST_ORDERS_A_LINE


@pytest.mark.parametrize(("substitution", "group"), [(True, "O+"), (False, "A+")])
async def test_another_group_is_taken_only_when_the_line_allows_it(store, substitution, group):
    await store.bag("O+")
    await store.order(1, "A+", component="RBC_IRR", substitution=substitution)
    await look(store)
    (made,) = prepared(store)
    assert made.group == group


async def test_the_group_with_enough_bags_comes_before_the_better_one_with_too_few(store):
    await store.bag("A+")
    for _ in range(2):
        await store.bag("O+")
    await store.order(2, "A+", component="RBC_IRR")
    await look(store)
    assert prepared(store)[0].group == "O+"


async def test_the_share_of_the_site_goes_to_virus_inactivation_before_the_freezer_gets_it(store, monkeypatch):
    plasma = [
        await store.bag("O+", component="FFP", status="PROCESSING", process_check="pending", place="prep/out")
        for _ in range(12)
    ]
    await store.write(lambda tx: send_share(tx, SERVICE))
    assert prepared(store) == ()

    def half(plant):
        return tuple(
            type(one)(**{**{f: getattr(one, f) for f in one.__slots__}, "automatic_share": 0.5})
            if one.recipe.value == "virus_inactivate"
            else one
            for one in operations_of(plant)
        )

    monkeypatch.setattr(automatic, "operations_of", half)
    await store.write(lambda tx: advance(tx, SERVICE))
    (made,) = prepared(store)
    assert (made.recipe, made.state) == ("virus_inactivate", "running")
    assert 0 < made.quantity < len(plasma)
    with store.read() as conn:
        free = driver_of(conn).execute(WAITING_FREELY, ("PROCESSING", "prep/out", "FFP")).fetchall()
    assert len(free) == len(plasma) - made.quantity


async def test_what_would_not_last_until_the_hospital_needs_it_is_not_taken_for_a_line(store):
    await store.bag("O+", collected_us=to_us(store.clock.now() - timedelta(days=1)))
    await store.order(1, component="RBC_W", min_days_left=1)
    await look(store)
    await store.write(lambda tx: advance(tx, SERVICE))
    (made,) = prepared(store)
    assert made.state == "waiting"


async def test_an_order_of_a_person_does_not_count_for_a_line(store):
    await store.bag("O+")
    await store.write(lambda tx: create_order(tx, SERVICE, Ask("irradiate", "RBC_IRR", 1)))
    await store.order(1, component="RBC_IRR")
    await look(store)
    assert len(prepared(store)) == 2
