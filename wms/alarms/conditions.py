"""The catalogue of conditions: how urgent each is, what it is called, what to do first, and whose it is.

A title may use ``{subject}``, the name of what the alarm is about; everything else stands in fields of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Nature(StrEnum):
    """A STANDING condition ends when its cause ends; an EVENT happened, and is over when a person acknowledges it."""

    STANDING = "standing"
    EVENT = "event"


class Owner(StrEnum):
    """The role that has to act first."""

    OPERATOR = "operator"
    QUALITY = "quality"
    ENGINEER = "engineer"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of alarm.

    ``priorities`` is indexed by level (0 = first seen, higher = escalated; the last one holds for all above);
    1 is the most urgent of 4. ``suppressed_by`` names a condition of the same source, or of the device it hangs on,
    that covers this one.
    """

    key: str
    priorities: tuple[int, ...]
    nature: Nature
    owner: Owner
    title_en: str
    title_zh: str
    guidance_en: str
    guidance_zh: str
    unit: str = ""
    suppressed_by: str | None = None

    def priority(self, level: int) -> int:
        """Priority (1 is most urgent) at a level."""
        return self.priorities[min(level, len(self.priorities) - 1)]


TEMPERATURE_HIGH: Final = "temperature_high"
TEMPERATURE_LOW: Final = "temperature_low"
TEMPERATURE_HIGH_ALERT: Final = "temperature_high_alert"
TEMPERATURE_LOW_ALERT: Final = "temperature_low_alert"
DOOR_OPEN: Final = "door_open"
POWER_LOST: Final = "power_lost"
PROBE_SILENT: Final = "probe_silent"
PROBE_BAD: Final = "probe_bad"
DEVICE_OFFLINE: Final = "device_offline"
EDGE_OFFLINE: Final = "edge_offline"
LATE_EXCURSION: Final = "late_excursion"
STOCK_LOW: Final = "stock_low"
DEAD_LETTER: Final = "dead_letter"
SPOOL_LOST: Final = "spool_lost"
SPOOL_REPLACED: Final = "spool_replaced"
TWO_EDGES: Final = "two_edges"
FREEZE_FAILED: Final = "freeze_failed"
OBSERVED_CONFLICT: Final = "observed_conflict"
GATE_REJECTED: Final = "gate_rejected"
MISSED_READ: Final = "missed_read"
LEFT_WITHOUT_PERMIT: Final = "left_without_permit"
LOCK_CONTENT: Final = "lock_content"
WRONG_BAG: Final = "wrong_bag"
PLAN_REFUSED: Final = "plan_refused"
MOVE_FAILED: Final = "move_failed"

_STANDING, _EVENT = Nature.STANDING, Nature.EVENT
_OPERATOR, _QUALITY, _ENGINEER = Owner.OPERATOR, Owner.QUALITY, Owner.ENGINEER

