"""The plant as a table of sensors and a table of conditions to watch: what the evaluator works on, all columns.

A *row* is a sensor (probe, door or mains supply). A *cell* is one condition of one row, always of the same form: it
holds while ``sign * (value - limit) > 0``, is confirmed after ``delay_ms`` without a break or by so many ``readings``
of ``window_ms``, and ends after ``off_delay_ms`` below ``-deadband``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from plant.model import Device, DeviceKind, Door, Plant, Probe, ProbeKind
from plant.signals import signals_of
from runtime.sparkplug.readings import SourceRegistry
from telemetry.columns import Bools, Floats, Ints
from telemetry.conditions import Condition, Severity
from telemetry.limits import LimitBook, LimitSet

POWER_METRIC: Final = "Power/Mains"
AGITATOR_METRIC: Final = "Agitator/Running"
UNSHAKEN_WARN_S: Final = 30 * 60
UNSHAKEN_ALARM_S: Final = 60 * 60
"""Platelets at rest: a warning after half an hour, an alarm after an hour (design)."""
LIMITS: Final = frozenset({Condition.TEMPERATURE_HIGH, Condition.TEMPERATURE_LOW})
"""Conditions of the permitted range itself."""
_HALF: Final = 0.5
_NEVER_SILENT: Final = -1


class SensorKind(StrEnum):
    """What a row is."""

    PROBE = "probe"
    DOOR = "door"
    POWER = "power"
    AGITATOR = "agitator"


@dataclass(frozen=True, slots=True)
class Sensor:
    """One row: its id in the plant, where its value comes from, what it watches over."""

    id: str
    kind: SensorKind
    edge: str
    device: str
    metric: str
    place: str
    covers: tuple[str, ...]
    silent_ms: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One condition of one row (see the module)."""

    row: int
    condition: Condition
    severity: Severity
    sign: int
    limit: float
    deadband: float
    delay_ms: int
    doors: tuple[int, ...] = ()
    off_delay_ms: int = 0
    readings: int = 0
    window_ms: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class SensorTable:
    """Sensors and cells with their columns. Cells of a row are neighbours from ``cell_start[row]`` on.

    ``row_of_source[index]`` is the row of a registry index or -1 (values that are stored but not watched).
    ``hush_cell`` / ``hush_door`` pair the cells that an open door may hold back with the row of that door.
    """

    sensors: tuple[Sensor, ...]
    cells: tuple[Cell, ...]
    source: Ints
    row_of_source: Ints
    silent_ms: Ints
    is_probe: Bools
    cell_row: Ints
    cell_sign: Floats
    cell_limit: Floats
    cell_deadband: Floats
    cell_delay_ms: Ints
    cell_off_delay_ms: Ints
    cell_readings: Ints
    cell_window_ms: Ints
    cell_is_limit: Bools
    cell_start: Ints
    cell_count: Ints
    hush_cell: Ints
    hush_door: Ints


def register_sources(plant: Plant, registry: SourceRegistry) -> None:
    """Give every signal of the plant a number, in the order of the document whatever the order of arrival."""
    edges = plant.edge_by_device
    kinds = [(device.id, device.kind) for device in plant.devices]
    for device, kind in (*kinds, *((box.id, DeviceKind.BOX) for box in plant.boxes)):
        for signal in signals_of(kind):
            registry.add(edges[device], device, signal.metric)


def build_table(
    plant: Plant, registry: SourceRegistry, limits: LimitBook | None = None, *, at_ms: int = 0
) -> SensorTable:
    """The sensors and conditions of a plant by the limits of an instant; registers what the registry does not know yet.

    ``limits`` None: those of the plant document. The rows are the same whatever the limits.
    """
    register_sources(plant, registry)
    book = LimitBook(plant) if limits is None else limits
    sensors = list(_sensors(plant))
    doors = {sensor.id: row for row, sensor in enumerate(sensors) if sensor.kind is SensorKind.DOOR}
    by_id = {sensor.id: row for row, sensor in enumerate(sensors)}
    cells: list[Cell] = []
    for probe in plant.probes:
        cells += _probe_cells(plant, probe, by_id[probe.id], doors, book.at(probe.id, at_ms))
    for door in plant.doors:
        cells += _door_cells(door, by_id[door.id])
    cells += [cell for row, s in enumerate(sensors) if s.kind is SensorKind.AGITATOR for cell in _agitator_cells(row)]
    cells += [
        Cell(row, Condition.POWER_LOST, Severity.HIGH, -1, _HALF, 0.0, 0)
        for row, sensor in enumerate(sensors)
        if sensor.kind is SensorKind.POWER
    ]
    return table_of(sensors, cells, registry)


