"""What the probes said, as lines of a passport: chart segments, extremes, gaps with their band, excursions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from plant.model import ProbeKind
from telemetry.excursions import Excursion, ExcursionKind
from telemetry.records import Around, Known, Records
from telemetry.tracker import GAP_AFTER_MS
from wms.passports.events import Event
from wms.passports.evidence import Silence, StayEvidence, Voice
from wms.passports.gaps import Band, reachable
from wms.passports.model import (
    DecisionLine,
    ExcursionLine,
    ExcursionVerdict,
    GapBasis,
    GapLine,
    GapReason,
    Segment,
    Side,
    Worst,
)
from wms.passports.record_rules import Drift, EventKind
from wms.store.metadata import from_us

_MINUTE_MS = 60_000
_SIDES = {ExcursionKind.ABOVE: Side.ABOVE, ExcursionKind.BELOW: Side.BELOW}


def segments_of(evidence: Sequence[StayEvidence], step_ms: int) -> tuple[Segment, ...]:
    """One segment for each stay and probe; points are the least and the greatest value of each step."""
    return tuple(_segment(stay, voice, step_ms) for stay in evidence for voice in stay.voices)


def extremes(evidence: Sequence[StayEvidence]) -> tuple[Worst | None, Worst | None]:
    """The warmest and the coldest value of the blood itself, the first of each."""
    heard = [(stay, voice) for stay in evidence for voice in stay.core if len(voice.known.value)]
    if not heard:
        return None, None
    warmest = max(heard, key=lambda one: float(one[1].known.value.max()))
    coldest = min(heard, key=lambda one: float(one[1].known.value.min()))
    return (
        _worst(*warmest, int(np.argmax(warmest[1].known.value))),
        _worst(*coldest, int(np.argmin(coldest[1].known.value))),
    )


def gap_lines(evidence: Sequence[StayEvidence], records: Records, drift: Drift) -> tuple[GapLine, ...]:
    """Every silence with its band; one that goes on through several stays of a chamber is one gap."""
    found: list[GapLine] = []
    for stay, silence in _silences(evidence):
        band = _around(records, stay, silence, drift)
        inside = band is not None and stay.permitted.contains(band.min_c) and stay.permitted.contains(band.max_c)
        neighbour = silence.neighbour
        basis = GapBasis.NEIGHBOUR if neighbour else GapBasis.NONE if band is None else GapBasis.WARM_UP
        found.append(
            GapLine(
                place=stay.stay.place,
                from_at=from_us(silence.from_ms * 1000),
                to_at=from_us(silence.to_ms * 1000),
                minutes=round((silence.to_ms - silence.from_ms) / _MINUTE_MS, 2),
                reason=_reason(records, stay, silence),
                basis=basis,
                probe=None if neighbour is None else neighbour.probe.id,
                min_c=None if band is None else round(band.min_c, 2),
                max_c=None if band is None else round(band.max_c, 2),
                uncertainty_c=None if band is None else round(band.max_c - band.min_c, 2),
                inside=inside,
            )
        )
    return tuple(found)


def excursion_lines(
    evidence: Sequence[StayEvidence], records: Records, events: Sequence[Event], decisions: Sequence[DecisionLine]
) -> tuple[ExcursionLine, ...]:
    """What the historian keeps as excursions of the probes beside the bag, with what each means for it."""
    found: list[ExcursionLine] = []
    for stay in evidence:
        kinds = {voice.probe.id: voice.probe.kind for voice in stay.voices}
        if not kinds:
            continue
        beside = records.excursions(list(kinds), stay.stay.from_ms, stay.until_ms)
        found += [_excursion(stay, one, kinds[one.probe], events, decisions) for one in beside]
    return tuple(found)


def _silences(evidence: Sequence[StayEvidence]) -> Iterator[tuple[StayEvidence, Silence]]:
    """Silences in order, those of neighbouring stays under the same probes joined.

    A reading holds for `GAP_AFTER_MS`, and the first one at a new place may take as long: what is shorter is no gap.
    """
    for stay, silence in _joined(evidence):
        if silence.to_ms - silence.from_ms >= GAP_AFTER_MS:
            yield stay, silence


def _joined(evidence: Sequence[StayEvidence]) -> Iterator[tuple[StayEvidence, Silence]]:
    last: tuple[StayEvidence, Silence] | None = None
    for stay in evidence:
        for silence in stay.silences:
            if last is not None and _goes_on(*last, stay, silence):
                last = last[0], Silence(last[1].from_ms, silence.to_ms, silence.reason, None)
                continue
            if last is not None:
                yield last
            last = stay, silence
    if last is not None:
        yield last


def _goes_on(stay: StayEvidence, silence: Silence, other: StayEvidence, next_one: Silence) -> bool:
    same = [voice.probe.id for voice in stay.voices] == [voice.probe.id for voice in other.voices]
    nobody = silence.neighbour is None and next_one.neighbour is None
    return same and nobody and stay.permitted == other.permitted and silence.to_ms == next_one.from_ms


def _around(records: Records, stay: StayEvidence, silence: Silence, drift: Drift) -> Band | None:
    if silence.neighbour is not None:
        values = silence.neighbour.known.value
        return Band(float(values.min()), float(values.max()))
    bands = [
        found
        for voice in _closest(stay)
        if (found := reachable(_heard(records, voice, silence), silence.from_ms, silence.to_ms, drift)) is not None
    ]
    if not bands:
        return None
    return Band(min(one.min_c for one in bands), max(one.max_c for one in bands))


def _closest(stay: StayEvidence) -> list[Voice]:
    load = [voice for voice in stay.voices if voice.probe.kind is ProbeKind.LOAD]
    return load or list(stay.voices)


def _heard(records: Records, voice: Voice, silence: Silence) -> Around:
    return records.around(voice.probe.device, voice.probe.metric, silence.from_ms, silence.to_ms)


def _reason(records: Records, stay: StayEvidence, silence: Silence) -> GapReason:
    if silence.reason is not GapReason.NO_DATA:
        return silence.reason
    begins = [records.begins(voice.probe.device, voice.probe.metric) for voice in stay.voices]
    before = all(begin is None or begin >= silence.to_ms for begin in begins)
    return GapReason.BEFORE_RECORDS if before else GapReason.NO_DATA


def _segment(stay: StayEvidence, voice: Voice, step_ms: int) -> Segment:
    values = voice.known.value
    spoke = len(values) > 0
    weights = voice.known.end - voice.known.start
    return Segment(
        place=stay.stay.place,
        probe=voice.probe.id,
        probe_kind=voice.probe.kind.value,
        from_at=from_us(stay.stay.from_ms * 1000),
        to_at=from_us(stay.until_ms * 1000),
        readings=len(values),
        min_c=round(float(values.min()), 3) if spoke else None,
        mean_c=round(float(np.average(values, weights=weights)), 3) if spoke else None,
        max_c=round(float(values.max()), 3) if spoke else None,
        points=_points(voice.known, step_ms),
    )


def _points(known: Known, step_ms: int) -> tuple[tuple[int, float, float], ...]:
    if len(known.start) == 0:
        return ()
    step = known.start // step_ms
    starts = np.flatnonzero(np.r_[True, step[1:] != step[:-1]])
    low = np.minimum.reduceat(known.value, starts).round(2).tolist()
    high = np.maximum.reduceat(known.value, starts).round(2).tolist()
    return tuple(zip(known.start[starts].tolist(), low, high, strict=True))


def _worst(stay: StayEvidence, voice: Voice, at: int) -> Worst:
    return Worst(
        value_c=round(float(voice.known.value[at]), 3),
        at=from_us(int(voice.known.start[at]) * 1000),
        place=stay.stay.place,
        probe=voice.probe.id,
    )


def _excursion(
    stay: StayEvidence,
    excursion: Excursion,
    kind: ProbeKind,
    events: Sequence[Event],
    decisions: Sequence[DecisionLine],
) -> ExcursionLine:
    start = max(excursion.from_ms, stay.stay.from_ms)
    end = stay.until_ms if excursion.to_ms is None else min(excursion.to_ms, stay.until_ms)
    from_at, to_at, side = from_us(start * 1000), from_us(end * 1000), _SIDES[excursion.kind]
    meant = [
        event
        for event in events
        if event.kind is EventKind.EXCURSION
        and event.side is side
        and event.from_at <= to_at
        and event.to_at >= from_at
    ]
    limit = stay.permitted.max_c if side is Side.ABOVE else stay.permitted.min_c
    beyond = limit is not None and (excursion.worst_c > limit if side is Side.ABOVE else excursion.worst_c < limit)
    verdict = ExcursionVerdict.CORE_INSIDE
    if meant:
        verdict = ExcursionVerdict.OUTSIDE
    elif beyond and any(voice.probe.id == excursion.probe for voice in stay.core):
        verdict = ExcursionVerdict.BRIEF
    asked = [one.id for one in decisions if one.from_at <= to_at and (one.to_at is None or one.to_at >= from_at)]
    return ExcursionLine(
        id=excursion.id,
        probe=excursion.probe,
        probe_kind=kind.value,
        place=stay.stay.place,
        side=side,
        from_at=from_at,
        to_at=None if excursion.to_ms is None and stay.stay.to_ms is None else to_at,
        minutes=round(max(0, end - start) / _MINUTE_MS, 2),
        worst_c=round(excursion.worst_c, 3),
        limit_c=excursion.limit_c,
        verdict=verdict,
        disposition=asked[0] if meant and asked else None,
    )
