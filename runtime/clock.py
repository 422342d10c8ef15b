"""Domain time and real time (design.md 5). The only module that asks the machine what time it is.

Domain time = `anchor_domain + rate x (system UTC - anchor_system)`, from one `clock.json` given to all processes;
production has none and runs at rate 1, where both times are the same.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Final

import msgspec

MAX_SHARED_RATE: Final = 60.0
"""Fastest rate several processes may share: their scheduling jitter, multiplied, must stay below a second."""


class ClockError(ValueError):
    """A clock document that cannot be used; the text names the file, the key and the reason."""


class ClockScope(Enum):
    """Who lives by a clock: processes that share a file are limited to 60x, one process may run faster."""

    SHARED = "shared"
    IN_PROCESS = "in_process"


class _ClockDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    anchor_domain: datetime
    anchor_system: datetime
    rate: float


class Clock:
    """Tells domain and real time, both aware UTC. Without anchors it is the production clock at rate 1.

    Raises ClockError when a rate is not above 0, above 60 for a shared clock, or an anchor has no time zone.
    """

    def __init__(
        self,
        *,
        anchor_domain: datetime | None = None,
        anchor_system: datetime | None = None,
        rate: float = 1.0,
        scope: ClockScope = ClockScope.SHARED,
    ) -> None:
        _check(anchor_domain, anchor_system, rate, scope)
        self._anchor_system = (anchor_system or datetime.now(UTC)).astimezone(UTC)
        self._anchor_domain = (anchor_domain or self._anchor_system).astimezone(UTC)
        self.rate = float(rate)

    def now(self) -> datetime:
        """Domain time now."""
        return self._anchor_domain + (self.real_now() - self._anchor_system) * self.rate

    def real_now(self) -> datetime:
        """Real UTC now: certificates, sessions, command deadlines, heartbeats, back-off."""
        return datetime.now(UTC)

    @property
    def simulated(self) -> bool:
        """Whether domain time differs from real time."""
        return self.rate != 1.0 or self._anchor_domain != self._anchor_system

    def real_seconds(self, domain_s: float) -> float:
        """Real seconds that a span of domain seconds takes."""
        return domain_s / self.rate

    async def sleep(self, domain_s: float) -> None:
        """Wait for a span of domain seconds."""
        await asyncio.sleep(max(0.0, self.real_seconds(domain_s)))

    async def sleep_real(self, seconds: float) -> None:
        """Wait for a span of real seconds."""
        await asyncio.sleep(max(0.0, seconds))


class SteppedClock(Clock):
    """A clock that stands still until it is stepped: full-speed runs inside one process, and tests.

    Real time moves with domain time, `rate` domain seconds to one real second, as in a centre whose time runs fast;
    `sleep` and `sleep_real` step the clock and yield once.
    """

    def __init__(self, at: datetime, *, rate: float = 1.0) -> None:
        super().__init__(anchor_domain=at, anchor_system=at, rate=rate, scope=ClockScope.IN_PROCESS)
        self._now = self._began = at.astimezone(UTC)

    def now(self) -> datetime:
        """Where the clock stands."""
        return self._now

    def real_now(self) -> datetime:
        """Where real time stands."""
        return self._began + (self._now - self._began) / self.rate

    def step(self, seconds: float) -> datetime:
        """Move on by a span and return the new time; raises ValueError for a negative span."""
        if seconds < 0:
            raise ValueError("a clock is never stepped back")
        self._now += timedelta(seconds=seconds)
        return self._now

    async def sleep(self, domain_s: float) -> None:
        """Step by the span."""
        self.step(max(0.0, domain_s))
        await asyncio.sleep(0)

    async def sleep_real(self, seconds: float) -> None:
        """Step by the span of real seconds."""
        await self.sleep(seconds * self.rate)


def load_clock(path: Path | None) -> Clock:
    """The clock of a `clock.json`, or the production clock for None; raises ClockError with file, key and reason."""
    if path is None:
        return Clock()
    try:
        document = msgspec.json.decode(path.read_bytes(), type=_ClockDocument)
        return Clock(anchor_domain=document.anchor_domain, anchor_system=document.anchor_system, rate=document.rate)
    except OSError as error:
        raise ClockError(f"{path}: cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, ClockError) as error:
        raise ClockError(f"{path}: {error}") from error


def write_clock(path: Path, *, anchor_domain: datetime, anchor_system: datetime, rate: float) -> None:
    """Write a clock document, whole or not at all; raises ClockError when `load_clock` would refuse it."""
    _check(anchor_domain, anchor_system, rate, ClockScope.SHARED)
    document = {
        "anchor_domain": _iso(anchor_domain),
        "anchor_system": _iso(anchor_system),
        "rate": rate,
    }
    beside = path.with_suffix(path.suffix + ".new")
    beside.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    beside.replace(path)


def _check(anchor_domain: datetime | None, anchor_system: datetime | None, rate: float, scope: ClockScope) -> None:
    for key, instant in (("anchor_domain", anchor_domain), ("anchor_system", anchor_system)):
        if instant is not None and instant.tzinfo is None:
            raise ClockError(f"{key}: {instant.isoformat()} has no time zone; write UTC with Z")
    if not rate > 0:
        raise ClockError(f"rate: {rate} is not above 0")
    if scope is ClockScope.SHARED and rate > MAX_SHARED_RATE:
        raise ClockError(f"rate: {rate} is above {MAX_SHARED_RATE:g}, the most that several processes may share")
    if rate == float("inf"):
        raise ClockError("rate: must be finite")


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
