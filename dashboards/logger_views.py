"""What a logger's file holds, as the API shows it."""

from __future__ import annotations

from datetime import datetime

from blood.components import Limits
from dashboards.bag import instant
from dashboards.refusals import in_chinese
from dashboards.schemas import loggers as schemas
from telemetry.excursions import ExcursionKind
from telemetry.loggers.model import DailyExport, DailySummary, ReadingsExport
from telemetry.loggers.replay import excursions_of, gaps_of
from telemetry.mkt import mean_kinetic_temperature
from telemetry.tracker import GAP_AFTER_MS
from wms.loggers.model import LoggerFile


def preview(file: LoggerFile, limits: Limits | None) -> schemas.LoggerPreview:
    """All of a file; ``limits`` are those of the box that it travelled in, None when that is not said."""
    begin, end = file.span
    if isinstance(file.export, DailyExport):
        return _of_days(file, file.export, begin, end)
    return _of_readings(file, file.export, begin, end, limits)


def _of_readings(
    file: LoggerFile, export: ReadingsExport, begin: datetime, end: datetime, limits: Limits | None
) -> schemas.LoggerPreview:
    usual = export.usual_interval_ms
    found = [] if limits is None else excursions_of(export, lambda _: limits, GAP_AFTER_MS)
    return schemas.LoggerPreview(
        format=export.format,
        sha256=file.sha256,
        device=None,
        firmware=None,
        serial=None,
        timezone=export.zone,
        from_at=begin,
        to_at=end,
        readings=len(export),
        interval_s=None if usual is None else usual / 1000,
        min_c=float(export.celsius.min()),
        max_c=float(export.celsius.max()),
        mean_c=float(export.celsius.mean()),
        mkt_c=mean_kinetic_temperature(export.celsius),
        days=None,
        limits=[],
        alarms=[],
        timeouts=[],
        excursions=[
            schemas.LoggerExcursion(
                kind=one.kind,
                from_at=instant(one.from_ms),
                to_at=None if one.to_ms is None else instant(one.to_ms),
                minutes=one.minutes,
                worst_c=one.worst_c,
                mkt_c=one.mkt_c,
            )
            for one in found
        ],
        gaps=[
            schemas.LoggerGap(
                from_at=instant(gap.from_ms), to_at=instant(gap.to_ms), minutes=(gap.to_ms - gap.from_ms) / 60_000
            )
            for gap in gaps_of(export, GAP_AFTER_MS)
        ],
        faults=[],
    )


def _of_days(file: LoggerFile, export: DailyExport, begin: datetime, end: datetime) -> schemas.LoggerPreview:
    return schemas.LoggerPreview(
        format=export.format,
        sha256=file.sha256,
        device=export.device,
        firmware=export.firmware,
        serial=export.serial,
        timezone=file.zone.key,
        from_at=begin,
        to_at=end,
        readings=None,
        interval_s=None,
        min_c=min(day.min_c for day in export.days),
        max_c=max(day.max_c for day in export.days),
        mean_c=sum(day.mean_c for day in export.days) / len(export.days),
        mkt_c=None,
        days=[
            schemas.LoggerDay(
                day=day.day,
                min_c=day.min_c,
                max_c=day.max_c,
                mean_c=day.mean_c,
                minutes_below=_minutes(day, ExcursionKind.BELOW),
                minutes_above=_minutes(day, ExcursionKind.ABOVE),
            )
            for day in export.days
        ],
        limits=[schemas.LoggerLimit.model_validate(limit) for limit in export.limits],
        alarms=[
            schemas.LoggerAlarm(day=day.day, kind=one.kind, minutes=one.minutes, since=f"{one.alarm_at:%H:%M}")
            for day in export.days
            for one in day.alarms
        ],
        timeouts=[
            schemas.LoggerTimeout(
                day=day.day,
                sensor=one.sensor,
                minutes=one.minutes,
                since=None if one.since is None else f"{one.since:%H:%M}",
            )
            for day in export.days
            for one in day.timeouts
            if one.minutes
        ],
        excursions=[],
        gaps=[],
        faults=[
            schemas.LoggerFault(
                where=doubt.where, code=doubt.code, detail=doubt.detail, detail_zh=in_chinese(doubt.code)
            )
            for doubt in export.doubts
        ],
    )


def _minutes(day: DailySummary, kind: ExcursionKind) -> int:
    return sum(one.minutes for one in day.outside if one.kind is kind)
