"""The verdict of a record: kept only when everything is known and nothing was outside. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from blood.out_of_control import Exposure, ExposureVerdict
from wms.passports.events import Event
from wms.passports.model import AgitationLine, GapLine, PassportVerdict, Reason, Side
from wms.passports.record_rules import EventKind

_CLOCK_ZH: Final = {
    ExposureVerdict.OK: "可接受",
    ExposureVerdict.QUARANTINE: "须静置后再判",
    ExposureVerdict.NOT_FOR_REISSUE: "不得再次发放",
    ExposureVerdict.UNKNOWN: "不明",
}
_CLOCK_EN: Final = {
    ExposureVerdict.OK: "acceptable",
    ExposureVerdict.QUARANTINE: "must rest before it is judged",
    ExposureVerdict.NOT_FOR_REISSUE: "not to be issued again",
    ExposureVerdict.UNKNOWN: "cannot be judged",
}
_CLOCK_OUTSIDE: Final = frozenset({ExposureVerdict.NOT_FOR_REISSUE})


def verdict_of(
    events: Sequence[Event],
    gaps: Sequence[GapLine],
    agitation: AgitationLine | None,
    clock: Exposure,
    *,
    was_measured: bool,
    in_box: timedelta | None = None,
) -> tuple[PassportVerdict, tuple[Reason, ...]]:
    """What the record says, with every reason. What is for certain outside goes before what is not known.

    ``in_box``: how long it was in transport boxes at once, when that is longer than the profile permits.
    """
    outside = [_excursion(event) for event in events if event.kind is EventKind.EXCURSION]
    if agitation is not None and agitation.kept is False:
        outside.append(_agitation(agitation))
    if in_box is not None:
        hours = in_box / timedelta(hours=1)
        words = (
            f"{hours:.1f} h in a transport box, longer than its profile permits",
            f"在运输箱内 {hours:.1f} 小时，超过标准",
        )
        outside.append(Reason(code="transport_time", en=words[0], zh=words[1]))
    if clock.verdict in _CLOCK_OUTSIDE:
        outside.append(_clock(clock))
    unknown = [_gap(gap) for gap in gaps if not gap.inside]
    if not was_measured:
        unknown.append(
            Reason(code="not_measured", en="No probe ever measured where it lay", zh="所处位置从未有探头测得温度")
        )
    if agitation is not None and agitation.kept is None:
        unknown.append(
            Reason(
                code="agitation_unknown",
                en=f"Nobody can say for {agitation.unknown_min:.0f} min whether it was shaken",
                zh=f"有 {agitation.unknown_min:.0f} 分钟无法确认是否振荡",
            )
        )
    if clock.verdict not in {ExposureVerdict.OK, *_CLOCK_OUTSIDE}:
        unknown.append(_clock(clock))
    if outside:
        return PassportVerdict.OUTSIDE, (*outside, *unknown)
    if unknown:
        return PassportVerdict.UNKNOWN, tuple(unknown)
    return PassportVerdict.KEPT, ()


def clock_in_chinese(whole: Exposure, judged: Exposure) -> str:
    """The out-of-control clock: its minutes over the whole life, and what the rule says of those that count."""
    minutes = f"累计 {whole.minutes_total:.0f} 分钟，单次最长 {whole.longest_min:.0f} 分钟"
    return f"{minutes}；判定：{_CLOCK_ZH[judged.verdict]}"


def clock_in_english(whole: Exposure, judged: Exposure) -> str:
    """The same in English."""
    minutes = f"{whole.minutes_total:.0f} min in all, longest {whole.longest_min:.0f} min"
    return f"{minutes}; {_CLOCK_EN[judged.verdict]}"


def sentence_of(event: Event) -> tuple[str, str]:
    """What happened, in English and Chinese."""
    at = f"{event.from_at:%Y-%m-%d %H:%M}Z"
    if event.kind is EventKind.EXCURSION:
        reason = _excursion(event)
        return reason.en, reason.zh
    if event.kind is EventKind.AGITATION:
        return f"{event.minutes:.0f} min at rest, from {at}", f"自 {at} 起静置 {event.minutes:.0f} 分钟"
    return f"No temperature for {event.minutes:.0f} min from {at}", f"自 {at} 起 {event.minutes:.0f} 分钟无温度记录"


def _excursion(event: Event) -> Reason:
    english = "above" if event.side is Side.ABOVE else "below"
    chinese = "高于" if event.side is Side.ABOVE else "低于"
    at = f"{event.from_at:%Y-%m-%d %H:%M}Z"
    return Reason(
        code="excursion",
        en=f"{event.minutes:.0f} min {english} its permitted range from {at}, worst {event.worst_c:.1f} °C",
        zh=f"自 {at} 起{chinese}允许范围 {event.minutes:.0f} 分钟，极值 {event.worst_c:.1f} °C",
    )


def _clock(clock: Exposure) -> Reason:
    return Reason(code="clock", en=f"Out of control: {clock.detail}", zh=f"失控时间{clock_in_chinese(clock, clock)}")


def _agitation(line: AgitationLine) -> Reason:
    return Reason(
        code="agitation",
        en=f"At rest for {line.total_min:.0f} min in all, {line.longest_min:.0f} min at once",
        zh=f"共静置 {line.total_min:.0f} 分钟，单次最长 {line.longest_min:.0f} 分钟",
    )


def _gap(gap: GapLine) -> Reason:
    at = f"{gap.from_at:%Y-%m-%d %H:%M}Z"
    if gap.min_c is None or gap.max_c is None:
        band_en, band_zh = "it may have been anything", "温度完全未知"
    else:
        band_en = f"between {gap.min_c:.1f} and {gap.max_c:.1f} °C"
        band_zh = f"介于 {gap.min_c:.1f} 与 {gap.max_c:.1f} °C 之间"
    return Reason(
        code="gap",
        en=f"No temperature for {gap.minutes:.0f} min from {at}: {band_en}",
        zh=f"自 {at} 起 {gap.minutes:.0f} 分钟无温度：{band_zh}",
    )
