"""Readings and time -> condition changes, for all sensors at once (numpy), in domain time.

Rules (domain.md 2.1, design.md 5 and 7):

* a limit is confirmed after its delay without a break and left only beyond the dead-band (`telemetry.crossings`);
* the high limits of an air probe wait while a door beside it is open, for 10 minutes at most;
* bad, uncertain or stale quality, null and silence make the value unknown: nothing that holds is cleared by it, it is
  told as None, and nothing is called normal until a good value inside the dead-band says so;
* a probe is silent after its own deadline in domain time, but never before 15 s of real time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from runtime.sparkplug.payload import Quality
from telemetry.columns import Bools, Floats, Ints
from telemetry.conditions import Condition, ConditionChange, Severity
from telemetry.crossings import NEVER, Crossings, Newest, Say
from telemetry.rounds import rounds
from telemetry.sources import LIMITS, SensorKind, SensorTable
from telemetry.telling import moment

SILENT_REAL_S: Final = 15.0
"""Silence is never told before this much real time without a word (design.md 5)."""
MENDED_MS: Final = 30 * 60 * 1000
"""A probe that sent bad values must send only good ones for so long before its alarm ends: spikes come and go."""
_SAY: Final = {Say.OFF: False, Say.ON: True, Say.UNSURE: None}


class Evaluator:
    """Holds the last value of each sensor and what was last told of each condition. One thread at a time.

    ``start_ms`` (domain) and ``start_real_s`` (seconds of a monotonic clock) are when listening began: silence counts
    from there.
    After a start nothing is known: the first good value inside its limits is told as False, so that a condition left
    over from before the start is ended by evidence and by nothing else (see `resume`).
    """

    def __init__(self, table: SensorTable, *, start_ms: int, start_real_s: float) -> None:
        rows = len(table.sensors)
        self.table = table
        self.value: Floats = np.full(rows, np.nan)
        self.quality: Ints = np.full(rows, Quality.STALE.code, dtype=np.int64)
        self.ts_ms: Ints = np.full(rows, start_ms, dtype=np.int64)
        self.heard: Bools = np.zeros(rows, dtype=np.bool_)
        self.silent: Bools = np.zeros(rows, dtype=np.bool_)
        self.doubtful: Bools = np.zeros(rows, dtype=np.bool_)
        self._overdue: Bools = np.zeros(rows, dtype=np.bool_)
        self._bad_ms: Ints = np.full(rows, NEVER, dtype=np.int64)
        self._seen_real: Floats = np.full(rows, start_real_s)
        self._told_silent: Ints = np.full(rows, Say.UNTOLD, dtype=np.int64)
        self._told_bad: Ints = np.full(rows, Say.UNTOLD, dtype=np.int64)
        self._crossings = Crossings(table)

    def use(self, table: SensorTable, now_ms: int) -> list[ConditionChange]:
        """Judge by other limits from now on; ``table`` has the same rows.

        What is confirmed stays so until evidence ends it, what is pending stays pending. A limit that is not in force
        any more is told as ended.
        """
        before, old = self._crossings, self.table
        self._crossings, self.table = Crossings(table), table
        ended = self._crossings.take_over(before)
        return [self._told_of(old, number, Say.OFF, now_ms, now_ms) for number in ended]

    def resume(self, standing: Iterable[tuple[str, Condition]]) -> None:
        """Take over limits that were confirmed before a restart: each holds without a new delay until evidence ends it.

        Sensors and conditions that the plant does not have any more are passed over.
        """
        known_before = frozenset(standing)
        self._crossings.resume(
            number
            for number, cell in enumerate(self.table.cells)
            if cell.condition in LIMITS and (self.table.sensors[cell.row].id, cell.condition) in known_before
        )

    @property
    def known(self) -> Bools:
        """Rows whose value may be trusted: good, not null, not silent, not doubtful."""
        return np.asarray((self.quality == Quality.GOOD.code) & self._sound)

    @property
    def _sound(self) -> Bools:
        return np.asarray(~np.isnan(self.value) & ~self.silent & ~self.doubtful)

    def confirmed_outside(self) -> Bools:
        """Rows with a confirmed temperature limit, known or not: only evidence ends it."""
        answer = np.zeros(len(self.table.sensors), dtype=np.bool_)
        answer[self.table.cell_row[self.table.cell_is_limit & self._crossings.active]] = True
        return answer

    def observe(
        self, rows: Ints, ts_ms: Ints, value: Floats, quality: Ints, real_s: float, overdue: Bools | None = None
    ) -> list[ConditionChange]:
        """Take live readings in order; older ones than the last of their row are left out (history keeps them).

        ``overdue``: readings that are uncertain for no other reason than their probe's certificate; they raise alarms
        and end none.
        """
        changes: list[ConditionChange] = []
        for part in rounds(rows):
            newer = part[
                ts_ms[part] >= np.where(self.heard[rows[part]], self.ts_ms[rows[part]], np.iinfo(np.int64).min)
            ]
            if len(newer) == 0:
                continue
            mine = rows[newer]
            self.value[mine], self.quality[mine], self.ts_ms[mine] = value[newer], quality[newer], ts_ms[newer]
            self.heard[mine], self.silent[mine], self._seen_real[mine] = True, False, real_s
            self._overdue[mine] = False if overdue is None else overdue[newer]
            changes += self._sensor_changes(mine)
            cells = self._cells_of(mine)
            changes += self._cell_changes(cells, self.ts_ms[self.table.cell_row[cells]], heard=True)
        return changes

    def mark_stale(self, rows: Ints, at_ms: int) -> list[ConditionChange]:
        """The device behind these rows went: their values are unknown from ``at_ms`` on."""
        self.quality[rows] = Quality.STALE.code
        cells = self._cells_of(rows)
        return self._cell_changes(cells, np.full(len(cells), at_ms, dtype=np.int64))

    def doubt(self, rows: Bools, at_ms: int) -> list[ConditionChange]:
        """Take note of which rows cannot be believed whatever quality they claim: their values are unknown."""
        turned = np.flatnonzero(rows != self.doubtful)
        self.doubtful = rows.copy()
        cells = self._cells_of(turned)
        return self._cell_changes(cells, np.full(len(cells), at_ms, dtype=np.int64))

    def look(self, now_ms: int, real_s: float) -> list[ConditionChange]:
        """Let time pass: delays ripen, doors stay open, probes fall silent. Call a few times a second."""
        quiet = (now_ms - self.ts_ms > self.table.silent_ms) & (real_s - self._seen_real > SILENT_REAL_S)
        self.silent = quiet & (self.table.silent_ms >= 0)
        turned = np.flatnonzero(self.silent & (self._told_silent != Say.ON))
        changes = self._silence(turned, now_ms)
        at_ms = np.maximum(now_ms, self.ts_ms)[self.table.cell_row]
        return changes + self._cell_changes(np.arange(len(self.table.cells)), at_ms)

    def _cells_of(self, rows: Ints) -> Ints:
        counts = self.table.cell_count[rows]
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.asarray(np.repeat(self.table.cell_start[rows], counts) + offsets)

    def _cell_changes(self, cells: Ints, at_ms: Ints, *, heard: bool = False) -> list[ConditionChange]:
        crossings = self._crossings
        known = self.known
        warns = known | (self._overdue & (self.quality == Quality.UNCERTAIN.code) & self._sound)
        now = Newest(self.value, self.ts_ms, known, np.asarray(warns))
        turned = crossings.step(cells, at_ms, now, heard=heard)
        return [
            self._told_of(
                self.table,
                int(cells[i]),
                Say(int(crossings.told[cells[i]])),
                int(at_ms[i]),
                int(crossings.since_ms[cells[i]]),
            )
            for i in turned.tolist()
        ]

    def _told_of(self, table: SensorTable, cell: int, say: Say, at_ms: int, since_ms: int) -> ConditionChange:
        what = table.cells[cell]
        sensor = table.sensors[what.row]
        value: float | None = float(self.value[what.row])
        limit = what.limit
        if sensor.kind in _SWITCHES:
            value = (at_ms - since_ms) / 1000 if since_ms != NEVER else 0.0
            limit = what.delay_ms / 1000
        return ConditionChange(
            source=sensor.device if sensor.kind is SensorKind.AGITATOR else sensor.id,
            condition=what.condition,
            active=_SAY[say],
            priority_hint=what.severity,
            value=None if value is None or np.isnan(value) or say is Say.UNSURE else value,
            limit=limit,
            at=moment(at_ms),
            place=sensor.place,
        )

    def _sensor_changes(self, rows: Ints) -> list[ConditionChange]:
        """What a reading itself says of its sensor: it speaks, and whether its value can be trusted."""
        spoke = rows[(self._told_silent[rows] != Say.OFF) & (self.table.silent_ms[rows] >= 0)]
        changes = [
            self._sensor_change(row, Condition.SENSOR_SILENT, Say.OFF, int(self.ts_ms[row])) for row in spoke.tolist()
        ]
        self._told_silent[spoke] = Say.OFF
        sound = (self.quality[rows] == Quality.GOOD.code) | self._overdue[rows]
        good = sound & ~np.isnan(self.value[rows])
        stale = self.quality[rows] == Quality.STALE.code
        self._bad_ms[rows[~good & ~stale]] = self.ts_ms[rows[~good & ~stale]]
        mended = (self._bad_ms[rows] == NEVER) | (self.ts_ms[rows] - self._bad_ms[rows] >= MENDED_MS)
        say = np.where(good & mended, Say.OFF, np.where(good | stale, self._told_bad[rows], Say.ON))
        turned = say != self._told_bad[rows]
        self._told_bad[rows] = say
        for row, state in zip(rows[turned].tolist(), say[turned].tolist(), strict=True):
            changes.append(self._sensor_change(row, Condition.SENSOR_BAD, Say(state), int(self.ts_ms[row])))
        return changes

    def _silence(self, rows: Ints, now_ms: int) -> list[ConditionChange]:
        self._told_silent[rows] = Say.ON
        return [self._sensor_change(row, Condition.SENSOR_SILENT, Say.ON, now_ms) for row in rows.tolist()]

    def _sensor_change(self, row: int, condition: Condition, say: Say, at_ms: int) -> ConditionChange:
        sensor = self.table.sensors[row]
        silent = condition is Condition.SENSOR_SILENT
        return ConditionChange(
            source=sensor.id,
            condition=condition,
            active=_SAY[say],
            priority_hint=Severity.HIGH if silent else Severity.MEDIUM,
            value=(at_ms - int(self.ts_ms[row])) / 1000 if silent else None,
            limit=sensor.silent_ms / 1000 if silent else None,
            at=moment(at_ms),
            place=sensor.place,
        )


_SWITCHES: Final = frozenset({SensorKind.DOOR, SensorKind.AGITATOR})
"""Rows whose conditions are told with the seconds that they have lasted."""
