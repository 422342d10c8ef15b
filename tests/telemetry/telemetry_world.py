"""A small plant and batches of readings for the telemetry tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib import resources

import numpy as np

from plant.load import parse_plant
from plant.model import Plant
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import ReadingBatch, SourceRegistry

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
START_MS = int(START.timestamp() * 1000)
MINUTE = 60_000
PLANT: Plant = parse_plant((resources.files("plant") / "demo.toml").read_text(encoding="utf-8"))
EDGE = next(cell.edge for cell in PLANT.cells if cell.id == PLANT.device_by_id["cold-1"].cell)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def ms(minutes: float) -> int:
    return START_MS + round(minutes * MINUTE)


def batch(
    registry: SourceRegistry,
    readings: Sequence[tuple[float, str, float]],
    offset: int,
    *,
    quality: Quality = Quality.GOOD,
    historical: bool = False,
    epoch: str = "e1",
    device: str = "cold-1",
    last: int | None = None,
) -> ReadingBatch:
    """Readings as (minute, metric, value) of one device in one message."""
    count = len(readings)
    return ReadingBatch(
        edge=EDGE,
        epoch=epoch,
        first_offset=offset,
        last_offset=offset if last is None else last,
        source=np.array([registry.add(EDGE, device, metric) for _, metric, _ in readings], dtype=np.int32),
        ts_ms=np.array([ms(minute) for minute, _, _ in readings], dtype=np.int64),
        value=np.array([value for _, _, value in readings], dtype=np.float64),
        quality=np.full(count, quality.code, dtype=np.uint8),
        historical=np.full(count, historical, dtype=np.bool_),
        texts=[],
    )
