"""Random faults told to the real book, and an oracle that knows nothing of its machine: only what was true, and when.

Many lives run side by side, one a source, a minute a step. A fault that lasts longer than its delay is told when the
delay has passed; the teller forgets what it told at every restart and says it all again, and what it says in a
transaction that dies is said again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import select

from plant.load import demo_text, parse_plant
from plant.model import Plant
from runtime.clock import SteppedClock
from wms.alarms import book, closing, conditions, shelving
from wms.alarms.book import News
from wms.alarms.machine import Condition
from wms.alarms.tables import alarm, occurrence
from wms.errors import Refused
from wms.moves.model import DeviceState
from wms.store.database import Database, driver_of, open_database
from wms.store.lease import begin_term
from wms.store.metadata import to_us
from wms.store.migrations import upgrade
from wms.store.tx import Actor, Hooks, Tx
from wms.store.writer import Writer

T0: Final = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LI: Final = Actor("li.wei", "desk-1")
STEPS: Final = 40
STEP_S: Final = 60
BAGS: Final = ("bag-1", "bag-2", "bag-3")
"""What happens to these is no condition: it happens, and may happen again before anybody looks."""
PLANT: Final[Plant] = parse_plant(demo_text())
_DELAYS: Final = {
    conditions.TEMPERATURE_HIGH: 5,
    conditions.DOOR_OPEN: 3,
    conditions.DEVICE_OFFLINE: 1,
    conditions.PROBE_SILENT: 5,
}
"""Steps that a fault has to last before it is told."""


class KilledError(Exception):
    """The controller died inside a transaction."""


@dataclass(slots=True)
class Life:
    """One source and condition: when it was truly at fault, and what of it was told."""

    source: str
    condition: str
    latches: bool
    faults: list[tuple[int, int]]  # [from step, to step)
    unknown: set[int]
    told: Condition | None = None
    confirmed: bool = False
    periods: list[tuple[int, int | None]] = field(default_factory=list)  # confirmed: told from step, to step

    def look(self, step: int) -> Condition:
        """What the teller says at a step; unknown keeps what was."""
        if step in self.unknown:
            return Condition.UNKNOWN
        fault = next((one for one in self.faults if one[0] <= step < one[1]), None)
        if fault is None:
            return Condition.INACTIVE
        due = step - fault[0] >= _DELAYS[self.condition]
        return Condition.ACTIVE if due or self.confirmed else Condition.INACTIVE

    def keep(self, step: int, said: Condition) -> None:
        """Remember what was committed."""
        self.told = said
        if said is Condition.ACTIVE and not self.confirmed:
            self.confirmed = True
            self.periods.append((step, None))
        elif said is Condition.INACTIVE and self.confirmed:
            self.confirmed = False
            self.periods[-1] = (self.periods[-1][0], step)


def lives(random: Random, number: int, batch: int) -> Iterator[Life]:
    """Random lives: some on the plant's own devices and probes (which cover each other), the others on names."""
    machines = [device for device in PLANT.devices if device.id not in PLANT.box_by_id]
    hanging = [probe for probe in PLANT.probes if probe.device not in PLANT.box_by_id]
    owned = [(device.id, conditions.DEVICE_OFFLINE) for device in machines]
    owned += [(probe.id, conditions.PROBE_SILENT) for probe in hanging]
    named = (
        (f"probe-{batch}-{n}", random.choice((conditions.TEMPERATURE_HIGH, conditions.DOOR_OPEN)))
        for n in range(number)
    )
    for source, condition in [*owned[:number], *named][:number]:
        yield Life(source, condition, random.random() < 0.3, list(_faults(random)), _gaps(random))


def _faults(random: Random) -> Iterator[tuple[int, int]]:
    at = random.randint(0, 6)
    while at < STEPS:
        end = at + random.choice((1, 2, 4, 6, 8, 15))
        yield at, end
        at = end + random.choice((1, 2, 5, 12))


def _gaps(random: Random) -> set[int]:
    if random.random() < 0.6:
        return set()
    start = random.randrange(STEPS)
    return set(range(start, start + random.randint(1, 6)))


