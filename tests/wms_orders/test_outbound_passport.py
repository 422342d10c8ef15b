"""Nothing is let out without its temperature passport; it leaves as soon as it has one."""

from __future__ import annotations

import pytest
from outbound_looks import ordered, shipments
from outbound_store import LI
from temperatures import FOR_EVER_US

from wms.errors import Refused
from wms.orders.lifecycle import ShipmentState
from wms.outbound import by_hand, flow


async def no_passports_any_more(store) -> None:
    suffix = " ON bag" if store.database.write_engine.dialect.name == "postgresql" else ""
    await store.write(lambda tx: tx.raw.execute(f"DROP TRIGGER passport_is_ready{suffix}"))


async def give_passport(store, bag: str) -> None:
    await store.write(
        lambda tx: tx.raw.execute(
            "INSERT INTO passport_draft (bag, computed_us, computed_real_us, verdict, document) VALUES (?,?,?,?,?)",
            (bag, FOR_EVER_US, FOR_EVER_US, "kept", "{}"),
        )
    )


async def test_the_lock_gets_no_permit_until_every_bag_has_its_passport(store, floor) -> None:
    await no_passports_any_more(store)
    first, second = await store.bag(), await store.bag()
    await ordered(store, 2)
    await give_passport(store, first)
    await floor.run(20)
    assert {store.state_of(bag)["status"] for bag in (first, second)} == {"PACKED"}
    assert store.all("SELECT id FROM lock_permit") == []
    await give_passport(store, second)
    await floor.run(20)
    assert shipments(store)[0].state is ShipmentState.IN_TRANSIT


async def test_people_are_told_why_they_may_not_carry_it_out(store, floor) -> None:
    await no_passports_any_more(store)
    bag = await store.bag()
    await ordered(store)
    await floor.run(20)
    await store.write(flow.advance)
    (travels,) = shipments(store)
    with pytest.raises(Refused, match=r"temperature passport .* is not computed yet") as refused:
        await store.write(lambda tx: by_hand.let_go(tx, LI, travels.id, [bag]))
    assert refused.value.code == "dispatch_no_passport"
    assert store.state_of(bag)["status"] == "PACKED"
