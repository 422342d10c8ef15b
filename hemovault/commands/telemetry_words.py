"""What `hemovault telemetry` says: the same as objects for programs and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time
from typing import Any, Final

from telemetry.excursions import ExcursionKind
from telemetry.loggers.clock import told
from telemetry.loggers.model import DailyExport, DailySummary, Export, ReadingsExport
from telemetry.loggers.replay import FileGap, Replayed, gap_after_ms, gaps_of
from telemetry.mkt import mean_kinetic_temperature

_MINUTE_MS: Final = 60_000
_DIGITS: Final = 4


def replay_objects(export: ReadingsExport, found: Sequence[Replayed]) -> list[dict[str, Any]]:
    """One object for each excursion; the shape is told by `hemovault telemetry replay --help`."""
    return [
        {
            "start": _told(export, one.excursion.from_ms),
            "end": _told(export, one.excursion.to_ms),
            "minutes": round(one.excursion.minutes, _DIGITS),
            "worst": one.excursion.worst_c,
            "mkt": round(one.excursion.mkt_c, _DIGITS),
            "alarm_at": _told(export, one.alarm_ms),
            "kind": one.excursion.kind.value,
            "limit": one.excursion.limit_c,
            "gap_minutes": round(one.excursion.gap_minutes, _DIGITS),
        }
        for one in found
    ]


def replay_lines(export: ReadingsExport, found: Sequence[Replayed]) -> Iterator[str]:
    """A table of the excursions, and a line that says of what."""
    begin, end = _told(export, int(export.ts_ms[0])), _told(export, int(export.ts_ms[-1]))
    yield f"{len(export)} readings from {begin} to {end}: {len(found)} excursions"
    if found:
        yield f"{'start':<24} {'end':<24} {'minutes':>9} {'kind':<6} {'worst':>8} {'mkt':>9}  alarm_at"
    for one in replay_objects(export, found):
        yield (
            f"{one['start']:<24} {one['end'] or 'not in the file':<24} {one['minutes']:>9g} {one['kind']:<6} "
            f"{one['worst']:>8g} {one['mkt']:>9.4f}  {one['alarm_at'] or '-'}"
        )


def export_object(export: Export) -> dict[str, Any]:
    """All that an export holds; single readings are summed up."""
    return _days_object(export) if isinstance(export, DailyExport) else _readings_object(export)


def export_lines(export: Export) -> Iterator[str]:
    """The same in short, for people."""
    if isinstance(export, DailyExport):
        yield f"{export.device}, serial {export.serial}, firmware {export.firmware}"
        yield f"active since {export.activated_at}, read out {export.created_at} (the device's own clock)"
        for limit in export.limits:
            yield f"alarms {limit.kind.value} {limit.limit_c:g} C after {limit.after_min} minutes, added up"
        alarms = sum(bool(day.alarms) for day in export.days)
        yield f"{len(export.days)} days from {export.days[-1].day} to {export.days[0].day}, {alarms} with an alarm"
        for day in export.days:
            yield _day_line(day)
        return
    held = _readings_object(export)
    yield f"{held['readings']} readings from {held['from']} to {held['to']}, usually every {held['interval_min']} min"
    yield f"least {held['min_c']:g} C, mean {held['mean_c']:g} C, greatest {held['max_c']:g} C, mkt {held['mkt_c']:g} C"
    for gap in held["gaps"]:
        yield f"nothing known from {gap['from']} to {gap['to']} ({gap['minutes']:g} min, line {gap['line']})"


def _readings_object(export: ReadingsExport) -> dict[str, Any]:
    usual = export.usual_interval_ms
    return {
        "format": export.format.value,
        "timezone": export.zone,
        "clock": "the file's own" if export.is_own_clock else "utc",
        "readings": len(export),
        "from": _told(export, int(export.ts_ms[0])),
        "to": _told(export, int(export.ts_ms[-1])),
        "interval_min": None if usual is None else usual / _MINUTE_MS,
        "min_c": float(export.celsius.min()),
        "mean_c": round(float(export.celsius.mean()), _DIGITS),
        "max_c": float(export.celsius.max()),
        "mkt_c": round(mean_kinetic_temperature(export.celsius), _DIGITS),
        "gaps": [_gap_object(export, gap) for gap in gaps_of(export, gap_after_ms(export))],
    }


def _gap_object(export: ReadingsExport, gap: FileGap) -> dict[str, Any]:
    minutes = (gap.to_ms - gap.from_ms) / _MINUTE_MS
    return {"from": _told(export, gap.from_ms), "to": _told(export, gap.to_ms), "minutes": minutes, "line": gap.line}


def _days_object(export: DailyExport) -> dict[str, Any]:
    return {
        "format": export.format.value,
        "device": export.device,
        "version": export.version,
        "firmware": export.firmware,
        "serial": export.serial,
        "lot": export.lot,
        "clock": "the device's own",
        "activated_at": export.activated_at.isoformat(),
        "created_at": export.created_at.isoformat(),
        "tested_at": export.tested_at.isoformat(),
        "test_passed": export.test_passed,
        "measurement_delay_min": export.measurement_delay_min,
        "limits": [
            {"kind": one.kind.value, "limit_c": one.limit_c, "after_min": one.after_min} for one in export.limits
        ],
        "sensors": [
            {"name": one.name, "timeout_min": one.timeout_min, "offset_c": one.offset_c} for one in export.sensors
        ],
        "errors": [{"code": one.code, "count": one.count, "at": one.at.isoformat()} for one in export.device_faults],
        "from_day": export.days[-1].day.isoformat(),
        "to_day": export.days[0].day.isoformat(),
        "days": [_day_object(day) for day in export.days],
        "alarms": [
            {"date": day.day.isoformat(), "kind": one.kind.value, "minutes": one.minutes, "at": _time(one.alarm_at)}
            for day in export.days
            for one in day.alarms
        ],
        "timeouts": [
            {"date": day.day.isoformat(), "sensor": one.sensor, "minutes": one.minutes, "since": _time(one.since)}
            for day in export.days
            for one in day.timeouts
            if one.minutes
        ],
        "signature": {"value": export.signature, "checked": False},
        "faults": [{"where": one.where, "code": one.code, "detail": one.detail} for one in export.doubts],
    }


def _day_object(day: DailySummary) -> dict[str, Any]:
    return {
        "date": day.day.isoformat(),
        "min_c": day.min_c,
        "min_at": _time(day.min_at),
        "max_c": day.max_c,
        "max_at": _time(day.max_at),
        "mean_c": day.mean_c,
        "minutes_below": _minutes(day, ExcursionKind.BELOW),
        "minutes_above": _minutes(day, ExcursionKind.ABOVE),
        "alarms": [one.kind.value for one in day.alarms],
        "timeout_min": {one.sensor: one.minutes for one in day.timeouts},
        "events": day.events,
        "checked_at": [_time(one) for one in day.checked_at],
    }


def _day_line(day: DailySummary) -> str:
    alarms = ", ".join(f"alarm {one.kind.value} since {_time(one.alarm_at)}" for one in day.alarms)
    lost = ", ".join(f"{one.minutes} min without the {one.sensor} sensor" for one in day.timeouts if one.minutes)
    outside = f"{_minutes(day, ExcursionKind.BELOW)} min below, {_minutes(day, ExcursionKind.ABOVE)} min above"
    parts = [f"{day.day} {day.min_c:+.1f} to {day.max_c:+.1f}, mean {day.mean_c:+.1f} C", outside, alarms, lost]
    return "; ".join(part for part in parts if part)


def _minutes(day: DailySummary, kind: ExcursionKind) -> int:
    return sum(one.minutes for one in day.outside if one.kind is kind)


def _time(at: time | None) -> str | None:
    return None if at is None else f"{at:%H:%M}"


def _told(export: ReadingsExport, ms: int | None) -> str | None:
    return None if ms is None else told(ms, is_own_clock=export.is_own_clock)
