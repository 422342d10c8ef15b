"""Refusals of passports and dispositions in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PASSPORTS: Final[Mapping[str, str]] = {
    "disposition.unknown": "没有该温度裁定项。",
    "disposition.closed": "该裁定项已结束。",
    "disposition.outcome": "该触发原因不允许这样裁定，请查看可选结果。",
    "disposition.signatures": "该裁定需要两人签名。",
    "disposition.tester": "报告过该次献血检测结果的人员不能参与裁定。",
    "disposition.status": "血袋当前不在血站，须先退回再隔离。",
    "passport.not_sealed": "该血袋尚未出库，温度护照未封存。",
    "passport.unreadable": "封存的温度护照无法读取，请运行账本校验。",
    "hold.disposition": "该锁定随温度裁定结束，请在裁定列表中处理。",
    "dispatch_no_passport": "该血袋的温度护照尚未就绪，请稍候再试；如持续，请联系工程师。",
    "expires_at": "缩短后的有效期须晚于现在且早于原有效期，且只用于缩短有效期放行。",
}
