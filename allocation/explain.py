"""A sentence per line, in English and Chinese: why these bags and what came next, or why short and what helps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from allocation.model import GROUPS, Int64s, Policy, Snapshot, instant
from allocation.network import match_points, takes_part
from allocation.plan import BagReason, LineExplanation, Plan, ShortReason
from allocation.shelf import EMPTY_SHELF, Shelf, shelves, using_points
from allocation.shortage import ShortCause, acceptable_groups, short_reasons

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """What every sentence looks at: costs by component and the bags that nobody took."""

    snapshot: Snapshot
    policy: Policy
    mismatch: Mapping[int, Int64s]
    free: Mapping[tuple[int, int], Shelf]
    shadow_price: Mapping[str, int]


def explain(plan: Plan, snapshot: Snapshot, policy: Policy) -> tuple[LineExplanation, ...]:
    """Explain every line of the snapshot, in its order."""
    bag_rows = {bag: row for row, bag in enumerate(snapshot.bag)}
    line_rows = {line: row for row, line in enumerate(snapshot.line)}
    given: dict[int, list[int]] = {row: [] for row in range(len(snapshot.line))}
    for assignment in plan.assignments:
        given[line_rows[assignment.line]].append(bag_rows[assignment.bag])
    used = np.array([row for rows in given.values() for row in rows], dtype=np.int64)
    missing = snapshot.line_quantity - np.array([len(given[row]) for row in range(len(snapshot.line))], dtype=np.int64)
    causes = short_reasons(snapshot, missing, used)
    unused = takes_part(snapshot)
    unused[used] = False
    scene = _Scene(
        snapshot,
        policy,
        {index: match_points(family, policy) for index, family in enumerate(snapshot.families)},
        shelves(snapshot, np.flatnonzero(unused)),
        {short.line: short.shadow_price for short in plan.shortages},
    )
    return tuple(_line(scene, row, bags, causes.get(row), int(missing[row])) for row, bags in given.items())


def _line(scene: _Scene, line: int, bags: list[int], cause: ShortCause | None, missing: int) -> LineExplanation:
    snapshot = scene.snapshot
    runner_up, extra = _runner_up(scene, line, bags)
    english, chinese = [], []
    if bags:
        one, other = _chosen(snapshot, line, bags)
        english.append(one)
        chinese.append(other)
        if runner_up is not None:
            name, group = snapshot.bag[runner_up], _group(snapshot, runner_up)
            english.append(f"The next choice was {name} ({group}), {extra} points dearer.")
            chinese.append(f"次选为 {name}（{group}），代价高 {extra} 分。")
        else:
            english.append("No other free bag would have served.")
            chinese.append("没有其他可用的血袋。")
    if cause is not None:
        one, other = _short(snapshot, line, missing, cause, scene.shadow_price[snapshot.line[line]])
        english.append(one)
        chinese.append(other)
    return LineExplanation(
        line=snapshot.line[line],
        en=" ".join(english),
        zh="".join(chinese),
        bags=tuple(_bag(snapshot, line, bag) for bag in bags),
        runner_up=None if runner_up is None else snapshot.bag[runner_up],
        runner_up_cost=extra,
    )


def _group(snapshot: Snapshot, bag: int) -> str:
    return GROUPS[int(snapshot.bag_group[bag])].value


def _recipient(snapshot: Snapshot, line: int) -> str:
    return GROUPS[int(snapshot.line_recipient[line])].value


def _when(snapshot: Snapshot, at_us: int) -> tuple[str, str]:
    """An expiry in the site's time, English and Chinese: it always names the year."""
    local = instant(at_us).astimezone(ZoneInfo(snapshot.timezone))
    return f"{local.day} {_MONTHS[local.month - 1]} {local:%Y %H:%M}", f"{local:%Y-%m-%d %H:%M}"


def _points(scene: _Scene, line: int, bag: int) -> int:
    snapshot = scene.snapshot
    table = scene.mismatch[int(snapshot.bag_component[bag])]
    mismatch = int(table[snapshot.bag_group[bag], snapshot.line_recipient[line]])
    return using_points(snapshot, scene.policy, bag) + mismatch


