"""A real warehouse with people, a rota and channels, under a clock that stands still until it is stepped."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from plant.load import demo_text, parse_plant
from runtime.clock import SteppedClock
from wms.alarms import book, conditions
from wms.alarms.machine import Condition
from wms.alarms.news import News
from wms.moves.model import DeviceState
from wms.notices import climbing, read, rotas, tables
from wms.notices.channels import declare
from wms.notices.reach import Reach
from wms.notices.tables import ChannelKind
from wms.notices.views import NoticeView
from wms.people.accounts import NewAccount, insert_account
from wms.people.roles import Role
from wms.store.tx import Actor, Tx
from wms.warehouse import Warehouse, open_warehouse

T = TypeVar("T")
T0 = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # noon at the site, a Friday
ANN = Actor("ann", "web/test")
WALL = Reach("wall", ChannelKind.WALL)
HOOK = Reach("hook", ChannelKind.WEBHOOK)
PEOPLE = {"ann": Role.OPERATOR, "bob": Role.OPERATOR, "quinn": Role.QUALITY, "eve": Role.ENGINEER}
ON = {"operator": "ann", "shift_lead": "bob", "quality": "quinn", "engineer": "eve"}


@dataclass
class Site:
    """What the tests touch: time, alarms, the ladder, the outbox."""

    warehouse: Warehouse
    clock: SteppedClock

    async def write(self, fn: Callable[[Tx], T]) -> T:
        return await self.warehouse.write(fn)

    async def pass_minutes(self, minutes: float, *, every: float = 1.0) -> None:
        """Let domain time pass, looking at the ladder once a minute."""
        while minutes > 0:
            self.clock.step(min(minutes, every) * 60)
            minutes -= every
            await self.look()

    async def look(self) -> None:
        await self.write(lambda tx: climbing.tick(tx, self.clock.rate))

    async def tell(
        self,
        state: Condition,
        *,
        source: str = "cold-1-air",
        condition: str = conditions.TEMPERATURE_HIGH,
        level: int = 0,
    ) -> str:
        news = News(
            source=source, condition=condition, state=state, at=self.clock.now(), level=level, value=8.4004, limit=6.0,
            place="cold-1",
        )  # fmt: skip
        found = await self.write(lambda tx: book.tell(tx, news))
        assert found is not None
        return found

    async def declare(self, *channels: Reach) -> None:
        await self.write(lambda tx: declare(tx, channels))

    def notices(self) -> Sequence[NoticeView]:
        """Oldest first."""
        with self.warehouse.read() as conn:
            return tuple(reversed(read.list_notices(conn, limit=500)))

    def climbs(self) -> Sequence[Any]:
        with self.warehouse.read() as conn:
            return conn.execute(select(tables.climb).order_by(tables.climb.c.begun_us)).all()


def shifts(on: dict[str, str] = ON) -> list[dict[str, Any]]:
    return [
        {
            "position": position, "person": person, "substitute": None, "weekdays": [1, 2, 3, 4, 5, 6, 7],
            "from_time": "00:00", "to_time": "00:00",
        }
        for position, person in on.items()
    ]  # fmt: skip


@pytest.fixture
async def site(store_url: str | None, tmp_path: Path) -> AsyncIterator[Site]:
    clock = SteppedClock(T0)

    async def publish(_command: object) -> None:
        raise AssertionError("no machine is spoken to")

    async with open_warehouse(
        parse_plant(demo_text()),
        tmp_path,
        clock=clock,
        holder="test",
        excursion_at=lambda _place: False,
        device_state=lambda _device: DeviceState.UNKNOWN,
        publish_command=publish,
        database=store_url,
    ) as warehouse:
        site = Site(warehouse, clock)

        def people(tx: Tx) -> None:
            for name, role in PEOPLE.items():
                insert_account(tx, ANN, NewAccount(name, name.title(), (role,), None), "no hash")
            rotas.replace(tx, ANN, 0, shifts(), [], "for the tests")

        await site.write(people)
        await site.declare(WALL, HOOK)
        yield site
