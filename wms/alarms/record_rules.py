"""Records that do not agree with the world, and reports that cannot be believed."""

from __future__ import annotations

from typing import Final

from wms.alarms import conditions as c
from wms.alarms.rules import Nature, Owner, Rule

_STANDING = Nature.STANDING
_OPERATOR, _QUALITY, _ENGINEER = Owner.OPERATOR, Owner.QUALITY, Owner.ENGINEER

RECORD_RULES: Final = (
    Rule(
        c.STOCK_LOW,
        (3, 2),
        _STANDING,
        _OPERATOR,
        "Stock below its band: {subject}",
        "库存低于警戒线：{subject}",
        "Call donors of this group, ask other centres, and defer stock orders that can wait.",
        "联系该血型献血者，向其他血站调剂，推迟可以等待的备货订单。",
        unit="d",
    ),
    Rule(
        c.DEAD_LETTER,
        (2,),
        _STANDING,
        _ENGINEER,
        "A report could not be applied: {subject}",
        "有上报无法处理：{subject}",
        "Open the list of dead letters, read the reason, mend the cause and retry.",
        "打开死信列表，查看原因，排除后重试。",
    ),
    Rule(
        c.SPOOL_LOST,
        (1,),
        _STANDING,
        _QUALITY,
        "Reports lost for ever: {subject}",
        "上报永久丢失：{subject}",
        "Count the bags at this station by hand; the gap cannot be recovered. Accept it with two signatures.",
        "请人工清点该工位血袋；缺口内的记录无法恢复，由两人签字确认。",
    ),
    Rule(
        c.SPOOL_REPLACED,
        (2,),
        _STANDING,
        _QUALITY,
        "Spool replaced, reports may be lost: {subject}",
        "缓存被更换，上报可能丢失：{subject}",
        "Ask the engineer why the memory is new, count the bags there, and accept the gap with two signatures.",
        "询问工程师更换原因，清点血袋，并由两人签字确认缺口。",
    ),
    Rule(
        c.TWO_EDGES,
        (1,),
        _STANDING,
        _ENGINEER,
        "Two stations use one name: {subject}",
        "两个工位使用同一名称：{subject}",
        "Nothing from either is believed. Find both, stop the wrong one, and accept the right one with two signatures.",
        "两者的上报均已搁置。请找出并停用错误的一个，再由两人签字确认正确的一个。",
    ),
    Rule(
        c.FREEZE_FAILED,
        (2,),
        _STANDING,
        _QUALITY,
        "Freezing record failed: {subject}",
        "速冻记录不合格：{subject}",
        "The core did not reach its temperature in time. The bag is on hold; decide on it.",
        "中心温度未按时达到。该血袋已锁定，请裁定。",
    ),
    Rule(
        c.OBSERVED_CONFLICT,
        (2,),
        _STANDING,
        _QUALITY,
        "Something was seen that should not happen: {subject}",
        "观察到不应发生的情况：{subject}",
        "The bag is on hold. Find it, compare its label with the record, and decide.",
        "该血袋已锁定。请找到实物，核对标签与记录后裁定。",
        suppressed_by=c.LEFT_WITHOUT_PERMIT,
    ),
    Rule(
        c.PLAN_REFUSED,
        (2,),
        _STANDING,
        _ENGINEER,
        "An allocation plan failed its check",
        "配血方案未通过校验",
        "Nothing was reserved from it. The verifier's finding is in the ledger; reserve urgent lines by hand.",
        "未按该方案预留任何血袋。校验结果见账本；紧急订单请人工预留。",
    ),
    Rule(
        c.MOVE_FAILED,
        (3,),
        _STANDING,
        _OPERATOR,
        "A move failed: {subject}",
        "搬运失败：{subject}",
        "The machine gave up. Find the bag where the task says, and complete the move by hand.",
        "设备未能完成。请按任务所示位置找到血袋并人工完成搬运。",
    ),
    Rule(
        c.PLACE_UNKNOWN,
        (3, 2),
        _STANDING,
        _OPERATOR,
        "Carried but not confirmed, place unknown: {subject}",
        "已搬运但未确认，位置未知：{subject}",
        "The portal did not see it, or the machine's report was lost. Look where it should be, and scan it.",
        "设备已搬运该血袋，但通道未读到或报告丢失。请在应到位置查找并扫描。",
    ),
)
