"""Requests of the registries: operators see requests and bags, quality donors too, a hospital its own requests."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from sqlalchemy import Connection

from blood.hla import HlaType
from dashboards.auth import Floor, FloorOrHospital, StaffOrHospital, own_hospital
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.routes.registries import searched
from dashboards.schemas import registries as schemas
from wms.errors import Invalid
from wms.people.roles import Role
from wms.people.sessions import Visitor
from wms.registries import following, locks, read, requests, search
from wms.registries.model import RequestKind, RequestState
from wms.store.tx import Tx

routes = router("registries")
Filter = Annotated[str | None, Query(max_length=120)]
Limit = Annotated[int, Query(ge=1, le=500)]


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
        found = searched(house, conn, wanted, limit)
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
    number = await write(house, who, repeat, lambda tx: following.open_and_try(tx, who.actor, wish))
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
