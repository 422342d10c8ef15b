"""The record of duties as a file and as a page to print: what a paper log would hold, with a line to sign."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from plant.model import Plant
from wms.duties.model import Agreement, DayRange, DutyKind, DutyOutcome, Punctuality
from wms.duties.read import RecordList, RecordView

_COLUMNS: Final = tuple(RecordView.__slots__)
_HEADINGS: Final = {
    "en": ("Time", "Duty", "Store", "Day", "Result", "Probe", "Punctual", "Person", "Comment"),
    "zh": ("时间", "任务", "冷藏设备", "日期", "结果", "探头", "是否按时", "记录人", "备注"),
}
_TITLE: Final = {"en": "Duties of the cold chain", "zh": "冷链值班记录"}
_SIGN: Final = {"en": "Checked by (name, date, signature):", "zh": "审核人（姓名、日期、签字）："}
_CORRECTED: Final = {"en": "corrected", "zh": "已更正"}
_WORDS: Final[dict[object, dict[str, str]]] = {
    DutyKind.READING: {"en": "Reading", "zh": "人工读数"},
    DutyKind.ALARM_TEST: {"en": "Test of the alarm", "zh": "报警功能测试"},
    DutyKind.MIN_MAX: {"en": "Lowest and highest of the day", "zh": "日最低与最高温度确认"},
    Punctuality.IN_TIME: {"en": "in time", "zh": "按时"},
    Punctuality.LATE: {"en": "late", "zh": "迟到"},
    Punctuality.MISSED: {"en": "missed", "zh": "未完成"},
    DutyOutcome.PASSED: {"en": "passed", "zh": "通过"},
    DutyOutcome.FAILED: {"en": "failed", "zh": "未通过"},
    DutyOutcome.SIGNED: {"en": "signed", "zh": "已确认"},
    DutyOutcome.MISSED: {"en": "missed", "zh": "未完成"},
    Agreement.DISAGREES: {"en": "disagrees", "zh": "不一致"},
    Agreement.UNKNOWN: {"en": "no value", "zh": "无读数"},
}
_STYLE: Final = (
    "body{font:12px sans-serif;margin:2em}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #888;padding:3px 6px;text-align:left;vertical-align:top}"
    "tr.corrected td{text-decoration:line-through}.sign{margin-top:3em}@page{size:A4 landscape;margin:12mm}"
)


def as_csv(records: RecordList) -> str:
    """All fields of all records; instants in UTC."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for one in records.items:
        writer.writerow([_cell(getattr(one, name)) for name in _COLUMNS])
    return text.getvalue()


def as_html(records: RecordList, plant: Plant, lang: str) -> str:
    """A page for A4 in one language, times of the site; a corrected record stays readable, struck through."""
    zone = ZoneInfo(plant.site.timezone)
    site = plant.site.name_zh if lang == "zh" else plant.site.name_en
    rows = "".join(_row(one, zone, lang) for one in records.items)
    heads = "".join(f"<th>{escape(text)}</th>" for text in _HEADINGS[lang])
    span = f"{_local(records.from_at, zone)} – {_local(records.to_at, zone)} ({plant.site.timezone})"
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{_TITLE[lang]}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{_TITLE[lang]}</h1><p>{escape(site)}, {span}</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f'<p class="sign">{_SIGN[lang]} ______________________</p></body></html>'
    )


def _row(one: RecordView, zone: ZoneInfo, lang: str) -> str:
    late = one.punctuality is not Punctuality.IN_TIME
    cells = (
        _local(one.at, zone),
        _WORDS[one.kind][lang],
        one.name_zh if lang == "zh" else one.name_en,
        one.day,
        _result(one, lang),
        _probe(one, lang),
        _WORDS[one.punctuality][lang] + (f" ({_local(one.due_at, zone)})" if late else ""),
        one.person,
        one.comment + (f" [{_CORRECTED[lang]}: {one.corrected_by}]" if one.corrected_by else ""),
    )
    struck = ' class="corrected"' if one.corrected_by else ""
    return f"<tr{struck}>" + "".join(f"<td>{escape(text)}</td>" for text in cells) + "</tr>"


def _result(one: RecordView, lang: str) -> str:
    if one.outcome is DutyOutcome.READ:
        return f"{one.value_c:.1f} °C"
    return _WORDS[one.outcome][lang]


def _probe(one: RecordView, lang: str) -> str:
    if one.kind is DutyKind.MIN_MAX:
        return "; ".join(f"{r.probe} {_number(r.min_c)} – {_number(r.max_c)} °C" for r in one.ranges)
    if one.kind is DutyKind.ALARM_TEST:
        return " ".join(one.occurrences)
    said = f"{one.probe or ''} {_number(one.probe_value_c)} °C"
    note = _WORDS.get(one.agreement, {}).get(lang)
    return f"{said} ({note})" if note else said


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return " ".join(str(one) if isinstance(one, str) else _day_range(one) for one in value)
    return "" if value is None else value


def _day_range(one: DayRange) -> str:
    return f"{one.probe}:{_number(one.min_c)}..{_number(one.max_c)}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
