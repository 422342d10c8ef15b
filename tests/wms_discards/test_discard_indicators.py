"""Indicators: every number is counted from rows, and no rate is made up where nothing was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from outbound_looks import ordered, shipments, sign_for

from blood.eligibility import BagStatus
from wms.bags.commands import change_status
from wms.discards.commands import book_waste, discard
from wms.discards.indicators import indicators, rows_as_csv
from wms.errors import Invalid
from wms.store.tx import Actor

CHEN, NURSE = Actor("chen.qa", "desk-2"), Actor("east-lake-bank", "hospital")
FROM, TO = datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Signed:
    id: str
    person: str


async def thrown_away(store, bag: str, cause: str) -> None:
    both = (Signed("s1", "ann"), Signed("s2", "bo"))
    await store.write(lambda tx: discard(tx, CHEN, [bag], cause, "", both))


async def used(store, bag: str, status: BagStatus = BagStatus.TRANSFUSED) -> None:
    await store.write(lambda tx: change_status(tx, NURSE, bag, BagStatus.ISSUED, "bag.issued"))
    await store.write(lambda tx: change_status(tx, NURSE, bag, status, "bag.used"))


def counted(store, **asked: object):
    with store.read() as conn:
        return indicators(conn, store.plant, asked.pop("from_at", FROM), asked.pop("to_at", TO), **asked)


def row(rows, key: str) -> tuple[int, int, int, int, float | None]:
    one = next(one for one in rows if one.key == key)
    return one.made, one.used, one.discarded, one.outdated, one.discard_rate


async def test_made_used_discarded_and_outdated_are_counted_by_component_and_month(store) -> None:
    reds = [await store.bag() for _ in range(3)]
    plasma = await store.bag(component="FFP")
    await thrown_away(store, reds[0], "expired")
    await thrown_away(store, plasma, "leaking")
    store.clock.step(40 * 86_400)  # into the next year
    await thrown_away(store, reds[1], "leaking")
    found = counted(store)
    assert row(found.by_component, "RBC_S") == (3, 0, 2, 1, 2 / 3)
    assert row(found.by_component, "FFP") == (1, 0, 1, 0, 1.0)
    assert row(found.by_month, "2026-11") == (4, 0, 2, 1, 0.5)
    assert row(found.by_month, "2026-12") == (0, 0, 1, 0, None)
    assert row(found.by_month, "2027-01") == (0, 0, 0, 0, None)
    assert [(one.key, one.discarded) for one in found.by_cause] == [("leaking", 2), ("expired", 1)]
    assert (found.total.made, found.total.discarded, found.total.outdated) == (4, 3, 1)


async def test_a_hospital_is_counted_by_what_it_received(store, floor) -> None:
    bags = [await store.bag(days=10 + number) for number in range(3)]
    await ordered(store, 3)
    await floor.run(30)
    (travels,) = shipments(store)
    await sign_for(store, travels.id, bags)
    await used(store, bags[0])
    await used(store, bags[1], BagStatus.PRESUMED_TRANSFUSED)
    state = store.state_of(bags[2])
    await store.write(lambda tx: change_status(tx, NURSE, bags[2], BagStatus.DISCARDED, "bag.fate_wasted"))
    await store.write(lambda tx: book_waste(tx, NURSE, state, "east-lake", "dropped"))
    assert row(counted(store).by_hospital, "east-lake") == (3, 2, 1, 0, 1 / 3)
    only = counted(store, hospital="east-lake")
    assert (only.total.made, only.total.used, only.total.discarded) == (3, 2, 1)
    assert counted(store, hospital="county").total.discard_rate is None
    with pytest.raises(Invalid, match="no hospital"):
        counted(store, hospital="nowhere")


async def test_a_presumed_use_that_turns_out_to_be_a_return_is_no_use(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    await floor.run(20)
    (travels,) = shipments(store)
    await sign_for(store, travels.id, [bag])
    await used(store, bag, BagStatus.PRESUMED_TRANSFUSED)
    await store.write(lambda tx: change_status(tx, NURSE, bag, BagStatus.RETURNED_PENDING, "bag.returned"))
    assert counted(store).total.used == 0
    assert store.state_of(bag)["ended_us"] is None


async def test_what_became_a_component_is_not_discarded(store) -> None:
    bag = await store.bag()
    await store.write(lambda tx: change_status(tx, CHEN, bag, BagStatus.CONSUMED, "bag.separated"))
    assert (counted(store).total.made, counted(store).total.discarded) == (1, 0)


async def test_a_discard_without_a_cause_on_record_is_shown_and_not_hidden(store) -> None:
    bag = await store.bag(status="NONCONFORMING", place="cold-1/n1/001")
    await store.write(lambda tx: change_status(tx, CHEN, bag, BagStatus.DISCARDED, "bag.discarded"))
    (cause,) = counted(store).by_cause
    assert (cause.name_en, cause.discarded) == ("Without a cause on record", 1)


async def test_months_are_those_of_the_site(store) -> None:
    store.clock.step((datetime(2026, 11, 30, 17, 0, tzinfo=UTC) - store.clock.now()).total_seconds())
    bag = await store.bag()  # 01:00 on 1 December in Shanghai
    await thrown_away(store, bag, "leaking")
    assert row(counted(store).by_month, "2026-12")[2] == 1


async def test_a_period_must_make_sense(store) -> None:
    with pytest.raises(Invalid, match="before it begins"):
        counted(store, from_at=TO, to_at=FROM)
    with pytest.raises(Invalid, match="at most 36 months"):
        counted(store, from_at=FROM - timedelta(days=2000))


async def test_the_file_has_every_list_and_the_definitions_have_sources(store) -> None:
    await thrown_away(store, await store.bag(), "leaking")
    found = counted(store)
    parts = [line.split(",")[0] for line in rows_as_csv(found).splitlines()]
    assert parts == ["part", "total", "cause", "component", *["month"] * 4]
    assert {one.key for one in found.definitions} >= {"made", "used", "discarded", "outdated", "discard_rate"}
    assert all(one.source for one in found.definitions)
