"""Readings and time -> condition changes, for all sensors at once (numpy), in domain time.

Rules (domain.md 2.1, design.md 5 and 7):

* a limit is confirmed after its delay without a break and left only beyond the dead-band;
* the high limits of an air probe wait while a door beside it is open, for 10 minutes at most;
* bad, uncertain or stale quality, null and silence make the value unknown: nothing that holds is cleared by it, it is
  told as None, and nothing is called normal until a good value inside the dead-band says so;
* a probe is silent after its own deadline in domain time, but never before 15 s of real time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from runtime.sparkplug.payload import Quality
from telemetry.columns import Bools, Floats, Ints
from telemetry.conditions import Condition, ConditionChange, Severity
from telemetry.rounds import rounds
from telemetry.sources import SensorKind, SensorTable

HUSH_MS: Final = 10 * 60 * 1000
"""An open door holds back the air probe's high limits for at most this long (domain.md 2.1)."""
SILENT_REAL_S: Final = 15.0
"""Silence is never told before this much real time without a word (design.md 5)."""
MENDED_MS: Final = 30 * 60 * 1000
"""A probe that sent bad values must send only good ones for so long before its alarm ends: spikes come and go."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NONE: Final = -1
_UNTOLD, _OFF, _ON, _UNSURE = -1, 0, 1, 2
_SAY: Final = {_OFF: False, _ON: True, _UNSURE: None}


def moment(ms: int) -> datetime:
    """Aware UTC instant of milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=ms)


