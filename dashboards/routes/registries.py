"""Registries of donors: quality reads them; operators search rare types and see bags, no donors."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from sqlalchemy import Connection

from blood import hla
from blood.antigens import AntigenError, antigen_name
from blood.hla import HlaError
from blood.patients import PatientError, read_antibodies
from dashboards.auth import Floor, Quality
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import registries as schemas
from wms.errors import Invalid
from wms.people.roles import Role
from wms.people.sessions import Visitor
from wms.registries import donors, rare, search
from wms.registries.model import DonorState
from wms.store.tx import Tx

routes = router("registries")
Filter = Annotated[str | None, Query(max_length=120)]
Limit = Annotated[int, Query(ge=1, le=500)]


@routes.get("/registries/platelet-donors")
async def list_platelet_donors(
    who: Quality, house: HouseOf, q: Filter = None, state: DonorState | None = None, limit: Limit = 100
) -> schemas.PlateletDonorPage:
    """Typed donors by pseudonym."""
    del who
    wanted = None if state is None else state.value
    rows, total = await house.read(
        lambda conn: donors.list_donors(conn, donors.PLATELETS, q=q, state=wanted, limit=limit)
    )
    return schemas.PlateletDonorPage(items=[_platelet_donor(row) for row in rows], total=total)


@routes.put("/registries/platelet-donors/{donor}")
async def put_platelet_donor(
    donor: schemas.DonorName, body: schemas.PlateletDonorRequest, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.PlateletDonor:
    """Make a typed donor known, or say anew what is known."""
    facts = donors.facts_of(donors.PLATELETS, {"hla": body.hla, "hpa": body.hpa, **_given(donor, body)})
    name = await write(house, who, repeat, lambda tx: donors.put_donor(tx, who.actor, donors.PLATELETS, facts))
    return _platelet_donor(await _donor(house, donors.PLATELETS, name))


@routes.post("/registries/platelet-donors/file", status_code=201)
async def import_platelet_donors(
    body: schemas.DonorFile, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.DonorFileTaken:
    """Take a CSV file (donor,hla,hpa,group,state,last_donation_at), all of it or nothing; a refusal names each line."""
    return await _import(house, who, repeat, donors.PLATELETS, body.text)


@routes.post("/registries/platelet-donors/search")
async def search_platelet_donors(body: schemas.SearchRequest, who: Quality, house: HouseOf) -> schemas.SearchResult:
    """Donors ranked for a patient: an antibody excludes, then grade, group, shelf, rest."""
    del who
    try:
        typed = hla.read(f"{body.hla} {body.hpa}")
        _, antibodies = read_antibodies(body.antibodies)
    except (HlaError, PatientError) as error:
        raise Invalid("search.type", str(error)) from error
    if typed is None or not (typed.a and typed.b):
        raise Invalid("search.type", "Give the patient's HLA-A and HLA-B, such as A2,24 B8,-")
    wanted = search.Wanted(typed, antibodies, body.group)
    return await house.read(lambda conn: searched(house, conn, wanted, body.limit))


@routes.get("/registries/rare-donors")
async def list_rare_donors(
    who: Quality, house: HouseOf, q: Filter = None, state: DonorState | None = None, limit: Limit = 100
) -> schemas.RareDonorPage:
    """Living donors of rare red-cell types, by pseudonym."""
    del who
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    wanted = None if state is None else state.value

    def look(conn: Connection) -> schemas.RareDonorPage:
        rows, total = donors.list_donors(conn, donors.RARE, q=q, state=wanted, limit=limit)
        shown = [_rare_donor(rare.with_answer(conn, plant, row, now)) for row in rows]
        return schemas.RareDonorPage(items=shown, total=total)

    return await house.read(look)


@routes.put("/registries/rare-donors/{donor}")
async def put_rare_donor(
    donor: schemas.DonorName, body: schemas.RareDonorRequest, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.RareDonor:
    """Make a living donor of a rare type known, or say anew what is known."""
    facts = donors.facts_of(donors.RARE, {"antigens": body.antigens, **_given(donor, body)})
    name = await write(house, who, repeat, lambda tx: donors.put_donor(tx, who.actor, donors.RARE, facts))
    row = await _donor(house, donors.RARE, name)
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    return _rare_donor(await house.read(lambda conn: rare.with_answer(conn, plant, row, now)))


@routes.post("/registries/rare-donors/file", status_code=201)
async def import_rare_donors(
    body: schemas.DonorFile, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.DonorFileTaken:
    """Take a CSV file (donor,antigens,group,state,last_donation_at), all of it or nothing."""
    return await _import(house, who, repeat, donors.RARE, body.text)


@routes.post("/registries/rare/search")
async def search_rare(body: schemas.RareSearchRequest, who: Floor, house: HouseOf) -> schemas.RareSearchResult:
    """Frozen stock, bags on the shelf, and living donors without certain antigens; operators see no donors."""
    try:
        absent = sorted({antigen_name(text) for text in body.antigens_absent})
    except AntigenError as error:
        raise Invalid("search.antigens_absent", str(error)) from error
    if not absent:
        raise Invalid("search.antigens_absent", "Name the antigens that must be absent")
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    found = await house.read(lambda conn: rare.search_rare(conn, plant, absent, body.group, now, time.perf_counter))
    sees = Role.QUALITY in who.roles
    return schemas.RareSearchResult(
        frozen=[schemas.RareBag.model_validate(bag) for bag in found.frozen],
        shelf=[schemas.RareBag.model_validate(bag) for bag in found.shelf],
        donors=[_rare_donor(donor) for donor in found.donors] if sees else [],
        donors_found=len(found.donors),
        took_ms=found.took_ms,
    )


async def _donor(house: House, registry: donors.Registry, name: str) -> donors.DonorRow:
    row = await house.read(lambda conn: donors.find_donor(conn, registry, name))
    if row is None:  # only when somebody put the database back between the two
        raise Invalid("donor.unknown", f"There is no donor {name}")
    return row


async def _import(
    house: House, who: Visitor, repeat: RepeatOf, registry: donors.Registry, text: str
) -> schemas.DonorFileTaken:
    def take(tx: Tx) -> dict[str, Any]:
        return asdict(donors.import_donors(tx, who.actor, registry, text))

    return schemas.DonorFileTaken.model_validate(await write(house, who, repeat, take))


def searched(house: House, conn: Connection, wanted: search.Wanted, limit: int) -> schemas.SearchResult:
    """Search all typed donors for a patient."""
    warehouse = house.warehouse
    now = warehouse.clock.now()
    found = search.search(
        conn, warehouse.plant, warehouse.donor_index, wanted, now, limit=limit, monotonic=time.perf_counter
    )
    return schemas.SearchResult(
        searched=found.searched,
        excluded=found.excluded,
        took_ms=found.took_ms,
        items=[schemas.Match.model_validate(one) for one in found.items],
    )


def _given(donor: str, body: schemas.PlateletDonorRequest | schemas.RareDonorRequest) -> dict[str, str]:
    last: datetime | None = body.last_donation_at
    return {
        "donor": donor,
        "group": "" if body.group is None else body.group.value,
        "state": body.state.value,
        "last_donation_at": "" if last is None else last.isoformat(),
    }


def _platelet_donor(row: donors.DonorRow) -> schemas.PlateletDonor:
    words = row.facts.typed.split()
    return schemas.PlateletDonor(
        donor=row.facts.donor,
        hla=" ".join(word for word in words if not word.startswith("HPA")),
        hpa=" ".join(word for word in words if word.startswith("HPA")),
        group=row.facts.group,
        state=row.facts.state,
        last_donation_at=row.facts.last_donation_at,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
    )


def _rare_donor(row: rare.RareDonor) -> schemas.RareDonor:
    return schemas.RareDonor(
        donor=row.facts.donor,
        antigens=row.facts.typed,
        group=row.facts.group,
        state=row.facts.state,
        last_donation_at=row.facts.last_donation_at,
        may_donate=row.may_donate,
        may_donate_from=row.may_donate_from,
        updated_at=row.updated_at,
    )
