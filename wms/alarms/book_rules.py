"""What the alarm book says of itself: monitoring that was suspended is back; news that it could not take."""

from __future__ import annotations

from typing import Final

from wms.alarms import conditions as c
from wms.alarms.rules import Nature, Owner, Rule

BOOK_RULES: Final = (
    Rule(
        c.MONITORING_BACK,
        (3, 2),
        Nature.EVENT,
        Owner.OPERATOR,
        "Monitoring is back: {subject}",
        "监测已恢复：{subject}",
        "Look at the values and at the alarms that stand there: what was hidden is shown again. Bring the stock back.",
        "查看当前数值及该处报警：此前被暂停的报警已重新显示。确认正常后再移回血液。",
    ),
    Rule(
        c.ALARM_NOT_ENTERED,
        (1,),
        Nature.EVENT,
        Owner.ENGINEER,
        "An alarm could not be entered: {subject}",
        "有报警无法登记：{subject}",
        "Something was wrong there and the book failed to take it. Look at the source by hand; the log has it whole.",
        "该处曾有异常，但系统未能登记。请立即人工查看该设备，完整内容见日志。",
    ),
)
