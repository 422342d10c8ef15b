"""Who asks, and whether their role allows it. Routes name the roles; everything else is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Depends, Request, Response

from dashboards.context import HouseOf
from dashboards.guards import READING
from wms.errors import Refused
from wms.people import sessions
from wms.people.roles import Role
from wms.people.sessions import Visitor

COOKIE: Final = "hv_session"
_NOT_A_USE: Final = ("/api/v1/events",)
"""A stream that reconnects by itself does not show that somebody is there."""


class SessionMissing(Refused):
    """Nobody is signed in, or the session is over."""

    status = 401

    def __init__(self) -> None:
        super().__init__("session.missing", "Nobody is signed in here, or the session is over")


class RoleMissing(Refused):
    """The person is known and may not do this."""

    status = 403

    def __init__(self, detail: str) -> None:
        super().__init__("role.missing", detail)


def station_of(request: Request) -> str:
    """Where a request comes from, as the ledger names it."""
    return f"web/{request.client.host}" if request.client is not None else "web"


def token_of(request: Request) -> str | None:
    """The session token that the browser sent."""
    return request.cookies.get(COOKIE)


def give_cookie(request: Request, response: Response, token: str) -> None:
    """Hand the token to the browser: no script can read it, no other site can make the browser send it."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https", path="/")


async def visitor(request: Request, house: HouseOf) -> Visitor:
    """The person behind a request; raises SessionMissing."""
    token = token_of(request)
    if token is None:
        raise SessionMissing
    with house.warehouse.database.read() as connection:
        found = sessions.visitor(connection, token, house.warehouse.clock.real_now(), house.options.limits)
    if found is None:
        raise SessionMissing
    who, note = found
    if note and request.url.path not in _NOT_A_USE:
        await house.warehouse.writer.write(lambda tx: sessions.note_use(tx, token))
    return who


def allow(*roles: Role) -> Callable[..., Awaitable[Visitor]]:
    """A dependency that lets these roles through; raises RoleMissing for everybody else.

    A refused attempt to change something is a ledger entry.
    """
    allowed = frozenset(roles)

    async def check(request: Request, house: HouseOf, who: Annotated[Visitor, Depends(visitor)]) -> Visitor:
        if allowed & who.roles:
            return who
        if request.method not in READING:
            data = {"act": f"{request.method} {request.url.path}", "code": "role.missing"}
            await house.warehouse.writer.write(
                lambda tx: tx.record("act.refused", actor=who.actor, subject=who.person, data=data)
            )
        names = ", ".join(sorted(role.value for role in allowed))
        raise RoleMissing(f"This needs one of these roles: {names}")

    return check


STAFF_ROLES: Final = (Role.OPERATOR, Role.QUALITY, Role.ENGINEER, Role.ADMINISTRATOR)

Anyone = Annotated[Visitor, Depends(visitor)]
Staff = Annotated[Visitor, Depends(allow(*STAFF_ROLES))]
StaffOrHospital = Annotated[Visitor, Depends(allow(*STAFF_ROLES, Role.HOSPITAL))]
Floor = Annotated[Visitor, Depends(allow(Role.OPERATOR, Role.QUALITY))]
FloorOrHospital = Annotated[Visitor, Depends(allow(Role.OPERATOR, Role.QUALITY, Role.HOSPITAL))]
QualityOrHospital = Annotated[Visitor, Depends(allow(Role.QUALITY, Role.HOSPITAL))]
HospitalPerson = Annotated[Visitor, Depends(allow(Role.HOSPITAL))]
Watch = Annotated[Visitor, Depends(allow(Role.OPERATOR, Role.QUALITY, Role.ENGINEER))]
Quality = Annotated[Visitor, Depends(allow(Role.QUALITY))]
Engineer = Annotated[Visitor, Depends(allow(Role.ENGINEER, Role.ADMINISTRATOR))]
QualityOrEngineer = Annotated[Visitor, Depends(allow(Role.QUALITY, Role.ENGINEER))]
Administrator = Annotated[Visitor, Depends(allow(Role.ADMINISTRATOR))]
Collector = Annotated[Visitor, Depends(allow(Role.COLLECTION, Role.OPERATOR))]
Laboratory = Annotated[Visitor, Depends(allow(Role.LABORATORY, Role.QUALITY))]
CollectorOrQuality = Annotated[Visitor, Depends(allow(Role.COLLECTION, Role.QUALITY))]
StaffOrLaboratory = Annotated[Visitor, Depends(allow(*STAFF_ROLES, Role.LABORATORY))]


def own_hospital(who: Visitor, wanted: str | None) -> str | None:
    """The hospital whose things a visitor may see: staff any (or all: None), a hospital only its own."""
    if who.hospital is None:
        return wanted
    if wanted is not None and wanted != who.hospital:
        raise RoleMissing("A hospital sees its own orders and shipments only")
    return who.hospital
