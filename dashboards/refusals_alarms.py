"""Refusals about alarms and suspended monitoring in Chinese (`dashboards.refusals`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ALARMS: Final[Mapping[str, str]] = {
    "alarm_unknown": "没有该报警。",
    "alarm_changed": "该报警刚刚再次发生或升级，请查看后再确认。",
    "alarm_not_acknowledgeable": "该报警当前无需确认。",
    "alarm_not_seen": "请先确认：锁存的报警须由已确认的人员复位。",
    "alarm_not_latched": "该报警未锁存，无需复位。",
    "alarm_latched": "该报警已锁存，请查看后填写原因并复位。",
    "alarm_stands": "该报警仍然存在或已锁存，结束后才能填写原因。",
    "alarm_closed": "没有待关闭的记录：每次报警均已填写原因。",
    "alarm_not_low": "高优先级报警须逐条关闭。",
    "alarm_not_over": "所选记录中有报警仍然存在或已锁存。",
    "occurrence_unknown": "没有该报警记录。",
    "occurrence_closed": "该报警记录已关闭。",
    "alarm_not_shelvable": "该报警当前不能搁置。",
    "alarm_not_shelved": "该报警未被搁置。",
    "alarm_critical": "一级报警不能搁置：血液会受损。",
    "alarm_zone": "该报警关系到该温区的全部冷库，不能搁置。",
    "alarm_critical_stands": "该关键报警仍然存在，当前不能停用。",
    "alarm_in_service": "该报警已在用。",
    "shelf_in_the_past": "搁置的结束时间须晚于当前时间。",
    "maintenance_in_the_past": "停用的结束时间须晚于当前时间。",
    "suspension_unknown": "没有该监测暂停记录。",
    "suspension_over": "监测已经恢复。",
    "suspension_empty": "该处没有监测设备。",
    "suspension_running": "该处监测已处于暂停状态。",
    "suspension_stock_there": "该处仍有血袋：请先转移，或如实填写未转移。",
    "suspension_unwatched": "血袋仍在该处：请填写由谁看守。",
    "suspension_same_probe": "所填的第二探头本身也被暂停，请另选。",
}
