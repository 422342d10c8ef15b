"""All that is seen of probes and machines besides limits, put together: one call for readings, one for time.

Each watch is a file of its own, and what one suffers stays with it: limits and the other watches are told all the same.
Loggers of boxes are left out where a box that is opened or washed would look like a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import numpy as np

from plant.model import Plant
from runtime.backoff import LogOnce
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import ReadingBatch, SourceRegistry
from telemetry.agreement import AgreementWatch
from telemetry.behaviour import Behaviour, Forecast
from telemetry.clocks import ClockWatch
from telemetry.columns import Bools, Ints
from telemetry.conditions import Condition, ConditionChange
from telemetry.excursions import trusted
from telemetry.noise import NoiseWatch
from telemetry.rates import RateWatch
from telemetry.silence import SilenceWatch
from telemetry.sources import SensorTable
from telemetry.store import Readings


class Watches:
    """The watches of one plant. One thread at a time; ``start_ms`` and ``start_real_s``: when listening began."""

    def __init__(
        self, plant: Plant, table: SensorTable, registry: SourceRegistry, *, start_ms: int, start_real_s: float
    ) -> None:
        fixed = [table.is_probe[row] and s.device not in plant.box_by_id for row, s in enumerate(table.sensors)]
        watched: Bools = np.array(fixed, dtype=np.bool_)
        self._rows = {sensor.id: row for row, sensor in enumerate(table.sensors)}
        self._behaviour = Behaviour(plant, table, registry)
        self._noise = NoiseWatch(table, watched)
        self._rates = RateWatch(plant, table, watched)
        self._agreement = AgreementWatch(plant, table, watched)
        self._clocks = ClockWatch(plant, table, registry)
        self._silence = SilenceWatch(plant, registry, start_ms=start_ms, start_real_s=start_real_s)
        self._trouble: dict[str, LogOnce] = {}
        self._faults: dict[str, str] = {}

    @property
    def fault(self) -> str | None:
        """Which watches failed when they were last asked, and how; None when all of them work."""
        return "; ".join(f"{name}: {fault}" for name, fault in self._faults.items()) or None

    @property
    def stuck(self) -> Bools:
        """Rows that cannot be believed because they never move."""
        return self._behaviour.stuck

    def resume(self, standing: Iterable[tuple[str, Condition]], now_ms: int) -> None:
        """What stood when the last run ended holds until it is seen to be over."""
        known = [(source, condition) for source, condition in standing]
        of = {
            condition: [source for source, stood in known if stood is condition]
            for condition in {condition for _, condition in known}
        }
        self._behaviour.resume(known, now_ms)
        self._noise.resume(self._rows_of(of.get(Condition.SENSOR_NOISY, [])))
        self._rates.resume(self._rows_of(of.get(Condition.TEMPERATURE_RATE, [])))
        self._agreement.resume(self._rows_of(of.get(Condition.SENSORS_DISAGREE, [])))
        self._clocks.resume(of.get(Condition.CLOCK_STEP, []), now_ms)
        self._silence.resume(of.get(Condition.DEVICE_SILENT, []))

    def hear(self, batches: Sequence[tuple[ReadingBatch, Ints]], now_ms: int, real_s: float) -> list[ConditionChange]:
        """Take messages as they came, with the sensor row of each reading (-1 for none)."""
        changes: list[ConditionChange] = []
        spoke: list[Ints] = []
        for batch, rows in batches:
            changes += self._ask("clocks", partial(self._clocks.take, batch, rows, now_ms))
            good = ~batch.historical & (batch.quality == Quality.GOOD.code)
            spoke.append(batch.source[good].astype(np.int64))
            if batch.texts:
                spoke.append(np.array([source for source, _, _ in batch.texts], dtype=np.int64))
        if spoke:
            changes += self._ask("silence", lambda: self._silence.hear(np.concatenate(spoke), now_ms, real_s))
        return changes

    def take(self, readings: Readings, rows: Ints) -> list[ConditionChange]:
        """Take new readings as they were judged; ``rows``: sensor row of each, -1 for none."""
        changes = self._ask("behaviour", lambda: self._behaviour.take(readings, rows))
        use = np.flatnonzero((rows >= 0) & ~readings.historical & trusted(readings.value, readings.quality))
        mine, ts_ms, value = rows[use], readings.ts_ms[use], readings.value[use]
        changes += self._ask("rates", lambda: self._rates.take(mine, ts_ms, value))
        changes += self._ask("agreement", lambda: self._agreement.take(mine, ts_ms, value))
        return changes + self._ask("noise", lambda: self._noise.take(mine, ts_ms, value))

    def look(self, now_ms: int, real_s: float, forecast: Forecast) -> list[ConditionChange]:
        """Let time pass."""
        changes = self._ask("behaviour by time", lambda: self._behaviour.look(now_ms, forecast))
        changes += self._ask("rates by time", lambda: self._rates.look(now_ms))
        changes += self._ask("agreement by time", lambda: self._agreement.look(now_ms))
        return changes + self._ask("silence by time", lambda: self._silence.look(now_ms, real_s))

    def _ask(self, name: str, ask: Callable[[], Iterable[ConditionChange] | None]) -> list[ConditionChange]:
        """What a watch tells. When it fails, nothing: the pass goes on, for a limit that was passed is told once."""
        trouble = self._trouble.setdefault(name, LogOnce(f"watch {name}"))
        try:
            told = list(ask() or ())
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not cost the limits their alarms
            trouble.failed(repr(error))
            self._faults[name] = repr(error)
            return []
        trouble.recovered()
        self._faults.pop(name, None)
        return told

    def _rows_of(self, sensors: Iterable[str]) -> list[int]:
        return [self._rows[sensor] for sensor in sensors if sensor in self._rows]
