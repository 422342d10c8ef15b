"""Freedom from deadlock, played: random plants with little room, machines that fail and are mended, every move ends."""

from __future__ import annotations

from random import Random

import pytest
from moves_world import FLOOR, World, bag_fields, far_future, random_plant

from blood.isbt128 import BagId
from blood.tags import epc_of
from runtime.clock import SteppedClock
from wms.bags.commands import create_bag
from wms.store.database import Database, driver_of, open_database
from wms.store.lease import begin_term
from wms.store.tx import Hooks, Tx
from wms.store.writer import Writer

BAGS = 18
BUSY_TICKS = 120
"""Ticks of half a minute in which people ask for moves and machines fail."""
QUIET_TICKS = 400
"""Ticks that everything asked for may take once all machines are mended."""


@pytest.mark.parametrize("seed", range(12))
async def test_every_move_ends_no_place_overflows_and_no_slot_is_doubled(seed, store_place, clock):
    dice = Random(seed)
    world = World(random_plant(dice), dice)
    database = open_database(store_place)
    writer = open_writer(database, world, clock)
    try:
        await writer.write(lambda tx: put_bags(tx, world))
        for tick in range(BUSY_TICKS + QUIET_TICKS):
            busy = tick < BUSY_TICKS
            await writer.write(lambda tx, busy=busy: play(tx, world, busy=busy))
            clock.step(30)
            if not busy and tick % 10 == 0 and await writer.write(is_done):
                break
        assert await writer.write(open_tasks) == []
        assert await writer.write(lambda tx: tx.raw.execute("SELECT * FROM claim").fetchall()) == []
        assert world.finished > BAGS
    finally:
        await writer.close()
        database.close()


def open_writer(database: Database, world: World, clock: SteppedClock) -> Writer:
    with database.write_engine.connect() as connection:
        term = begin_term(driver_of(connection), "test")
    hooks = Hooks(lambda _: False, lambda *_: None, lambda *_: None, world.device_state)
    return Writer(database, clock=clock, plant=world.plant, term=term, hooks=hooks, on_change=lambda _: None)


def put_bags(tx: Tx, world: World) -> None:
    shelves = [place.path for place in world.plant.places if place.slots]
    free = [slot for shelf in shelves for slot in world.plant.slots(shelf)]
    for number, slot in enumerate(world.dice.sample(free, BAGS // 2) + ["room"] * (BAGS // 2), 1):
        bag = BagId(f"A999926{number:06d}", "D0002V00")
        fields = bag_fields(world.plant, bag.din, bag.product, epc_of(bag), tx.now) | {"expires_us": far_future(tx)}
        create_bag(tx, FLOOR, str(bag), kind="bag.opened", place=slot, at=tx.now, fields=fields)
        world.at[str(bag)] = slot


def play(tx: Tx, world: World, *, busy: bool) -> None:
    world.tick(tx, faults=busy, wishes=busy)
    world.check(tx)


def open_tasks(tx: Tx) -> list[tuple[str, str, str]]:
    query = "SELECT id, waits, waits_detail FROM task WHERE state IN ('waiting', 'sent')"
    return tx.raw.execute(query).fetchall()


def is_done(tx: Tx) -> bool:
    return not open_tasks(tx)
