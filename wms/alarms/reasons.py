"""Why an alarm is over: the codes that a closing carries, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wms.errors import Invalid

COVERED: Final = "covered_by_another"
"""The book's own code, never a person's: it came and went behind an alarm that stood for it."""
OTHER: Final = "other"
"""Asks for a comment."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason as a person chooses it."""

    code: str
    name_en: str
    name_zh: str


REASONS: Final[Mapping[str, Reason]] = {
    reason.code: reason
    for reason in (
        Reason("equipment_repaired", "Equipment repaired", "设备已修复"),
        Reason("equipment_recovered", "Equipment recovered by itself, cause known", "设备自行恢复，原因已查明"),
        Reason("door_shut", "Door was open and is shut", "库门曾开启，现已关闭"),
        Reason("stock_moved", "Blood moved to another place", "血液已转移至他处"),
        Reason("stock_decided", "Bags held and decided on", "血袋已锁定并裁定"),
        Reason("power_restored", "Power restored", "供电已恢复"),
        Reason("connection_restored", "Connection restored", "通信已恢复"),
        Reason("expected_maintenance", "Expected: maintenance, defrost or cleaning", "预期内：维护、除霜或清洁"),
        Reason("loading", "Expected: loading or unloading", "预期内：装载或取货"),
        Reason("test", "Alarm test", "报警测试"),
        Reason("false_alarm_sensor", "False alarm: probe, reader or antenna", "误报：探头、读写器或天线"),
        Reason("false_alarm_limit", "False alarm: limit or delay too tight", "误报：限值或延时过严"),
        Reason("handling_error", "Handling error, corrected", "操作失误，已纠正"),
        Reason("record_corrected", "Record corrected after a look at the bag", "查看实物后已更正记录"),
        Reason("supply_arranged", "Supply arranged", "已安排补充供应"),
        Reason("no_action_needed", "Looked at, no action needed", "已查看，无需处理"),
        Reason(OTHER, "Other (say what)", "其他（请说明）"),
    )
}
"""Code -> reason, in the order in which a screen offers them."""
SERVICE_REASONS: Final[Mapping[str, Reason]] = {
    COVERED: Reason(COVERED, "Behind an alarm that stood for it", "由另一报警代表"),
}


def checked_reason(code: str, comment: str) -> str:
    """The code when a person may give it; raises Invalid."""
    if code not in REASONS:
        raise Invalid("reason", f"There is no reason {code}: choose one of {', '.join(REASONS)}")
    if code == OTHER and not comment.strip():
        raise Invalid("comment", "The reason is not on the list: say in the comment what it was")
    return code
