"""Steps that must not fail each other: what raises is undone and named, the others are done."""

from __future__ import annotations

from wms.holds.commands import place_hold
from wms.store.apart import apart
from wms.store.tx import Actor, Tx

TESTER = Actor("tester", "bench")


def hold(tx: Tx, bag: str, reason: str) -> None:
    place_hold(tx, TESTER, bag=bag, reason=reason)


def half_done(tx: Tx, bag: str) -> None:
    hold(tx, bag, "torn")
    raise LookupError("nobody foresaw this")


async def test_one_step_that_fails_is_undone_and_the_others_are_done(store):
    first, second = await store.add_bag(1), await store.add_bag(2)
    fault = await store.write(
        lambda tx: apart(tx, [("first", lambda: half_done(tx, first)), ("second", lambda: hold(tx, second, "wet"))])
    )
    assert fault == "first: LookupError('nobody foresaw this')"
    rows = store.rows("SELECT bag, reason FROM hold")
    assert [tuple(row) for row in rows] == [(second, "wet")]
    kinds = [kind for (kind,) in store.rows("SELECT kind FROM ledger WHERE kind = 'hold.placed'")]
    assert len(kinds) == 1


async def test_without_a_fault_there_is_nothing_to_tell(store):
    bag = await store.add_bag(1)
    assert await store.write(lambda tx: apart(tx, [("only", lambda: hold(tx, bag, "torn"))])) is None
