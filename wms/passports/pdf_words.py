"""Words of the printed passport, in both languages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal

from wms.passports.model import (
    ExcursionVerdict,
    GapBasis,
    GapReason,
    LimitKind,
    PassportVerdict,
    Side,
    Watch,
)

Language = Literal["zh", "en"]
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("Temperature passport", "温度护照"),
    "bag": ("Bag", "血袋"),
    "component": ("Component", "成分"),
    "group": ("Group", "血型"),
    "collected": ("Collected", "采集"),
    "expires": ("Expires", "失效"),
    "status": ("Status", "状态"),
    "made_from": ("Made from", "来源血袋"),
    "profile": ("Rules", "规则"),
    "computed": ("Computed", "生成"),
    "verdict": ("Verdict", "结论"),
    "chart": ("Temperature of the blood's places", "所处位置的温度"),
    "chart_note": (
        (
            "Grey: permitted range. Line: load probes; thin: air probes. Dark bar: outside. Hatched: no reading of the "
            "load probe, with the band in which the temperature was. Dotted: places without probes."
        ),
        "灰色：允许范围。粗线：负载探头；细线：空气探头。深色条：超限。斜线：负载探头无读数，框内为可能温度范围。点状：无探头的位置。",
    ),
    "stays": ("Stays", "停留"),
    "place": ("Place", "位置"),
    "from": ("From", "自"),
    "to": ("To", "至"),
    "minutes": ("min", "分钟"),
    "watch": ("Watched", "监测"),
    "limits": ("Minutes outside each limit", "各限值超限分钟"),
    "limit": ("Limit", "限值"),
    "worst": ("Worst °C", "极值 °C"),
    "source": ("Source (status)", "来源（状态）"),
    "excursions": ("Excursions of the probes", "探头越限"),
    "probe": ("Probe", "探头"),
    "meaning": ("For this bag", "对本袋"),
    "gaps": ("Times without the load probe", "负载探头无读数"),
    "reason": ("Why", "原因"),
    "band": ("Band °C", "温度范围 °C"),
    "clock": ("Out-of-control clock", "失控时间"),
    "agitation": ("Agitation", "振荡"),
    "decisions": ("Decisions", "裁定"),
    "trigger": ("Trigger", "触发"),
    "outcome": ("Outcome", "裁定结果"),
    "people": ("By", "裁定人"),
    "comment": ("Comment", "说明"),
    "open": ("open", "待裁定"),
    "none": ("None.", "无。"),
    "mkt": ("Mean kinetic temperature", "平均动力学温度"),
    "extremes": ("Warmest / coldest", "最高／最低"),
    "seal": ("Seal", "封存"),
    "not_sealed": (
        "Not sealed: this bag has not left the centre. The record above is as it stands now.",
        "尚未封存：该血袋未离开血站。以上为当前记录。",
    ),
    "broken": (
        "DOES NOT VERIFY: the kept document is not the one that the ledger names. Do not rely on it.",
        "校验失败：保存的文件与台账记录不符，不得采信。",
    ),
    "page": ("Page", "第"),
    "ongoing": ("now", "至今"),
    "rest_single": ("longest rest", "最长静置"),
    "rest_total": ("rest in all", "累计静置"),
    "unknown": ("unknown", "不明"),
}
_NAMES: Final[Mapping[tuple[type[StrEnum], str], tuple[str, str]]] = {
    (type(value), value.value): words
    for value, words in (
        (PassportVerdict.KEPT, ("KEPT", "全程合格")),
        (PassportVerdict.OUTSIDE, ("OUTSIDE", "曾超限")),
        (PassportVerdict.UNKNOWN, ("UNKNOWN", "不明")),
        (Watch.PROBED, ("probes", "有探头")),
        (Watch.UNPROBED, ("no probe", "无探头")),
        (Watch.OUTSIDE, ("outside our watch", "不在本站监测内")),
        (LimitKind.ALERT, ("alert", "预警")),
        (LimitKind.PLACE, ("alarm of the place", "位置报警")),
        (LimitKind.LEGAL, ("legal", "法定")),
        (LimitKind.ABSOLUTE, ("absolute", "绝对")),
        (Side.ABOVE, ("above", "高于")),
        (Side.BELOW, ("below", "低于")),
        (ExcursionVerdict.BRIEF, ("too brief to count", "时间过短不计")),
        (ExcursionVerdict.CORE_INSIDE, ("blood stayed inside", "血液未超限")),
        (ExcursionVerdict.OUTSIDE, ("OUTSIDE", "超限")),
        (GapReason.NO_DATA, ("no probe spoke", "探头均无读数")),
        (GapReason.NO_PROBE, ("no probe there", "无探头")),
        (GapReason.BEFORE_RECORDS, ("before our records", "早于本站记录")),
        (GapReason.CORE_SILENT, ("load probe silent", "负载探头无读数")),
        (GapBasis.NEIGHBOUR, ("as the probe beside it said", "据相邻探头")),
        (GapBasis.WARM_UP, ("as far as the store can change", "据冷库最快变化")),
        (GapBasis.NONE, ("nothing is known", "完全不明")),
    )
}


def word(key: str, lang: Language) -> str:
    """A word of the page; KeyError for one that is not there."""
    return _WORDS[key][lang == "zh"]


def name(value: StrEnum, lang: Language) -> str:
    """The name of an enum's value; KeyError for one that has none."""
    return _NAMES[type(value), value.value][lang == "zh"]


def verification(digest: str, seq: int, at: str, lang: Language) -> str:
    """The sentence that tells how anybody can check the page."""
    if lang == "zh":
        return (
            f"本护照于 {at} 封存于台账第 {seq} 条，文件的 SHA-256 为 {digest}。"
            "核对方法：运行 hemovault ledger verify，该条目中的哈希须与保存文件的哈希一致。"
        )
    return (
        f"Sealed on {at} with ledger entry {seq}; the SHA-256 of the kept document is {digest}. To check it, run "
        "hemovault ledger verify: the hash in that entry must be the hash of the document."
    )
