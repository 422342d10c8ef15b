"""What machines say of themselves in words (state, job, place), newest first; forgotten when the machine goes away.

Written by the ingest thread, read from any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from runtime.sparkplug.readings import Presence, PresenceState, ReadingBatch, SourceRegistry
from telemetry.switches import LiveSwitches
from telemetry.telling import moment

_NEVER: Final = -1


@dataclass(frozen=True, slots=True)
class LiveText:
    """The newest text of a metric and since when it is so, in the source's own (domain) time."""

    value: str
    at: datetime


class LiveTexts:
    """Newest text of each metric of each device that is there, and its ``switches``.

    ``registry`` is the one that batches are numbered by.
    """

    def __init__(self, registry: SourceRegistry) -> None:
        self._registry = registry
        self._lock = threading.Lock()
        self._texts: dict[tuple[str, str], tuple[int, str]] = {}
        self._away: set[str] = set()
        self.switches = LiveSwitches(registry)

    def hear(self, batches: Iterable[ReadingBatch]) -> None:
        """Take the texts of batches; an older one than what is known changes nothing, nor one of a machine away."""
        batches = list(batches)
        self.switches.hear(batches, self._away)
        with self._lock:
            for batch in batches:
                for source, ts_ms, value in batch.texts:
                    _, device, metric = self._registry.key(source)
                    known, _ = self._texts.get((device, metric), (_NEVER, ""))
                    if ts_ms >= known and device not in self._away:
                        self._texts[device, metric] = (ts_ms, value)

    def follow(self, presence: Presence) -> None:
        """A device or a whole edge went: what it said last means nothing any more; one that comes is unknown."""
        with self._lock:
            devices = {self._registry.key(source)[1] for source in presence.sources}
            devices |= {presence.device} if presence.device else set()
            if presence.state is PresenceState.ONLINE:
                self._away -= devices
            else:
                self._away |= devices
                self._texts = {key: text for key, text in self._texts.items() if key[0] not in self._away}
                self.switches.forget(self._away)

    def text(self, device: str, metric: str) -> LiveText | None:
        """What a device says now; None when it never said anything, or went away since."""
        with self._lock:
            known = self._texts.get((device, metric))
        return None if known is None else LiveText(known[1], moment(known[0]))

    def is_away(self, device: str) -> bool:
        """True when a device was there and went; a device that was never heard of is unknown, not away."""
        with self._lock:
            return device in self._away
