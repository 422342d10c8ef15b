"""All that eligibility may know of a bag, gathered from the warehouse (design.md 6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from blood import antigens, attributes, hla
from blood.component_file import load_catalogue
from blood.eligibility import BagFacts, BagStatus, Custody, DonationType, DonorCheck, Zone
from blood.groups import BloodGroup
from plant.model import Plant
from wms.bags.clock import out_events
from wms.bags.projection import BagState, Scalar, require
from wms.donors.checks import is_held
from wms.holds.commands import open_holds
from wms.hospitals.crossmatch import latest_of_bag
from wms.hospitals.line_patient import patient_of_line
from wms.recall.frozen import open_recalls
from wms.release.gates import failing_gates
from wms.store.database import driver_of
from wms.store.driver import Driver
from wms.store.metadata import from_us
from wms.store.tx import Tx

_TESTS_NEGATIVE = {"pending": None, "negative": True, "not_negative": False}


def facts_of(tx: Tx, bag: str) -> BagFacts:
    """Facts of a bag inside a transaction; raises NotFound."""
    return _assemble(tx.raw, tx.plant, require(tx.raw, bag), tx.excursion_at, tx.now)


def facts_from(
    conn: Connection, plant: Plant, bag: str, excursion_at: Callable[[str], bool], at: datetime | None = None
) -> BagFacts:
    """Facts of a bag for a reader; raises NotFound.

    ``at`` is the present; without it the time out of control of a bag that is out at this moment is not told.
    """
    raw = driver_of(conn)
    state = require(raw, bag)
    return _assemble(raw, plant, state, excursion_at, at or from_us(int(state["place_since_us"] or 0)))


def _assemble(
    raw: Driver, plant: Plant, state: BagState, excursion_at: Callable[[str], bool], at: datetime
) -> BagFacts:
    bag, place = str(state["id"]), state["place"]
    component = plant.components[str(state["component"])]
    group = state["abo_rhd"]
    return BagFacts(
        bag=bag,
        status=BagStatus(str(state["status"])),
        component=component.key,
        family=component.family,
        group=None if group is None else BloodGroup(str(group)),
        expires_at=from_us(int(state["expires_us"] or 0)),
        zone=zone_at(plant, None if place is None else str(place)),
        donation_type=DonationType(str(state["donation_type"])),
        tests_negative=_TESTS_NEGATIVE[str(state["tests"])],
        open_holds=open_holds(raw, bag, None if place is None else str(place)),
        recalls=open_recalls(raw, bag),
        open_excursion=place is not None and plant.envelope_of(str(place)) is not None and excursion_at(str(place)),
        place_known=place is not None,
        labelled=state["label_check"] == "passed",
        claim=_text(state["claim"]),
        order_line=_text(state["order_line"]),
        release_failures=failing_gates(raw, plant, state),
        donor=DonorCheck.HELD if is_held(raw, bag) else DonorCheck.CLEARED,
        antigens=antigens.read(_text(state["antigens"])),
        hla=hla.read(_text(state["hla"])),
        attributes=attributes.read(_text(state["attributes"])) | component.attributes,
        intended_for=_text(state["intended_for"]),
        issued_to=_text(state["patient"]),
        custody=Custody(str(state["custody"])),
        hospital=_text(state["hospital"]),
        crossmatches=latest_of_bag(raw, bag) if state["custody"] == Custody.HOSPITAL else (),
        clock=component.out_of_control,
        out_events=out_events(raw, plant, state, at),
        policy=load_catalogue(plant.profile).compatibility,
        line_patient=None if state["order_line"] is None else patient_of_line(raw, str(state["order_line"])),
    )


def _text(value: Scalar) -> str | None:
    return None if value is None else str(value)


def zone_at(plant: Plant, place: str | None) -> Zone:
    """The status zone of a place; NONE where nothing declares one or the place is unknown."""
    if place is None:
        return Zone.NONE
    try:
        return plant.place_of(place).zone
    except KeyError:
        return Zone.NONE
