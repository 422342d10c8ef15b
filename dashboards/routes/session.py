"""Sign-in, sign-out, and signing an act."""

from __future__ import annotations

from fastapi import Request, Response

from dashboards.auth import COOKIE, Anyone, give_cookie, station_of, token_of
from dashboards.context import HouseOf
from dashboards.declare import router
from dashboards.schemas import people as schemas
from wms.people import sessions, signatures
from wms.people.sessions import Visitor

routes = router("session")


@routes.post("/session")
async def sign_in(body: schemas.SignIn, request: Request, response: Response, house: HouseOf) -> schemas.Session:
    """Sign in; the answer sets the session cookie."""
    token, who = await sessions.sign_in(
        house.warehouse.writer,
        house.warehouse.database,
        username=body.username,
        password=body.password,
        station=station_of(request),
        limits=house.options.limits,
        hashing=house.hashing,
    )
    give_cookie(request, response, token)
    return _session(who)


@routes.get("/session")
async def get_session(who: Anyone) -> schemas.Session:
    """Who is signed in here."""
    return _session(who)


@routes.delete("/session", status_code=204)
async def sign_out(who: Anyone, request: Request, response: Response, house: HouseOf) -> None:
    """Sign out; the token is worthless from now on."""
    token = token_of(request) or ""
    await house.warehouse.writer.write(lambda tx: sessions.sign_out(tx, who.actor, token))
    response.delete_cookie(COOKIE, path="/")


@routes.post("/signatures", status_code=201)
async def sign(body: schemas.SignatureRequest, who: Anyone, house: HouseOf) -> schemas.Signature:
    """Sign one act with one's own password, at whoever's screen; valid for two minutes, once."""
    signature = await signatures.sign(
        house.warehouse.writer,
        house.warehouse.database,
        username=body.username,
        password=body.password,
        station=who.station,
        act=body.act,
        subject=body.subject,
        meaning=body.meaning,
        content=body.content,
        hashing=house.hashing,
    )
    return schemas.Signature.model_validate(signature)


def _session(who: Visitor) -> schemas.Session:
    return schemas.Session(
        person=who.person,
        name=who.name,
        roles=sorted(who.roles),
        hospital=who.hospital,
        expires_at=who.expires_at,
    )
