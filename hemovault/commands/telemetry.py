"""`hemovault telemetry`: what a logger's file holds, and how it would have been judged. Files only; no site is needed.

Both commands read a file whole or not at all. A file that cannot be read ends them with exit status 2: every fault is
one line on stderr, with the line of the file, and nothing is on stdout.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from blood.components import Limits
from hemovault.commands.telemetry_words import export_lines, export_object, replay_lines, replay_objects
from telemetry.loggers.clock import told, zone_of
from telemetry.loggers.content import MOST_BYTES, text_of
from telemetry.loggers.model import DailyExport, Fault, LoggerError, ReadingsExport, refused
from telemetry.loggers.read import read_export
from telemetry.loggers.replay import FileGap, gap_after_ms, gaps_of, replay
from telemetry.loggers.table import Mapping
from telemetry.mkt import ZERO_C_K

app = typer.Typer(no_args_is_help=True, help="Files of temperature loggers.")
FileArgument = Annotated[Path, typer.Argument(help="The export, as the logger wrote it")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON instead of a table")]
TimeOption = Annotated[str, typer.Option("--time", help="Heading of the column of instants (CSV)")]
CelsiusOption = Annotated[str, typer.Option("--celsius", help="Heading of the column of temperatures in Celsius (CSV)")]
DelimiterOption = Annotated[str, typer.Option("--delimiter", help="What separates columns (CSV): , or ; or tab")]
ZoneOption = Annotated[
    str | None, typer.Option("--timezone", help="IANA time zone of instants without an offset, such as Asia/Shanghai")
]
UtcOption = Annotated[bool, typer.Option("--utc", help="Instants without an offset are UTC")]
LowOption = Annotated[float | None, typer.Option("--low", help="Lower limit in Celsius; the limit itself is inside")]
HighOption = Annotated[float | None, typer.Option("--high", help="Upper limit in Celsius; the limit itself is inside")]
MinutesOption = Annotated[
    float, typer.Option("--consecutive-min", help="Minutes outside without a break after which it alarms")
]
GapOption = Annotated[
    float | None,
    typer.Option("--gap-min", help="Minutes between readings after which nothing is known [default: 5, or 1.5 usual]"),
]
StrictOption = Annotated[bool, typer.Option("--refuse-gaps", help="A gap between readings is a fault of the file")]
_MINUTE_MS: Final = 60_000
_MOST_MINUTES: Final = 100_000_000
_CANNOT: Final = 2


@app.command("replay")
def replay_(
    file: FileArgument,
    low: LowOption = None,
    high: HighOption = None,
    consecutive_min: MinutesOption = 5.0,
    as_json: JsonOption = False,
    timezone: ZoneOption = None,
    utc: UtcOption = False,
    gap_min: GapOption = None,
    refuse_gaps: StrictOption = False,
) -> None:
    """Say when a CSV `timestamp,celsius` was outside the limits, and when that would have alarmed.

    With --json: an array of `{"start", "end", "minutes", "worst", "mkt", "alarm_at", "kind", "limit", "gap_minutes"}`
    in the order of time. `start` is the first reading outside, `end` the first one inside again (null when the file
    ends before), `worst` and `mkt` are in Celsius, `alarm_at` is the first instant at which it had been outside for so
    many minutes without a break (null when it never had), `kind` is `above` or `below`, and of `gap_minutes` nothing is
    known. Instants without an offset stay without one, unless --timezone or --utc says what they mean.
    """
    with _named_errors(file):
        limits = _limits(low, high)
        mapping = Mapping(timezone=_zone(timezone, utc=utc))
        confirm_ms = _minutes_ms("--consecutive-min", consecutive_min)
        export = read_export(_read(file), mapping)
        if not isinstance(export, ReadingsExport):
            raise refused("file.no_readings", "This export holds daily summaries: see `hemovault telemetry import`")
        after_ms = gap_after_ms(export) if gap_min is None else _minutes_ms("--gap-min", gap_min)
        missing = gaps_of(export, after_ms)
        if missing and refuse_gaps:
            raise LoggerError([_gap_fault(export, gap) for gap in missing])
        found = replay(export, limits, confirm_ms, after_ms)
    for gap in missing:
        sys.stderr.write(f"hemovault: note: {_gap_fault(export, gap)}\n")
    if as_json:
        _print(replay_objects(export, found))
    else:
        _write(replay_lines(export, found))


@app.command("import")
def import_(
    file: FileArgument,
    as_json: JsonOption = False,
    time: TimeOption = "timestamp",
    celsius: CelsiusOption = "celsius",
    delimiter: DelimiterOption = ",",
    timezone: ZoneOption = None,
    utc: UtcOption = False,
) -> None:
    """Say what a logger's export holds: a CSV with a column of instants and one of Celsius, or a Fridge-tag 2's text.

    Nothing is changed anywhere: the file's readings are taken in at the screen of loggers, where its box is known. With
    --json one object: of a CSV its readings, span, interval, gaps, least, mean, greatest and mean kinetic temperature;
    of a Fridge-tag its device, limits with delays, sensors with time-outs, days, alarms, and doubts in its numbers.
    """
    with _named_errors(file):
        separator = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
        export = read_export(_read(file), Mapping(time, celsius, _zone(timezone, utc=utc), separator))
    if as_json:
        _print(export_object(export))
    else:
        _write(export_lines(export))
    if isinstance(export, DailyExport):
        for doubt in export.doubts:
            sys.stderr.write(f"hemovault: note: {doubt}\n")


@contextmanager
def _named_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except LoggerError as error:
        for fault in error.faults:
            sys.stderr.write(f"hemovault: {file.name}: {fault}\n")
        if error.count > len(error.faults):
            sys.stderr.write(f"hemovault: {file.name}: and {error.count - len(error.faults)} more\n")
        raise typer.Exit(_CANNOT) from error


def _read(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise refused("file.unreadable", f"It cannot be read ({error.strerror})") from error
    return text_of(content)


def _limits(low: float | None, high: float | None) -> Limits:
    if low is None and high is None:
        raise refused("limits.none", "Say --low, --high or both")
    for name, limit in (("--low", low), ("--high", high)):
        if limit is not None and not -ZERO_C_K < limit < _MOST_MINUTES:
            raise refused("limits.number", f"{name} {limit} is no temperature in Celsius")
    if low is not None and high is not None and low >= high:
        raise refused("limits.order", f"--low {low} is not below --high {high}")
    return Limits(low, high)


def _minutes_ms(name: str, minutes: float) -> int:
    if not 0 <= minutes <= _MOST_MINUTES:
        raise refused("minutes", f"{name} {minutes} is no number of minutes")
    return round(minutes * _MINUTE_MS)


def _zone(timezone: str | None, *, utc: bool) -> str | None:
    if timezone is not None and utc:
        raise refused("timezone.two", "Say --timezone or --utc, not both")
    if timezone is not None:
        zone_of(timezone)
    return "UTC" if utc else timezone


def _gap_fault(export: ReadingsExport, gap: FileGap) -> Fault:
    begin, end = (told(ms, is_own_clock=export.is_own_clock) for ms in (gap.from_ms, gap.to_ms))
    minutes = (gap.to_ms - gap.from_ms) / _MINUTE_MS
    return Fault("readings.gap", f"nothing is known from {begin} to {end} ({minutes:g} min)", gap.line)


def _print(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")


def _write(lines: Iterator[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
