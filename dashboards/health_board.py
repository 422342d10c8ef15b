"""What each service last said of itself; a service that falls silent is down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from msgspec import DecodeError

from runtime.health import HealthReport, HealthState, PartReport, decode_health
from runtime.mqtt import Message

SILENT_AFTER: Final = timedelta(seconds=10)
"""Five missed reports (real time)."""

_log = structlog.get_logger(__name__)
_ORDER: Final = (HealthState.OK, HealthState.DEGRADED, HealthState.DOWN)


@dataclass(frozen=True, slots=True)
class HealthPart:
    """One part of a service."""

    name: str
    state: HealthState
    detail: str


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """One service as it stands."""

    service: str
    state: HealthState
    at_real: datetime
    parts: tuple[HealthPart, ...]


@dataclass(frozen=True, slots=True)
class SiteHealth:
    """The worst state of all services, and each of them."""

    state: HealthState
    services: tuple[ServiceHealth, ...]


class HealthBoard:
    """Holds the newest report of each service."""

    def __init__(self) -> None:
        self._reports: dict[str, tuple[HealthReport, datetime]] = {}

    def hear(self, report: HealthReport) -> None:
        """Take a report in."""
        self._reports[report.service] = (report, datetime.fromisoformat(report.at_real))

    def hear_message(self, message: Message) -> None:
        """Take a report from the wire; one that cannot be read leaves the service as it was, so it falls silent."""
        try:
            self.hear(decode_health(message.payload))
        except (DecodeError, ValueError) as error:
            _log.warning("health_report_unreadable", topic=message.topic, error=str(error))

    def view(self, real_now: datetime) -> SiteHealth:
        """Every service now; with none heard yet the site is down, for nobody knows better."""
        services = tuple(_service(report, at, real_now) for _, (report, at) in sorted(self._reports.items()))
        worst = max((service.state for service in services), key=_ORDER.index, default=HealthState.DOWN)
        return SiteHealth(worst, services)


def _service(report: HealthReport, at: datetime, real_now: datetime) -> ServiceHealth:
    parts = tuple(HealthPart(part.name, part.state, part.detail) for part in report.parts)
    silent_s = (real_now - at).total_seconds()
    if silent_s <= SILENT_AFTER.total_seconds():
        return ServiceHealth(report.service, report.state, at, parts)
    silence = PartReport("report", HealthState.DOWN, f"nothing heard for {silent_s:.0f} s")
    return ServiceHealth(
        report.service, HealthState.DOWN, at, (HealthPart(silence.name, silence.state, silence.detail), *parts)
    )