_RULES: Final = (
    Rule(
        TEMPERATURE_HIGH,
        (2, 1),
        _STANDING,
        _OPERATOR,
        "Temperature above the limit",
        "温度高于上限",
        "Check door and compressor. If the load probe rises too, move the bags to another store.",
        "检查门是否关闭，查看压缩机。如负载探头也在上升，将血袋移至其他冷库。",
        unit="Cel",
    ),
    Rule(
        TEMPERATURE_LOW,
        (2, 1),
        _STANDING,
        _OPERATOR,
        "Temperature below the limit",
        "温度低于下限",
        "Red cells must not freeze. Compare the load probe and the set point; move the bags if it falls on.",
        "红细胞不得结冰。核对负载探头与设定温度，如继续下降则转移血袋。",
        unit="Cel",
    ),
    Rule(
        TEMPERATURE_HIGH_ALERT,
        (4,),
        _STANDING,
        _OPERATOR,
        "Temperature close to the upper limit",
        "温度接近上限",
        "Look at the trend and the door. There is still time: act before the limit is reached.",
        "查看趋势与库门。尚有时间，请在到达上限前处理。",
        unit="Cel",
        suppressed_by=TEMPERATURE_HIGH,
    ),
    Rule(
        TEMPERATURE_LOW_ALERT,
        (4,),
        _STANDING,
        _OPERATOR,
        "Temperature close to the lower limit",
        "温度接近下限",
        "Look at the trend and the set point. There is still time: act before the limit is reached.",
        "查看趋势与设定温度。尚有时间，请在到达下限前处理。",
        unit="Cel",
        suppressed_by=TEMPERATURE_LOW,
    ),
    Rule(
        DOOR_OPEN,
        (3, 2),
        _STANDING,
        _OPERATOR,
        "Door open too long",
        "库门开启过久",
        "Shut the door. If it cannot be shut, stand by it and watch the load temperature.",
        "关闭库门。如无法关闭，请守在门旁并观察负载温度。",
        unit="s",
    ),
    Rule(
        POWER_LOST,
        (2,),
        _STANDING,
        _ENGINEER,
        "Mains power lost",
        "市电中断",
        "Keep the doors shut. Check the supply and the emergency generator; prepare to move the bags.",
        "保持库门关闭，检查市电与应急电源，准备转移血袋。",
    ),
    Rule(
        PROBE_BAD,
        (3,),
        _STANDING,
        _ENGINEER,
        "Probe reports bad values",
        "探头数据不可信",
        "Its values are not trusted. Compare with the neighbour probe and replace it.",
        "其数值不可信。请与相邻探头比对并更换。",
        suppressed_by=DEVICE_OFFLINE,
    ),
    Rule(
        PROBE_SILENT,
        (2,),
        _STANDING,
        _ENGINEER,
        "Probe silent",
        "探头无数据",
        "Nobody knows the temperature here now. Read the chamber's own display, then check the probe and its cable.",
        "此处温度目前未知。请读取设备自带显示，再检查探头与线缆。",
        unit="s",
        suppressed_by=DEVICE_OFFLINE,
    ),
    Rule(
        DEVICE_OFFLINE,
        (2,),
        _STANDING,
        _ENGINEER,
        "Offline: {subject}",
        "离线：{subject}",
        "The controller hears nothing from it. Check power and network; work by hand until it is back.",
        "控制系统收不到该设备的数据。检查电源与网络，恢复前请人工操作。",
        unit="s",
        suppressed_by=EDGE_OFFLINE,
    ),
    Rule(
        EDGE_OFFLINE,
        (2,),
        _STANDING,
        _ENGINEER,
        "Connection lost: {subject}",
        "连接中断：{subject}",
        "Nothing behind it can be seen or told. Check its computer and the network; work by hand until it is back.",
        "其后设备均不可见、不可控。检查该网关与网络，恢复前请人工操作。",
        unit="s",
    ),
    Rule(
        LATE_EXCURSION,
        (2,),
        _EVENT,
        _QUALITY,
        "Excursion found in late readings",
        "补传数据中发现温度越限",
        "Readings that arrived late show time outside the limits. Review the bags that lay here then.",
        "补传的数据显示曾越限。请复核当时存放于此的血袋。",
        unit="Cel",
    ),
    Rule(
        STOCK_LOW,
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
        DEAD_LETTER,
        (2,),
        _STANDING,
        _ENGINEER,
        "A report could not be applied: {subject}",
        "有上报无法处理：{subject}",
        "Open the list of dead letters, read the reason, mend the cause and retry.",
        "打开死信列表，查看原因，排除后重试。",
    ),
    Rule(
        SPOOL_LOST,
        (1,),
        _STANDING,
        _QUALITY,
        "Reports lost for ever: {subject}",
        "上报永久丢失：{subject}",
        "Count the bags at this station by hand; the gap cannot be recovered. Accept it with two signatures.",
        "请人工清点该工位血袋；缺口内的记录无法恢复，由两人签字确认。",
    ),
    Rule(
        SPOOL_REPLACED,
        (2,),
        _STANDING,
        _QUALITY,
        "Spool replaced, reports may be lost: {subject}",
        "缓存被更换，上报可能丢失：{subject}",
        "Ask the engineer why the memory is new, count the bags there, and accept the gap with two signatures.",
        "询问工程师更换原因，清点血袋，并由两人签字确认缺口。",
    ),
    Rule(
        TWO_EDGES,
        (1,),
        _STANDING,
        _ENGINEER,
        "Two stations use one name: {subject}",
        "两个工位使用同一名称：{subject}",
        "Nothing from either is believed. Find both, stop the wrong one, and accept the right one with two signatures.",
        "两者的上报均已搁置。请找出并停用错误的一个，再由两人签字确认正确的一个。",
    ),
    Rule(
        FREEZE_FAILED,
        (2,),
        _STANDING,
        _QUALITY,
        "Freezing record failed: {subject}",
        "速冻记录不合格：{subject}",
        "The core did not reach its temperature in time. The bag is on hold; decide on it.",
        "中心温度未按时达到。该血袋已锁定，请裁定。",
    ),
    Rule(
        OBSERVED_CONFLICT,
        (2,),
        _STANDING,
        _QUALITY,
        "Something was seen that should not happen: {subject}",
        "观察到不应发生的情况：{subject}",
        "The bag is on hold. Find it, compare its label with the record, and decide.",
        "该血袋已锁定。请找到实物，核对标签与记录后裁定。",
        suppressed_by=LEFT_WITHOUT_PERMIT,
    ),
    Rule(
        GATE_REJECTED,
        (3,),
        _EVENT,
        _OPERATOR,
        "Refused at the gate: {subject}",
        "闸口拒绝：{subject}",
        "The bag may not leave; its page says why. It goes back to a shelf, and the order gets another one.",
        "该血袋不得出库，原因见血袋页面。血袋将退回货架，订单另行配血。",
    ),
    Rule(
        MISSED_READ,
        (3,),
        _EVENT,
        _ENGINEER,
        "Never seen at the portal: {subject}",
        "通道未读到：{subject}",
        "The hospital has it, the dispatch portal did not see it go. Check the antennas and the tag.",
        "医院已收到，但发血通道未读到。请检查天线与标签。",
    ),
    Rule(
        LEFT_WITHOUT_PERMIT,
        (1,),
        _EVENT,
        _OPERATOR,
        "Left without a permit: {subject}",
        "未经许可离开：{subject}",
        "Stop the van. The bag is on hold: nobody may use it until it is found and checked.",
        "立即拦停车辆。该血袋已锁定，找到并核查前不得使用。",
    ),
    Rule(
        LOCK_CONTENT,
        (2,),
        _STANDING,
        _OPERATOR,
        "Dispatch lock holds the wrong bags: {subject}",
        "发血缓冲间内血袋不符：{subject}",
        "Compare the bags in the lock with the shipment's list; take out what does not belong.",
        "将缓冲间内血袋与发运清单核对，取出不属于该批的血袋。",
    ),
    Rule(
        WRONG_BAG,
        (1,),
        _EVENT,
        _QUALITY,
        "Wrong bag received: {subject}",
        "收到错误血袋：{subject}",
        "Call the hospital: the bag must not be used. It is on hold and has to come back.",
        "通知医院：该血袋不得使用，已锁定并须退回。",
    ),
    Rule(
        PLAN_REFUSED,
        (2,),
        _STANDING,
        _ENGINEER,
        "An allocation plan failed its check",
        "配血方案未通过校验",
        "Nothing was reserved from it. The verifier's finding is in the ledger; reserve urgent lines by hand.",
        "未按该方案预留任何血袋。校验结果见账本；紧急订单请人工预留。",
    ),
    Rule(
        MOVE_FAILED,
        (3,),
        _STANDING,
        _OPERATOR,
        "A move failed: {subject}",
        "搬运失败：{subject}",
        "The machine gave up. Find the bag where the task says, and complete the move by hand.",
        "设备未能完成。请按任务所示位置找到血袋并人工完成搬运。",
    ),
)
CATALOGUE: Final[dict[str, Rule]] = {rule.key: rule for rule in _RULES}


def rule_of(condition: str) -> Rule:
    """The catalogue entry of a condition; KeyError names one that nobody has described."""
    return CATALOGUE[condition]
