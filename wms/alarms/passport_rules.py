"""Rules of alarms about temperature passports: bags that left or wait without one, open dispositions."""

from __future__ import annotations

from typing import Final

from wms.alarms import conditions as c
from wms.alarms.rules import Nature, Owner, Rule

PASSPORT_RULES: Final = (
    Rule(
        c.PASSPORT_MISSING,
        (2,),
        Nature.EVENT,
        Owner.QUALITY,
        "Left without a temperature passport: {subject}",
        "无温度护照离开：{subject}",
        "The bag is on hold. Look at its temperature record and decide; tell its hospital not to use it until then.",
        "该血袋已锁定。请核对其温度记录后裁定，并通知医院在此之前不得使用。",
    ),
    Rule(
        c.PASSPORT_WAITS,
        (2,),
        Nature.STANDING,
        Owner.ENGINEER,
        "Cannot leave, no temperature passport: {subject}",
        "无法出库，温度护照未生成：{subject}",
        "The lock stays shut for its shipment. Check the telemetry store, then the service's health; it is tried anew.",
        "该批次的缓冲间保持关闭。请检查温度历史库与服务健康状态，系统会自动重试。",
        unit="min",
    ),
    Rule(
        c.DISPOSITION_OPEN,
        (3,),
        Nature.STANDING,
        Owner.QUALITY,
        "Bags wait for a decision on their temperature: {subject}",
        "血袋等待温度裁定：{subject}",
        "Each bag is on hold. Open the list of dispositions, look at each passport, and decide.",
        "血袋均已锁定。请打开裁定列表，逐袋查看温度护照后裁定。",
    ),
)
