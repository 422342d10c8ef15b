"""What a service says of itself: parts with a state and a sentence, published retained every 2 s."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from runtime import topics
from runtime.clock import Clock
from runtime.mqtt import LinkDown, MqttLink, Will

PUBLISH_EVERY_S: Final = 2.0


class HealthState(StrEnum):
    """How a part or a service is; unknown is down, never ok."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


_WORST: Final = {HealthState.OK: 0, HealthState.DEGRADED: 1, HealthState.DOWN: 2}


@dataclass(slots=True)
class HealthPart:
    """One part of a service; down until it says otherwise.

    ``waiting`` is how much is kept here for somebody else (messages, facts, chunks); None where nothing ever is.
    """

    name: str
    state: HealthState = HealthState.DOWN
    detail: str = "starting"
    waiting: int | None = None

    def ok(self, detail: str = "") -> None:
        """Working."""
        self.state, self.detail = HealthState.OK, detail

    def degraded(self, detail: str) -> None:
        """Working with less than it should have; `detail` is a sentence for a person."""
        self.state, self.detail = HealthState.DEGRADED, detail

    def down(self, detail: str) -> None:
        """Not working; `detail` is a sentence for a person."""
        self.state, self.detail = HealthState.DOWN, detail


class PartReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One part on the wire."""

    name: str
    state: HealthState
    detail: str
    waiting: int | None = None


class HealthReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service's health on the wire; `at_real` is ISO 8601 with Z."""

    service: str
    state: HealthState
    at_real: str
    parts: tuple[PartReport, ...]


class Health:
    """The parts of one service."""

    def __init__(self) -> None:
        self._parts: dict[str, HealthPart] = {}

    def part(self, name: str) -> HealthPart:
        """The part of that name; the same object for the same name."""
        return self._parts.setdefault(name, HealthPart(name))

    def report(self, service: str, clock: Clock) -> HealthReport:
        """All parts and the worst state among them."""
        parts = tuple(PartReport(part.name, part.state, part.detail, part.waiting) for part in self._parts.values())
        worst = max((part.state for part in parts), key=_WORST.__getitem__, default=HealthState.DOWN)
        return HealthReport(service, worst, _now(clock), parts)


def decode_health(payload: bytes) -> HealthReport:
    """A report from the wire; raises msgspec.ValidationError."""
    return msgspec.json.decode(payload, type=HealthReport)


def health_will(site: str, service: str, clock: Clock) -> Will:
    """The Will of the link that publishes a service's health: retained `down`."""
    report = HealthReport(service, HealthState.DOWN, _now(clock), (PartReport("process", HealthState.DOWN, "gone"),))
    return Will(topics.health(site, service), msgspec.json.encode(report), qos=1, retain=True)


async def publish_health(link: MqttLink, site: str, service: str, health: Health, clock: Clock) -> None:
    """Publish a service's health every 2 s real, and at once on each connect, until cancelled."""
    again = asyncio.Event()
    link.on_connect(again.set)
    while True:
        again.clear()
        if link.connected.is_set():
            try:
                payload = msgspec.json.encode(health.report(service, clock))
                await link.publish(topics.health(site, service), payload, qos=1, retain=True)
            except LinkDown:
                await link.connected.wait()
        # not wait_for: before Python 3.12 it can swallow a cancel that meets the event
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PUBLISH_EVERY_S):
                await again.wait()


def _now(clock: Clock) -> str:
    return clock.real_now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
