"""Rules of alarms about where bags are: consignments that do not match, shelves that do not agree, deaf antennas."""

from __future__ import annotations

from typing import Final

from wms.alarms import conditions as c
from wms.alarms.rules import Nature, Owner, Rule

COUNTING_RULES: Final = (
    Rule(
        c.BAGS_NOT_ARRIVED,
        (2,),
        Nature.STANDING,
        Owner.OPERATOR,
        "Bags of a consignment did not arrive: {subject}",
        "批次血袋未到齐：{subject}",
        "Look into the totes and the van, ask the sender, and answer for each missing number on the intake screen.",
        "检查周转箱与车辆，询问发送方，并在入库界面逐一答复缺失编号。",
    ),
    Rule(
        c.INTAKE_QUESTION,
        (3,),
        Nature.STANDING,
        Owner.OPERATOR,
        "Consignment with open questions: {subject}",
        "批次有待处理问题：{subject}",
        "Bags came that no note names, whose tag is unknown, or that came twice. They wait: answer for each.",
        "有未列入清单、标签未知或重复到达的血袋，均在等待。请在入库界面答复。",
    ),
    Rule(
        c.BAG_UNSEEN,
        (3,),
        Nature.STANDING,
        Owner.OPERATOR,
        "Shelf antenna does not see bags that should be here: {subject}",
        "货架天线未读到应在架血袋：{subject}",
        "Look whether they lie there. If not, count the shelf: what is not found becomes missing.",
        "查看是否在架；如不在，请盘点该货架，未找到的将标为缺失。",
    ),
    Rule(
        c.BAG_MISSING,
        (2,),
        Nature.STANDING,
        Owner.QUALITY,
        "Bag missing: {subject}",
        "血袋缺失：{subject}",
        "Search its last place and the way from there. Scan it when it is found; two people declare it lost.",
        "在最后位置及沿途查找；找到后请扫描，确认遗失须两人签字。",
    ),
    Rule(
        c.READER_DEAF,
        (2,),
        Nature.STANDING,
        Owner.ENGINEER,
        "Reader hears nothing: {subject}",
        "读写器失聪：{subject}",
        "It is connected but its antennas hear no tag. Check cables and antennas; scan by hand, the lock stays shut.",
        "已连接但天线读不到标签。检查线缆与天线；期间请人工扫描，发血门保持关闭。",
        suppressed_by=c.DEVICE_OFFLINE,
    ),
)
