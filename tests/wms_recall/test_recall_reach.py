"""What belongs to a recall: rules of the family of a donation, of donors, batches, devices, places and times."""

from __future__ import annotations

from datetime import timedelta

import pytest
from outbound_store import PLANT, T0
from recall_world import CHEN, RED

from wms.bags.commands import move_to
from wms.errors import Invalid, NotFound
from wms.recall import read
from wms.recall.reach import paths_below
from wms.recall.scope import Scope

DIN, OTHER, THIRD, POOL = "A999926000001", "A999926000002", "A999926000003", "A999926950001"


async def test_a_donation_is_all_its_components_and_what_they_came_from(world):
    whole, red, plasma = await world.donation(DIN)
    await world.donation(OTHER, donor="d2")
    assert world.relations(await world.open(din=DIN)) == {whole: "named", red: "named", plasma: "named"}


async def test_a_pool_belongs_to_it_but_its_other_donations_do_not(world):
    _, _, plasma = await world.donation(DIN)
    _, _, other = await world.donation(OTHER, donor="d2")
    pool = await world.pool(POOL, plasma, other)
    split = await world.bag(POOL, RED, f"pool {POOL}", (pool,))
    found = world.relations(await world.open(din=DIN))
    assert found[pool] == found[split] == "child"
    assert other not in found


async def test_a_named_pool_takes_in_every_donation_that_it_was_made_from(world):
    whole, red, plasma = await world.donation(DIN)
    _, other_red, other = await world.donation(OTHER, donor="d2")
    pool = await world.pool(POOL, plasma, other)
    found = world.relations(await world.open(din=POOL))
    assert found[pool] == "named"
    assert {found[plasma], found[other], found[whole]} == {"parent"}
    assert {found[red], found[other_red]} == {"sibling"}


async def test_a_reason_of_the_donor_takes_in_the_donors_other_donations(world):
    await world.donation(DIN, donor="d1")
    _, earlier, _ = await world.donation(OTHER, donor="d1")
    _, stranger, _ = await world.donation(THIRD, donor="d3")
    found = world.relations(await world.open("reactive_later_donation", din=DIN))
    assert found[earlier] == "donor"
    assert stranger not in found
    assert earlier not in world.relations(await world.open("bacterial", din=DIN))
    assert earlier in world.relations(await world.open("bacterial", din=DIN, of_the_donor=True))


async def test_a_pool_is_no_donor_of_another_pool(world):
    _, _, plasma = await world.donation(DIN)
    await world.pool(POOL, plasma)
    case = await world.open("reactive_later_donation", din=DIN)
    assert world.store.all("SELECT donor FROM recall_donor WHERE recall = :case", case=case) == [("d1",)]


async def test_a_place_and_a_time_name_what_lay_there_then(world):
    _, red, plasma = await world.donation(DIN, place="cold-1/s1/001")
    late = await world.bag(OTHER, RED, "d2", place="cold-1/s2/001", at=T0 + timedelta(hours=5))
    gone = await world.bag(THIRD, RED, "d3", place="cold-1/s2/002", at=T0 - timedelta(hours=9))
    await world.store.write(lambda tx: move_to(tx, CHEN, gone, "cold-2/s1/001", T0 - timedelta(hours=8)))
    found = world.relations(
        await world.open("temperature", place="cold-1", from_at=T0 - timedelta(hours=1), to_at=T0 + timedelta(hours=1))
    )
    assert found[red] == found[plasma] == "named"
    assert late not in found
    assert gone not in found


async def test_a_batch_names_its_bags_and_so_what_was_made_of_them(world):
    whole, red, plasma = await world.donation(DIN)
    for sql, values in (
        ("INSERT INTO batch (id, kind, device, state, command, created_us) VALUES (?,'separate','r','done','c',0)", ()),
        ("INSERT INTO batch_bag (batch, bag) VALUES (?, ?)", (whole,)),
    ):
        await world.store.write(lambda tx, sql=sql, values=values: tx.raw.execute(sql, ("bat-1", *values)))
    assert world.relations(await world.open("reagent", batch="bat-1")) == {
        whole: "named", red: "sibling", plasma: "sibling",
    }  # fmt: skip


async def test_a_device_names_what_was_in_it_and_what_was_collected_with_it(world):
    whole, red, _ = await world.donation(DIN)
    _, other, _ = await world.donation(OTHER, donor="d2")
    await world.store.write(
        lambda tx: tx.raw.execute(
            "INSERT INTO donation (din, donor, volume_ml, anticoagulant, collected_us, device, operator, donation_type)"
            " VALUES (?, 'd1', 400, 'CPDA-1', ?, 'mixer-7', 'zhou', 'allogeneic')",
            (DIN, int(T0.timestamp()) * 1_000_000),
        )
    )
    found = world.relations(await world.open("device_fault", device="mixer-7", from_at=T0 - timedelta(hours=1)))
    assert found[whole] == "named"
    assert found[red] == "named"
    assert other not in found
    with pytest.raises(NotFound):
        await world.open("device_fault", device="mixer-7", from_at=T0 + timedelta(hours=1))


async def test_the_places_below_a_place_are_its_shelves_and_all_their_slots():
    paths = paths_below(PLANT, "cold-1")
    assert {"cold-1", "cold-1/s1", "cold-1/s1/001"} <= set(paths)
    assert not any(path.startswith("cold-2") for path in paths)


@pytest.mark.parametrize(
    "scope",
    [
        {},
        {"din": DIN, "donor": "d1"},
        {"place": "cold-1"},
        {"din": DIN, "from_at": T0},
        {"place": "cold-1", "from_at": T0, "to_at": T0},
    ],
)
async def test_a_scope_names_exactly_one_thing_and_a_time_where_it_needs_one(world, scope):
    with pytest.raises(Invalid):
        await world.open(**scope)


async def test_an_unknown_name_or_reason_opens_nothing(world):
    await world.donation(DIN)
    with pytest.raises(NotFound, match="nothing was recalled"):
        await world.open(din=THIRD)
    with pytest.raises(NotFound):
        await world.open("temperature", place="nowhere", from_at=T0)
    with pytest.raises(Invalid, match="no reason"):
        await world.open("boredom", din=DIN)
    assert world.store.all("SELECT id FROM recall") == []


async def test_a_preview_says_the_same_and_changes_nothing(world):
    _, red, plasma = await world.donation(DIN)
    await world.pool(POOL, plasma)
    before = world.store.state_of(red)
    with world.store.read() as conn:
        seen = read.preview(conn, PLANT, Scope(din=DIN), "bacterial", None)
    assert world.store.state_of(red) == before
    assert world.store.all("SELECT id FROM recall") == []
    found = world.case(await world.open(din=DIN)).reach
    assert {bag.bag: bag.relation for bag in seen.bags} == {bag.bag: bag.relation for bag in found.bags}
    assert seen.holders == found.holders
