"""What an open task waits for, as a sentence for a person in both languages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wms.moves.model import Wait

_SENTENCES: Final[Mapping[Wait, tuple[str, str]]] = {
    Wait.TURN: ("Waits until {detail} has finished its present task.", "等待 {detail} 完成当前任务。"),
    Wait.SLOT: (
        "No free slot: {detail}. Make room, or put it away by hand.",
        "没有空位：{detail}。请腾出货位或人工上架。",
    ),
    Wait.NO_CRANE: ("No crane reaches {detail}; carry it by hand.", "没有堆垛机可到达 {detail}；请人工搬运。"),
    Wait.BAG_AWAY: (
        "Nobody knows where the bag is ({detail}); find and scan it.",
        "血袋位置未知（{detail}）；请找到并扫描。",
    ),
    Wait.MACHINE: ("{detail} has the task and has not reported yet.", "{detail} 已接到任务，尚未报告。"),
    Wait.READ_BACK: (
        "{detail} did not answer clearly; the bridge reads back what it did before anything is repeated.",
        "{detail} 未明确应答；重试前先回读其执行情况。",
    ),
    Wait.RETRY: (
        "The last attempt failed ({detail}); it is tried again shortly.",
        "上次尝试失败（{detail}）；稍后重试。",
    ),
}


def sentence(wait: Wait, detail_en: str, detail_zh: str) -> tuple[str, str]:
    """The sentence in English and in Chinese; the detail is a place, a device or a reason in that language."""
    english, chinese = _SENTENCES[wait]
    return english.format(detail=detail_en), chinese.format(detail=detail_zh)
