"""The mirror against a real server that takes InfluxDB's line protocol, killed in the middle and asked back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from victoria_server import VictoriaServer

from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import SourceRegistry
from telemetry.mirror import InfluxMirror
from telemetry.store import Readings

NAMES = [f"Temperature/{number:02d}" for number in range(20)]
PER_OFFER = 2_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[VictoriaServer]:
    made = VictoriaServer(tmp_path)
    made.start()
    yield made
    made.kill()


def registry() -> SourceRegistry:
    made = SourceRegistry()
    for name in NAMES:
        made.add("cell-cold", "logger 1", name)
    return made


def offer_of(number: int, start_ms: int, rng: np.random.Generator) -> Readings:
    """Readings of all sources at times of their own; some are null, some are not good."""
    steps = np.arange(PER_OFFER) // len(NAMES)
    value = rng.normal(4, 1, PER_OFFER).round(2)
    value[rng.random(PER_OFFER) < 0.01] = np.nan
    return Readings(
        np.tile(np.arange(len(NAMES), dtype=np.int32), PER_OFFER // len(NAMES)),
        start_ms + (number * PER_OFFER // len(NAMES) + steps).astype(np.int64) * 250,
        value,
        rng.choice(np.array([Quality.GOOD.code, Quality.UNCERTAIN.code], np.uint8), PER_OFFER),
        np.zeros(PER_OFFER, np.bool_),
    )


def drained(mirror: InfluxMirror, now_s: float) -> bool:
    try:
        mirror.drain(now_s)
    except ConnectionError:
        return False
    return True


def test_every_point_is_there_after_the_server_was_killed_in_the_middle(server: VictoriaServer, tmp_path: Path) -> None:
    mirror = InfluxMirror(tmp_path / "mirror.db", url=server.url, token="t", org="o", bucket="hv")
    rng, names = np.random.default_rng(20261122), registry()
    start_ms = (int(time.time()) - 3_600) * 1000  # the server drops what is older than its retention
    wanted: dict[tuple[str, str], dict[int, float]] = {}
    for number in range(12):
        readings = offer_of(number, start_ms, rng)
        mirror.offer(readings, names)
        columns = (
            readings.source.tolist(),
            readings.ts_ms.tolist(),
            readings.value.tolist(),
            readings.quality.tolist(),
        )
        for source, ts, value, quality in zip(*columns, strict=True):
            if not np.isnan(value):
                wanted.setdefault(("reading_value", NAMES[source]), {})[ts] = value
                wanted.setdefault(("reading_quality", NAMES[source]), {})[ts] = float(quality)
        if number == 5:
            server.kill()  # it had answered 204 for what it kept in memory
        assert drained(mirror, float(number)) is (number < 5 or number >= 8)
        if number == 7:
            server.start()
    found = server.export('{__name__=~"reading_.*"}')
    assert found.keys() == wanted.keys()
    for series, points in wanted.items():
        assert found[series] == points, series
    mirror.drain(1_000.0)
    assert mirror.waiting() == 0
    mirror.close()


def test_what_is_sent_twice_is_there_once(server: VictoriaServer, tmp_path: Path) -> None:
    names, readings = registry(), offer_of(0, (int(time.time()) - 600) * 1000, np.random.default_rng(3))
    for turn in range(2):  # the second time with a spool of its own: as after a restart
        mirror = InfluxMirror(tmp_path / f"mirror{turn}.db", url=server.url, token="t", org="o", bucket="hv")
        mirror.offer(readings, names)
        mirror.drain(0.0)
        mirror.close()
    found = server.export('{__name__="reading_value"}')
    assert sum(len(points) for points in found.values()) == int((~np.isnan(readings.value)).sum())
