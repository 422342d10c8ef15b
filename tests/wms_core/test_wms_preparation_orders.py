"""Preparation orders: which bags are kept and brought, what the robot is asked, how what it made is judged."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from blood.eligibility import Act, Purpose, ReasonCode, eligibility
from blood.groups import BloodGroup
from blood.isbt128 import parse_bag_id
from blood.tags import epc_of
from plc_bridge.messages import (
    BatchProcessed,
    BatchSeparated,
    ChildBag,
    CommandAnswered,
    CommandOutcome,
    Measure,
    Outcome,
    ProcessedUnit,
    SeparatedUnit,
)
from wms.bags.facts import facts_of
from wms.errors import Conflict, Invalid, NotFound
from wms.holds.commands import place_hold
from wms.laboratory.results import RawResult, take_results
from wms.machines.freezing import freeze_waiting
from wms.machines.preparation import batch_separated, preparation_answered, prepare_waiting
from wms.moves.ended import complete_by_hand
from wms.moves.model import DeviceState
from wms.preparation.gathering import PATIENCE, advance
from wms.preparation.orders import Ask, cancel_order, create_order
from wms.preparation.processing import batch_processed
from wms.preparation.read import batch as batch_view
from wms.preparation.read import order as order_view
from wms.preparation.read import orders, recipes
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")
OUT = "prep/out"
RED, PLATELETS, APHERESIS, PLASMA, WHOLE = "D0002V00", "D0007V00", "D0006V00", "D0003V00", "D0001V00"
GOOD = {
    "irradiate": (("dose_min", 27.0, "Gy"), ("dose_max", 41.0, "Gy")),
    "wash": (("supernatant_protein", 0.2, "g"), ("haemolysis", 0.3, "%"), ("recovery", 85.0, "%")),
    "pool": (("volume", 180.0, "mL"), ("platelets", 150.0, "1e9")),
    "virus_inactivate": (("illuminance", 33.0, "klx"), ("light_time", 32.0, "min"), ("dye_left", 0.1, "µmol/L")),
}


async def stock(store, count: int = 1, product: str = RED, *, shelf: str = "cold-1/s1", first: int = 1, **fields):
    """Released bags on a shelf; each later one older than the one before, platelets by hours, red cells by days."""
    bags = []
    for n in range(count):
        collected = store.clock.now() - (3 + n) * (timedelta(days=1) if product == RED else timedelta(hours=5))
        values = {
            "status": "AVAILABLE",
            "collected_us": to_us(collected),
            "expires_us": to_us(collected + timedelta(days=35)),
            **fields,
        }
        bags.append(await store.add_bag(first + n, product, place=f"{shelf}/{first + n:03d}", **values))
    return bags


async def ask(store, recipe: str = "irradiate", component: str = "RBC_IRR", quantity: int = 1, **more) -> str:
    return await store.write(lambda tx: create_order(tx, TESTER, Ask(recipe, component, quantity, **more)))


async def turn(store) -> None:
    await store.write(lambda tx: advance(tx, TESTER))


async def bring(store) -> None:
    """The carriers do what was asked."""
    for task, bag in store.rows("SELECT id, bag FROM task WHERE purpose = 'prepare' AND state = 'waiting'"):
        await store.write(lambda tx, task=task, bag=bag: complete_by_hand(tx, TESTER, task, bag, OUT))


async def accept(store) -> str:
    """The robot takes its batch in; returns the batch."""
    batch, command, device = store.one("SELECT id, command, device FROM batch WHERE state = 'sent'")
    answer = CommandAnswered(command=command, device=device, outcome=CommandOutcome.ACCEPTED, detail="")
    await store.write(lambda tx: preparation_answered(tx, TESTER, answer, tx.now))
    return batch


async def running(store) -> str:
    """From an order to a batch in the robot."""
    await turn(store)
    await bring(store)
    await turn(store)
    return await accept(store)


def view(store, order: str):
    with store.database.read() as connection:
        return order_view(connection, store.plant, order)


def asked(store, batch: str) -> list[tuple[str, list[str]]]:
    return [
        (child, parents) for child, parents in json.loads(store.one("SELECT asked FROM batch WHERE id = ?", batch)[0])
    ]


def child(bag: str, volume_ml: float = 180.0) -> ChildBag:
    return ChildBag(bag=bag, epc=epc_of(parse_bag_id(bag)), tid=f"tid-{bag}", volume_ml=volume_ml)


def unit(recipe: str, bag: str | None, parents, *, reason: str = "", **measures: float) -> ProcessedUnit:
    values = [Measure(name=name, value=measures.get(name, value), unit=one) for name, value, one in GOOD[recipe]]
    return ProcessedUnit(
        parents=tuple(parents),
        outcome=Outcome.FAILED if reason else Outcome.DONE,
        reason=reason,
        child=None if bag is None else child(bag),
        measures=() if bag is None else tuple(values),
    )


async def processed(store, batch: str, recipe: str, *units: ProcessedUnit) -> None:
    now = store.clock.now()
    report = BatchProcessed(
        batch=batch, device="robot-2", recipe=recipe, started_at=now, ended_at=now, place=OUT, units=units
    )
    await store.write(lambda tx: batch_processed(tx, TESTER, report, now))


async def test_an_order_keeps_the_oldest_fit_bag_and_has_it_brought_to_the_robot(store):
    young, old = await stock(store, 2)
    order = await ask(store)
    await turn(store)
    assert store.bag(old)["claim"] == order
    assert store.bag(young)["claim"] is None
    assert store.one("SELECT bag, purpose, to_place FROM task") == (old, "prepare", OUT)
    shown = view(store, order)
    assert (shown.state, shown.waits_en) == ("gathering", "Its bags are on their way: 0 / 1 have arrived.")
    assert shown.waits_zh == "血袋正在送达：已到 0 / 1。"


async def test_a_bag_that_is_kept_may_not_be_reserved_and_a_plan_that_knew_it_before_is_overtaken(store):
    (bag,) = await stock(store)
    version = store.bag(bag)["version"]
    await ask(store)
    await turn(store)
    facts = await store.write(lambda tx: facts_of(tx, bag))
    assert [one.code for one in eligibility(facts, Purpose(Act.RESERVE), store.clock.now())] == [ReasonCode.CLAIMED]
    assert store.bag(bag)["version"] > version


async def test_the_robot_is_asked_once_all_bags_of_the_batch_are_there(store):
    bags = await stock(store, 3)
    order = await ask(store, quantity=3)
    await turn(store)
    task, first = store.rows("SELECT id, bag FROM task")[0]
    await store.write(lambda tx: complete_by_hand(tx, TESTER, task, first, OUT))
    await turn(store)
    assert store.rows("SELECT id FROM batch") == []
    await bring(store)
    await turn(store)
    (data,) = store.one("SELECT data FROM machine_command WHERE device = 'robot-2'")
    message = json.loads(data)
    assert (message["type"], message["recipe"], message["place"]) == ("process", "irradiate", OUT)
    made = {one["bag"]: (one["parents"], one["epc"]) for one in message["units"]}
    assert made == {f"{bag[:13]}-D0011V00": ([bag], epc_of(parse_bag_id(f"{bag[:13]}-D0011V00"))) for bag in bags}
    assert view(store, order).state == "running"
    await accept(store)
    assert {store.bag(bag)["place"] for bag in bags} == {"prep/robot-2"}


async def test_a_unit_inside_its_limits_becomes_a_bag_that_lacks_only_its_label(store):
    (bag,) = await stock(store)
    order = await ask(store)
    batch = await running(store)
    await processed(store, batch, "irradiate", unit("irradiate", f"{bag[:13]}-D0011V00", [bag]))
    made = store.bag(f"{bag[:13]}-D0011V00")
    assert (made["component"], made["status"], made["place"], made["process_check"], made["label_check"]) == (
        "RBC_IRR", "QUARANTINE", OUT, "passed", "pending",
    )  # fmt: skip
    assert from_us(made["expires_us"]) == store.clock.now() + timedelta(days=14)
    parent = store.bag(bag)
    assert (parent["status"], parent["place"], parent["claim"]) == ("CONSUMED", None, None)
    assert store.one("SELECT parent, child FROM bag_parentage") == (bag, made["id"])
    assert (view(store, order).state, view(store, order).made, view(store, order).held) == ("done", 1, 0)


async def test_a_short_lived_parent_bounds_what_is_made_of_it(store):
    (bag,) = await stock(store, expires_us=to_us(store.clock.now() + timedelta(hours=30)))
    await ask(store, "wash", "RBC_W")
    batch = await running(store)
    store.clock.step(12 * 3600)
    await processed(store, batch, "wash", unit("wash", f"{bag[:13]}-D0010V00", [bag]))
    assert store.bag(f"{bag[:13]}-D0010V00")["expires_us"] == store.bag(bag)["expires_us"]


@pytest.mark.parametrize(
    ("measures", "why"),
    [({"dose_min": 24.0}, "dose_min 24 Gy, at least 25"), ({"dose_max": 52.0}, "dose_max 52 Gy, at most 50")],
)
async def test_a_unit_outside_its_limits_is_held_and_set_aside_whatever_the_machine_says(store, measures, why):
    bags = await stock(store, 3)
    order = await ask(store, quantity=3)
    batch = await running(store)
    (bad, good, other) = [f"{bag[:13]}-D0011V00" for bag in bags]
    units = [unit("irradiate", made, [bag]) for made, bag in ((good, bags[1]), (other, bags[2]))]
    await processed(store, batch, "irradiate", unit("irradiate", bad, [bags[0]], **measures), *units)
    assert (store.bag(bad)["status"], store.bag(bad)["process_check"]) == ("NONCONFORMING", "failed")
    assert store.rows("SELECT bag, reason FROM hold") == [(bad, f"process_failed: {why}")]
    assert {store.bag(made)["status"] for made in (good, other)} == {"QUARANTINE"}
    assert (view(store, order).state, view(store, order).made, view(store, order).held) == ("done", 2, 1)
    with store.database.read() as connection:
        shown = batch_view(connection, batch)
    found = {one.child: one for one in shown.units}
    assert (found[bad].outcome, found[good].outcome) == ("out_of_limits", "done")
    assert [(one.name, one.min, one.max) for one in found[bad].measures] == [
        ("dose_min", 25.0, None),
        ("dose_max", None, 50.0),
    ]


async def test_a_missing_measure_is_a_fault(store):
    (bag,) = await stock(store)
    await ask(store)
    batch = await running(store)
    bare = ProcessedUnit(
        parents=(bag,), outcome=Outcome.DONE, reason="", child=child(f"{bag[:13]}-D0011V00"), measures=()
    )
    await processed(store, batch, "irradiate", bare)
    (reason,) = store.one("SELECT reason FROM hold")
    assert reason == "process_failed: dose_min was not measured; dose_max was not measured"


async def test_half_a_batch_outside_its_limits_condemns_the_batch(store):
    bags = await stock(store, 2)
    order = await ask(store, quantity=2)
    batch = await running(store)
    first, second = (f"{bag[:13]}-D0011V00" for bag in bags)
    await processed(
        store,
        batch,
        "irradiate",
        unit("irradiate", first, [bags[0]], dose_min=3.0),
        unit("irradiate", second, [bags[1]]),
    )
    assert store.one("SELECT reason FROM hold WHERE bag = ?", second) == (
        "batch_failed: 1 of 2 units of its batch failed",
    )
    assert (view(store, order).made, view(store, order).held) == (0, 2)


async def test_bags_of_which_nothing_came_lie_there_held(store):
    (bag,) = await stock(store)
    order = await ask(store)
    batch = await running(store)
    await processed(store, batch, "irradiate", unit("irradiate", None, [bag], reason="the source did not open"))
    state = store.bag(bag)
    assert (state["status"], state["place"], state["claim"]) == ("AVAILABLE", OUT, None)
    assert store.one("SELECT reason FROM hold") == ("process_failed: the source did not open",)
    assert store.one("SELECT purpose FROM task WHERE state = 'waiting'") == ("restock",)
    assert (view(store, order).state, view(store, order).held) == ("done", 1)


async def test_what_is_wrong_with_a_parent_is_wrong_with_what_is_made_of_it(store):
    (bag,) = await stock(store)
    await ask(store)
    batch = await running(store)
    await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="donor called"))
    await processed(store, batch, "irradiate", unit("irradiate", f"{bag[:13]}-D0011V00", [bag]))
    reasons = {r for (r,) in store.rows("SELECT reason FROM hold WHERE bag = ?", f"{bag[:13]}-D0011V00")}
    assert reasons == {"donor called"}


async def test_a_pool_has_a_number_of_its_own_the_common_group_and_many_parents(store):
    fields = {"expires_us": to_us(store.clock.now() + timedelta(days=2)), "volume_ml": 40.0}
    bags = await stock(store, 5, PLATELETS, shelf="platelet/s1", **fields)
    await stock(store, 4, PLATELETS, shelf="platelet/s1", first=20, abo_rhd="A+", **fields)
    order = await ask(store, "pool", "PLT_P")
    batch = await running(store)
    ((bag, parents),) = asked(store, batch)
    assert sorted(parents) == sorted(bags)
    assert bag == "A999926950000-D0008V00"
    await processed(store, batch, "pool", unit("pool", bag, parents))
    made = store.bag(bag)
    assert (made["abo_rhd"], made["donor"], made["status"]) == ("O+", "pool A999926950000", "QUARANTINE")
    assert made["collected_us"] == min(store.bag(one)["collected_us"] for one in bags)
    assert from_us(made["expires_us"]) == store.clock.now() + timedelta(hours=6)
    assert {p for (p,) in store.rows("SELECT parent FROM bag_parentage WHERE child = ?", bag)} == set(bags)
    assert {store.bag(one)["status"] for one in bags} == {"CONSUMED"}
    assert view(store, order).state == "done"


async def test_pools_are_numbered_on_and_bags_of_different_groups_are_never_pooled(store):
    fields = {"expires_us": to_us(store.clock.now() + timedelta(days=2))}
    await stock(store, 5, PLATELETS, shelf="platelet/s1", **fields)
    await stock(store, 5, PLATELETS, shelf="platelet/s1", first=20, abo_rhd="O-", **fields)
    await ask(store, "pool", "PLT_P", 2)
    batch = await running(store)
    pools = dict(asked(store, batch))
    assert sorted(pools) == ["A999926950000-D0008V00", "A999926950001-D0008V00"]
    for parents in pools.values():
        assert len({store.bag(one)["abo_rhd"] for one in parents}) == 1


async def test_too_few_platelets_of_one_group_are_no_pool(store):
    fields = {"expires_us": to_us(store.clock.now() + timedelta(days=2))}
    await stock(store, 3, PLATELETS, shelf="platelet/s1", **fields)
    await stock(store, 3, PLATELETS, shelf="platelet/s1", first=20, abo_rhd="B+", **fields)
    order = await ask(store, "pool", "PLT_P")
    await turn(store)
    assert view(store, order).state == "waiting"
    assert "No bag in stock is fit" in view(store, order).waits_en
    assert store.rows("SELECT id FROM bag WHERE claim IS NOT NULL") == []


async def test_a_pool_of_two_groups_was_seen_and_has_no_group_but_a_finding(store):
    fields = {"expires_us": to_us(store.clock.now() + timedelta(days=2))}
    bags = await stock(store, 5, PLATELETS, shelf="platelet/s1", **fields)
    (odd,) = await stock(store, 1, PLATELETS, shelf="platelet/s1", first=20, abo_rhd="A+", **fields)
    await ask(store, "pool", "PLT_P")
    batch = await running(store)
    ((bag, _),) = asked(store, batch)
    await processed(store, batch, "pool", unit("pool", bag, [*bags[:4], odd]))
    assert store.bag(bag)["abo_rhd"] is None
    reasons = [reason for (reason,) in store.rows("SELECT reason FROM hold WHERE bag = ?", bag)]
    assert any("its parents have the groups A+, O+" in reason for reason in reasons)
    assert any("as nobody asked" in reason for reason in reasons)


async def test_plasma_is_virus_inactivated_before_it_is_frozen(store):
    bags = [await store.add_bag(n, PLASMA, status="PROCESSING", process_check="pending") for n in range(1, 4)]
    order = await ask(store, "virus_inactivate", "FFP_MB", 2)
    await turn(store)
    await store.write(lambda tx: freeze_waiting(tx, TESTER))
    assert store.rows("SELECT bag FROM batch_bag JOIN batch ON batch.id = batch_bag.batch WHERE kind = 'freeze'") == [
        (bags[2],)
    ]
    (command, batch) = store.one("SELECT command, id FROM batch WHERE kind = 'process'")
    answer = CommandAnswered(command=command, device="robot-2", outcome=CommandOutcome.ACCEPTED, detail="")
    await store.write(lambda tx: preparation_answered(tx, TESTER, answer, tx.now))
    units = [unit("virus_inactivate", f"{bag[:13]}-D0005V00", [bag]) for bag in bags[:2]]
    await processed(store, batch, "virus_inactivate", *units)
    made = store.bag(f"{bags[0][:13]}-D0005V00")
    assert (made["status"], made["process_check"], made["component"]) == ("PROCESSING", "pending", "FFP_MB")
    assert view(store, order).made == 2


async def test_plasma_that_the_robot_refuses_is_left_to_the_freezer(store):
    plasma = await store.add_bag(1, PLASMA, status="PROCESSING", process_check="pending")
    order = await ask(store, "virus_inactivate", "FFP_MB")
    await turn(store)
    (command,) = store.one("SELECT command FROM batch")
    refused = CommandAnswered(command=command, device="robot-2", outcome=CommandOutcome.REFUSED, detail="no lamp")
    await store.write(lambda tx: preparation_answered(tx, TESTER, refused, tx.now))
    await turn(store)
    assert store.bag(plasma)["claim"] is None
    assert "went back" in view(store, order).waits_en
    await store.write(lambda tx: freeze_waiting(tx, TESTER))
    assert store.one("SELECT device FROM batch WHERE state = 'sent'") == ("freezer-1",)


async def test_an_order_for_platelets_has_fresh_whole_blood_separated_with_them(store):
    fields = {"product": WHOLE, "status": "COLLECTED", "process_check": "pending", "tests": "pending", "abo_rhd": None}
    now = store.clock.now()
    old = await store.add_bag(1, place="dock", collected_us=to_us(now - timedelta(hours=9)), **fields)
    fresh = await store.add_bag(2, place="dock", collected_us=to_us(now - timedelta(hours=7)), **fields)
    order = await ask(store, "separate", "PLT_C", 2)
    await turn(store)
    store.clock.step(600)
    await store.write(lambda tx: prepare_waiting(tx, TESTER))
    device, data = store.one("SELECT device, data FROM machine_command")
    assert device == "robot-1"
    assert json.loads(data)["bags"] == [fresh]
    assert json.loads(data)["outputs"] == ["D0002V00", "D0003V00", "D0007V00"]
    batch = await accept(store)
    children = tuple(child(f"{fresh[:13]}-{code}") for code in (RED, PLASMA, PLATELETS))
    parts = SeparatedUnit(parent=fresh, outcome=Outcome.DONE, reason="", children=children)
    report = BatchSeparated(batch=batch, device="robot-1", started_at=now, ended_at=now, place=OUT, units=(parts,))
    await store.write(lambda tx: batch_separated(tx, TESTER, report, tx.now))
    made = store.bag(f"{fresh[:13]}-{PLATELETS}")
    assert (made["status"], made["component"]) == ("QUARANTINE", "PLT_C")
    shown = view(store, order)
    assert (shown.made, shown.state) == (1, "running")
    await turn(store)
    assert "Waits for fresh whole blood at the dock" in view(store, order).waits_en
    assert store.bag(old)["status"] == "COLLECTED"


async def test_bags_too_old_or_unfit_are_left_out_and_the_order_says_what_it_waits_for(store):
    aged = to_us(store.clock.now() - timedelta(days=15))
    await stock(store, 1, collected_us=aged)
    (held,) = await stock(store, 1, first=5)
    await store.write(lambda tx: place_hold(tx, TESTER, bag=held, reason="torn"))
    await stock(store, 1, first=9, abo_rhd="A+")
    order = await ask(store, group=BloodGroup.O_POS)
    await turn(store)
    shown = view(store, order)
    assert (shown.state, shown.group) == ("waiting", "O+")
    assert shown.waits_en == "No bag in stock is fit for it: Red cells, O+."
    assert shown.waits_zh == "库存中没有合适的血袋：悬浮红细胞，O+。"


async def test_what_would_not_last_long_enough_is_not_made(store):
    (bag,) = await stock(store)
    order = await ask(store, "wash", "RBC_W", usable_until=store.clock.now() + timedelta(hours=25))
    await turn(store)
    assert view(store, order).waits_en == ("Begun now it would not last long enough; it is begun at 2026-03-02 17:00.")
    assert store.bag(bag)["claim"] is None
    store.clock.step(3600)
    await turn(store)
    assert store.bag(bag)["claim"] == order


async def test_a_parent_that_expires_before_the_need_is_not_taken(store):
    (bag,) = await stock(store, expires_us=to_us(store.clock.now() + timedelta(hours=20)))
    order = await ask(store, "wash", "RBC_W", usable_until=store.clock.now() + timedelta(hours=22))
    await turn(store)
    assert (view(store, order).state, store.bag(bag)["claim"]) == ("waiting", None)


async def test_a_bag_that_becomes_unfit_on_its_way_is_freed_and_another_one_taken(store):
    young, old = await stock(store, 2)
    await ask(store)
    await turn(store)
    await store.write(lambda tx: place_hold(tx, TESTER, bag=old, reason="torn"))
    await turn(store)
    assert (store.bag(old)["claim"] is None, store.bag(young)["claim"] is not None) == (True, True)
    assert store.one("SELECT bag FROM task WHERE state = 'waiting'") == (young,)


async def test_a_robot_gathers_for_one_order_at_a_time(store):
    await stock(store, 2)
    first, second = await ask(store), await ask(store, "wash", "RBC_W")
    await turn(store)
    assert view(store, first).state == "gathering"
    assert view(store, second).waits_en == f"Another order has the robot: {first}."
    batch = await running(store)
    ((bag, parents),) = asked(store, batch)
    await processed(store, batch, "irradiate", unit("irradiate", bag, parents))
    await turn(store)
    assert view(store, second).state == "gathering"


async def test_an_older_order_does_not_push_in_when_its_bags_turn_up(store):
    await stock(store)
    older, younger = await ask(store, "wash", "RBC_W", group=BloodGroup.A_POS), await ask(store)
    await turn(store)
    assert (view(store, older).state, view(store, younger).state) == ("waiting", "gathering")
    await stock(store, 1, first=9, abo_rhd="A+")
    await turn(store)
    assert view(store, older).waits_en == f"Another order has the robot: {younger}."
    batch = await running(store)
    await turn(store)
    assert view(store, older).waits_en == f"Another order has the robot: {younger}."
    ((bag, parents),) = asked(store, batch)
    await processed(store, batch, "irradiate", unit("irradiate", bag, parents))
    await turn(store)
    assert view(store, older).state == "gathering"


async def test_nothing_leaves_the_cold_for_a_robot_that_does_not_run(store):
    (bag,) = await stock(store)
    store.states["robot-2"] = DeviceState.HELD
    order = await ask(store)
    await turn(store)
    assert store.bag(bag)["claim"] is None
    assert view(store, order).waits_en == (
        "Secondary preparation robot does not run; the bags stay in the cold until it does."
    )
    store.states.clear()
    await turn(store)
    assert store.bag(bag)["claim"] == order


async def test_bags_that_stood_too_long_in_front_of_the_robot_go_back_and_are_tried_later(store):
    (bag,) = await stock(store)
    order = await ask(store)
    await turn(store)
    await bring(store)
    await turn(store)
    command = store.one("SELECT command FROM batch")[0]
    refused = CommandAnswered(command=command, device="robot-2", outcome=CommandOutcome.REFUSED, detail="no lamp")
    await store.write(lambda tx: preparation_answered(tx, TESTER, refused, tx.now))
    store.clock.step(PATIENCE.total_seconds() + 1)
    await turn(store)
    assert store.bag(bag)["claim"] is None
    assert store.one("SELECT purpose FROM task WHERE state = 'waiting'") == ("restock",)
    assert "went back into the cold" in view(store, order).waits_en
    await turn(store)
    assert store.bag(bag)["claim"] is None
    (task,) = store.one("SELECT id FROM task WHERE state = 'waiting'")
    await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, "cold-1/s1/001"))
    store.clock.step(1801)
    await turn(store)
    assert store.bag(bag)["claim"] == order


async def test_a_refused_batch_is_asked_again_with_a_new_command(store):
    await stock(store)
    order = await ask(store)
    await turn(store)
    await bring(store)
    await turn(store)
    (command,) = store.one("SELECT command FROM batch")
    refused = CommandAnswered(command=command, device="robot-2", outcome=CommandOutcome.EXPIRED, detail="late")
    await store.write(lambda tx: preparation_answered(tx, TESTER, refused, tx.now))
    await turn(store)
    assert "waits until" in view(store, order).waits_en
    store.clock.step(61)
    await turn(store)
    assert [state for (state,) in store.rows("SELECT state FROM batch ORDER BY created_us")] == ["cancelled", "sent"]


async def test_cancelling_frees_the_bags_and_sends_back_what_was_brought(store):
    near, far = await stock(store, 2)
    order = await ask(store, quantity=2)
    await turn(store)
    (task,) = store.one("SELECT id FROM task WHERE bag = ?", near)
    await store.write(lambda tx: complete_by_hand(tx, TESTER, task, near, OUT))
    await store.write(lambda tx: cancel_order(tx, TESTER, order, "not needed"))
    assert {store.bag(bag)["claim"] for bag in (near, far)} == {None}
    assert store.rows("SELECT bag, purpose FROM task WHERE state = 'waiting'") == [(near, "restock")]
    assert view(store, order).state == "cancelled"
    with pytest.raises(Conflict, match="has ended"):
        await store.write(lambda tx: cancel_order(tx, TESTER, order, "again"))


async def test_a_batch_that_runs_when_its_order_is_cancelled_is_taken_in_all_the_same(store):
    (bag,) = await stock(store)
    order = await ask(store)
    batch = await running(store)
    await store.write(lambda tx: cancel_order(tx, TESTER, order, "not needed"))
    await processed(store, batch, "irradiate", unit("irradiate", f"{bag[:13]}-D0011V00", [bag]))
    assert store.bag(f"{bag[:13]}-D0011V00")["status"] == "QUARANTINE"
    assert (view(store, order).state, view(store, order).made) == ("cancelled", 1)


async def test_a_batch_that_is_refused_after_its_order_was_cancelled_frees_its_bags(store):
    (bag,) = await stock(store)
    order = await ask(store)
    await turn(store)
    await bring(store)
    await turn(store)
    await store.write(lambda tx: cancel_order(tx, TESTER, order, "not needed"))
    assert store.bag(bag)["claim"] == order
    (command,) = store.one("SELECT command FROM batch")
    refused = CommandAnswered(command=command, device="robot-2", outcome=CommandOutcome.REFUSED, detail="no lamp")
    await store.write(lambda tx: preparation_answered(tx, TESTER, refused, tx.now))
    await turn(store)
    assert store.bag(bag)["claim"] is None
    assert store.one("SELECT purpose FROM task WHERE state = 'waiting'") == ("restock",)


async def test_a_person_may_name_the_bags_and_is_told_why_one_does_not_suit(store):
    first, second = await stock(store, 2)
    order = await ask(store, bags=(second,))
    await turn(store)
    assert (store.bag(first)["claim"], store.bag(second)["claim"]) == (None, order)
    (aged,) = await stock(store, 1, first=7, collected_us=to_us(store.clock.now() - timedelta(days=20)))
    other = await ask(store, "irradiate", bags=(aged,))
    await store.write(lambda tx: cancel_order(tx, TESTER, order, "first"))
    await turn(store)
    assert "too old" in view(store, other).waits_en


@pytest.mark.parametrize(
    ("change", "error", "why"),
    [
        ({"recipe": "boil"}, Invalid, "No recipe 'boil'"),
        ({"component": "FFP"}, Invalid, "makes 'FFP'"),
        ({"recipe": "freeze", "component": "FFP"}, Invalid, "No recipe 'freeze'"),
        ({"quantity": 0}, Invalid, "1 to 100"),
        ({"quantity": 101}, Invalid, "1 to 100"),
        ({"bags": ("A999926999998-D0002V00",)}, NotFound, "no bag"),
        ({"bags": ("A999926000001-D0002V00",) * 2}, Invalid, "named twice"),
        ({"bags": ("A999926000001-D0002V00",), "quantity": 2}, Invalid, "at least 2 bags"),
        ({"bags": ("A999926000001-D0002V00",), "group": BloodGroup.A_POS}, Invalid, "not A+"),
        ({"bags": ("A999926000002-D0006V00",)}, Invalid, "takes RBC_S"),
    ],
)
async def test_an_impossible_order_is_refused_and_changes_nothing(store, change, error, why):
    await stock(store)
    await stock(store, 1, APHERESIS, shelf="platelet/s1", first=2)
    wish = {"recipe": "irradiate", "component": "RBC_IRR", "quantity": 1, **change}
    with pytest.raises(error, match=why):
        await store.write(lambda tx: create_order(tx, TESTER, Ask(**wish)))
    assert store.rows("SELECT id FROM preparation_order") == []


async def test_a_bag_that_another_order_keeps_cannot_be_named(store):
    (bag,) = await stock(store)
    await ask(store)
    await turn(store)
    with pytest.raises(Conflict, match="is kept for"):
        await ask(store, "wash", "RBC_W", bags=(bag,))


async def test_an_order_of_bags_that_are_gone_ends_by_itself(store):
    (bag,) = await stock(store)
    order = await ask(store, bags=(bag,))
    await store.write(lambda tx: tx.raw.execute("UPDATE bag SET status = 'DISCARDED' WHERE id = ?", (bag,)))
    await turn(store)
    assert view(store, order).state == "cancelled"


async def test_an_impossible_report_changes_nothing(store):
    first, second = await stock(store, 2)
    await ask(store, quantity=2)
    batch = await running(store)
    before = store.one("SELECT count(*) FROM ledger")
    for bad in (
        unit("irradiate", f"{second[:13]}-D0011V00", [first]),
        unit("irradiate", f"{first[:13]}-D0010V00", [first]),
        unit("irradiate", "A999926777777-D0011V00", ["A999926777777-D0002V00"]),
    ):
        with pytest.raises((Invalid, NotFound)):
            await processed(store, batch, "irradiate", unit("irradiate", f"{second[:13]}-D0011V00", [second]), bad)
    assert store.one("SELECT count(*) FROM ledger") == before
    assert store.one("SELECT state FROM batch") == ("accepted",)


async def test_a_report_of_a_batch_that_nobody_knows_is_followed_without_an_order(store):
    (bag,) = await stock(store)
    await processed(store, "bat-lost", "irradiate", unit("irradiate", f"{bag[:13]}-D0011V00", [bag]))
    assert store.bag(bag)["status"] == "CONSUMED"
    assert store.bag(f"{bag[:13]}-D0011V00")["process_check"] == "passed"


async def test_orders_are_listed_by_state_with_their_batches(store):
    await stock(store, 2)
    first, second = await ask(store), await ask(store, "wash", "RBC_W")
    batch = await running(store)
    with store.database.read() as connection:
        assert [one.id for one in orders(connection, store.plant)] == [first, second]
        (shown,) = orders(connection, store.plant, state="running")
        assert (shown.id, shown.batches, shown.why_en) == (first, (batch,), "Asked for by tester.")
        with pytest.raises(Invalid, match="sideways"):
            orders(connection, store.plant, state="sideways")
        with pytest.raises(NotFound):
            order_view(connection, store.plant, "prp-none")


def test_the_recipes_of_the_demo_centre_have_a_robot_each(plant):
    listed = {(one.operation.recipe.value, one.operation.output): one.robots for one in recipes(plant)}
    assert listed[("irradiate", "PLT_IRR")] == ("robot-2",)
    assert listed[("separate", "PLT_C")] == ("robot-1",)
    assert all(listed.values())


async def test_what_is_found_wrong_with_a_donation_later_holds_the_pool_that_was_made_of_it(store):
    fields = {"expires_us": to_us(store.clock.now() + timedelta(days=2)), "volume_ml": 40.0}
    bags = await stock(store, 5, PLATELETS, shelf="platelet/s1", **fields)
    await ask(store, "pool", "PLT_P")
    batch = await running(store)
    ((bag, parents),) = asked(store, batch)
    await processed(store, batch, "pool", unit("pool", bag, parents))
    assert store.rows("SELECT reason FROM hold WHERE bag = ?", bag) == []
    late = [RawResult("nat", "reactive", "pcr", store.clock.now())]
    await store.write(lambda tx: take_results(tx, TESTER, bags[2][:13], "look-back", late))
    ((reason,),) = store.rows("SELECT reason FROM hold WHERE bag = ?", bag)
    assert reason.startswith("laboratory: nat")
    assert bag in store.holds
