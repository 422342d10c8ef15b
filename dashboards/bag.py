"""One bag's whole story: what the warehouse knows of it, what its places did, what may be done with it now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection

from dashboards.actions import actions_of
from dashboards.context import House
from dashboards.schemas import bags as schemas
from dashboards.views import entry_view, envelopes_now, limits_view
from plant.model import ProbeKind
from telemetry.exposure import ExposedTo, Exposure, exposures
from telemetry.exposure import Stay as PlaceStay
from wms.bags import read as bags
from wms.bags.clock import BagClock, clock_of
from wms.bags.exposure import ExposureEvent
from wms.bags.facts import facts_from
from wms.bags.family import family_of
from wms.bags.projection import require
from wms.holds.read import holds_on_donation
from wms.limits.read import limit_book
from wms.orders import read as orders
from wms.recall.read import recalls_of_bag
from wms.store.database import driver_of

MOST_POINTS: Final = 600
"""Points of a bag's whole history that a screen can show apart."""
LEAST_STEP_MS: Final = 60_000


def bag_view(house: House, conn: Connection, bag: str) -> schemas.Bag:
    """Everything a screen shows of a bag; raises NotFound. Donors are left out."""
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    detail = bags.bag_detail(conn, plant, bag)
    exposure = _exposure(house, bag, detail.stays, now)
    serves = orders.why(conn, bag)
    order, why_en, why_zh = serves if serves is not None else (None, None, None)
    return schemas.Bag.model_validate(
        {
            **schemas.BagSummary.model_validate(detail.summary).model_dump(),
            "check_character": detail.check_character,
            "volume_ml": detail.volume_ml,
            "collected_at": detail.collected_at,
            "donation_type": detail.donation_type,
            "custody": detail.custody,
            "hospital": detail.hospital,
            "tests": detail.tests,
            "hold_list": [schemas.BagHold.model_validate(hold) for hold in detail.hold_list],
            "place_since": detail.place_since,
            "temperature": _temperature(house, conn, detail.summary.place, now),
            "stays": [schemas.Stay.model_validate(stay) for stay in detail.stays],
            "parents": [schemas.BagSummary.model_validate(parent) for parent in detail.parents],
            "children": [schemas.BagSummary.model_validate(child) for child in detail.children],
            "antigens": detail.antigens,
            "hla": detail.hla,
            "attributes": list(detail.attributes),
            "intended_for": detail.intended_for,
            "exposure": exposure_view(clock_of(driver_of(conn), plant, require(driver_of(conn), bag), now), exposure),
            "recalls": [schemas.BagRecall.model_validate(one) for one in recalls_of_bag(conn, bag)],
            "donation": _donation(conn, detail.summary.din),
            "family": schemas.BagFamily.model_validate(family_of(conn, bag)),
            "ledger": [entry_view(entry) for entry in detail.ledger],
            "excursions": [_excursion(exposed) for exposed in exposure.excursions],
            "actions": actions_of(facts_from(conn, plant, bag, house.telemetry.live.excursion_at, now), now),
            "order": order,
            "why_en": why_en,
            "why_zh": why_zh,
        }
    )


def exposure_view(clock: BagClock, measured: Exposure) -> schemas.BagExposure:
    """The out-of-control clock, with the warmest value that a probe measured meanwhile, where one did."""
    return schemas.BagExposure(
        minutes_total=clock.exposure.minutes_total,
        minutes_unknown=clock.minutes_unknown,
        longest_min=clock.exposure.longest_min,
        running=any(event.in_at is None for event in clock.events),
        events=[
            schemas.ExposureEvent(
                out_at=event.out_at,
                in_at=event.in_at,
                minutes=event.minutes,
                max_c=_warmest(event, measured),
                cause=event.cause,
                place=event.place,
            )
            for event in clock.events
        ],
        verdict=None if clock.rule is None else clock.exposure.verdict,
        until=clock.exposure.until,
        detail=clock.exposure.detail,
        source=None if clock.rule is None else clock.rule.evidence.source,
        status=None if clock.rule is None else clock.rule.evidence.status,
    )


