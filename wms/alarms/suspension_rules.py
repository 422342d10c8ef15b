"""What the alarm book says when monitoring that was suspended is back."""

from __future__ import annotations

from typing import Final

from wms.alarms import conditions as c
from wms.alarms.rules import Nature, Owner, Rule

SUSPENSION_RULES: Final = (
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
)
