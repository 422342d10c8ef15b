"""Accounts, for administrators; and everybody's own password."""

from __future__ import annotations

from dashboards.auth import Administrator, Anyone, RoleMissing
from dashboards.context import HouseOf
from dashboards.declare import router
from dashboards.privileged import refused_is_recorded
from dashboards.schemas import people as schemas
from wms.people import accounts, sessions
from wms.people.roles import Role

routes = router("people")


@routes.get("/people")
async def list_people(who: Administrator, house: HouseOf) -> schemas.AccountList:
    """Every account of the site."""
    del who
    everybody = await house.read(accounts.everybody)
    return schemas.AccountList(items=[schemas.Account.model_validate(account) for account in everybody])


@routes.post("/people", status_code=201)
async def add_person(body: schemas.AccountRequest, who: Administrator, house: HouseOf) -> schemas.Account:
    """Make an account."""
    new = accounts.NewAccount(body.username, body.name, tuple(body.roles), body.hospital)
    account = await accounts.create(house.warehouse.writer, who.actor, new, body.password, house.hashing)
    return schemas.Account.model_validate(account)


@routes.post("/people/{username}/password")
async def set_password(username: str, body: schemas.PasswordRequest, who: Anyone, house: HouseOf) -> schemas.Account:
    """Change one's own password (the old one is asked for), or, as an administrator, somebody else's."""
    writer, database = house.warehouse.writer, house.warehouse.database
    if username == who.person:
        await sessions.authenticate(
            writer,
            database,
            username=username,
            password=body.old_password or "",
            station=who.station,
            hashing=house.hashing,
        )
    elif Role.ADMINISTRATOR not in who.roles:
        raise RoleMissing("Only an administrator sets somebody else's password")
    account = await accounts.change_password(writer, database, who.actor, username, body.new_password, house.hashing)
    house.stream.drop(username)
    return schemas.Account.model_validate(account)


@routes.post("/people/{username}/disable")
async def disable_person(username: str, who: Administrator, house: HouseOf) -> schemas.Account:
    """Shut an account for good and end its sessions."""
    async with refused_is_recorded(house, who, "person.disable", username):
        account = await house.warehouse.writer.write(lambda tx: accounts.disable(tx, who.actor, username))
    house.stream.drop(username)
    return schemas.Account.model_validate(account)
