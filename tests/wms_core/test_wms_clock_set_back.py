"""A clock that is set back stops no clockwork: ladders, shelves and dispatch go on at once."""

from __future__ import annotations

from datetime import timedelta

from plant.load import demo_text, parse_plant
from runtime.clock import SteppedClock
from wms.moves.model import DeviceState
from wms.warehouse import open_warehouse


async def test_ticks_go_on_when_the_clock_is_set_back(tmp_path, clock: SteppedClock, store_url):
    async def publish(_command: object) -> None:
        raise AssertionError("no machine is spoken to")

    looks: list[object] = []
    async with open_warehouse(
        parse_plant(demo_text()),
        tmp_path,
        clock=clock,
        holder="test",
        excursion_at=lambda _: False,
        device_state=lambda _: DeviceState.RUNNING,
        publish_command=publish,
        database=store_url,
    ) as warehouse:
        warehouse.add_tick("ladder", 5.0, lambda tx: looks.append(tx.now))
        await warehouse.tick()
        await warehouse.tick()
        assert len(looks) == 1  # not before its time
        clock._now -= timedelta(hours=1)
        await warehouse.tick()
        assert len(looks) == 2
        clock.step(5)
        await warehouse.tick()
        assert len(looks) == 3
