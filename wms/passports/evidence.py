"""What the probes of one stay say of the blood: the load probes follow it, the air probes speak where those are silent.

Pure but for the records that it is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from blood.components import Limits
from plant.model import Probe, ProbeKind
from telemetry.exposure import Stay, common
from telemetry.records import Known, Records, Span, known, silent, united
from wms.passports.model import GapReason, Side


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """One probe over one stay."""

    probe: Probe
    known: Known


@dataclass(frozen=True, slots=True, eq=False)
class Silence:
    """A time for which no load probe speaks; ``neighbour`` is the air probe that does, None: nobody."""

    from_ms: int
    to_ms: int
    reason: GapReason
    neighbour: Voice | None


@dataclass(frozen=True, slots=True, eq=False)
class StayEvidence:
    """A stay with every probe's voice; ``core`` is what is taken for the blood's own temperature.

    ``doubts`` are those of the same probes while their certificate was overdue: they vouch for nothing.
    """

    stay: Stay
    until_ms: int
    permitted: Limits
    voices: tuple[Voice, ...]
    core: tuple[Voice, ...]
    silences: tuple[Silence, ...]
    doubts: tuple[Voice, ...] = ()

    @property
    def warning(self) -> tuple[Voice, ...]:
        """Every voice that can say that the blood was outside."""
        return (*self.core, *self.doubts)

    @property
    def in_box(self) -> bool:
        """True in a transport box."""
        return self.stay.place.startswith("box/")


@dataclass(frozen=True, slots=True)
class Crossing:
    """An unbroken time on the wrong side of a limit; ``kind`` is of the probe that said so."""

    from_ms: int
    to_ms: int
    worst_c: float
    kind: ProbeKind

    @property
    def minutes(self) -> float:
        """How long."""
        return (self.to_ms - self.from_ms) / 60_000


def evidence_of(records: Records, stay: Stay, until_ms: int, permitted: Limits) -> StayEvidence:
    """Read one stay; a place without limits and probes gives no voice and no silence. Raises StoreError."""
    probes, envelope = records.coverage.of(stay.place)
    span = (stay.from_ms, until_ms)
    voices = tuple(
        Voice(probe, known(records.of(probe.device, probe.metric), stay.from_ms, until_ms)) for probe in probes
    )
    if not voices:
        bare = (Silence(*span, GapReason.NO_PROBE, None),) if envelope is not None else ()
        return StayEvidence(stay, until_ms, permitted, (), (), bare)
    doubted = [Voice(probe, records.doubted(probe, stay.from_ms, until_ms)) for probe in probes]
    doubts = tuple(voice for voice in doubted if len(voice.known.start))
    load = [voice for voice in voices if voice.probe.kind is ProbeKind.LOAD]
    air = [voice for voice in voices if voice.probe.kind is not ProbeKind.LOAD]
    if not load:
        nobody = common([silent(voice.known, *span) for voice in air])
        return StayEvidence(stay, until_ms, permitted, voices, tuple(air), tuple(_nobody(nobody)), doubts)
    mute = common([silent(voice.known, *span) for voice in load])
    cut = [Voice(voice.probe, voice.known.within(mute)) for voice in air]
    spoken = [voice for voice in cut if len(voice.known.start)]
    silences = [*_neighboured(spoken), *_nobody(_left(mute, spoken))]
    core = (*(voice for voice in load if len(voice.known.start)), *spoken)
    ordered = tuple(sorted(silences, key=lambda one: one.from_ms))
    of_load = tuple(voice for voice in doubts if voice.probe.kind is ProbeKind.LOAD)
    of_air = tuple(Voice(one.probe, one.known.within(mute)) for one in doubts if one.probe.kind is not ProbeKind.LOAD)
    return StayEvidence(stay, until_ms, permitted, voices, core, ordered, (*of_load, *of_air))


def crossings(voices: Sequence[Voice], side: Side, limit_c: float, window: Span | None = None) -> list[Crossing]:
    """Every unbroken time in which one of the voices was beyond a limit, those that touch or overlap as one."""
    found: list[Crossing] = []
    for voice in voices:
        found += _of_one(voice, side, limit_c, window)
    merged: list[Crossing] = []
    for one in sorted(found, key=lambda crossing: crossing.from_ms):
        if merged and one.from_ms <= merged[-1].to_ms:
            merged[-1] = _both(merged[-1], one, side)
        else:
            merged.append(one)
    return merged


def joined_crossings(
    parts: Sequence[Crossing], side: Side, apart_ms: int, mute: Sequence[Span]
) -> list[list[Crossing]]:
    """Crossings of one limit over all stays, those less than ``apart_ms`` apart together.

    ``mute`` are the times in which nobody spoke: outside before and after, it was outside throughout (unknown is not
    normal).
    """
    groups: list[list[Crossing]] = []
    for one in sorted(parts, key=lambda crossing: crossing.from_ms):
        if groups and _runs_on(groups[-1][-1].to_ms, one.from_ms, mute):
            groups[-1][-1] = _both(groups[-1][-1], one, side)
        elif groups and one.from_ms - groups[-1][-1].to_ms <= apart_ms:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def muted(evidence: Sequence[StayEvidence]) -> list[Span]:
    """The times in which nobody spoke for a bag, not even an overdue probe, in order."""
    nobody = united((one.from_ms, one.to_ms) for stay in evidence for one in stay.silences if one.neighbour is None)
    return _left(nobody, [voice for stay in evidence for voice in stay.doubts])


def _runs_on(to_ms: int, from_ms: int, mute: Sequence[Span]) -> bool:
    return from_ms <= to_ms or any(a <= to_ms and from_ms <= b for a, b in mute)


def _of_one(voice: Voice, side: Side, limit_c: float, window: Span | None) -> Iterator[Crossing]:
    cut = voice.known if window is None else voice.known.within([window])
    beyond = cut.value > limit_c if side is Side.ABOVE else cut.value < limit_c
    if not beyond.any():
        return
    at = np.flatnonzero(beyond)
    breaks = np.flatnonzero((np.diff(at) > 1) | (cut.start[at[1:]] > cut.end[at[:-1]])) + 1
    for run in np.split(at, breaks):
        values = cut.value[run]
        worst = float(values.max() if side is Side.ABOVE else values.min())
        yield Crossing(int(cut.start[run[0]]), int(cut.end[run[-1]]), worst, voice.probe.kind)


def _both(one: Crossing, other: Crossing, side: Side) -> Crossing:
    worst = max if side is Side.ABOVE else min
    kind = ProbeKind.LOAD if ProbeKind.LOAD in {one.kind, other.kind} else one.kind
    return Crossing(one.from_ms, max(one.to_ms, other.to_ms), worst(one.worst_c, other.worst_c), kind)


def _neighboured(spoken: Sequence[Voice]) -> Iterator[Silence]:
    for voice in spoken:
        pairs = zip(voice.known.start.tolist(), voice.known.end.tolist(), strict=True)
        for a, b in united(pairs):
            yield Silence(a, b, GapReason.CORE_SILENT, Voice(voice.probe, voice.known.within([(a, b)])))


def _left(mute: Sequence[Span], spoken: Sequence[Voice]) -> list[Span]:
    """The part of the load probes' silence in which no air probe spoke either."""
    left = list(mute)
    for voice in spoken:
        pieces: list[Span] = []
        for a, b in left:
            pieces += silent(voice.known.within([(a, b)]), a, b)
        left = pieces
    return left


def _nobody(spans: Sequence[Span]) -> Iterator[Silence]:
    for a, b in spans:
        yield Silence(a, b, GapReason.NO_DATA, None)