class Evaluator:
    """Holds the last value of each sensor and what was last told of each condition. One thread at a time.

    ``start_ms`` (domain) and ``start_real_s`` (seconds of a monotonic clock) are when listening began: silence counts
    from there.
    After a start nothing is known: the first good value inside its limits is told as False, so that a condition left
    over from before the start is ended by evidence and by nothing else (see `resume`).
    """

    def __init__(self, table: SensorTable, *, start_ms: int, start_real_s: float) -> None:
        rows, cells = len(table.sensors), len(table.cells)
        self.table = table
        self.value: Floats = np.full(rows, np.nan)
        self.quality: Ints = np.full(rows, Quality.STALE.code, dtype=np.int64)
        self.ts_ms: Ints = np.full(rows, start_ms, dtype=np.int64)
        self.heard: Bools = np.zeros(rows, dtype=np.bool_)
        self.silent: Bools = np.zeros(rows, dtype=np.bool_)
        self.doubtful: Bools = np.zeros(rows, dtype=np.bool_)
        self._bad_ms: Ints = np.full(rows, _NONE, dtype=np.int64)
        self._seen_real: Floats = np.full(rows, start_real_s)
        self._told_silent: Ints = np.full(rows, _UNTOLD, dtype=np.int64)
        self._told_bad: Ints = np.full(rows, _UNTOLD, dtype=np.int64)
        self._is_limit: Bools = np.array([cell.condition in _LIMITS for cell in table.cells], dtype=np.bool_)
        self._pending: Ints = np.full(cells, _NONE, dtype=np.int64)
        self._active: Bools = np.zeros(cells, dtype=np.bool_)
        self._told: Ints = np.full(cells, _UNTOLD, dtype=np.int64)

    def resume(self, standing: Iterable[tuple[str, Condition]]) -> None:
        """Take over limits that were confirmed before a restart: each holds without a new delay until evidence ends it.

        Sensors and conditions that the plant does not have any more are passed over.
        """
        known_before = frozenset(standing)
        for number, cell in enumerate(self.table.cells):
            if self._is_limit[number] and (self.table.sensors[cell.row].id, cell.condition) in known_before:
                self._active[number] = True

    @property
    def known(self) -> Bools:
        """Rows whose value may be trusted: good, not null, not silent, not doubtful."""
        sound = ~self.silent & ~self.doubtful
        return np.asarray((self.quality == Quality.GOOD.code) & ~np.isnan(self.value) & sound)

    def confirmed_outside(self) -> Bools:
        """Rows with a confirmed temperature limit, known or not: only evidence ends it."""
        answer = np.zeros(len(self.table.sensors), dtype=np.bool_)
        answer[self.table.cell_row[self._is_limit & self._active]] = True
        return answer

    def observe(self, rows: Ints, ts_ms: Ints, value: Floats, quality: Ints, real_s: float) -> list[ConditionChange]:
        """Take live readings in order; older ones than the last of their row are left out (history keeps them)."""
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
            changes += self._sensor_changes(mine)
            cells = self._cells_of(mine)
            changes += self._cell_changes(cells, self.ts_ms[self.table.cell_row[cells]])
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
        turned = np.flatnonzero(self.silent & (self._told_silent != _ON))
        changes = self._silence(turned, now_ms)
        at_ms = np.maximum(now_ms, self.ts_ms)[self.table.cell_row]
        return changes + self._cell_changes(np.arange(len(self.table.cells)), at_ms)

    def _cells_of(self, rows: Ints) -> Ints:
        counts = self.table.cell_count[rows]
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.asarray(np.repeat(self.table.cell_start[rows], counts) + offsets)

    def _cell_changes(self, cells: Ints, at_ms: Ints) -> list[ConditionChange]:
        table, row = self.table, self.table.cell_row[cells]
        known = self.known[row]
        beyond = table.cell_sign[cells] * (self.value[row] - table.cell_limit[cells])
        over = known & (beyond > 0)
        clear = known & (beyond <= -table.cell_deadband[cells])
        pending = self._pending[cells]
        pending = np.where(over & (pending == _NONE), self.ts_ms[row], pending)
        pending = np.where(known & ~over, _NONE, pending)
        self._pending[cells] = pending
        ripe = over & (at_ms - pending >= table.cell_delay_ms[cells]) & ~self._hushed(cells, at_ms)
        active = (self._active[cells] & ~clear) | ripe
        self._active[cells] = active
        told = self._told[cells]
        say = np.where(active, np.where(known, _ON, _UNSURE), np.where(clear, _OFF, told))
        self._told[cells] = say
        return [
            self._tell(int(cells[i]), int(say[i]), int(at_ms[i]), int(pending[i])) for i in np.flatnonzero(say != told)
        ]

    def _hushed(self, cells: Ints, at_ms: Ints) -> Bools:
        """Cells that an open door holds back now. A door that is not known to be open holds back nothing."""
        table = self.table
        answer = np.zeros(len(table.cells), dtype=np.bool_)
        if len(table.hush_cell) == 0:
            return answer[cells]
        at = np.zeros(len(table.cells), dtype=np.int64)
        at[cells] = at_ms
        first = table.cell_start[table.hush_door]  # the cells of a door share the instant at which it opened
        since = self._pending[first]
        held = self.known[table.hush_door] & (since != _NONE) & (at[table.hush_cell] - since < HUSH_MS)
        answer[table.hush_cell[held]] = True
        return answer[cells]

    def _tell(self, cell: int, say: int, at_ms: int, since_ms: int) -> ConditionChange:
        what = self.table.cells[cell]
        sensor = self.table.sensors[what.row]
        value: float | None = float(self.value[what.row])
        limit = what.limit
        if sensor.kind in _SWITCHES:
            value = (at_ms - since_ms) / 1000 if since_ms != _NONE else 0.0
            limit = what.delay_ms / 1000
        return ConditionChange(
            source=sensor.device if sensor.kind is SensorKind.AGITATOR else sensor.id,
            condition=what.condition,
            active=_SAY[say],
            priority_hint=what.severity,
            value=None if value is None or np.isnan(value) or say == _UNSURE else value,
            limit=limit,
            at=moment(at_ms),
            place=sensor.place,
        )

    def _sensor_changes(self, rows: Ints) -> list[ConditionChange]:
        """What a reading itself says of its sensor: it speaks, and whether its value can be trusted."""
        spoke = rows[(self._told_silent[rows] != _OFF) & (self.table.silent_ms[rows] >= 0)]
        changes = [
            self._sensor_change(row, Condition.SENSOR_SILENT, _OFF, int(self.ts_ms[row])) for row in spoke.tolist()
        ]
        self._told_silent[spoke] = _OFF
        good = (self.quality[rows] == Quality.GOOD.code) & ~np.isnan(self.value[rows])
        stale = self.quality[rows] == Quality.STALE.code
        self._bad_ms[rows[~good & ~stale]] = self.ts_ms[rows[~good & ~stale]]
        mended = (self._bad_ms[rows] == _NONE) | (self.ts_ms[rows] - self._bad_ms[rows] >= MENDED_MS)
        say = np.where(good & mended, _OFF, np.where(good | stale, self._told_bad[rows], _ON))
        turned = say != self._told_bad[rows]
        self._told_bad[rows] = say
        for row, state in zip(rows[turned].tolist(), say[turned].tolist(), strict=True):
            changes.append(self._sensor_change(row, Condition.SENSOR_BAD, state, int(self.ts_ms[row])))
        return changes

    def _silence(self, rows: Ints, now_ms: int) -> list[ConditionChange]:
        self._told_silent[rows] = _ON
        return [self._sensor_change(row, Condition.SENSOR_SILENT, _ON, now_ms) for row in rows.tolist()]

    def _sensor_change(self, row: int, condition: Condition, say: int, at_ms: int) -> ConditionChange:
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
_LIMITS: Final = frozenset({Condition.TEMPERATURE_HIGH, Condition.TEMPERATURE_LOW})
