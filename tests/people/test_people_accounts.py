from __future__ import annotations

from typing import Any

import pytest

from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.people import accounts
from wms.people.accounts import Account, NewAccount
from wms.people.passwords import WeakPassword
from wms.people.roles import Role
from wms.store.tx import Actor

ADMIN = Actor("admin", "desk")
PASSWORD = "Correct-Horse-7"


async def create(people: Any, username: str, *roles: Role, hospital: str | None = None) -> Account:
    new = NewAccount(username, username.title(), roles, hospital)
    return await accounts.create(people.writer, ADMIN, new, PASSWORD, people.hashing)


async def test_a_name_is_never_used_again_even_after_the_account_was_disabled(people: Any) -> None:
    await create(people, "ann", Role.OPERATOR)
    await people.writer.write(lambda tx: accounts.disable(tx, ADMIN, "ann"))
    with pytest.raises(Conflict):
        await create(people, "ann", Role.OPERATOR)


@pytest.mark.parametrize(
    ("roles", "hospital"),
    [
        ((Role.HOSPITAL,), None),
        ((Role.HOSPITAL,), "no-such-hospital"),
        ((Role.OPERATOR,), "city-first"),
        ((Role.HOSPITAL, Role.QUALITY), "city-first"),
        ((), None),
    ],
)
async def test_rights_that_do_not_fit_together_are_refused(
    people: Any, roles: tuple[Role, ...], hospital: str | None
) -> None:
    with pytest.raises(Invalid):
        await create(people, "ann", *roles, hospital=hospital)
    with people.database.read() as conn:
        assert accounts.everybody(conn) == ()


async def test_the_last_administrator_cannot_be_disabled(people: Any) -> None:
    await create(people, "boss", Role.ADMINISTRATOR)
    with pytest.raises(Refused, match="last administrator"):
        await people.writer.write(lambda tx: accounts.disable(tx, ADMIN, "boss"))
    await create(people, "boss2", Role.ADMINISTRATOR)
    disabled = await people.writer.write(lambda tx: accounts.disable(tx, ADMIN, "boss"))
    assert disabled.disabled


async def test_earlier_passwords_do_not_come_back(people: Any) -> None:
    await create(people, "ann", Role.OPERATOR)

    async def change(password: str) -> Account:
        return await accounts.change_password(people.writer, people.database, ADMIN, "ann", password, people.hashing)

    with pytest.raises(WeakPassword):
        await change(PASSWORD)
    await change("Second-Horse-8")
    with pytest.raises(WeakPassword):
        await change(PASSWORD)
    with pytest.raises(NotFound):
        await accounts.change_password(
            people.writer, people.database, ADMIN, "nobody", "Second-Horse-8", people.hashing
        )
