"""Rules of alarms about recalls: a holder of recalled blood that says nothing."""

from __future__ import annotations

from typing import Final

from wms.alarms import conditions as c
from wms.alarms.rules import Nature, Owner, Rule

RECALL_RULES: Final = (
    Rule(
        c.RECALL_UNANSWERED,
        (1,),
        Nature.STANDING,
        Owner.QUALITY,
        "Recall notice not acknowledged: {subject}",
        "召回通知未确认：{subject}",
        "Nobody there has confirmed that the blood is out of use. Call by telephone now, and enter the answer.",
        "对方尚未确认血液已停用。请立即电话联系，并录入答复。",
        unit="min",
    ),
)
