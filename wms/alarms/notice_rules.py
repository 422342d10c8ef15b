"""Rules of alarms about telling people and about their duties: nobody on duty, not delivered, overdue, disagreeing."""

from __future__ import annotations

from typing import Final

from wms.alarms import conditions as c
from wms.alarms.rules import Nature, Owner, Rule

NOTICE_RULES: Final = (
    Rule(
        c.ROTA_GAP,
        (3,),
        Nature.STANDING,
        Owner.QUALITY,
        "Nobody on duty: {subject}",
        "无人值班：{subject}",
        "The rota has nobody for now, so everybody with the role is told of alarms. Enter who is on duty.",
        "值班表当前无人，报警将通知该角色全体人员。请补填值班人员。",
    ),
    Rule(
        c.NOTICE_UNDELIVERED,
        (2,),
        Nature.STANDING,
        Owner.ENGINEER,
        "Alarms do not reach people by: {subject}",
        "报警通知无法送达：{subject}",
        "The channel took none of several attempts. Call the people on duty, then repair it and send a test message.",
        "该渠道多次发送均失败。请先电话通知值班人员，再修复并发送测试消息。",
    ),
    Rule(
        c.DUTY_OVERDUE,
        (4,),
        Nature.STANDING,
        Owner.OPERATOR,
        "Duties overdue: {subject}",
        "值班任务逾期：{subject}",
        "The list of duties names the stores. Do them now; for what was missed, record why.",
        "值班任务列表列出了相关冷库。请立即完成；已错过的请填写原因。",
    ),
    Rule(
        c.READING_DISAGREES,
        (3,),
        Nature.EVENT,
        Owner.QUALITY,
        "A person's reading and the probe disagree: {subject}",
        "人工读数与探头不一致：{subject}",
        "Read the display again with a second thermometer. If they still differ, have the probe checked.",
        "请用第二支温度计复核显示值；如仍不一致，安排探头检定。",
    ),
    Rule(
        c.ALARM_TEST_FAILED,
        (2,),
        Nature.EVENT,
        Owner.ENGINEER,
        "The alarm of a store failed its test: {subject}",
        "冷库报警测试未通过：{subject}",
        "Nobody would be warned there. Watch the store by hand every 4 hours until a test has passed.",
        "该处异常将不会报警。测试通过前，请至少每4小时人工巡视记录。",
    ),
)