def _warmest(event: ExposureEvent, measured: Exposure) -> float | None:
    begin_ms = milliseconds(event.out_at)
    end_ms = None if event.in_at is None else milliseconds(event.in_at)
    inside = [
        value
        for segment in measured.segments
        for at_ms, value in segment.points
        if at_ms >= begin_ms and (end_ms is None or at_ms <= end_ms)
    ]
    return max(inside, default=None)


def _donation(conn: Connection, din: str) -> schemas.BagDonation:
    holds = [schemas.DonationHold.model_validate(hold) for hold in holds_on_donation(conn, din)]
    return schemas.BagDonation(din=din, holds=holds)


def temperature_history(house: House, conn: Connection, bag: str) -> schemas.BagTemperatureHistory:
    """A bag's own temperature history from the probes that covered its places; raises NotFound."""
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    bags.bag_detail(conn, plant, bag)
    exposure = _exposure(house, bag, bags.stays_of(conn, plant, bag), now)
    book = limit_book(conn, plant)
    return schemas.BagTemperatureHistory(
        segments=[
            schemas.TemperatureSegment(
                place=segment.place,
                envelope=limits_view(book.at(segment.probe, segment.to_ms)),  # as it ended
                probe=segment.probe,
                points=segment.points,
            )
            for segment in exposure.segments
        ],
        gaps=[
            schemas.TemperatureGap(from_at=instant(gap.from_ms), to_at=instant(gap.to_ms), reason=gap.reason.value)
            for gap in exposure.gaps
        ],
    )


def instant(ms: int) -> datetime:
    """An instant from milliseconds since 1970."""
    return datetime.fromtimestamp(ms / 1000, tz=UTC)


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970 of an instant."""
    return int(at.timestamp() * 1000)


def _exposure(house: House, bag: str, stays: Sequence[bags.Stay], now: datetime) -> Exposure:
    telemetry = house.telemetry
    spans = [
        PlaceStay(bag, stay.place, milliseconds(stay.from_at), None if stay.to_at is None else milliseconds(stay.to_at))
        for stay in stays
    ]
    if not spans:
        return Exposure([], [], [])
    step_ms = max(LEAST_STEP_MS, (milliseconds(now) - spans[0].from_ms) // MOST_POINTS)
    found = exposures(
        spans,
        house.warehouse.plant,
        telemetry.store,
        telemetry.registry,
        now_ms=milliseconds(now),
        step_ms=step_ms,
    )
    return found[bag]


def _excursion(exposed: ExposedTo) -> schemas.Excursion:
    excursion = exposed.excursion
    return schemas.Excursion(
        id=excursion.id,
        probe=excursion.probe,
        place=exposed.place,
        kind=excursion.kind.value,
        from_at=instant(exposed.from_ms),
        to_at=None if exposed.to_ms is None else instant(exposed.to_ms),
        minutes=exposed.minutes,
        worst_c=excursion.worst_c,
        limit_c=excursion.limit_c,
    )


def _temperature(house: House, conn: Connection, place: str | None, now: datetime) -> schemas.BagTemperature | None:
    """What the nearest probe to blood says where the bag is; None where nothing is promised about temperature."""
    plant = house.warehouse.plant
    envelope = None if place is None else envelopes_now(conn, plant, now)(place)
    if place is None or envelope is None:
        return None
    probe = min(plant.probes_covering(place), key=lambda probe: probe.kind is not ProbeKind.LOAD, default=None)
    if probe is None:
        return schemas.BagTemperature(
            value_c=None, quality=schemas.Quality.STALE, at=None, probe=None, envelope=envelope
        )
    reading = house.telemetry.live.reading(probe.id, now)
    return schemas.BagTemperature(
        value_c=reading.value,
        quality=schemas.Quality(reading.quality.value),
        at=reading.at,
        probe=probe.id,
        envelope=envelope,
    )
