"""The boards ask for what the mirror writes, of stores that the plant has, and a real server understands them."""

from __future__ import annotations

import importlib.util
import json
import re
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import numpy as np
import pytest
from telemetry_world import PLANT
from victoria_server import VictoriaServer

from plant.load import demo_text
from plant.signals import signals_of
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import SourceRegistry
from telemetry.mirror import FIELDS, MEASUREMENT, InfluxMirror
from telemetry.store import Readings

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "grafana"


def _maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_boards", FOLDER / "make_boards.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER = _maker()
BOARDS = {kind: json.loads((FOLDER / name).read_text(encoding="utf-8")) for kind, name in MAKER.FILES.items()}


def queries_of(board: dict[str, Any], key: str) -> list[str]:
    return [target[key] for panel in board["panels"] for target in panel["targets"]]


def test_the_boards_here_are_those_of_the_demo_plant(tmp_path: Path) -> None:
    plant = tmp_path / "plant.toml"
    plant.write_text(demo_text(), encoding="utf-8")
    MAKER.main(plant, tmp_path)
    for name in MAKER.FILES.values():
        assert (tmp_path / name).read_text(encoding="utf-8") == (FOLDER / name).read_text(encoding="utf-8"), name


def test_every_query_names_series_that_the_mirror_writes() -> None:
    metrics = {signal.metric for device in PLANT.devices for signal in signals_of(device.kind)}
    devices = {device.id for device in MAKER.stores(PLANT)}
    for query in queries_of(BOARDS["prometheus"], "expr"):
        assert set(re.findall(r"\b\w+(?=\{)", query)) <= {f"{MEASUREMENT}_{field}" for field in FIELDS}
        assert set(re.findall(r"(\w+)=~?\"", query)) <= {"edge", "device", "metric"}
        assert set(re.findall(r'metric="([^"]+)"', query)) <= metrics
        assert set(re.search(r'device=~?"([^"]+)"', query)[1].split("|")) <= devices
    for query in queries_of(BOARDS["influxdb"], "query"):
        assert f'r._measurement == "{MEASUREMENT}"' in query
        assert set(re.findall(r'r\._field == "(\w+)"', query)) <= set(FIELDS)
        assert set(re.findall(r"\br\.(\w+) (?:==|=~)", query)) <= {
            "_measurement",
            "_field",
            "_value",
            "device",
            "metric",
        }
        assert set(re.findall(r'r\.metric == "([^"]+)"', query)) <= metrics


@pytest.mark.parametrize("kind", BOARDS)
def test_every_store_has_a_panel_with_its_band(kind: str) -> None:
    panels = {panel["title"]: panel for panel in BOARDS[kind]["panels"]}
    for device in MAKER.stores(PLANT):
        panel, envelope = panels[f"{device.name_en} / {device.name_zh}"], PLANT.envelope_of(device.place)
        values = [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
        assert values[0] is None
        sides = (envelope.min_c, envelope.alert_min_c, envelope.alert_max_c, envelope.max_c)
        assert values[1:] == [side for side in sides if side is not None]


def test_a_real_server_answers_every_query_from_what_the_mirror_wrote(tmp_path: Path) -> None:
    server = VictoriaServer(tmp_path)
    server.start()
    try:
        registry, now_ms = SourceRegistry(), int(time.time()) * 1000
        for device in MAKER.stores(PLANT):
            for signal in signals_of(device.kind):
                registry.add(PLANT.edge_by_device[device.id], device.id, signal.metric)
        count = len(registry)
        minutes = now_ms - 60_000 * np.arange(30, dtype=np.int64)
        readings = Readings(
            np.tile(np.arange(count, dtype=np.int32), 30),
            np.repeat(minutes, count),
            np.ones(30 * count),
            np.full(30 * count, Quality.GOOD.code, np.uint8),
            np.zeros(30 * count, np.bool_),
        )
        mirror = InfluxMirror(tmp_path / "mirror.db", url=server.url, token="t", org="o", bucket="hv")
        mirror.offer(readings, registry)
        mirror.drain(0.0)
        mirror.close()
        httpx.get(f"{server.url}/internal/force_flush", timeout=30).raise_for_status()
        for query in queries_of(BOARDS["prometheus"], "expr"):
            answer = httpx.get(f"{server.url}/api/v1/query", params={"query": query, "time": now_ms / 1000}, timeout=30)
            assert answer.status_code == 200, f"{query}: {answer.text}"
            assert answer.json()["data"]["result"], query
    finally:
        server.kill()
