"""Sentences of an order line while no plan speaks for it; pure. A plan's own come from `allocation.explain`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sentence:
    """The same in English and in Chinese."""

    en: str
    zh: str


WAITS_FOR_PLANNER: Final = Sentence("Waits for the planner.", "等待配血计算。")
PLANNER_AWAY: Final = Sentence(
    "Waits for the planner, which does not answer; the order is kept and planned as soon as it is back.",
    "配血程序暂无响应；订单已保留，恢复后立即处理。",
)
PLAN_REFUSED: Final = Sentence(
    "The plan failed its check, so nothing was reserved from it. An engineer has been alarmed.",
    "配血方案未通过校验，未预留任何血袋，已通知工程师。",
)

NOT_CARRIED: Final = Sentence("it could not be carried to the gate", "未能送到出库闸")


def taken_back(bag: str, reason: Sentence) -> Sentence:
    """A reservation was broken; the planner looks again."""
    return Sentence(
        f"{bag} was taken back ({reason.en}). The planner looks for another bag.",
        f"{bag} 已撤回（{reason.zh}），正在另行配血。",
    )


def beside_held(held: int, rest: Sentence) -> Sentence:
    """What a plan says of the missing part, when the line already holds bags."""
    if held == 0:
        return rest
    return Sentence(f"{held} bags are reserved already. {rest.en}", f"已预留 {held} 袋。{rest.zh}")


def for_the_patient(rest: Sentence) -> Sentence:
    """What a plan says of a line that names a patient."""
    return Sentence(f"{rest.en} Only bags that suit this patient count.", f"{rest.zh}仅计入适合该患者的血袋。")


def being_prepared(prep_order: str, quantity: int) -> Sentence:
    """What is missing is being made."""
    return Sentence(
        f"{quantity} bags are being prepared (preparation order {prep_order}).",
        f"正在制备 {quantity} 袋（制备单 {prep_order}）。",
    )


def beside_prepared(rest: Sentence, prepared: Sentence | None) -> Sentence:
    """What a plan says of the missing part, when some of it is being made."""
    return rest if prepared is None else Sentence(f"{rest.en} {prepared.en}", f"{rest.zh}{prepared.zh}")
