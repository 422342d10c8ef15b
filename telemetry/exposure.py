"""What the places of a bag did while it was there: stays (as data) joined with the probes that cover the places.

Telemetry knows probes and places; a stay is only a name, a place and two instants to it. What an exposure means for a
bag is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from plant.model import Envelope, Plant, Probe
from runtime.sparkplug.readings import SourceRegistry
from telemetry.excursions import Excursion
from telemetry.sources import AGITATOR_METRIC
from telemetry.store import ReadingStore
from telemetry.tracker import GAP_AFTER_MS


@dataclass(frozen=True, slots=True)
class Stay:
    """A bag was at a place from an instant until another, or still is (``to_ms`` None); ms since 1970."""

    bag: str
    place: str
    from_ms: int
    to_ms: int | None


class GapReason(StrEnum):
    """Why a stretch of a stay does not count as good keeping: no temperature is known, or platelets lay still."""

    NO_DATA = "no_data"
    NO_PROBE = "no_probe"
    NOT_AGITATED = "not_agitated"


@dataclass(frozen=True, slots=True)
class Segment:
    """One stay as one probe saw it: points (t_ms, mean) of good readings per step."""

    place: str
    envelope: Envelope | None
    probe: str
    from_ms: int
    to_ms: int
    points: list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class ExposedTo:
    """An excursion cut to a stay: ``minutes`` are those that the bag was there for."""

    excursion: Excursion
    place: str
    from_ms: int
    to_ms: int | None
    minutes: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a stay that no covering probe can speak for."""

    place: str
    from_ms: int
    to_ms: int
    reason: GapReason


@dataclass(frozen=True, slots=True)
class Exposure:
    """All that the probes say about one bag."""

    segments: list[Segment]
    excursions: list[ExposedTo]
    gaps: list[Gap]


def exposures(
    stays: Sequence[Stay], plant: Plant, store: ReadingStore, registry: SourceRegistry, *, now_ms: int, step_ms: int
) -> Mapping[str, Exposure]:
    """Bag -> exposure over all its stays, in the order given; a stay that has not ended is read until ``now_ms``.

    A place without limits needs no probe (a dock, a lane): it gives no gap. A place with limits that no probe covers is
    a gap throughout.
    """
    edges = plant.edge_by_device
    answer: dict[str, Exposure] = {}
    for stay in stays:
        exposure = answer.setdefault(stay.bag, Exposure([], [], []))
        until = now_ms if stay.to_ms is None else stay.to_ms
        probes = plant.probes_covering(stay.place)
        envelope = plant.envelope_of(stay.place)
        if not probes:
            if envelope is not None:
                exposure.gaps.append(Gap(stay.place, stay.from_ms, until, GapReason.NO_PROBE))
            continue
        silent: list[list[tuple[int, int]]] = []
        for probe in probes:
            source = registry.find(edges[probe.device], probe.device, probe.metric)
            if source is None:
                silent.append([(stay.from_ms, until)])
                continue
            history = store.history(source, stay.from_ms, until, step_ms, GAP_AFTER_MS)
            points = [(at, mean) for at, _, mean, _ in history.points]
            exposure.segments.append(Segment(stay.place, envelope, probe.id, stay.from_ms, until, points))
            silent.append(history.gaps)
        exposure.gaps.extend(Gap(stay.place, a, b, GapReason.NO_DATA) for a, b in common(silent))
        exposure.excursions.extend(_exposed(stay, probes, store, until))
        exposure.gaps.extend(_unshaken(stay, plant, store, registry, until))
    return answer


def exposed_stays(excursion: Excursion, stays: Sequence[Stay], plant: Plant, *, now_ms: int) -> list[Stay]:
    """The stays that an excursion touches: same moment, and a place that its probe covers."""
    end = now_ms if excursion.to_ms is None else excursion.to_ms
    return [
        stay
        for stay in stays
        if stay.from_ms <= end
        and (stay.to_ms is None or stay.to_ms >= excursion.from_ms)
        and any(probe.id == excursion.probe for probe in plant.probes_covering(stay.place))
    ]


def common(spans: Sequence[Sequence[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Stretches that lie in one span of every list; spans of a list are sorted and apart."""
    if not spans:
        return []
    shared = list(spans[0])
    for other in spans[1:]:
        cut = [(max(a, c), min(b, d)) for a, b in shared for c, d in other]
        shared = [(a, b) for a, b in cut if a < b]
    return shared


def _exposed(stay: Stay, probes: Sequence[Probe], store: ReadingStore, until: int) -> list[ExposedTo]:
    found = []
    for excursion in store.excursions([probe.id for probe in probes], stay.from_ms, until):
        start = max(excursion.from_ms, stay.from_ms)
        open_end = excursion.to_ms is None and stay.to_ms is None
        last = until if excursion.to_ms is None else min(excursion.to_ms, until)
        found.append(ExposedTo(excursion, stay.place, start, None if open_end else last, max(0, last - start) / 60_000))
    return found


def _unshaken(stay: Stay, plant: Plant, store: ReadingStore, registry: SourceRegistry, until: int) -> Iterator[Gap]:
    """Stretches in which the agitator of the place stood still; a stand holds until the agitator says otherwise."""
    edges = plant.edge_by_device
    for device in plant.devices:
        inside = stay.place == device.place or stay.place.startswith(device.place + "/")
        source = registry.find(edges[device.id], device.id, AGITATOR_METRIC) if inside else None
        if source is None:
            continue
        readings = store.readings(source, stay.from_ms - GAP_AFTER_MS, until)
        still_since: int | None = None
        for at, value in zip(readings.ts_ms.tolist(), readings.value.tolist(), strict=True):
            if value == 0 and still_since is None:
                still_since = max(at, stay.from_ms)
            elif value == 1 and still_since is not None:
                if at > stay.from_ms:
                    yield Gap(stay.place, still_since, at, GapReason.NOT_AGITATED)
                still_since = None
        if still_since is not None:
            yield Gap(stay.place, still_since, until, GapReason.NOT_AGITATED)