def table_of(sensors: list[Sensor], cells: list[Cell], registry: SourceRegistry) -> SensorTable:
    """Columns of sensors and cells; sources are registered."""
    source = np.array([registry.add(s.edge, s.device, s.metric) for s in sensors], dtype=np.int64)
    row_of_source = np.full(len(registry), -1, dtype=np.int64)
    row_of_source[source] = np.arange(len(sensors))
    cells = sorted(cells, key=lambda cell: cell.row)
    cell_row = np.array([cell.row for cell in cells], dtype=np.int64)
    hush = [(index, door) for index, cell in enumerate(cells) for door in cell.doors]
    return SensorTable(
        sensors=tuple(sensors),
        cells=tuple(cells),
        source=source,
        row_of_source=row_of_source,
        silent_ms=np.array([s.silent_ms for s in sensors], dtype=np.int64),
        is_probe=np.array([s.kind is SensorKind.PROBE for s in sensors], dtype=np.bool_),
        cell_row=cell_row,
        cell_sign=np.array([cell.sign for cell in cells], dtype=np.float64),
        cell_limit=np.array([cell.limit for cell in cells], dtype=np.float64),
        cell_deadband=np.array([cell.deadband for cell in cells], dtype=np.float64),
        cell_delay_ms=np.array([cell.delay_ms for cell in cells], dtype=np.int64),
        cell_off_delay_ms=np.array([cell.off_delay_ms for cell in cells], dtype=np.int64),
        cell_readings=np.array([cell.readings for cell in cells], dtype=np.int64),
        cell_window_ms=np.array([cell.window_ms for cell in cells], dtype=np.int64),
        cell_is_limit=np.array([cell.condition in LIMITS for cell in cells], dtype=np.bool_),
        cell_start=np.searchsorted(cell_row, np.arange(len(sensors))).astype(np.int64),
        cell_count=np.bincount(cell_row, minlength=len(sensors)).astype(np.int64),
        hush_cell=np.array([index for index, _ in hush], dtype=np.int64),
        hush_door=np.array([door for _, door in hush], dtype=np.int64),
    )


def _sensors(plant: Plant) -> Iterator[Sensor]:
    edges = plant.edge_by_device

    for probe in plant.probes:
        yield Sensor(
            id=probe.id,
            kind=SensorKind.PROBE,
            edge=edges[probe.device],
            device=probe.device,
            metric=probe.metric,
            place=probe.covers[0],
            covers=probe.covers,
            silent_ms=probe.silent_after_s * 1000,
        )
    for door in plant.doors:
        yield _plain(
            door.id, SensorKind.DOOR, edges[door.device], plant.device_by_id[door.device], door.metric, door.place
        )
    for device in plant.devices:
        metrics = {signal.metric for signal in signals_of(device.kind)}
        if POWER_METRIC in metrics:
            yield _plain(device.id, SensorKind.POWER, edges[device.id], device, POWER_METRIC, device.place)
        if AGITATOR_METRIC in metrics:
            name = f"{device.id}-agitator"
            yield _plain(name, SensorKind.AGITATOR, edges[device.id], device, AGITATOR_METRIC, device.place)


def _plain(name: str, kind: SensorKind, edge: str, device: Device, metric: str, place: str) -> Sensor:
    """A door or supply: it speaks when it changes, so its silence is its device's affair."""
    return Sensor(name, kind, edge, device.id, metric, place, (place,), _NEVER_SILENT)


def _probe_cells(
    plant: Plant, probe: Probe, row: int, doors: dict[str, int], limits: LimitSet | None
) -> Iterator[Cell]:
    if limits is None:
        return
    confirmed = Severity.CRITICAL if probe.kind is ProbeKind.LOAD else Severity.HIGH
    near = tuple(doors[door.id] for door in plant.doors if any(_overlap(door.place, area) for area in probe.covers))
    hush = near if probe.kind is ProbeKind.AIR else ()
    sides = (
        (Condition.TEMPERATURE_HIGH, confirmed, 1, limits.max_c, hush),
        (Condition.TEMPERATURE_LOW, confirmed, -1, limits.min_c, ()),
        (Condition.TEMPERATURE_HIGH_ALERT, Severity.MEDIUM, 1, limits.alert_max_c, hush),
        (Condition.TEMPERATURE_LOW_ALERT, Severity.MEDIUM, -1, limits.alert_min_c, ()),
    )
    timing = limits.timing
    for condition, severity, sign, limit, behind in sides:
        if limit is not None:
            yield Cell(
                row,
                condition,
                severity,
                sign,
                limit,
                timing.deadband_c,
                timing.on_delay_s * 1000,
                behind,
                timing.off_delay_s * 1000,
                timing.count,
                timing.window_s * 1000,
            )


def _overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")


def _door_cells(door: Door, row: int) -> Iterator[Cell]:
    yield Cell(row, Condition.DOOR_OPEN, Severity.LOW, 1, _HALF, 0.0, door.warn_s * 1000)
    yield Cell(row, Condition.DOOR_OPEN_LONG, Severity.MEDIUM, 1, _HALF, 0.0, door.alarm_s * 1000)


def _agitator_cells(row: int) -> Iterator[Cell]:
    yield Cell(row, Condition.AGITATOR_STOPPED, Severity.MEDIUM, -1, _HALF, 0.0, UNSHAKEN_WARN_S * 1000)
    yield Cell(row, Condition.AGITATOR_STOPPED_LONG, Severity.HIGH, -1, _HALF, 0.0, UNSHAKEN_ALARM_S * 1000)
