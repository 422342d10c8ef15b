"""Writes the Grafana boards of a site: `python deploy/grafana/make_boards.py PLANT.toml FOLDER`.

One board asks VictoriaMetrics (PromQL), the other InfluxDB 2 (Flux). Stores and bands are those of the plant document;
limits that were approved later are shown by HemoVault itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from plant.load import load_plant
from plant.model import Device, Envelope, Plant
from plant.signals import signals_of
from telemetry.mirror import MEASUREMENT

VICTORIA: Final = {"type": "prometheus", "uid": "hemovault-victoriametrics"}
INFLUX: Final = {"type": "influxdb", "uid": "hemovault-influxdb"}
FILES: Final = {"prometheus": "cold-chain-victoriametrics.json", "influxdb": "cold-chain-influxdb.json"}
_TEMPERATURES: Final = ("Temperature/Air", "Temperature/Load")
_CHAMBERS_WIDE: Final = 12
_HIGH: Final = 8
_GOOD: Final = 192


def board(plant: Plant, source: dict[str, str]) -> dict[str, Any]:
    """One board for one kind of data source."""
    panels: list[dict[str, Any]] = []
    for number, device in enumerate(stores(plant)):
        where = {"x": number % 2 * _CHAMBERS_WIDE, "y": number // 2 * _HIGH, "w": _CHAMBERS_WIDE, "h": _HIGH}
        panels.append(_chamber(plant, device, source, where))
    below = (len(panels) + 1) // 2 * _HIGH
    devices = "|".join(device.id for device in stores(plant))
    for title, unit, queries in _boards(source["type"], devices):
        where = {"x": (len(panels) % 2) * _CHAMBERS_WIDE, "y": below, "w": _CHAMBERS_WIDE, "h": _HIGH}
        panels.append(_panel(title, source, where, queries, unit))
    return {
        "uid": f"hemovault-cold-chain-{source['type']}",
        "title": f"HemoVault cold chain / 冷链 ({plant.site.id})",
        "tags": ["hemovault"],
        "timezone": "browser",
        "refresh": "30s",
        "schemaVersion": 39,
        "time": {"from": "now-24h", "to": "now"},
        "panels": [{"id": number, **panel} for number, panel in enumerate(panels, 1)],
    }


def stores(plant: Plant) -> list[Device]:
    """Machines that keep blood at a temperature and have a probe."""
    probed = {probe.device for probe in plant.probes}
    return [
        device
        for device in plant.devices
        if device.id in probed and plant.envelope_of(device.place) is not None
        and "Temperature/SetPoint" in {signal.metric for signal in signals_of(device.kind)}
    ]  # fmt: skip


def _boards(kind: str, devices: str) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Title, unit and queries of what stands below the stores."""
    if kind == "prometheus":
        probes = f'device=~"{devices}",metric=~"Temperature/(Air|Load)"'
        value, quality = f"{MEASUREMENT}_value", f"{MEASUREMENT}_quality"
        yield (
            "Completeness: minutes heard in the last hour / 完整性：最近一小时有读数的分钟",
            "percentunit",
            [("{{device}} {{metric}}", f"count_over_time((count_over_time({value}{{{probes}}}[1m]) > 0)[1h:1m]) / 60")],
        )
        yield (
            "Good readings / 可信读数",
            "percentunit",
            [("{{device}} {{metric}}", f"avg_over_time(({quality}{{{probes}}} == bool {_GOOD})[1h:1m])")],
        )
        for title, metric, word in _switches():
            yield (
                title,
                "bool_on_off",
                [
                    (
                        "{{device}}",
                        f'last_over_time({value}{{device=~"{devices}",metric="{metric}"}}[1d]) == bool {word}',
                    )
                ],
            )
        return
    probes = f"r.device =~ /^({devices})$/ and r.metric =~ /^Temperature\\/(Air|Load)$/"
    yield (
        "Completeness: readings in each hour / 完整性：每小时读数",
        "short",
        [("", _flux(f'{probes} and r._field == "value"', "aggregateWindow(every: 1h, fn: count, createEmpty: true)"))],
    )
    good = f"map(fn: (r) => ({{r with _value: if r._value == {_GOOD} then 1.0 else 0.0}}))"
    share = f"{good}\n  |> aggregateWindow(every: 1h, fn: mean, createEmpty: false)"
    yield "Good readings / 可信读数", "percentunit", [("", _flux(f'{probes} and r._field == "quality"', share))]
    for title, metric, word in _switches():
        where = f'r.device =~ /^({devices})$/ and r.metric == "{metric}" and r._field == "value"'
        turned = f"map(fn: (r) => ({{r with _value: if r._value == {word}.0 then 1.0 else 0.0}}))"
        yield title, "bool_on_off", [("", _flux(where, turned))]


