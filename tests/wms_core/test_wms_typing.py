"""Typings: codes go onto every bag of the donation; what contradicts itself is unknown, found and held."""

from __future__ import annotations

import pytest

from wms.bags.commands import create_bag
from wms.errors import Invalid, NotFound
from wms.laboratory.typing import take_typing
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")
DIN = "A999926000001"
K_NEGATIVE = "=\\950000000000000000"
K_POSITIVE = "=\\970000000000000000"
CMV_NEGATIVE = "=\\999999999999999100"
HLA = "&{022408279999999901"


async def typed(store, *codes: str, run: str = "run-1"):
    return await store.write(lambda tx: take_typing(tx, TESTER, DIN, run, codes, tx.now))


async def test_every_bag_of_the_donation_carries_what_its_codes_say(store):
    red, plasma = await store.add_bag(1), await store.add_bag(1, "D0003V00", attributes="leucoreduced")
    taken = await typed(store, K_POSITIVE, CMV_NEGATIVE, HLA)
    assert taken.bags == (red, plasma)
    for bag in (red, plasma):
        assert (store.bag(bag)["antigens"], store.bag(bag)["hla"]) == ("K+ k-", "A2,24 B8,27")
    assert store.bag(red)["attributes"] == "cmv_negative,low_titre"
    assert store.bag(plasma)["attributes"] == "leucoreduced,cmv_negative,low_titre"


async def test_the_same_run_again_changes_nothing(store):
    await store.add_bag(1)
    await typed(store, K_POSITIVE)
    entries = store.one("SELECT count(*) FROM ledger")
    assert (await typed(store, K_POSITIVE)).antigens == "K+ k-"
    assert store.one("SELECT count(*) FROM ledger") == entries


async def test_what_two_typings_contradict_each_other_in_is_unknown_found_and_held_whoever_says_it_again(store):
    bag = await store.add_bag(1)
    await typed(store, K_POSITIVE)
    second = await typed(store, K_NEGATIVE, run="run-2")
    assert (second.antigens, len(second.contradictions)) == (None, 2)
    third = await typed(store, K_POSITIVE, "=\\990000000700000000", run="run-3")
    assert store.bag(bag)["antigens"] == third.antigens
    assert "K" not in str(third.antigens)
    assert store.one("SELECT count(*) FROM hold WHERE lifted_us IS NULL")[0] >= 1


async def test_a_pool_carries_only_what_all_its_parents_have_in_common(store):
    one, other = await store.add_bag(1), await store.add_bag(2)
    fields = {name: store.bag(one)[name] for name in store.bag(one) if not name.endswith("_seq") and name != "version"}
    pool = "A999926950001-D0008V00"
    fields |= {"din": pool[:13], "product": pool[14:], "component": "PLT_P", "epc": None}
    for name in ("id", "place", "place_since_us"):
        fields.pop(name)
    await store.write(
        lambda tx: create_bag(
            tx, TESTER, pool, kind="bag.made", place="prep/out", at=tx.now, fields=fields, parents=[one, other]
        )
    )
    await typed(store, K_POSITIVE)
    assert store.bag(pool)["antigens"] is None
    await store.write(lambda tx: take_typing(tx, TESTER, "A999926000002", "run-1", [K_POSITIVE], tx.now))
    assert store.bag(pool)["antigens"] == "K+ k-"


@pytest.mark.parametrize("code", ["=%5100", "nonsense", "=\\123", f"=+02000=A99992600000900{CMV_NEGATIVE}"])
async def test_a_code_that_is_none_types_nothing_or_is_of_another_donation_is_refused_and_nothing_kept(store, code):
    await store.add_bag(1)
    with pytest.raises(Invalid) as refused:
        await typed(store, K_POSITIVE, code)
    assert refused.value.code == "codes"
    assert store.rows("SELECT code FROM donation_typing") == []


async def test_a_donation_that_nobody_knows_is_named(store):
    with pytest.raises(NotFound):
        await typed(store, K_POSITIVE)
