"""Passports from the warehouse and the history: stays x probes x readings, for one bag or a whole shipment at once.

Runs outside the writer. Each probe is read from the history once for all bags of a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from sqlalchemy import Connection

from blood.component_file import load_catalogue
from blood.components import Component, Limits
from blood.eligibility import BagStatus
from blood.out_of_control import Exposure, judge
from plant.model import PlaceKind, Plant, Probe
from runtime.sparkplug.readings import SourceRegistry
from telemetry.exposure import Stay
from telemetry.mkt import mean_kinetic_temperature
from telemetry.records import Coverage, Records
from telemetry.sources import AGITATOR_METRIC
from telemetry.store import ReadingStore
from wms.bags.boxed import too_long_in_boxes
from wms.bags.clock import BagClock, clock_of, out_events
from wms.bags.exposure import spans_of
from wms.bags.projection import BagState, require
from wms.bags.read import place_names
from wms.calibration.read import calibrations_of
from wms.passports.agitation import agitation_of
from wms.passports.events import Event, Triggered, agitation_events, excursion_events, gap_events, triggered
from wms.passports.evidence import StayEvidence, evidence_of
from wms.passports.limits import InForce, LimitBooks, limit_lines
from wms.passports.lines import excursion_lines, extremes, gap_lines, segments_of
from wms.passports.model import AgitationLine, ClockLine, GapLine, Passport, StayLine, Watch
from wms.passports.record_rules import RecordRules, record_rules
from wms.passports.rows import decision_lines
from wms.passports.verdict import clock_in_chinese, clock_in_english, verdict_of
from wms.store.database import driver_of
from wms.store.driver import Driver
from wms.store.metadata import from_us, to_us

POINTS: Final = 300
"""Points of the whole chart."""
LEAST_STEP_MS: Final = 60_000
_STAYS: Final = "SELECT place, from_us, to_us FROM stay WHERE bag = ? ORDER BY from_us, id"
_PARENTS: Final = "SELECT parent FROM bag_parentage WHERE child = ? ORDER BY parent"


class History:
    """Where passports look: the historian, its registry, what covers which place, and the limits of every time."""

    def __init__(self, plant: Plant, store: ReadingStore, registry: SourceRegistry) -> None:
        self.store = store
        self.books = LimitBooks(plant)
        self._plant = plant
        self._registry = registry
        self._coverage = Coverage(plant)

    def records(self, conn: Connection) -> Records:
        """Records for one batch of bags; certificates are those that this connection sees."""
        return Records(self._plant, self._coverage, self.store, self._registry, calibrations_of(conn))

    def source(self, probe: Probe) -> int | None:
        """Number of a probe in the historian; None while it was never registered."""
        return self._registry.find(self._plant.edge_by_device[probe.device], probe.device, probe.metric)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A passport with the events in it that people must decide about."""

    passport: Passport
    triggered: tuple[Triggered, ...]


@dataclass(frozen=True, slots=True)
class _Bag:
    state: BagState
    component: Component
    stays: tuple[Stay, ...]
    until_ms: int


def passport_of(conn: Connection, plant: Plant, history: History, bag: str, now: datetime) -> Passport:
    """The passport of one bag at an instant. Raises NotFound, StoreError."""
    return read_bags(conn, plant, history, [bag], now)[bag].passport


def read_bags(
    conn: Connection, plant: Plant, history: History, bags: Sequence[str], now: datetime
) -> dict[str, Reading]:
    """Passports of many bags, and what they ask people to decide. Raises NotFound, StoreError."""
    raw = driver_of(conn)
    records, in_force = history.records(conn), history.books.in_force(conn)
    found = [_bag(raw, plant, bag, now) for bag in bags]
    for one in found:
        _want(records, one)
    return {str(one.state["id"]): _read(_Desk(raw, plant, history, records, in_force, now), one) for one in found}


