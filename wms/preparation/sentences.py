"""Why a preparation order was made and what it waits for, in both languages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from wms.orders.sentences import Sentence


class PrepWait(StrEnum):
    """What an open order waits for; the detail is filled into the sentence."""

    SOURCES = "sources"
    DOCK = "dock"
    PLASMA = "plasma"
    BRINGING = "bringing"
    TOO_EARLY = "too_early"
    TURN = "turn"
    ROBOT = "robot"
    ROBOT_DOWN = "robot_down"
    NO_ROBOT = "no_robot"
    MACHINE = "machine"
    STOOD_DOWN = "stood_down"


_SENTENCES: Final[Mapping[PrepWait, tuple[str, str]]] = {
    PrepWait.SOURCES: (
        "No bag in stock is fit for it: {detail}.",
        "库存中没有合适的血袋：{detail}。",
    ),
    PrepWait.DOCK: (
        "Waits for fresh whole blood at the dock: {detail}.",
        "等待接收区的新鲜全血：{detail}。",
    ),
    PrepWait.PLASMA: (
        "Waits for plasma from the next separation: {detail}.",
        "等待下一批分离所得血浆：{detail}。",
    ),
    PrepWait.BRINGING: ("Its bags are on their way: {detail} have arrived.", "血袋正在送达：已到 {detail}。"),
    PrepWait.TOO_EARLY: (
        "Begun now it would not last long enough; it is begun at {detail}.",
        "现在制备将在需要前过期；将于 {detail} 开始。",
    ),
    PrepWait.TURN: ("Another order has the robot: {detail}.", "机器人正处理其他制备单：{detail}。"),
    PrepWait.ROBOT: ("Its bags are there; waits until {detail} is free.", "血袋已到；等待 {detail} 空闲。"),
    PrepWait.ROBOT_DOWN: (
        "{detail} does not run; the bags stay in the cold until it does.",
        "{detail} 未运行；恢复前血袋留在冷藏区。",
    ),
    PrepWait.NO_ROBOT: ("No robot of this centre can do it: {detail}.", "本中心没有可执行的机器人：{detail}。"),
    PrepWait.MACHINE: ("{detail} has its bags and has not reported yet.", "{detail} 正在制备，尚未报告。"),
    PrepWait.STOOD_DOWN: (
        "Its bags went back into the cold ({detail}); it is tried again later.",
        "血袋已送回冷藏（{detail}）；稍后重试。",
    ),
}


def sentence(wait: PrepWait, detail_en: str, detail_zh: str) -> tuple[str, str]:
    """The sentence in English and in Chinese; the detail is a component, a machine or a reason in that language."""
    english, chinese = _SENTENCES[wait]
    return english.format(detail=detail_en), chinese.format(detail=detail_zh)


def asked_by(person: str) -> Sentence:
    """A person asked for it."""
    return Sentence(f"Asked for by {person}.", f"由 {person} 提出。")


def made_for_shortage(order: str, missing: int, name_en: str, name_zh: str, group: str) -> Sentence:
    """The system made it because a hospital's order is short."""
    return Sentence(
        f"Order {order} misses {missing} bags of {name_en} {group}; none is in stock, so they are made.",
        f"订单 {order} 缺少 {missing} 袋{name_zh}（{group}），库存没有，故安排制备。",
    )


def made_for_share(name_en: str, name_zh: str) -> Sentence:
    """The site's share goes this way without an order."""
    return Sentence(f"The site's share of {name_en}.", f"本中心按比例制备{name_zh}。")
