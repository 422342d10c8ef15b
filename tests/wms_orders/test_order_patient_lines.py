"""An order line that names a patient: only bags that suit are reserved, and every gate on the way knows for whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blood.eligibility import Act, Purpose, ReasonCode, eligibility
from blood.groups import BloodGroup
from wms.bags.commands import change_fields
from wms.bags.facts import facts_of
from wms.errors import NotFound
from wms.hospitals.patients import PatientFacts, put_patient
from wms.orders.commands import LineWish
from wms.orders.planner import Outcome
from wms.orders.planning import sweep
from wms.store.tx import Actor

HOSPITAL, LI = "east-lake", Actor("li.wei", "desk-1")
ANTI_K = PatientFacts(BloodGroup("O+"), antibodies=("anti-K",), requirements=("irradiated",))
SUITS = {"antigens": "K-", "attributes": "irradiated"}


async def tell(store, facts: PatientFacts = ANTI_K) -> None:
    await store.write(lambda tx: put_patient(tx, LI, HOSPITAL, "P-0007", facts))


async def order(store, quantity: int = 1, **more: object) -> str:
    wish = LineWish("RBC_S", BloodGroup("O+"), quantity, patient="P-0007")
    return await store.order(lines=(wish,), **more)


def given(store, order_id: str) -> list[str]:
    return [one.bag for one in store.show(order_id).lines[0].bags]


async def test_a_line_for_a_patient_of_whom_nobody_told_is_refused(store) -> None:
    with pytest.raises(NotFound, match="P-0007"):
        await order(store)
    assert store.all("SELECT * FROM hospital_order") == []


@pytest.mark.parametrize(
    "unfit",
    [{"antigens": "K+", "attributes": "irradiated"}, {"attributes": "irradiated"}, {"antigens": "K-"}, {}],
    ids=["K-positive", "not typed", "not irradiated", "neither"],
)
async def test_what_does_not_suit_the_patient_is_never_reserved(store, unfit: dict[str, str]) -> None:
    await store.bag(days=2, **unfit)
    await tell(store)
    number = await order(store)
    await store.planner.plan_once()
    assert given(store, number) == []
    line = store.show(number).lines[0]
    assert (line.short, line.patient) == (1, "P-0007")
    assert line.sentence_en.endswith("Only bags that suit this patient count.")


async def test_the_bag_that_suits_is_given_though_others_expire_first(store) -> None:
    await store.bag(days=2)
    late, soon = await store.bag(days=20, **SUITS), await store.bag(days=9, **SUITS)
    await tell(store)
    number = await order(store)
    assert await store.planner.plan_once() is Outcome.PLANNED
    assert given(store, number) == [soon]
    assert store.state_of(late)["status"] == "AVAILABLE"


async def test_lines_without_a_patient_are_served_from_all_the_rest(store) -> None:
    plain, suiting = await store.bag(days=20), await store.bag(days=2, **SUITS)
    await tell(store)
    for_patient, for_stock = await order(store), await store.order(2)
    await store.planner.plan_once()
    assert given(store, for_patient) == [suiting]
    assert given(store, for_stock) == [plain]


async def test_of_two_patients_the_more_urgent_line_chooses_first(store) -> None:
    only = await store.bag(**SUITS)
    await tell(store)
    later, sooner = await order(store, priority=4), await order(store, priority=1)
    await store.planner.plan_once()
    assert (given(store, sooner), given(store, later)) == ([only], [])


async def test_a_unit_given_for_the_patient_comes_first_and_passes_every_act_on_its_way(store) -> None:
    await store.bag(days=2, **SUITS)
    own = await store.bag(days=20, donation_type="autologous", intended_for="P-0007", **SUITS)
    await tell(store)
    number = await order(store)
    await store.planner.plan_once()
    assert given(store, number) == [own]
    line = store.show(number).lines[0].id
    facts = await store.write(lambda tx: facts_of(tx, own))
    assert eligibility(facts, Purpose(Act.PICK, order_line=line), store.clock.now()) == []
    stolen = replace(facts, intended_for="P-0008")
    refused = eligibility(stolen, Purpose(Act.PICK, order_line=line), store.clock.now())
    assert [one.code for one in refused] == [ReasonCode.DONATION_TYPE]


async def test_an_antibody_that_is_told_later_takes_the_bag_back(store) -> None:
    bag = await store.bag(**SUITS)
    await tell(store)
    number = await order(store)
    await store.planner.plan_once()
    assert given(store, number) == [bag]
    await tell(store, replace(ANTI_K, antibodies=("anti-K", "anti-Jka")))
    await store.write(sweep)
    assert given(store, number) == []
    await store.write(lambda tx: change_fields(tx, LI, bag, "bag.typed", antigens="K- Jka-"))
    await store.planner.plan_once()
    assert given(store, number) == [bag]