class World:
    """One database file that is closed and opened again at random, with the book's real commands on it."""

    def __init__(self, path: Path, random: Random) -> None:
        self.path, self.random, self.clock = path, random, SteppedClock(T0)
        self.restarts = self.kills = 0
        self.events = 0  # that were committed
        fresh = open_database(path)
        upgrade(fresh)
        fresh.close()
        self._open()

    def _open(self) -> None:
        self.database: Database = open_database(self.path)
        with self.database.write_engine.connect() as connection:
            term = begin_term(driver_of(connection), "test")
        hooks = Hooks(
            excursion_at=lambda _place: False,
            on_hold=lambda *_: None,
            on_move_ended=lambda *_: None,
            device_state=lambda _device: DeviceState.UNKNOWN,
        )
        self.writer = Writer(
            self.database, clock=self.clock, plant=PLANT, term=term, hooks=hooks, on_change=lambda _: None
        )

    async def close(self) -> None:
        await self.writer.close()
        self.database.close()

    async def restart(self) -> None:
        await self.close()
        self._open()
        self.restarts += 1

    async def play(self, batch: list[Life]) -> None:
        """Let a batch of lives pass, with people, kills and restarts among them."""
        for step in range(STEPS):
            self.clock.step(STEP_S)
            if self.random.random() < 0.05:
                await self.restart()
                for life in batch:
                    life.told = None
            said = [(life, life.look(step)) for life in batch]
            news = [(life, what) for life, what in said if what is not life.told]
            if self.random.random() < 0.03:
                await self._killed(news)
            self.events += await self.writer.write(lambda tx, news=news: self._step(tx, news))
            for life, what in news:
                life.keep(step, what)
            check_covers(self)

    async def _killed(self, news: list[tuple[Life, Condition]]) -> None:
        def die(tx: Tx) -> None:
            self._step(tx, news[: len(news) // 2])
            raise KilledError

        with suppress(KilledError):
            await self.writer.write(die)
        self.kills += 1
        await self.restart()

    def _step(self, tx: Tx, news: list[tuple[Life, Condition]]) -> int:
        """Tell the news, let things happen, time pass and people act; returns how many things happened."""
        for life, what in news:
            told = News(
                source=life.source,
                condition=life.condition,
                state=what,
                at=tx.now,
                value=7.0,
                limit=6.0,
                latches=life.latches,
            )
            book.tell(tx, told)
        happened = self.random.choices(BAGS, k=self.random.choice((0, 0, 0, 1, 3)))
        for bag in happened:
            book.raise_event(tx, bag, conditions.GATE_REJECTED)
        book.tick(tx)
        self._people(tx)
        return len(happened)

    def _people(self, tx: Tx) -> None:
        """Somebody does something, fitting or not, with a few alarms."""
        known = tx.conn.execute(select(alarm.c.id)).scalars().all()
        if not known:
            return
        acts = (
            lambda one: book.acknowledge(tx, LI, one, "seen"),
            lambda one: book.acknowledge(tx, LI, one, "seen", "no_action_needed"),
            lambda one: shelving.shelve(tx, LI, one, self.random.randint(1, 20), "busy"),
            lambda one: shelving.unshelve(tx, LI, one),
            lambda one: shelving.take_out_of_service(
                tx, LI, one, "repair", tx.now + timedelta(minutes=self.random.randint(1, 30))
            ),
            lambda one: shelving.return_to_service(tx, LI, one),
            lambda one: closing.close(tx, LI, one, "equipment_repaired"),
            lambda one: book.reset(tx, LI, one, "equipment_repaired"),
        )
        for _ in range(self.random.randint(0, 6)):
            act = self.random.choice(acts)
            with suppress(Refused), tx.savepoint():
                act(self.random.choice(known))


def check(world: World, batch: list[Life]) -> int:
    """Hold the book against what was true; returns how many fault periods there were."""
    with world.database.read() as conn:
        rows = {(row.source, row.condition): row for row in conn.execute(select(alarm))}
        kept: dict[tuple[str, str], list[object]] = {key: [] for key in rows}
        for row in conn.execute(select(occurrence).order_by(occurrence.c.raised_us)):
            kept[row.source, row.condition].append(row)
    for life in batch:
        found = kept.get((life.source, life.condition), [])
        assert len(found) == len(life.periods), (life, found)  # none lost, none doubled
        for row, (begin, end) in zip(found, life.periods, strict=True):
            assert row.raised_us == _at(world, begin), (life, row)
            assert (row.returned_us is None) == (end is None), (life, row)
            assert end is None or row.returned_us == _at(world, end), (life, row)
            if row.closed_us is not None:
                _closed_rightly(life, row)
        if life.periods:
            _in_sight(life, rows[life.source, life.condition], found)
    happened = [row for bag in BAGS for row in kept.get((bag, conditions.GATE_REJECTED), [])]
    assert sum(1 + row.repeats for row in happened) == world.events
    return sum(len(life.periods) for life in batch)


def check_covers(world: World) -> None:
    """A probe that is silent is hidden exactly while its device's own alarm is in sight."""
    with world.database.read() as conn:
        rows = {(row.source, row.condition): row for row in conn.execute(select(alarm))}
    for probe in PLANT.probes:
        silent = rows.get((probe.id, conditions.PROBE_SILENT))
        offline = rows.get((probe.device, conditions.DEVICE_OFFLINE))
        if silent is None or silent.state == "out_of_service":
            continue
        covered = (
            offline is not None and offline.known == "active" and offline.state in {"unacknowledged", "acknowledged"}
        )
        if silent.state == "suppressed":
            assert covered, (silent, offline)
        elif silent.known == "active":
            assert not covered, (silent, offline)


async def check_that_all_comes_back(world: World) -> None:
    """After a month of nothing but ticks nothing is set aside any more, and what stands is in sight or covered."""
    world.clock.step(31 * 24 * 3600)
    await world.restart()
    await world.writer.write(book.tick)
    with world.database.read() as conn:
        rows = {(row.source, row.condition): row for row in conn.execute(select(alarm))}
    for row in rows.values():
        assert row.state not in {"shelved", "out_of_service"}, row
        if row.state == "suppressed":
            device = next(probe.device for probe in PLANT.probes if probe.id == row.source)
            assert rows[device, conditions.DEVICE_OFFLINE].state in {"unacknowledged", "acknowledged"}, row
        elif row.known == "active":
            assert row.state in {"unacknowledged", "acknowledged"}, row
        elif row.latch == "held":
            assert row.state in {"latched_unacknowledged", "latched"}, row


def _closed_rightly(life: Life, row: object) -> None:
    assert row.returned_us is not None, (life, row)
    by_person = (row.closed_by, row.closed_reason) != ("service:alarms", "covered_by_another")
    if by_person:
        assert row.closed_by == LI.id, (life, row)
        assert row.acknowledged_us is not None, (life, row)
    else:  # only a probe that was silent behind its dead device, and only if nobody was called for it
        assert life.condition == conditions.PROBE_SILENT, (life, row)
        assert row.annunciated_us is None, (life, row)


def _in_sight(life: Life, row: object, found: list[object]) -> None:
    """What is true is shown, or was set aside by somebody; what is over and unclosed waits in the list."""
    stands = life.periods[-1][1] is None
    assert (row.known == "active") == stands, (life, row)
    if stands:
        assert row.state in {"unacknowledged", "acknowledged", "shelved", "suppressed", "out_of_service"}, (life, row)
    if stands and row.state in {"unacknowledged", "acknowledged"}:
        assert found[-1].annunciated_us is not None, (life, row)
    if row.state == "suppressed":
        assert life.condition == conditions.PROBE_SILENT, (life, row)
    if not stands and life.latches and found[-1].closed_us is None:
        held = {"latched_unacknowledged", "latched", "shelved", "suppressed", "out_of_service"}
        assert row.state in held, (life, row)


def _at(world: World, step: int) -> int:
    began = world.clock.now() - timedelta(seconds=STEPS * STEP_S)
    return to_us(began + timedelta(seconds=(step + 1) * STEP_S))
