"""Registries: quality reads donors, operators see requests and bags, a hospital its own requests."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from sqlalchemy import Connection

from blood import hla
from blood.antigens import AntigenError, antigen_name
from blood.hla import HlaError, HlaType
from blood.patients import PatientError, read_antibodies
from dashboards.auth import Floor, FloorOrHospital, Quality, StaffOrHospital, own_hospital
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import registries as schemas
from wms.errors import Invalid
from wms.people.roles import Role
from wms.people.sessions import Visitor
from wms.registries import donors, locks, rare, read, requests, search
from wms.registries.model import DonorState, RequestKind, RequestState
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
    return await house.read(lambda conn: _search(house, conn, wanted, body.limit))


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


@routes.get("/registries/requests")
async def list_requests(
    who: StaffOrHospital,
    house: HouseOf,
    kind: RequestKind | None = None,
    state: Literal["open", "all"] = "open",
    hospital: Filter = None,
) -> schemas.RegistryRequestList:
    """Requests that are not over, the longest waiting first; `all` adds the others. A hospital sees its own."""
    mine = own_hospital(who, hospital)
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    found = await house.read(
        lambda conn: read.list_requests(conn, plant, now, kind=kind, hospital=mine, everything=state == "all")
    )
    return schemas.RegistryRequestList(items=[_request(who, one) for one in found])


@routes.post("/registries/platelet-requests", status_code=201)
async def open_platelet_request(
    body: schemas.PlateletRequestWish, who: FloorOrHospital, house: HouseOf, repeat: RepeatOf
) -> schemas.RegistryRequest:
    """Ask for platelets that match a patient whose type the hospital told of."""
    wish = requests.RequestWish(RequestKind.PLATELET, body.hospital, body.patient, body.needed_by, body.doses)
    return await _open(house, who, repeat, wish)


@routes.post("/registries/rare-requests", status_code=201)
async def open_rare_request(
    body: schemas.RareRequestWish, who: FloorOrHospital, house: HouseOf, repeat: RepeatOf
) -> schemas.RegistryRequest:
    """Ask for red cells without certain antigens."""
    wish = requests.RequestWish(
        RequestKind.RARE, body.hospital, body.patient, body.needed_by, body.doses, tuple(body.antigens_absent)
    )
    return await _open(house, who, repeat, wish)


@routes.get("/registries/requests/{request_id}")
async def get_request(request_id: str, who: StaffOrHospital, house: HouseOf) -> schemas.RegistryRequest:
    """One request: how long it waits, what is kept for it, what was tried."""
    return await _one(house, who, request_id)


@routes.get("/registries/requests/{request_id}/candidates")
async def list_candidates(request_id: str, who: Floor, house: HouseOf, limit: Limit = 20) -> schemas.SearchResult:
    """Donors ranked for the patient of a platelet request; operators see those only that have bags, and no names."""
    sees = Role.QUALITY in who.roles

    def look(conn: Connection) -> schemas.SearchResult:
        row = requests.require_request(conn, request_id)
        if row.kind is not RequestKind.PLATELET:
            raise Invalid("request.kind", "Candidates are of platelet requests; search a rare type by its antigens")
        patient = requests.patient_of(conn, row)
        wanted = search.Wanted(patient.hla or HlaType(), patient.platelet_antibodies, patient.group)
        found = _search(house, conn, wanted, limit)
        if sees:
            return found
        with_bags = [one.model_copy(update={"donor": None}) for one in found.items if one.bags]
        return found.model_copy(update={"items": with_bags})

    return await house.read(look)


@routes.post("/registries/requests/{request_id}/lock")
async def lock_for_request(
    request_id: str, body: schemas.LockWish, who: Floor, house: HouseOf, repeat: RepeatOf
) -> schemas.RegistryRequest:
    """Keep a bag, or (quality) a living donor, for a request; nobody else gets it until it is given back."""
    if (body.donor is None) == (body.bag is None):
        raise Invalid("lock.one", "Name one donor or one bag")
    if body.donor is not None and Role.QUALITY not in who.roles:
        raise Invalid("lock.donor", "Donors are called by quality; lock a bag")
    donor, bag = body.donor, body.bag

    def keep(tx: Tx) -> str:
        if donor is not None:
            return locks.lock_donor(tx, who.actor, request_id, donor)
        return locks.lock_bag(tx, who.actor, request_id, str(bag))

    await write(house, who, repeat, keep)
    return await _one(house, who, request_id)


@routes.post("/registries/requests/{request_id}/release-lock")
async def release_lock(
    request_id: str, body: schemas.UnlockWish, who: Floor, house: HouseOf, repeat: RepeatOf
) -> schemas.RegistryRequest:
    """Give back what is kept."""
    await write(house, who, repeat, lambda tx: locks.release_lock(tx, who.actor, body.lock, body.reason))
    return await _one(house, who, request_id)


@routes.post("/registries/requests/{request_id}/issue")
async def issue_lock(
    request_id: str, body: schemas.IssueWish, who: Floor, house: HouseOf, repeat: RepeatOf
) -> schemas.RegistryRequest:
    """Send a locked bag to the hospital, with an order of its own."""
    await write(house, who, repeat, lambda tx: locks.issue_lock(tx, who.actor, request_id, body.lock))
    return await _one(house, who, request_id)


@routes.post("/registries/requests/{request_id}/cancel")
async def cancel_request(
    request_id: str, body: schemas.CancelWish, who: FloorOrHospital, house: HouseOf, repeat: RepeatOf
) -> schemas.RegistryRequest:
    """It is not needed any more; what was kept is given back."""
    await _end(house, who, repeat, request_id, RequestState.CANCELLED, "not_needed", body.reason)
    return await _one(house, who, request_id)


@routes.post("/registries/requests/{request_id}/close")
async def close_request(
    request_id: str, body: schemas.CloseWish, who: FloorOrHospital, house: HouseOf, repeat: RepeatOf
) -> schemas.RegistryRequest:
    """It is over, and how it ended."""
    await _end(house, who, repeat, request_id, RequestState.CLOSED, body.outcome.value, body.comment)
    return await _one(house, who, request_id)


async def _open(house: House, who: Visitor, repeat: RepeatOf, wish: requests.RequestWish) -> schemas.RegistryRequest:
    own_hospital(who, wish.hospital)
    number = await write(house, who, repeat, lambda tx: requests.open_request(tx, who.actor, wish))
    return await _one(house, who, number)


async def _end(
    house: House, who: Visitor, repeat: RepeatOf, request_id: str, state: RequestState, outcome: str, comment: str
) -> None:
    await _one(house, who, request_id)  # a hospital ends its own only
    await write(house, who, repeat, lambda tx: locks.end_request(tx, who.actor, request_id, state, outcome, comment))


async def _one(house: House, who: Visitor, request_id: str) -> schemas.RegistryRequest:
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    found = await house.read(lambda conn: read.one_request(conn, plant, now, request_id, own_hospital(who, None)))
    return _request(who, found)


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


def _search(house: House, conn: Connection, wanted: search.Wanted, limit: int) -> schemas.SearchResult:
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


def _request(who: Visitor, view: read.RequestView) -> schemas.RegistryRequest:
    """A request as its reader may see it: a patient only for the hospital, donors and the type only for quality."""
    row, quality = view.row, Role.QUALITY in who.roles
    kept = [schemas.Lock.model_validate(lock) for lock in view.locks]
    own = who.hospital is not None
    return schemas.RegistryRequest(
        id=row.id,
        kind=row.kind,
        hospital=row.hospital,
        hospital_name_en=view.hospital_name_en,
        hospital_name_zh=view.hospital_name_zh,
        patient=row.patient if own else None,
        hla=view.hla if own or quality else None,
        antibodies=list(view.antibodies) if own or quality else [],
        antigens_absent=list(row.antigens_absent),
        group=view.group,
        doses=row.doses,
        needed_by=row.needed_by,
        state=row.state,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        waiting_minutes=view.waiting_minutes,
        locks=kept if quality else [lock.model_copy(update={"donor": None}) for lock in kept],
        tried=[schemas.Tried.model_validate(one) for one in view.tried],
        tries=view.tries,
        issued_at=row.issued_at,
        closed_at=row.closed_at,
        outcome=row.outcome,
    )
