"""A logger's readings as CSV: one column of instants, one of Celsius, found by their headings."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from telemetry.loggers.clock import Moment, moment_of, told, zone_of
from telemetry.loggers.content import checked
from telemetry.loggers.model import Fault, LoggerError, LoggerFormat, ReadingsExport, refused
from telemetry.mkt import ZERO_C_K

DELIMITERS: Final = ",;\t"
FAULTS_COUNTED: Final = 1_000
"""After so many faults the rest is not looked at."""
WARMEST_C: Final = 1_000.0
"""Nothing that holds blood, or a logger, is warmer: such a number is not a temperature."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column holds what. ``timezone`` (IANA) is that of instants without an offset."""

    time: str = "timestamp"
    celsius: str = "celsius"
    timezone: str | None = None
    delimiter: str = ","


def read_table(text: str, mapping: Mapping) -> ReadingsExport:
    """Read every row, or raise LoggerError with all faults: rows go forward in time, each with a number of Celsius."""
    if mapping.delimiter not in DELIMITERS or len(mapping.delimiter) != 1:
        raise refused("mapping.delimiter", "Columns are separated by a comma, a semicolon or a tab")
    if mapping.time == mapping.celsius:
        raise refused("mapping.columns", f"One column cannot be time and temperature: {mapping.time!r}")
    zone = None if mapping.timezone is None else zone_of(mapping.timezone)
    rows = _rows(checked(text), mapping)
    header_line, header = next(rows, (1, []))
    time_at, celsius_at = _columns(header, header_line, mapping)
    faults: list[Fault] = []
    found: list[tuple[int, float, int]] = []
    awareness: set[bool] = set()
    try:
        for line, row in rows:
            try:
                if len(row) != len(header):
                    raise refused("row.columns", f"{len(row)} columns where the heading has {len(header)}", line)
                at = _moment(row[time_at].strip(), zone, line, awareness)
                value = _celsius(row[celsius_at].strip(), line)
                _in_order(at, found, line)
                found.append((at.ms, value, line))
            except LoggerError as error:
                faults.extend(error.faults)
            if len(faults) > FAULTS_COUNTED:
                break
    except LoggerError as error:
        faults.extend(error.faults)
    if faults:
        raise LoggerError(faults)
    if not found:
        raise refused("file.no_rows", "The file has a heading and no readings")
    times, values, lines = zip(*found, strict=True)
    is_own = awareness == {False}
    return ReadingsExport(
        format=LoggerFormat.CSV,
        ts_ms=np.array(times, dtype=np.int64),
        celsius=np.array(values, dtype=np.float64),
        lines=np.array(lines, dtype=np.int64),
        zone=mapping.timezone,
        is_own_clock=is_own,
    )


def _rows(text: str, mapping: Mapping) -> Iterator[tuple[int, list[str]]]:
    """Line number and fields of each row that is not blank; a row over several lines has the number of its last."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mapping.delimiter, strict=True)
    try:
        for row in reader:
            if any(field.strip() for field in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise refused("row.csv", f"Not CSV: {error}", reader.line_num) from error


def _columns(header: list[str], line: int, mapping: Mapping) -> tuple[int, int]:
    names = [name.strip() for name in header]
    for wanted in (mapping.time, mapping.celsius):
        if names.count(wanted) != 1:
            what = "twice" if wanted in names else "not"
            shown = ", ".join(name[:30] for name in names[:8])
            unit = "; temperatures must be in Celsius and their heading must say so" if wanted == "celsius" else ""
            detail = f"The heading names {wanted!r} {what}; it must name {mapping.time!r} and {mapping.celsius!r}"
            raise refused("header.column", f"{detail}, and is {shown!r}{unit}", line)
    return names.index(mapping.time), names.index(mapping.celsius)


def _moment(text: str, zone: ZoneInfo | None, line: int, awareness: set[bool]) -> Moment:
    at = moment_of(text, zone, line)
    if awareness | {at.is_aware} == {True, False}:
        raise refused("time.mixed", f"{text!r}: some instants have an offset and some do not", line)
    awareness.add(at.is_aware)
    return at


def _celsius(text: str, line: int) -> float:
    try:
        value = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not -ZERO_C_K < value < WARMEST_C:
        raise refused("celsius.number", f"{text[:40]!r} is no temperature in Celsius", line)
    return value


def _in_order(at: Moment, found: list[tuple[int, float, int]], line: int) -> None:
    if not found or at.ms > found[-1][0]:
        return
    earlier = told(at.ms, is_own_clock=not at.is_aware)
    if at.ms == found[-1][0]:
        raise refused("time.duplicate", f"{earlier} stands in line {found[-1][2]} already", line)
    raise refused("time.order", f"{earlier} is earlier than line {found[-1][2]}: rows must go forward in time", line)
