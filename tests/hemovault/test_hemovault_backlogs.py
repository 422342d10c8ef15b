"""What grows for five minutes without ever falling back is told; what is under way, or silent, is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import msgspec

from hemovault.services.backlogs import SAMPLES, Backlogs, Growth
from runtime.health import HealthReport, HealthState, PartReport
from runtime.mqtt import Message

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def growth(*samples: int) -> Growth:
    found = Growth()
    for waiting in samples:
        found.take(waiting)
    return found


def test_a_backlog_that_only_grows_is_told_after_five_minutes() -> None:
    rising = [600 + 10 * number for number in range(SAMPLES)]
    assert not growth(*rising[:-1]).is_growing
    assert growth(*rising).is_growing


def test_a_backlog_that_comes_and_goes_is_under_way() -> None:
    assert not growth(*[600, 2000, 0, 2500, 10] * 4).is_growing
    assert not growth(*range(0, 400, 10)).is_growing


def test_it_is_over_when_half_of_it_has_gone_and_not_when_it_only_stands() -> None:
    found = growth(*[1000 * number for number in range(1, SAMPLES + 1)])
    for _ in range(SAMPLES):
        found.take(10_000)
    assert found.is_growing
    found.take(4_000)
    assert not found.is_growing
    found.take(4_100)
    assert not found.is_growing


def report(service: str, waiting: int | None, at: datetime) -> Message:
    parts = (PartReport("state", HealthState.OK, "", waiting), PartReport("link", HealthState.OK, ""))
    said = HealthReport(service, HealthState.OK, at.isoformat().replace("+00:00", "Z"), parts)
    return Message(f"hv/health/{service}", msgspec.json.encode(said), 1, True)


def test_the_place_is_named_by_service_and_part_and_a_silent_service_is_unsure() -> None:
    backlogs = Backlogs(SimpleNamespace())
    at = NOW
    for number in range(SAMPLES):
        at = NOW + timedelta(seconds=30 * number)
        backlogs.hear_message(report("bridge.cold", 1000 + number, at))
        standing, unsure = backlogs.look(at)
    assert [(one.source, one.count) for one in standing] == [("bridge.cold/state", 1000 + SAMPLES - 1)]
    assert unsure == []
    standing, unsure = backlogs.look(at + timedelta(seconds=60))
    assert [one.source for one in standing] == ["bridge.cold/state"]
    assert unsure == ["bridge.cold/state"]


def test_a_report_that_cannot_be_read_says_nothing() -> None:
    backlogs = Backlogs(SimpleNamespace())
    backlogs.hear_message(Message("hv/health/x", b"{}", 1, True))
    assert backlogs.look(NOW) == ([], [])
