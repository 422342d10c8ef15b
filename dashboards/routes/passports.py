"""The temperature passport of a bag: as data, and as a page to print."""

from __future__ import annotations

from typing import Literal

from fastapi import Response
from sqlalchemy import Connection

from dashboards.auth import StaffOrHospital
from dashboards.context import House, HouseOf
from dashboards.declare import router
from dashboards.schemas import passports as schemas
from wms.bags.projection import require
from wms.errors import NotFound
from wms.passports.compute import History, passport_of
from wms.passports.model import MKT_NOTE_EN, MKT_NOTE_ZH, Passport
from wms.passports.pdf import passport_pdf
from wms.passports.rows import Seal, passport_in, seal_of
from wms.people.sessions import Visitor
from wms.store.database import driver_of

routes = router("passports")
PDF = "application/pdf"


Which = Literal["now", "sealed"]


@routes.get("/bags/{bag_id}/passport")
async def get_passport(bag_id: str, who: StaffOrHospital, house: HouseOf, version: Which = "now") -> schemas.Passport:
    """A bag's own temperature record with its verdict, now or as it was sealed; a hospital reads that of its bags."""
    return await house.read(lambda conn: _view(*_look(house, conn, who, bag_id, version)))


@routes.get("/bags/{bag_id}/passport.pdf", response_class=Response, responses={200: {"content": {PDF: {}}}})
async def print_passport(
    bag_id: str, who: StaffOrHospital, house: HouseOf, lang: Literal["zh", "en"] = "zh", version: Which = "now"
) -> Response:
    """The passport as A4 pages with its chart."""
    plant = house.warehouse.plant
    page = await house.read(
        lambda conn: passport_pdf(*_look(house, conn, who, bag_id, version), plant=plant, lang=lang)
    )
    return Response(page, media_type=PDF)


def history_of(house: House) -> History:
    """Where passports look, as the API holds it."""
    return History(house.warehouse.plant, house.telemetry.store, house.telemetry.registry)


def _look(house: House, conn: Connection, who: Visitor, bag: str, version: Which) -> tuple[Passport, Seal | None]:
    if who.hospital is not None and require(driver_of(conn), bag)["hospital"] != who.hospital:
        raise NotFound("bag.unknown", f"{who.hospital} has no bag {bag}")
    seal = seal_of(driver_of(conn), bag)
    if version == "sealed":
        if seal is None:
            raise NotFound("passport.not_sealed", f"The passport of {bag} is not sealed: it has not left")
        return passport_in(seal), seal
    now = house.warehouse.clock.now()
    return passport_of(conn, house.warehouse.plant, history_of(house), bag, now), seal


def _view(passport: Passport, seal: Seal | None) -> schemas.Passport:
    fields = {name: getattr(passport, name) for name in schemas.Passport.model_fields if hasattr(passport, name)}
    sealed = None
    if seal is not None:
        sealed = schemas.PassportSeal(
            at=seal.at,
            hash=seal.hash,
            ledger_seq=seal.seq,
            shipment=seal.shipment,
            verdict=seal.verdict,
            intact=seal.intact,
        )
    notes = {"mkt_note_en": MKT_NOTE_EN, "mkt_note_zh": MKT_NOTE_ZH}
    return schemas.Passport.model_validate({**fields, **notes, "sealed": sealed})
