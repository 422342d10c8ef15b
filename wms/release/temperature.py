"""The temperature record of a bag as release judges it: an answer kept per bag, computed outside the writer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from wms.ledger.chain import canonical
from wms.release.limits import TemperatureLimits
from wms.store.driver import Driver
from wms.store.metadata import from_us, to_us

FRESH: Final = timedelta(minutes=60)
"""How old a judgement may be when a bag is released by it, in domain time; an older one is made anew first."""
Text = tuple[str, str]
_SELECT: Final = (
    "SELECT state, judged_us, through_us, outside_min, worst_c, gap_min, unwatched_min, detail "
    "FROM temperature_judgement WHERE bag = ?"
)


class JudgementState(StrEnum):
    """What a temperature record is: good, bad, or not there to be judged."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What the probes say of all places where a bag and what it was made from were; minutes, longest for gaps."""

    core_outside_min: float = 0.0
    air_outside_min: float = 0.0
    worst_c: float | None = None
    gap_min: float = 0.0
    still_min: float = 0.0
    unwatched_min: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The answer for one bag; ``reasons`` (English, Chinese) are empty when it passed."""

    state: JudgementState
    judged_at: datetime
    through: datetime
    outside_min: float
    worst_c: float | None
    gap_min: float
    unwatched_min: float
    reasons: tuple[Text, ...]

    @property
    def summary(self) -> Text:
        """The record in one phrase."""
        english = (
            f"{self.outside_min:.0f} min outside, longest gap {self.gap_min:.0f} min, "
            f"{self.unwatched_min:.0f} min at places without probes; judged {self.judged_at:%Y-%m-%d %H:%M}Z"
        )
        chinese = (
            f"超限 {self.outside_min:.0f} 分钟，最长缺失 {self.gap_min:.0f} 分钟，"
            f"无探头处 {self.unwatched_min:.0f} 分钟；判定于 {self.judged_at:%Y-%m-%d %H:%M}Z"
        )
        return english, chinese


def judge(watched: Watched, limits: TemperatureLimits, at: datetime) -> Judgement:
    """Judge a record by the profile's limits; time at places without limits and probes is told and no fault. Pure."""
    reasons: list[Text] = []
    for minutes, most, what, what_zh in (
        (watched.core_outside_min, limits.core_outside_max_min.value, "outside its limits (core)", "超限（芯温）"),
        (watched.air_outside_min, limits.air_outside_max_min.value, "outside its limits (air)", "超限（空气）"),
        (watched.gap_min, limits.gap_max_min.value, "without a temperature", "无温度记录"),
        (watched.still_min, limits.still_max_min.value, "without agitation", "未振荡"),
    ):
        if minutes > most:
            reasons.append(
                (f"{minutes:.0f} min {what}, at most {most:g}", f"{what_zh} {minutes:.0f} 分钟，限 {most:g}")
            )
    return Judgement(
        state=JudgementState.FAILED if reasons else JudgementState.PASSED,
        judged_at=at,
        through=at,
        outside_min=max(watched.core_outside_min, watched.air_outside_min),
        worst_c=watched.worst_c,
        gap_min=watched.gap_min,
        unwatched_min=watched.unwatched_min,
        reasons=tuple(reasons),
    )


def unknown(at: datetime, reason: Text) -> Judgement:
    """The answer when there is nothing to judge by: unknown is never taken for good."""
    return Judgement(
        state=JudgementState.UNKNOWN,
        judged_at=at,
        through=at,
        outside_min=0.0,
        worst_c=None,
        gap_min=0.0,
        unwatched_min=0.0,
        reasons=(reason,),
    )


def judgement_of(raw: Driver, bag: str) -> Judgement | None:
    """The stored judgement of a bag; None while there is none."""
    row = raw.execute(_SELECT, (bag,)).fetchone()
    if row is None:
        return None
    state, judged, through, outside, worst, gap, unwatched, detail = row
    return Judgement(
        state=JudgementState(state),
        judged_at=from_us(judged),
        through=from_us(through),
        outside_min=float(outside),
        worst_c=None if worst is None else float(worst),
        gap_min=float(gap),
        unwatched_min=float(unwatched),
        reasons=msgspec.json.decode(detail, type=tuple[Text, ...]),
    )


def keep_judgements(raw: Driver, judged: Sequence[tuple[str, Judgement]]) -> None:
    """Store judgements, each in place of the bag's last one."""
    for bag, one in judged:
        raw.execute("DELETE FROM temperature_judgement WHERE bag = ?", (bag,))
        raw.execute(
            "INSERT INTO temperature_judgement (bag, state, judged_us, through_us, outside_min, worst_c, gap_min, "
            "unwatched_min, detail) VALUES (?,?,?,?,?,?,?,?,?)",
            (
                bag, one.state.value, to_us(one.judged_at), to_us(one.through), one.outside_min, one.worst_c,
                one.gap_min, one.unwatched_min, canonical([list(reason) for reason in one.reasons]),
            ),
        )  # fmt: skip


def is_stale(raw: Driver, bag: str, now: datetime) -> bool:
    """True when a bag's judgement is too old to release it by; one that is not there is another gate's matter."""
    judgement = judgement_of(raw, bag)
    return judgement is not None and judgement.judged_at < now - FRESH
