"""What an open task waits for, as a sentence for a person in both languages. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from wms.moves.model import DeviceState, Wait
from wms.orders.sentences import Sentence

_SENTENCES: Final[Mapping[Wait, Sentence]] = {
    Wait.TURN: Sentence("Waits until {0} has finished its present trip.", "等待 {0} 完成当前行程。"),
    Wait.SLOT: Sentence(
        "No free {0} slot for {1}. Make room, or put it away by hand.", "没有可存放{1}的{0}空位。请腾出货位或人工上架。"
    ),
    Wait.ALONE: Sentence(
        "No {0} shelf for {1} is free of other bags, and a bag of the kind “{2}” must lie apart from them. "
        "Clear a shelf, or put it away by hand.",
        "没有可单独存放{1}的{0}货架：“{2}”血袋须与其他血袋分开。请清空一个货架或人工上架。",
    ),
    Wait.ROOM: Sentence(
        "Waits for room: {0} is full, or reserved for bags on their way.", "等待空位：{0} 已满，或已为在途血袋预留。"
    ),
    Wait.NO_WAY: Sentence(
        "No machine carries from {0} to where it is to go; carry it by hand.",
        "没有设备可从 {0} 运往目的地；请人工搬运。",
    ),
    Wait.NO_TAG: Sentence(
        "{0} has no tag, so no machine can be sure of it; carry it by hand.", "{0} 没有标签，设备无法核对；请人工搬运。"
    ),
    Wait.BAG_AWAY: Sentence(
        "Nobody knows where the bag is ({0}); find and scan it.", "血袋位置未知（{0}）；请找到并扫描。"
    ),
    Wait.MACHINE: Sentence("{0} has the bag on its list and has not reported yet.", "{0} 已接到任务，尚未报告。"),
    Wait.PORTAL: Sentence("It is carried already; waits until {0} has seen it.", "已运送，等待{0}读到该血袋。"),
    Wait.UNSEEN: Sentence(
        "It should be there, but {0} did not say so: its place is unknown until it is read or scanned.",
        "应已到达，但未得到{0}的确认：在读到或扫描之前位置未知。",
    ),
    Wait.READ_BACK: Sentence(
        "{0} did not answer clearly; the bridge reads back what it did before anything is repeated.",
        "{0} 未明确应答；重试前先回读其执行情况。",
    ),
    Wait.RETRY: Sentence(
        "The last attempt failed ({0}); it is tried again shortly.", "上次尝试失败（{0}）；稍后重试。"
    ),
}
_BLOCKED: Final[Mapping[str, Sentence]] = {
    DeviceState.HELD.value: Sentence("Waits for {0}, which is held", "等待 {0}：设备已保持（暂停）"),
    DeviceState.STOPPED.value: Sentence("Waits for {0}, which is stopped", "等待 {0}：设备已停机"),
    DeviceState.AWAY.value: Sentence("Waits for {0}, which is not heard of", "等待 {0}：设备失联"),
    DeviceState.UNKNOWN.value: Sentence("Waits for {0}, whose state nobody knows", "等待 {0}：设备状态未知"),
}
_NOT_TAKEN: Final = Sentence("Waits for {0}, which did not take its last trip", "等待 {0}：设备未接受上一行程")


def sentence(wait: Wait, parts_en: Sequence[str], parts_zh: Sequence[str]) -> Sentence:
    """The sentence for a wait; the parts are those of `Task.waits_detail`, in the names of each language."""
    if wait is Wait.BLOCKED:
        english, chinese = (*parts_en, "", ""), (*parts_zh, "", "")
        return blocked_sentence(english[0], chinese[0], english[1], english[2])
    found = _SENTENCES[wait]
    return Sentence(found.en.format(*parts_en), found.zh.format(*parts_zh))


def blocked_sentence(name_en: str, name_zh: str, state: str, reason: str) -> Sentence:
    """Why nothing is given to a machine now; ``reason`` is in the machine's own words, empty when it gave none."""
    found = _BLOCKED.get(state, _NOT_TAKEN)
    english, chinese = (f": {reason}.", f"：{reason}。") if reason else (".", "。")
    return Sentence(found.en.format(name_en) + english, found.zh.format(name_zh) + chinese)
