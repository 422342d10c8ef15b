"""The plant document and the clock, as screens see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from dashboards.catalogue import catalogue_view, component_views
from dashboards.context import House
from dashboards.redact import without_donor
from dashboards.schemas import system as schemas
from dashboards.schemas.ledger import LedgerEntry as EntrySchema
from plant.model import Plant
from telemetry.limits import LimitSet
from wms.ledger.read import LedgerEntry
from wms.limits.read import envelopes_in_force


def clock_view(house: House) -> schemas.Clock:
    """Both times and the site."""
    clock, site = house.warehouse.clock, house.warehouse.plant.site
    return schemas.Clock(
        domain_now=clock.now(),
        real_now=clock.real_now(),
        rate=clock.rate,
        simulated=house.options.simulated,
        site=schemas.Site.model_validate(site),
    )


def entry_view(entry: LedgerEntry) -> EntrySchema:
    """A ledger entry as screens show it: without what would name a donor."""
    return EntrySchema(
        seq=entry.seq,
        at=entry.at,
        at_real=entry.at_real,
        actor=entry.actor,
        station=entry.station,
        kind=entry.kind,
        subject=entry.subject,
        data=without_donor(entry.data),
        hash=entry.hash,
    )


def limits_view(held: LimitSet | None) -> schemas.Envelope | None:
    """Limits of a probe at an instant; null where nothing is promised."""
    if held is None:
        return None
    return schemas.Envelope(
        min_c=held.min_c, max_c=held.max_c, alert_min_c=held.alert_min_c, alert_max_c=held.alert_max_c
    )


EnvelopeOf = Callable[[str], schemas.Envelope | None]
"""The temperatures that a place is allowed now; null where none are promised."""


def envelopes_now(conn: Connection, plant: Plant, now: datetime) -> EnvelopeOf:
    """What every place is allowed now: by the limits in force, which may be tighter than the plant document's."""
    held = envelopes_in_force(conn, plant, now)

    def envelope_of(place: str) -> schemas.Envelope | None:
        planned = plant.envelope_of(place)
        return None if planned is None else schemas.Envelope.model_validate(held[planned.id])

    return envelope_of


def plant_view(plant: Plant, hospital: str | None, envelope_of: EnvelopeOf) -> schemas.PlantView:
    """The plant as screens need it, with the limits in force; a hospital sees what it may order, and itself."""
    inside = hospital is None
    own = [entry for entry in plant.hospitals if inside or entry.id == hospital]
    places = [place for place in plant.places if inside or place.path in {entry.place for entry in own}]
    return schemas.PlantView(
        places=[
            schemas.Place(
                path=place.path,
                kind=place.kind,
                zone=place.zone,
                name_en=place.name_en,
                name_zh=place.name_zh,
                slots=place.slots,
                capacity=place.capacity,
                reach_s=place.reach_s,
                only=list(place.only),
                area=None if place.area is None else list(place.area),
                envelope=envelope_of(place.path),
            )
            for place in places
        ],
        devices=[schemas.Device.model_validate(device) for device in plant.devices if inside],
        routes=[schemas.Route.model_validate(route) for route in plant.routes if inside],
        boxes=[schemas.Box.model_validate(box) for box in plant.boxes if inside],
        vehicles=[schemas.Vehicle.model_validate(vehicle) for vehicle in plant.vehicles if inside],
        probes=[
            schemas.Probe(id=probe.id, device=probe.device, kind=probe.kind, covers=list(probe.covers))
            for probe in plant.probes
            if inside
        ],
        doors=[schemas.Door.model_validate(door) for door in plant.doors if inside],
        portals=[schemas.Portal.model_validate(portal) for portal in plant.portals if inside],
        hospitals=[schemas.Hospital.model_validate(entry) for entry in own],
        components=component_views(plant),
        catalogue=catalogue_view(plant),
    )