def _bag(raw: Driver, plant: Plant, bag: str, now: datetime) -> _Bag:
    state = require(raw, bag)
    ended = state["ended_us"]
    until_ms = to_us(now) // 1000 if ended is None else min(to_us(now), int(ended)) // 1000
    rows = raw.execute(_STAYS, (bag,)).fetchall()
    stays = tuple(
        Stay(bag, place, int(began) // 1000, None if left is None else int(left) // 1000)
        for place, began, left in rows
        if int(began) // 1000 < until_ms
    )
    return _Bag(state, plant.components[str(state["component"])], stays, until_ms)


def _want(records: Records, bag: _Bag) -> None:
    for stay in bag.stays:
        until = _until(stay, bag)
        for probe in records.coverage.of(stay.place)[0]:
            records.want_probe(probe, stay.from_ms, until)
        agitator = records.coverage.agitator(stay.place) if bag.component.agitation is not None else None
        if agitator is not None:
            records.want(agitator, AGITATOR_METRIC, stay.from_ms, until)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What all bags of a batch are read with."""

    raw: Driver
    plant: Plant
    history: History
    records: Records
    in_force: InForce
    now: datetime


@dataclass(frozen=True, slots=True)
class _Found:
    rules: RecordRules
    evidence: list[StayEvidence]
    gaps: tuple[GapLine, ...]
    agitation: AgitationLine | None
    events: list[Event]


def _read(desk: _Desk, bag: _Bag) -> Reading:
    rules, component, records = record_rules(desk.plant.profile), bag.component, desk.records
    evidence = [evidence_of(records, stay, _until(stay, bag), _permitted(component, stay.place)) for stay in bag.stays]
    gaps = gap_lines(evidence, records, rules.drift_of(component))
    agitation = _agitation(desk.plant, records, bag)
    events = [*excursion_events(evidence, rules), *gap_events(gaps, evidence, rules), *agitation_events(agitation)]
    return Reading(
        passport=_passport(desk, bag, _Found(rules, evidence, gaps, agitation, events)),
        triggered=tuple(triggered(component, rules, events)),
    )


def _passport(desk: _Desk, bag: _Bag, found: _Found) -> Passport:
    raw, plant, records, state, component = desk.raw, desk.plant, desk.records, bag.state, bag.component
    bag_id, evidence = str(state["id"]), found.evidence
    clock = clock_of(raw, plant, state, desk.now)
    judged = judge(component.out_of_control, out_events(raw, plant, state, desk.now), desk.now)
    warmest, coldest = extremes(evidence)
    verdict, reasons = verdict_of(
        found.events,
        found.gaps,
        found.agitation,
        judged,
        was_measured=warmest is not None,
        in_box=too_long_in_boxes(component, spans_of(raw, bag_id), from_us(bag.until_ms * 1000)),
    )
    decisions = decision_lines(raw, bag_id)
    first_ms = bag.stays[0].from_ms if bag.stays else bag.until_ms
    made = state["made_us"]
    return Passport(
        bag=bag_id,
        din=str(state["din"]),
        product=str(state["product"]),
        component=component.key,
        name_en=component.name_en,
        name_zh=component.name_zh,
        group=None if state["abo_rhd"] is None else str(state["abo_rhd"]),
        status=BagStatus(str(state["status"])).value,
        parents=tuple(parent for (parent,) in raw.execute(_PARENTS, (bag_id,)).fetchall()),
        collected_at=from_us(int(state["collected_us"] or 0)),
        made_at=None if made is None else from_us(int(made)),
        expires_at=from_us(int(state["expires_us"] or 0)),
        profile=plant.profile,
        profile_version=load_catalogue(plant.profile).version,
        computed_at=desk.now,
        stays=tuple(_stay_line(plant, records, stay, _until(stay, bag)) for stay in bag.stays),
        segments=segments_of(evidence, max(LEAST_STEP_MS, (bag.until_ms - first_ms) // POINTS)),
        limits=tuple(
            limit_lines(evidence, component, found.rules, desk.in_force, lambda place: records.coverage.of(place)[1])
        ),
        warmest=warmest,
        coldest=coldest,
        clock=_clock(clock, judged),
        agitation=found.agitation,
        gaps=found.gaps,
        excursions=excursion_lines(evidence, records, found.events, decisions),
        decisions=decisions,
        mkt_c=_mkt(evidence),
        verdict=verdict,
        reasons=reasons,
    )


def _until(stay: Stay, bag: _Bag) -> int:
    return bag.until_ms if stay.to_ms is None else min(stay.to_ms, bag.until_ms)


def _permitted(component: Component, place: str) -> Limits:
    return component.transport if place.startswith("box/") else component.storage


def _agitation(plant: Plant, records: Records, bag: _Bag) -> AgitationLine | None:
    rule = bag.component.agitation
    if rule is None:
        return None
    ours = [stay for stay in bag.stays if watch_of(plant, records, stay.place) is not Watch.OUTSIDE]
    return agitation_of(rule, ours, records, bag.until_ms)


def watch_of(plant: Plant, records: Records, place: str) -> Watch:
    """Who can say how warm it was at a place: its probes, nobody of ours, or nobody here at all."""
    if records.coverage.of(place)[0]:
        return Watch.PROBED
    try:
        kind = plant.place_of(place).kind
    except KeyError:
        return Watch.OUTSIDE
    return Watch.OUTSIDE if kind is PlaceKind.OUTSIDE else Watch.UNPROBED


def _stay_line(plant: Plant, records: Records, stay: Stay, until_ms: int) -> StayLine:
    probes, envelope = records.coverage.of(stay.place)
    name_en, name_zh = place_names(plant, stay.place)
    return StayLine(
        place=stay.place,
        name_en=name_en,
        name_zh=name_zh,
        from_at=from_us(stay.from_ms * 1000),
        to_at=None if stay.to_ms is None else from_us(stay.to_ms * 1000),
        minutes=round((until_ms - stay.from_ms) / 60_000, 2),
        watch=watch_of(plant, records, stay.place),
        envelope=None if envelope is None else envelope.id,
        probes=tuple(probe.id for probe in probes),
    )


def _clock(clock: BagClock, judged: Exposure) -> ClockLine:
    rule = clock.rule
    return ClockLine(
        minutes_total=round(clock.exposure.minutes_total, 2),
        minutes_unknown=round(clock.minutes_unknown, 2),
        longest_min=round(clock.exposure.longest_min, 2),
        events=len(clock.events),
        running=any(event.in_at is None for event in clock.events),
        verdict=None if rule is None else judged.verdict.value,
        detail=clock_in_english(clock.exposure, judged),
        detail_zh=clock_in_chinese(clock.exposure, judged),
        source=None if rule is None else rule.evidence.source,
        status=None if rule is None else rule.evidence.status,
    )


def _mkt(evidence: Sequence[StayEvidence]) -> float | None:
    voices = [voice.known for stay in evidence for voice in stay.core if len(voice.known.start)]
    if not voices:
        return None
    values = np.concatenate([one.value for one in voices])
    seconds = np.concatenate([(one.end - one.start) / 1000 for one in voices])
    return round(mean_kinetic_temperature(values, seconds), 2)
