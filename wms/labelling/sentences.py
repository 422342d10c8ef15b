"""What a bag waits for on its way to a checked label, in both languages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class LabelWait(StrEnum):
    """Why a label is not done yet."""

    NO_STATION = "no_station"
    READY = "ready"
    STATION_DOWN = "station_down"
    ON_ITS_WAY = "on_its_way"
    TURN = "turn"
    RETRY = "retry"
    PRINTING = "printing"
    GIVEN_UP = "given_up"
    MISMATCH = "mismatch"


_SENTENCES: Final[Mapping[LabelWait, tuple[str, str]]] = {
    LabelWait.NO_STATION: (
        "There is no label station: print the label, apply it and scan both of its codes.",
        "本中心无贴标站：请打印标签、贴上并扫描两个条码。",
    ),
    LabelWait.READY: (
        "Everything but the label is in order; waits for room at the label station.",
        "除标签外均已符合；等待贴标站空位。",
    ),
    LabelWait.STATION_DOWN: (
        "The label station does not run: wait for it, or print the label, apply it and scan both of its codes.",
        "贴标站未运行：请等待，或打印标签、贴上并扫描两个条码。",
    ),
    LabelWait.ON_ITS_WAY: ("On its way to the label station.", "正送往贴标站。"),
    LabelWait.TURN: ("At the label station; waits for its turn.", "已到贴标站；等待贴标。"),
    LabelWait.RETRY: (
        "The label station failed ({detail}); it is tried again shortly.",
        "贴标站出错（{detail}）；稍后重试。",
    ),
    LabelWait.PRINTING: ("The label station has it and has not reported yet.", "贴标站正在贴标，尚未报告。"),
    LabelWait.GIVEN_UP: (
        "The label station could not do it ({detail}): print the label, apply it and scan both of its codes.",
        "贴标站未能完成（{detail}）：请打印标签、贴上并扫描两个条码。",
    ),
    LabelWait.MISMATCH: (
        "The label does not agree with the bag; it is held. Two people lift the hold; then label it anew by hand.",
        "标签与血袋不符，已锁定。两人解除锁定后，请打印新标签、贴上并扫描两个条码。",
    ),
}


def sentence(wait: LabelWait, detail: str = "") -> tuple[str, str]:
    """The sentence in English and in Chinese; the detail is what a machine said."""
    english, chinese = _SENTENCES[wait]
    return english.format(detail=detail or "no reason given"), chinese.format(detail=detail or "未说明原因")