def _switches() -> tuple[tuple[str, str, int], ...]:
    """What raises alarms beside temperatures: title, metric, and the value that means it."""
    return (
        ("Doors open / 门开", "Door/Open", 1),
        ("Supply lost / 断电", "Power/Mains", 0),
        ("Defrost / 除霜", "Defrost/Active", 1),
        ("Agitator stands still / 振荡停止", "Agitator/Running", 0),
    )


def _chamber(plant: Plant, device: Device, source: dict[str, str], where: dict[str, int]) -> dict[str, Any]:
    """The probes of one store with its band."""
    metrics = [metric for metric in _TEMPERATURES if metric in {signal.metric for signal in signals_of(device.kind)}]
    queries = []
    for metric in metrics:
        if source["type"] == "prometheus":
            queries.append((metric, f'{MEASUREMENT}_value{{device="{device.id}",metric="{metric}"}}'))
        else:
            wanted = f'r.device == "{device.id}" and r.metric == "{metric}" and r._field == "value"'
            window = "aggregateWindow(every: v.windowPeriod, fn: mean, createEmpty: false)"
            queries.append((metric, _flux(wanted, window)))
    panel = _panel(f"{device.name_en} / {device.name_zh}", source, where, queries, "celsius")
    envelope = plant.envelope_of(device.place)
    if envelope is not None:
        defaults = panel["fieldConfig"]["defaults"]
        defaults["thresholds"] = {"mode": "absolute", "steps": _band(envelope)}
        defaults["custom"]["thresholdsStyle"] = {"mode": "area"}
    return panel


def _band(envelope: Envelope) -> list[dict[str, Any]]:
    """Red outside the limits, amber between limit and alert, clear inside; an open side is clear."""
    sides = (envelope.min_c, envelope.alert_min_c, envelope.alert_max_c, envelope.max_c)
    low, alert_low, alert_high, high = sides
    steps: list[dict[str, Any]] = [{"color": "red" if low is not None else "transparent", "value": None}]
    if low is not None:
        steps.append({"color": "transparent" if alert_low is None else "orange", "value": low})
    if alert_low is not None:
        steps.append({"color": "transparent", "value": alert_low})
    if alert_high is not None:
        steps.append({"color": "orange", "value": alert_high})
    if high is not None:
        steps.append({"color": "red", "value": high})
    return steps


def _panel(
    title: str, source: dict[str, str], where: dict[str, int], queries: list[tuple[str, str]], unit: str
) -> dict[str, Any]:
    return {
        "type": "timeseries",
        "title": title,
        "datasource": source,
        "gridPos": where,
        "fieldConfig": {
            "defaults": {"unit": unit, "custom": {"spanNulls": 300_000, "lineWidth": 2}},
            "overrides": [],
        },
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
        "targets": [_target(source, letter, *query) for letter, query in zip("ABCDEF", queries, strict=False)],
    }


def _target(source: dict[str, str], letter: str, legend: str, query: str) -> dict[str, Any]:
    if source["type"] == "prometheus":
        return {"refId": letter, "datasource": source, "expr": query, "legendFormat": legend, "interval": "1m"}
    return {"refId": letter, "datasource": source, "query": query}


def _flux(wanted: str, then: str) -> str:
    return (
        "from(bucket: v.defaultBucket)\n  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)\n"
        f'  |> filter(fn: (r) => r._measurement == "{MEASUREMENT}" and {wanted})\n  |> {then}'
    )


def main(plant_file: Path, folder: Path) -> None:
    """Write both boards into a folder."""
    plant = load_plant(plant_file)
    for source in (VICTORIA, INFLUX):
        text = json.dumps(board(plant, source), indent=2, ensure_ascii=False) + "\n"
        (folder / FILES[source["type"]]).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
