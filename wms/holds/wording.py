"""What rules and machines wrote as a hold's reason or a finding, in Chinese; people's words stay as typed. Pure.

Reasons are kept in the ledger and compared as they were written, in English: they are put into Chinese where they are
read. A clause that is not known here is shown as it was written, never left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_BEGINNINGS: Final[Mapping[str, str]] = {
    "freeze_failed": "速冻不合格",
    "process_failed": "制备不合格",
    "batch_failed": "批次不合格",
    "laboratory": "检验",
    "finding": "发现异常",
    "label_mismatch": "标签不符",
    "on receipt": "收货时",
    "intake": "入库",
    "recall": "召回",
    "out-of-control clock": "失控时间",
    "it must not have been given": "本不应输注",
}
_REASONS: Final[Mapping[str, str]] = {
    "hold": "锁定",
    "recall": "召回",
    "donor": "献血者核查",
    "expired": "已过期",
    "excursion": "温度异常",
    "label": "标签",
    "tests": "检测",
    "custody": "保管",
    "exposure": "失控时间",
}
"""Codes of reasons as they stand inside what a rule wrote."""
STATUSES: Final[Mapping[str, str]] = {
    "COLLECTED": "已采集",
    "PROCESSING": "制备中",
    "QUARANTINE": "待检",
    "AVAILABLE": "可用",
    "RESERVED": "已预留",
    "PICKED": "已拣选",
    "PACKED": "已装箱",
    "IN_TRANSIT": "运输中",
    "RECEIVED": "已收到",
    "ISSUED": "已发放",
    "TRANSFUSED": "已输注",
    "PRESUMED_TRANSFUSED": "推定已输注",
    "RETURNED_PENDING": "退回待查",
    "NONCONFORMING": "不合格",
    "CONSUMED": "已分离",
    "DISCARDED": "已报废",
    "MISSING": "下落不明",
    "LOST": "遗失",
}
_FATES: Final[Mapping[str, str]] = {
    "transfused": "已输注",
    "transfused_with_reaction": "已输注并有反应",
    "returned": "已退回",
    "wasted": "已报废",
}
_CLAUSES: Final = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r"donor check", "献血者核查"),
        (r"resting after a return", "退回后静置"),
        (r"a test is being repeated", "检测项目复检中"),
        (r"on no despatch note", "不在任何发货单上"),
        (r"its number came twice", "编号重复到货"),
        (r"transfusion reaction told of (\S+)", "{0} 被报告有输血反应"),
        (r"made from (\S+), which is not fit for use", "由不合格的 {0} 制成"),
        (r"temperature:logger_alarm", "温度异常：随箱记录仪报警"),
        (r"temperature:no_passport", "温度异常：无温度护照离开"),
        (r"temperature:red_cells_frozen", "温度异常：红细胞低于 1 °C"),
        (r"temperature:transit", "温度异常：运输箱内超出范围"),
        (r"temperature:storage_alarm", "温度异常：储存温度短时超限"),
        (r"temperature:core_1_to_10", "温度异常：核心温度 1～10 °C，不超过 5 小时"),
        (r"temperature:over_limit", "温度异常：长时、大幅或再次超限"),
        (r"temperature:room_temperature", "温度异常：血小板超出 20～24 °C"),
        (r"temperature:frozen_thawed", "温度异常：冰冻成分已融化"),
        (r"temperature:frozen_warm", "温度异常：冰冻成分超限但仍为固态"),
        (r"temperature:agitation", "温度异常：血小板静置过久"),
        (r"temperature:no_data", "温度异常：无温度记录"),
        (r"load probe (\S+) above its limit", "负载探头 {0} 高于上限"),
        (r"load probe (\S+) below its limit", "负载探头 {0} 低于下限"),
        (r"box (\S+) was outside its range for (\d+) min on the road", "血箱 {0} 在途中超出温度范围 {1} 分钟"),
        (r"box (\S+) was outside its range for (\d+) min", "血箱 {0} 超出温度范围 {1} 分钟"),
        (r"its box was outside its range for (\d+) min", "所在血箱超出温度范围 {0} 分钟"),
        (r"nobody knows how warm it was in box (\S+) for (\d+) min", "血箱 {0} 有 {1} 分钟温度不明"),
        (r"nobody knows how warm it was in box (\S+)", "血箱 {0} 内温度不明"),
        (r"(\d+) h in a transport box, at most (\S+)", "在运输箱内 {0} 小时，上限 {1} 小时"),
        (r"its donation was recalled, and case (\S+) is closed already", "其献血已召回，案例 {0} 已关闭"),
        (r"it came in no box, and nobody knows how warm it was on the road", "未装入血箱，途中温度不明"),
        (r"no box logger knows how warm it was on the road", "途中温度无血箱记录"),
        (r"the hospital said nothing about its temperature", "医院未说明其温度"),
        (r"the hospital could not keep its temperature", "医院未能保持其温度"),
        (r"it did not look right, or nobody looked", "外观异常，或未检查外观"),
        (r"it has expired", "已过期"),
        (r"too warm or too cold on arrival", "到货时温度过高或过低"),
        (r"did not look right on arrival", "到货时外观异常"),
        (r"its label was not checked", "标签未核对"),
        (r"the donor check has not cleared its donation", "献血者核查未放行该次献血"),
        (r"this component is not to be frozen", "该成分不得冷冻"),
        (r"there is no freezing curve", "无速冻曲线"),
        (r"the freezing curve has a gap longer than (\S+) min", "速冻曲线中断超过 {0} 分钟"),
        (r"the core did not reach (\S+) °C", "核心温度未达到 {0} °C"),
        (r"the core reached (\S+) °C after (\S+) min, at most (\S+)", "核心在 {1} 分钟后才达到 {0} °C，上限 {2} 分钟"),
        (r"(\d+) of (\d+) units of its batch failed", "同批 {1} 份中有 {0} 份不合格"),
        (r"made of (\d+) bags, (\d+) to (\d+) are allowed", "由 {0} 袋制成，允许 {1} 至 {2} 袋"),
        (r"the robot failed", "设备失败"),
        (r"nothing came of it", "未制得产品"),
        (r"(\w+): results disagree \((.*)\)", "{0}：结果不一致（{1}）"),
        (r"(\w+): reactive when repeated", "{0}：复检仍有反应性"),
        (r"(\w+): reactive", "{0}：有反应性"),
        (r"(\w+): (\w+) when repeated", "{0}：复检为 {1}"),
        (r"(\w+): (\S+) (\S+), at most (\S+)", "{0}：{1} {2}，上限 {3}"),
        (r"its tag (\S+) says that it is (\S+)", "其电子标签 {0} 指向 {1}"),
        (r"its parents have the groups (.+)", "原料血型不一致：{0}"),
        (r"it left through (\S+) without a permit", "未经许可从 {0} 出库"),
        (r"(\S+) opened with a permit that this controller never gave", "{0} 凭本系统未发出的许可开启"),
        (r"(\S+) opened on it though no permit that stands names it", "{0} 开启时，有效许可中没有该血袋"),
        (r"(\S+) put it at (\S+), not at (\S+)", "{0} 将其放在 {1}，而非 {2}"),
        (r"(\S+) carried it for task (\S+), which is for (\S+)", "{0} 按任务 {1} 搬运，而该任务属于 {2}"),
        (r"it was to be in box (\S+) and did not come out of it", "应在血箱 {0} 中，但未取出"),
        (r"it was seen in (.+), to which it does not belong", "出现在不属于它的 {0}"),
        (r"(\S+) did not report what it did with its label", "{0} 未报告标签处理结果"),
        (r"it was given the label of (\S+)", "贴上了 {0} 的标签"),
        (r"crossmatched compatible for (.+) after an incompatible result", "{0}：交叉配血先不合，后报相合"),
        (r"it was never issued", "从未发出"),
        (r"it was given (\S+) h after its issue, at most (\S+) h are allowed", "发出 {0} 小时后才输注，上限 {1} 小时"),
    )
)
_REACTION: Final = re.compile(r"finding: transfusion reaction of (\S+): (.*)", re.DOTALL)
_TOLD: Final = re.compile(r"finding: (\S+) told that it was (\w+): (.*)", re.DOTALL)
_WAS: Final = re.compile(r"it was ([A-Z_]+)")
_NOT_THERE: Final = re.compile(r"it is ([A-Z_]+) and not at this hospital any more")
_TOLD_BEFORE: Final = re.compile(r"it was told to be (\w+) before")
_CONTRADICTS: Final = re.compile(r"seen to become ([A-Z_]+) while it was ([A-Z_]+) \((\S+)\)")


def in_chinese(text: str) -> str:
    """The Chinese of what a rule wrote; a person's own words, and what is not known here, as they were written."""
    if (reaction := _REACTION.fullmatch(text)) is not None:
        return f"发现异常：{reaction[1]} 发生输血反应：{reaction[2]}"
    if (told := _TOLD.fullmatch(text)) is not None:
        return f"发现异常：{told[1]} 报告{_FATES.get(told[2], told[2])}：{_clauses(told[3])}"
    beginning, colon, rest = text.partition(": ")
    if colon and beginning in _BEGINNINGS:
        return f"{_BEGINNINGS[beginning]}：{_clauses(rest)}"
    return _clauses(text)


def _clauses(text: str) -> str:
    """Clause by clause; the semicolons of a text in which nothing is known stay as they are."""
    clauses = text.split("; ")
    told = [_clause(clause) for clause in clauses]
    return text if told == clauses else "；".join(told)


def _clause(text: str) -> str:
    for pattern, chinese in _CLAUSES:
        if (found := pattern.fullmatch(text)) is not None:
            return chinese.format(*found.groups())
    if (found := _WAS.fullmatch(text)) is not None:
        return f"当时状态为{_status(found[1])}"
    if (found := _NOT_THERE.fullmatch(text)) is not None:
        return f"已{_status(found[1])}，不再属于该医院"
    if (found := _TOLD_BEFORE.fullmatch(text)) is not None:
        return f"此前报告为{_FATES.get(found[1], found[1])}"
    if (found := _CONTRADICTS.fullmatch(text)) is not None:
        return f"状态为{_status(found[2])}时被报告为{_status(found[1])}（{found[3]}）"
    beginning, colon, rest = text.partition(": ")
    known = _BEGINNINGS.get(beginning) or _REASONS.get(beginning)
    return f"{known}：{_clause(rest)}" if colon and known is not None else text


def _status(code: str) -> str:
    return STATUSES.get(code, code)
