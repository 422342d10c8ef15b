"""Clock, ids, topics, settings, health, supervision: the ground that services stand on."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from runtime_running import LIMIT_S, running, until
from structlog.testing import capture_logs

from runtime import topics
from runtime.backoff import Backoff, LogOnce
from runtime.clock import Clock, ClockError, ClockScope, SteppedClock, load_clock, write_clock
from runtime.health import Health, HealthPart, HealthState, decode_health, health_will, publish_health
from runtime.ids import IdMaker, new_id, seeded_ids
from runtime.logs import LogFormat, configure_logs, get_logger
from runtime.mqtt import Message, MqttLink
from runtime.settings import MqttSettings
from runtime.supervise import supervise
from runtime.threads import in_thread
from runtime.topics import SparkplugKind, TopicError

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

# ---- clock ----------------------------------------------------------------------------------------------------------


def test_without_a_document_domain_time_is_real_time() -> None:
    clock = load_clock(None)
    assert (clock.rate, clock.simulated) == (1.0, False)
    assert abs(clock.now() - clock.real_now()) < timedelta(seconds=1)


def test_domain_time_runs_from_its_anchor_at_its_rate(tmp_path: Path) -> None:
    system = datetime.now(UTC) - timedelta(minutes=1)
    write_clock(tmp_path / "clock.json", anchor_domain=AT, anchor_system=system, rate=60)
    clock = load_clock(tmp_path / "clock.json")
    assert timedelta(minutes=60) <= clock.now() - AT < timedelta(minutes=62)
    assert (clock.real_seconds(60), clock.simulated) == (1.0, True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Input data was truncated"),
        ("{}", "missing required field `anchor_domain`"),
        ('{"anchor_domain":"2026-01-01T00:00:00Z","anchor_system":"2026-01-01T00:00:00Z"}', "`rate`"),
        ('{"anchor_domain":"soon","anchor_system":"2026-01-01T00:00:00Z","rate":1}', "anchor_domain"),
        ('{"anchor_domain":"2026-01-01T00:00:00","anchor_system":"2026-01-01T00:00:00Z","rate":1}', "no time zone"),
        ('{"anchor_domain":"2026-01-01T00:00:00Z","anchor_system":"2026-01-01T00:00:00Z","rate":0}', "rate: 0.0"),
        ('{"anchor_domain":"2026-01-01T00:00:00Z","anchor_system":"2026-01-01T00:00:00Z","rate":61}', "rate: 61.0"),
        ('{"anchor_domain":"2026-01-01T00:00:00Z","anchor_system":"2026-01-01T00:00:00Z","rate":1,"x":1}', "`x`"),
    ],
)
def test_malformed_clock_is_refused_with_file_key_and_reason(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "clock.json"
    path.write_text(text)
    with pytest.raises(ClockError) as caught:
        load_clock(path)
    assert str(path) in str(caught.value)
    assert reason in str(caught.value)


def test_missing_clock_file_is_a_clock_error(tmp_path: Path) -> None:
    with pytest.raises(ClockError, match="cannot be read"):
        load_clock(tmp_path / "none.json")


def test_only_one_process_alone_may_run_faster_than_sixty() -> None:
    assert Clock(rate=1000, scope=ClockScope.IN_PROCESS).rate == 1000
    for rate in (0, -1, 61, float("nan"), float("inf")):
        with pytest.raises(ClockError, match="rate"):
            Clock(rate=rate)
    with pytest.raises(ClockError, match="rate"):
        Clock(rate=float("inf"), scope=ClockScope.IN_PROCESS)


async def test_stepped_clock_moves_only_when_stepped() -> None:
    clock = SteppedClock(AT)
    await clock.sleep(90)
    assert clock.now() == clock.real_now() == AT + timedelta(seconds=90)
    with pytest.raises(ValueError, match="never stepped back"):
        clock.step(-1)


def test_real_time_of_a_fast_stepped_clock_moves_slower_than_domain_time() -> None:
    clock = SteppedClock(AT, rate=30.0)
    clock.step(60)
    assert clock.now() == AT + timedelta(seconds=60)
    assert clock.real_now() == AT + timedelta(seconds=2)
    assert clock.real_seconds(60) == 2


# ---- ids and topics -------------------------------------------------------------------------------------------------


def test_ids_sort_in_the_order_of_making_even_when_the_clock_stands_still() -> None:
    maker = IdMaker(SteppedClock(AT))
    ids = [maker.new_id("ord") for _ in range(1000)]
    assert ids == sorted(set(ids))
    assert new_id("task").startswith("task-01")
    assert all(character.isalnum() or character == "-" for character in new_id("x"))


def test_seeded_ids_repeat_and_leave_the_ordinary_ones_as_they_were() -> None:
    def ids(seed: int) -> list[str]:
        with seeded_ids(SteppedClock(AT), seed):
            return [new_id("ord") for _ in range(20)]

    assert ids(7) == ids(7) == sorted(ids(7))
    assert ids(7) != ids(8)
    assert new_id("ord") != new_id("ord")


def test_topics_are_those_of_the_design() -> None:
    assert topics.facts("s", "e") == "hv/v1/s/facts/e"
    assert topics.acks("s", topics.ANY) == "hv/v1/s/acks/+"
    assert topics.sparkplug("s", SparkplugKind.NCMD, "e") == "spBv1.0/s/NCMD/e"
    assert topics.sparkplug("s", SparkplugKind.DDATA, "e", "d") == "spBv1.0/s/DDATA/e/d"
    assert topics.state("h") == "spBv1.0/STATE/h"
    assert topics.last_name("hv/v1/s/health/serve") == "serve"


@given(st.text(max_size=8))
def test_name_with_a_reserved_character_never_becomes_a_topic(name: str) -> None:
    """tck-id-topic-structure-namespace-valid-group-id, -valid-edge-node-id, -valid-device-id"""
    if name and not set(name) & set("+/#"):
        assert topics.parse_sparkplug(topics.sparkplug("s", SparkplugKind.DDATA, name, name))[1:] == (name, name)
    else:
        with pytest.raises(TopicError, match="cannot stand in a topic"):
            topics.sparkplug("s", SparkplugKind.NDATA, name)


def test_device_stands_in_device_topics_only() -> None:
    """tck-id-topic-structure-namespace-device-id-associated-message-types and -non-associated-message-types"""
    with pytest.raises(TopicError, match="needs a device"):
        topics.sparkplug("s", SparkplugKind.DDATA, "e")
    with pytest.raises(TopicError, match="has no device"):
        topics.sparkplug("s", SparkplugKind.NDATA, "e", "d")
    for bad in ("spBv1.0/s/NDATA/e/d", "spBv1.0/s/DDATA/e", "spBv1.0/s/WHAT/e", "x"):
        with pytest.raises(TopicError, match="not a Sparkplug topic"):
            topics.parse_sparkplug(bad)


def test_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="hots"):
        MqttSettings.model_validate({"hots": "127.0.0.1"})


# ---- health and supervision -----------------------------------------------------------------------------------------


def test_service_is_as_healthy_as_its_worst_part() -> None:
    health, clock = Health(), SteppedClock(AT)
    assert health.part("a") is health.part("a")
    assert health.report("s", clock).state is HealthState.DOWN  # nobody has said anything yet
    health.part("a").ok()
    health.part("b").degraded("slow")
    report = health.report("s", clock)
    assert (report.state, report.at_real) == (HealthState.DEGRADED, "2026-11-22T08:00:00.000Z")
    assert decode_health(msgspec.json.encode(report)) == report


async def test_health_is_retained_and_down_when_the_process_ends(mqtt_settings: MqttSettings) -> None:
    clock, health = Clock(), Health()
    got: list[Message] = []
    health.part("a").ok()
    watcher = MqttLink(mqtt_settings, "watcher")
    watcher.subscribe(topics.health("s", topics.ANY), got.append)
    link = MqttLink(mqtt_settings, "a", will=health_will("s", "bridge", clock))
    async with running(watcher):
        async with running(link, publish_health(link, "s", "bridge", health, clock)):
            await until(lambda: bool(got))
        await until(lambda: decode_health(got[-1].payload).state is HealthState.DOWN)
    assert decode_health(got[0].payload).state is HealthState.OK
    late: list[Message] = []
    other = MqttLink(mqtt_settings, "late")
    other.subscribe(topics.health("s", "bridge"), late.append)
    async with running(other):
        await until(lambda: bool(late))
    assert late[0].retain


async def test_part_that_fails_is_started_again_and_reported_once() -> None:
    starts, part, stay = [], HealthPart("p"), asyncio.Event()

    async def run() -> None:
        starts.append(len(starts))
        if len(starts) < 4:
            raise ValueError("no luck")
        await stay.wait()

    with capture_logs() as lines:
        async with running(supervise("part", run, part, backoff=Backoff(0.001, 0.002))):
            await until(lambda: len(starts) == 4)
            assert (part.state, part.detail) == (HealthState.DOWN, "ValueError: no luck")
            await until(lambda: part.state is HealthState.OK)
    levels = [line["log_level"] for line in lines if line.get("what") == "part"]
    assert levels == ["warning", "debug", "debug", "info"]


async def test_part_that_ends_by_itself_is_started_again() -> None:
    starts, part = [], HealthPart("p")

    async def run() -> None:
        starts.append(1)

    async with running(supervise("part", run, part, backoff=Backoff(0.001, 0.002))):
        await until(lambda: len(starts) >= 3)
    assert part.detail == "ended without being asked to"


async def test_cancelled_supervision_cancels_its_part() -> None:
    ended, part = asyncio.Event(), HealthPart("p")

    async def run() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with running(supervise("part", run, part)):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert ended.is_set()


async def test_cancel_waits_for_the_work_in_the_thread() -> None:
    began, may_end, ended = threading.Event(), threading.Event(), []

    def work() -> None:
        began.set()
        may_end.wait(LIMIT_S)
        ended.append(True)

    task = asyncio.create_task(in_thread(work))
    await asyncio.to_thread(began.wait, LIMIT_S)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]


def test_backoff_doubles_to_its_longest_and_starts_again() -> None:
    backoff = Backoff(0.25, 1.0)
    assert [backoff.next_delay() for _ in range(4)] == [0.25, 0.5, 1.0, 1.0]
    backoff.reset()
    assert backoff.next_delay() == 0.25


def test_recovery_is_said_only_after_a_failure() -> None:
    trouble = LogOnce("x")
    with capture_logs() as lines:
        trouble.recovered()
        trouble.failed("why")
        trouble.recovered()
        trouble.recovered()
    assert [line["log_level"] for line in lines] == ["warning", "info"]


def test_logs_are_one_json_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    import logging

    import structlog

    before, handlers, level = structlog.get_config(), logging.getLogger().handlers[:], logging.getLogger().level
    try:
        configure_logs("bridge", LogFormat.JSON, "INFO")
        get_logger("runtime.test").info("bag seen", bag="A1")
        logging.getLogger("library").warning("said %s", "so")
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    finally:
        structlog.contextvars.clear_contextvars()
        structlog.configure(**before)
        logging.getLogger().handlers[:] = handlers
        logging.getLogger().setLevel(level)
    assert [(line["event"], line["service"], line["level"]) for line in lines] == [
        ("bag seen", "bridge", "info"),
        ("said so", "bridge", "warning"),
    ]
    assert lines[0]["bag"] == "A1"
