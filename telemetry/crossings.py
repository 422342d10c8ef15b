"""When a limit counts as passed and as kept again, for all cells of a table at once.

Passed: beyond it for the on delay without a break, or in so many readings of a window. Kept again: inside it by the
dead-band for the off delay without a break, by readings and never by time alone, and not while the count still stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from telemetry.columns import Bools, Floats, Ints
from telemetry.sources import SensorTable

HUSH_MS: Final = 10 * 60 * 1000
"""An open door holds back the air probe's high limits for at most this long (domain.md 2.1)."""
NEVER: Final = -1


class Say(IntEnum):
    """What was told of a condition; UNSURE: it holds, and nobody can say whether it still does."""

    UNTOLD = -1
    OFF = 0
    ON = 1
    UNSURE = 2


@dataclass(frozen=True, slots=True, eq=False)
class Newest:
    """Newest value of each row of a table and its time; ``known``: it may be trusted; ``warns``: it may raise an alarm.

    Whatever is known may warn; a value of an overdue probe warns and is not known, so that it never ends anything.
    """

    value: Floats
    ts_ms: Ints
    known: Bools
    warns: Bools


class Crossings:
    """What each cell of a table has seen so far. One thread at a time."""

    def __init__(self, table: SensorTable) -> None:
        cells = len(table.cells)
        deepest = int(table.cell_readings.max()) if cells else 0
        self._table = table
        self.active: Bools = np.zeros(cells, dtype=np.bool_)
        self.since_ms: Ints = np.full(cells, NEVER, dtype=np.int64)
        """Since when each cell is beyond its limit without a break."""
        self.told: Ints = np.full(cells, Say.UNTOLD, dtype=np.int64)
        self._inside_ms: Ints = np.full(cells, NEVER, dtype=np.int64)
        self._beyond_ms: Ints = np.full((cells, deepest), NEVER, dtype=np.int64)
        self._pushed: Ints = np.zeros(cells, dtype=np.int64)

    def take_over(self, before: Crossings) -> list[int]:
        """Go on where another table's crossings stood, for cells of the same row and condition.

        Returns the cells of the other table that this one does not have and that were told as holding: their limit is
        no longer in force.
        """
        mine = {(cell.row, cell.condition): number for number, cell in enumerate(self._table.cells)}
        ended: list[int] = []
        for old, cell in enumerate(before._table.cells):
            new = mine.get((cell.row, cell.condition))
            if new is None:
                if before.active[old]:
                    ended.append(old)
                continue
            self.active[new], self.since_ms[new] = before.active[old], before.since_ms[old]
            self.told[new], self._inside_ms[new] = before.told[old], before._inside_ms[old]
            for at_ms in sorted(before._beyond_ms[old].tolist()):
                if at_ms != NEVER:
                    self._push(np.array([new]), np.array([at_ms]))
        return ended

    def resume(self, numbers: Iterable[int]) -> None:
        """Take these cells as confirmed."""
        self.active[list(numbers)] = True

    def step(self, cells: Ints, at_ms: Ints, now: Newest, *, heard: bool) -> Ints:
        """Judge cells at an instant each and return positions in ``cells`` of which something else is to be told now.

        ``now``: what is known of each row of the table. ``heard``: its values are new readings, to be counted.
        """
        table, row = self._table, self._table.cell_row[cells]
        sure, warns, at_reading = now.known[row], now.warns[row], now.ts_ms[row]
        beyond = table.cell_sign[cells] * (now.value[row] - table.cell_limit[cells])
        over = warns & (beyond > 0)
        clear = sure & (beyond <= -table.cell_deadband[cells])
        since = self.since_ms[cells]
        since = np.where(over & (since == NEVER), at_reading, since)
        since = np.where(warns & ~over, NEVER, since)
        self.since_ms[cells] = since
        inside = np.where(clear, self._inside_ms[cells], NEVER)
        inside = np.where(clear & (inside == NEVER), at_reading, inside)
        self._inside_ms[cells] = inside
        if heard:
            self._count(cells[over], at_reading[over])
        many = self._many(cells, at_ms)
        ripe = over & (many | (at_ms - since >= table.cell_delay_ms[cells])) & ~self._hushed(cells, at_ms, now.known)
        kept = clear & (at_reading - inside >= table.cell_off_delay_ms[cells]) & ~many
        active = (self.active[cells] & ~kept) | ripe
        self.active[cells] = active
        told = self.told[cells]
        say = np.where(active, np.where(sure | over, Say.ON, Say.UNSURE), np.where(clear, Say.OFF, told))
        self.told[cells] = say
        return np.flatnonzero(say != told)

    def _count(self, cells: Ints, at_ms: Ints) -> None:
        counted = self._table.cell_readings[cells] > 0
        if counted.any():
            self._push(cells[counted], at_ms[counted])

    def _push(self, cells: Ints, at_ms: Ints) -> None:
        deepest = self._beyond_ms.shape[1]
        if deepest == 0:
            return
        last = self._beyond_ms[cells, (self._pushed[cells] - 1) % deepest]
        new = (self._pushed[cells] == 0) | (at_ms > last)  # a reading that is repeated counts once
        cells, at_ms = cells[new], at_ms[new]
        self._beyond_ms[cells, self._pushed[cells] % deepest] = at_ms
        self._pushed[cells] += 1

    def _many(self, cells: Ints, at_ms: Ints) -> Bools:
        """Cells with as many readings beyond the limit in their window as are asked for."""
        wanted, deepest = self._table.cell_readings[cells], self._beyond_ms.shape[1]
        answer = np.zeros(len(cells), dtype=np.bool_)
        if deepest == 0:
            return answer
        asked = np.flatnonzero((wanted > 0) & (self._pushed[cells] >= wanted))
        first = self._beyond_ms[cells[asked], (self._pushed[cells[asked]] - wanted[asked]) % deepest]
        answer[asked] = at_ms[asked] - first <= self._table.cell_window_ms[cells[asked]]
        return answer

    def _hushed(self, cells: Ints, at_ms: Ints, known: Bools) -> Bools:
        """Cells that an open door holds back now. A door that is not known to be open holds back nothing."""
        table = self._table
        answer = np.zeros(len(table.cells), dtype=np.bool_)
        if len(table.hush_cell) == 0:
            return answer[cells]
        at = np.zeros(len(table.cells), dtype=np.int64)
        at[cells] = at_ms
        first = table.cell_start[table.hush_door]  # the cells of a door share the instant at which it opened
        since = self.since_ms[first]
        held = known[table.hush_door] & (since != NEVER) & (at[table.hush_cell] - since < HUSH_MS)
        answer[table.hush_cell[held]] = True
        return answer[cells]
