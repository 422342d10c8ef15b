"""A controller killed between the historian's commit and the alarm book's tells at its next start what was lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
from sqlalchemy import insert, select

from runtime.sparkplug.payload import Quality
from telemetry.conditions import Condition as Seen
from telemetry.conditions import ConditionChange, Severity
from telemetry.duckdb_store import DuckDbStore
from telemetry.excursions import Excursion, ExcursionKind
from telemetry.ingest import prepared_registry
from telemetry.limits import Timing
from telemetry.store import Readings, StoreWrite
from wms.alarms import untold
from wms.alarms.feed import apply_conditions
from wms.alarms.tables import occurrence
from wms.limits.model import planned_limits
from wms.limits.tables import limit_version
from wms.store.metadata import to_us

LOAD = "cold-1-load"


class Historian:
    """A historian with readings of one probe, one a minute, 8 degrees of a store that should have 6 at most."""

    def __init__(self, store, place: Path) -> None:
        self.store, self.duck, self.began = store, DuckDbStore(place), store.clock.now()
        self.registry = prepared_registry(store.plant, self.duck)

    def excursion(self, begin_min: float, minutes: float, *, late: bool = False) -> None:
        first = self.ms(begin_min)
        last = self.ms(begin_min + minutes)
        source = self.registry.find(self.store.plant.edge_by_device["cold-1"], "cold-1", "Temperature/Load")
        ts = np.arange(first, last + 1, 60_000, dtype=np.int64)
        n = len(ts)
        readings = Readings(
            np.full(n, source, np.int32), ts, np.full(n, 8.0), np.full(n, Quality.GOOD.code, np.uint8), np.full(n, late)
        )
        one = Excursion(
            probe=LOAD, kind=ExcursionKind.ABOVE, from_ms=first, to_ms=last + 60_000, last_ms=last, last_c=8.0,
            worst_c=8.0, limit_c=6.0, gap_ms=0, kinetic=0.0, weight_ms=0.0,
        )  # fmt: skip
        self.duck.write(StoreWrite(readings=readings, excursions=[one]))

    def ms(self, minutes: float) -> int:
        return to_us(self.began + timedelta(minutes=minutes)) // 1000

    async def start(self) -> int:
        """What a start of the controller does; returns how many excursions it had to tell."""
        await self.store.write(untold.begin)
        with self.store.read() as conn:
            missing = untold.untold(conn, self.store.plant, self.duck, self.registry, self.store.clock.now())
        await self.store.write(lambda tx: untold.tell_untold(tx, missing))
        return len(missing)


@pytest.fixture
def historian(store, tmp_path: Path) -> Iterator[Historian]:
    made = Historian(store, tmp_path / "telemetry.duckdb")
    yield made
    made.duck.close()


def change(store, condition: Seen, minutes: float) -> ConditionChange:
    at = store.clock.now() + timedelta(minutes=minutes)
    return ConditionChange(
        source=LOAD, condition=condition, active=True, priority_hint=Severity.HIGH, value=8.0, limit=6.0, at=at,
        place="cold-1",
    )  # fmt: skip


def late_alarms(store) -> list[tuple[str, float | None]]:
    with store.read() as conn:
        query = select(occurrence.c.source, occurrence.c.worst).where(occurrence.c.condition == "late_excursion")
        return [tuple(row) for row in conn.execute(query)]


async def test_an_excursion_that_was_over_before_anybody_was_told_is_told_at_the_start_once(store, historian) -> None:
    await historian.start()
    historian.excursion(10, 20)
    store.clock.step(3600)
    assert await historian.start() == 1
    assert late_alarms(store) == [(LOAD, 8.0)]
    assert await historian.start() == 0


async def test_a_late_excursion_however_short_is_told_at_the_start(store, historian) -> None:
    await historian.start()
    historian.excursion(10, 0, late=True)
    store.clock.step(3600)
    assert await historian.start() == 1
    assert await historian.start() == 0


async def test_what_stayed_within_its_delay_is_no_alarm_at_the_start_either(store, historian) -> None:
    await historian.start()
    historian.excursion(10, 0)
    store.clock.step(3600)
    assert await historian.start() == 0


async def test_what_was_told_is_not_told_again(store, historian) -> None:
    await historian.start()
    historian.excursion(10, 20)
    historian.excursion(100, 20, late=True)
    await store.write(lambda tx: apply_conditions(tx, [change(store, Seen.TEMPERATURE_HIGH, 11)]))
    await store.write(lambda tx: apply_conditions(tx, [change(store, Seen.LATE_EXCURSION, 100)]))
    store.clock.step(4 * 3600)
    assert await historian.start() == 0


async def test_what_an_older_release_stored_is_not_told_by_the_first_start(store, historian) -> None:
    historian.excursion(10, 20, late=True)
    store.clock.step(3600)
    assert await historian.start() == 0
    historian.excursion(70, 20, late=True)
    store.clock.step(3600)
    assert await historian.start() == 1


async def approve(store, *, on_delay_s: int, count: int = 0, window_s: int = 0) -> None:
    """Limits of the cold rooms as two people would have put them in force now."""
    plant = store.plant
    planned = planned_limits(plant, plant.envelope_of("cold-1"))
    load = Timing(on_delay_s=on_delay_s, count=count, window_s=window_s)
    row = {
        "id": "lim-1", "envelope": plant.envelope_of("cold-1").id, "version": 1, "state": "approved", "reason": "test",
        "limits": msgspec.json.encode(msgspec.structs.replace(planned, load=load)).decode(), "proposed_by": "li.wei",
        "proposed_us": to_us(store.clock.now()), "from_us": to_us(store.clock.now()),
    }  # fmt: skip
    await store.write(lambda tx: tx.conn.execute(insert(limit_version).values(row)))


async def test_what_was_due_by_the_delay_of_approved_limits_is_told_at_the_start(store, historian) -> None:
    await approve(store, on_delay_s=0)
    await historian.start()
    historian.excursion(10, 0)
    store.clock.step(3600)
    assert await historian.start() == 1


@pytest.mark.parametrize(("window_s", "told"), [(3600, 1), (600, 0)])
async def test_what_was_due_by_the_number_of_readings_in_a_window_is_told_at_the_start(
    store, historian, window_s, told
) -> None:
    await approve(store, on_delay_s=120, count=3, window_s=window_s)
    await historian.start()
    for minute in (10, 20, 30):
        historian.excursion(minute, 0)
    store.clock.step(2 * 3600)
    assert await historian.start() == told
