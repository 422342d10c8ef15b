"""The catalogue: one rule for each condition, in both languages.

A title may use ``{subject}``, the name of what the alarm is about; everything else stands in fields of its own.
"""

from __future__ import annotations

from typing import Final

from wms.alarms.book_rules import BOOK_RULES
from wms.alarms.calibration_rules import CALIBRATION_RULES
from wms.alarms.cold_rules import COLD_RULES
from wms.alarms.counting_rules import COUNTING_RULES
from wms.alarms.logger_rules import LOGGER_RULES
from wms.alarms.notice_rules import NOTICE_RULES
from wms.alarms.passport_rules import PASSPORT_RULES
from wms.alarms.recall_rules import RECALL_RULES
from wms.alarms.record_rules import RECORD_RULES
from wms.alarms.rules import Rule
from wms.alarms.sensor_rules import SENSOR_RULES
from wms.alarms.stock_rules import STOCK_RULES
from wms.alarms.way_out_rules import WAY_OUT_RULES

CATALOGUE: Final[dict[str, Rule]] = {
    rule.key: rule
    for rule in (
        *COLD_RULES,
        *RECORD_RULES,
        *WAY_OUT_RULES,
        *COUNTING_RULES,
        *RECALL_RULES,
        *SENSOR_RULES,
        *STOCK_RULES,
        *BOOK_RULES,
        *CALIBRATION_RULES,
        *LOGGER_RULES,
        *NOTICE_RULES,
        *PASSPORT_RULES,
    )
}


def rule_of(condition: str) -> Rule:
    """The catalogue entry of a condition; KeyError names one that nobody has described."""
    return CATALOGUE[condition]
