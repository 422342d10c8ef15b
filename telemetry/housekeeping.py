"""Once a day, beside the thread that writes: days that ended are sorted and gathered, what is too old is dropped."""

from __future__ import annotations

from typing import Final

import structlog

from telemetry.retention import OldestNeeded, Retention, horizons
from telemetry.store import ReadingStore

STRAGGLERS_MS: Final = 10 * 60 * 1000
"""How long after midnight a day is left open for readings that are under way."""
_DAY_MS: Final = 86_400_000
_log = structlog.get_logger(__name__)


class Housekeeping:
    """Nothing is dropped before `keep` said for how long what is kept."""

    def __init__(self, store: ReadingStore) -> None:
        self._store = store
        self._rules: tuple[Retention, OldestNeeded] | None = None
        self._closed_day = self._dropped_day = 0

    def keep(self, retention: Retention, oldest_needed: OldestNeeded) -> None:
        """Drop by these rules from the next call on; ``oldest_needed`` is called in the thread that keeps house."""
        self._rules = retention, oldest_needed

    def close_days(self, now_ms: int) -> int:
        """Close the days that ended, some minutes after midnight; how many. Raises StoreError, then tries again."""
        today = (now_ms - STRAGGLERS_MS) // _DAY_MS
        if today <= self._closed_day:
            return 0
        closed = self._store.close_days(today * _DAY_MS)
        self._closed_day = today
        return closed

    def drop_days(self, now_ms: int) -> int:
        """Drop what is too old and needed by nobody, once a day; how many tables. Raises StoreError.

        When it cannot be said what is needed, nothing is dropped that day.
        """
        today = now_ms // _DAY_MS
        if self._rules is None or today <= self._dropped_day:
            return 0
        retention, oldest_needed = self._rules
        self._dropped_day = today
        try:
            until = horizons(retention, now_ms, oldest_needed())
        except Exception:  # noqa: BLE001 - whatever the one who knows suffers, nothing is dropped without an answer
            _log.exception("telemetry.nothing_dropped")
            return 0
        dropped = self._store.drop_days(until.raw_ms) + self._store.drop_rollups(until.minutes_ms, until.hours_ms)
        if dropped:
            _log.info("telemetry.dropped", tables=dropped)
        return dropped