def _runner_up(scene: _Scene, line: int, bags: list[int]) -> tuple[int | None, int | None]:
    """The cheapest free bag that could replace the dearest bag of the line, and how much more it would cost."""
    if not bags:
        return None, None
    snapshot = scene.snapshot
    component, until = int(snapshot.line_component[line]), int(snapshot.line_usable_until_us[line])
    groups = acceptable_groups(snapshot, line)
    firsts = [scene.free.get((component, group), EMPTY_SHELF).lasting(until)[:1] for group in groups]
    candidates = [(_points(scene, line, int(rows[0])), int(rows[0])) for rows in firsts if len(rows)]
    if not candidates:
        return None, None
    cost, best = min(candidates, key=lambda pair: (pair[0], snapshot.bag[pair[1]]))
    return best, cost - max(_points(scene, line, bag) for bag in bags)


def _chosen(snapshot: Snapshot, line: int, bags: list[int]) -> tuple[str, str]:
    recipient, wanted = _recipient(snapshot, line), int(snapshot.line_quantity[line])
    counts = Counter(_group(snapshot, bag) for bag in bags)
    same_en = {group: "identical" if group == recipient else "compatible" for group in counts}
    same_zh = {group: "同型" if group == recipient else "相容" for group in counts}
    parts_en = ", ".join(f"{count} x {group} ({same_en[group]})" for group, count in counts.items())
    parts_zh = "、".join(f"{group} {count} 袋（{same_zh[group]}）" for group, count in counts.items())
    first_en, first_zh = _when(snapshot, min(int(snapshot.bag_expires_us[bag]) for bag in bags))
    until_en, until_zh = _when(snapshot, int(snapshot.line_usable_until_us[line]))
    return (
        (
            f"{len(bags)} of {wanted} for {recipient}: {parts_en}; "
            f"of those that last until {until_en} the first to expire (from {first_en})."
        ),
        (
            f"{recipient} 需 {wanted} 袋，已配 {len(bags)} 袋：{parts_zh}；"
            f"在可用至 {until_zh} 的血袋中先到期者先用（最早 {first_zh}）。"
        ),
    )


def _bag(snapshot: Snapshot, line: int, bag: int) -> BagReason:
    group, recipient = _group(snapshot, bag), _recipient(snapshot, line)
    expires_en, expires_zh = _when(snapshot, int(snapshot.bag_expires_us[bag]))
    match_en, match_zh = ("identical", "同型") if group == recipient else ("compatible", "相容")
    return BagReason(
        snapshot.bag[bag],
        f"{group} is {match_en} for {recipient}; first to expire of its group that the line may use ({expires_en}).",
        f"{group} 与 {recipient} {match_zh}；该血型中此订单可用且最先到期（{expires_zh}）。",
    )


def _short(snapshot: Snapshot, line: int, missing: int, cause: ShortCause, price: int) -> tuple[str, str]:
    group = _recipient(snapshot, line)
    until_en, until_zh = _when(snapshot, int(snapshot.line_usable_until_us[line]))
    named = "" if cause.best is None else snapshot.bag[cause.best]
    expires_en, expires_zh = (
        ("", "") if cause.best is None else _when(snapshot, int(snapshot.bag_expires_us[cause.best]))
    )
    english, chinese = {
        ShortReason.SUBSTITUTION_REFUSED: (
            f"the line takes {group} only; substitution would bring {cause.bags} compatible bags, first {named}",
            f"订单只接受 {group}；若允许替代，有 {cause.bags} 袋相容血液可用，首选 {named}",
        ),
        ShortReason.TOO_SHORT_LIVED: (
            f"{cause.bags} free bags expire before {until_en}; accepting life until {expires_en} would bring {named}",
            f"{cause.bags} 袋可用血液在 {until_zh} 前到期；若接受到期时间 {expires_zh}，可用 {named}",
        ),
        ShortReason.BAGS_REFUSED: (
            f"{cause.bags} suitable bags may not be used now ({cause.detail}); clearing {named} first would help",
            f"{cause.bags} 袋合适的血液目前不可用（{cause.detail_zh}）；先处理 {named}",
        ),
        ShortReason.MORE_URGENT_DEMAND: (
            f"all {cause.bags} suitable bags serve lines that come first or share the scarcity; {missing} more fill it",
            f"{cause.bags} 袋合适的血液已配给更优先或同等紧缺的订单；再有 {missing} 袋即可满足",
        ),
        ShortReason.NO_STOCK: (
            f"there is no suitable bag in stock; {missing} bags of {group} or a compatible group would fill it",
            f"库存没有合适的血袋；需要 {missing} 袋 {group} 或相容血型",
        ),
    }[cause.reason]
    return (
        f"Short by {missing}: {english} (one more is worth {price} points).",
        f"缺 {missing} 袋：{chinese}（每多一袋价值 {price} 分）。",
    )
