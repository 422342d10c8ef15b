from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from dashboards.health_board import HealthBoard
from runtime.clock import SteppedClock
from runtime.health import Health, HealthState
from runtime.mqtt import Message

T0 = datetime(2026, 11, 20, 8, tzinfo=UTC)


def report(service: str, *, degraded: str | None = None) -> bytes:
    health = Health()
    health.part("link").ok()
    if degraded:
        health.part("reader").degraded(degraded)
    return msgspec.json.encode(health.report(service, SteppedClock(T0)))


def heard(*payloads: bytes) -> HealthBoard:
    board = HealthBoard()
    for payload in payloads:
        board.hear_message(Message(topic="hv/v1/riverside/health/x", payload=payload, qos=1, retain=True))
    return board


def test_the_site_is_as_bad_as_its_worst_service() -> None:
    view = heard(report("bridge"), report("rfid", degraded="reader-1 is deaf")).view(T0)
    assert view.state is HealthState.DEGRADED
    assert [(service.service, service.state) for service in view.services] == [
        ("bridge", HealthState.OK),
        ("rfid", HealthState.DEGRADED),
    ]


def test_a_silent_service_is_down_whatever_it_said_last() -> None:
    view = heard(report("bridge")).view(T0 + timedelta(seconds=11))
    assert view.state is HealthState.DOWN
    assert view.services[0].parts[0].detail == "nothing heard for 11 s"


def test_when_nobody_was_heard_nobody_knows_better_than_down() -> None:
    assert heard().view(T0).state is HealthState.DOWN


def test_an_unreadable_report_changes_nothing() -> None:
    assert heard(b"{", b'{"service": 1}').view(T0).services == ()
