"""Rules of alarms about loggers that travel with boxes and are read out later."""

from __future__ import annotations

from typing import Final

from wms.alarms import conditions as c
from wms.alarms.rules import Nature, Owner, Rule

LOGGER_RULES: Final = (
    Rule(
        c.LOGGER_ALARM,
        (2,),
        Nature.EVENT,
        Owner.QUALITY,
        "A logger that travelled along reports an alarm: {subject}",
        "随箱记录仪报警：{subject}",
        "The bags of that journey are on hold. Compare the days of its record with the journey, then decide.",
        "该次运输的血袋已锁定。请打开记录仪记录，将报警日期与运输时间核对后裁定。",
    ),
)
