"""Rules of alarms about the certificates of probes: due soon, overdue, none at all."""

from __future__ import annotations

from typing import Final

from wms.alarms import conditions as c
from wms.alarms.rules import Nature, Owner, Rule

CALIBRATION_RULES: Final = (
    Rule(
        c.CALIBRATION_DUE,
        (4,),
        Nature.STANDING,
        Owner.ENGINEER,
        "Calibration due soon",
        "探头校准即将到期",
        "Send the probe to the laboratory within the days shown, and put a calibrated one in its place meanwhile.",
        "请在所示天数内送检该探头，期间换上已校准的探头。",
        unit="d",
        suppressed_by=c.CALIBRATION_OVERDUE,
    ),
    Rule(
        c.CALIBRATION_OVERDUE,
        (3,),
        Nature.STANDING,
        Owner.ENGINEER,
        "Calibration overdue",
        "探头校准已过期",
        "Its values count as uncertain: they raise alarms but vouch for no bag. Replace it, or record its certificate.",
        "其数值按存疑处理：仍会报警，但不能证明血袋合格。请更换探头或录入新证书。",
        unit="d",
    ),
    Rule(
        c.CALIBRATION_MISSING,
        (4,),
        Nature.STANDING,
        Owner.ENGINEER,
        "Probes without a calibration certificate",
        "有探头没有校准证书",
        "Open the calibrations: record the certificate of each probe that is listed without one.",
        "打开校准页面，为列出的每个探头录入校准证书。",
    ),
)
