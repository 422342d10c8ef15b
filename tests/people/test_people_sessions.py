from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from wms.people import accounts, sessions, tables
from wms.people.accounts import NewAccount
from wms.people.roles import Role
from wms.people.sessions import LOCK_OUT, MOST_FAILURES, AccountLocked, SessionLimits, SignInRefused, Visitor
from wms.store.tx import Actor

PASSWORD = "Correct-Horse-7"
LIMITS = SessionLimits(idle=timedelta(minutes=30), absolute=timedelta(hours=12))
ADMIN = Actor("admin", "desk")


async def add(people: Any, username: str = "li.wei", *roles: Role, hospital: str | None = None) -> None:
    new = NewAccount(username, "Li Wei", roles or (Role.OPERATOR,), hospital)
    await accounts.create(people.writer, ADMIN, new, PASSWORD, people.hashing)


async def sign_in(people: Any, username: str = "li.wei", password: str = PASSWORD) -> str:
    token, _ = await sessions.sign_in(
        people.writer, people.database, username=username, password=password, station="web/127.0.0.1",
        limits=LIMITS, hashing=people.hashing,
    )  # fmt: skip
    return token


def who(people: Any, token: str) -> Visitor | None:
    with people.database.read() as conn:
        found = sessions.visitor(conn, token, people.clock.real_now(), LIMITS)
    return None if found is None else found[0]


async def test_a_session_says_who_it_is_and_the_database_never_holds_the_token(people: Any) -> None:
    await add(people, "li.wei", Role.HOSPITAL, hospital="city-first")
    token = await sign_in(people)
    visitor = who(people, token)
    assert visitor is not None
    assert (visitor.person, visitor.hospital, visitor.roles) == ("li.wei", "city-first", frozenset({Role.HOSPITAL}))
    with people.database.read() as conn:
        rows = conn.execute(select(tables.web_session)).all()
    assert token not in repr(rows)
    assert len(token) >= 43  # 256 bits
    assert who(people, token + "x") is None


async def test_a_session_ends_by_idleness_and_at_its_absolute_limit(people: Any) -> None:
    await add(people)
    token = await sign_in(people)
    people.clock.step(29 * 60)
    assert who(people, token) is not None
    people.clock.step(60)
    assert who(people, token) is None
    token = await sign_in(people)
    for _ in range(12 * 3 - 1):
        people.clock.step(20 * 60)
        assert who(people, token) is not None
        await people.writer.write(lambda tx: sessions.note_use(tx, token))
    people.clock.step(20 * 60)
    assert who(people, token) is None


async def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(people: Any) -> None:
    await add(people)
    with pytest.raises(SignInRefused) as wrong_password:
        await sign_in(people, password="nope")
    with pytest.raises(SignInRefused) as wrong_name:
        await sign_in(people, username="nobody")
    assert (wrong_password.value.code, wrong_password.value.detail) == (wrong_name.value.code, wrong_name.value.detail)
    failed = people.entries("person.sign_in_failed")
    assert [entry["subject"] for entry in failed] == ["li.wei", "unknown"]
    assert "nobody" not in failed[1]["data"]


async def test_five_failures_lock_the_account_for_a_while_of_real_time(people: Any) -> None:
    await add(people)
    for _ in range(MOST_FAILURES):
        with pytest.raises(SignInRefused):
            await sign_in(people, password="nope")
    with pytest.raises(AccountLocked):
        await sign_in(people)
    assert len(people.entries("person.locked")) == 1
    people.clock.step(LOCK_OUT.total_seconds())
    assert who(people, await sign_in(people)) is not None


async def test_while_locked_a_wrong_password_learns_nothing_and_does_not_lengthen_the_lock(people: Any) -> None:
    await add(people)
    for _ in range(MOST_FAILURES + 3):
        with pytest.raises(SignInRefused):
            await sign_in(people, password="nope")
    assert len(people.entries("person.locked")) == 1
    people.clock.step(LOCK_OUT.total_seconds())
    await sign_in(people)


async def test_guesses_sent_all_at_once_do_not_pass_the_lock(people: Any) -> None:
    await add(people)
    guesses = [sign_in(people, password=f"guess-{number}") for number in range(12)]
    results = await asyncio.gather(*guesses, return_exceptions=True)
    assert all(isinstance(result, SignInRefused) for result in results)
    with pytest.raises(AccountLocked):
        await sign_in(people)


async def test_a_right_password_forgets_earlier_failures(people: Any) -> None:
    await add(people)
    for _ in range(3):
        for _ in range(MOST_FAILURES - 1):
            with pytest.raises(SignInRefused):
                await sign_in(people, password="nope")
        await sign_in(people)


async def test_signing_out_disabling_and_a_new_password_end_sessions(people: Any) -> None:
    await add(people)
    await add(people, "boss", Role.ADMINISTRATOR)
    token = await sign_in(people)
    await people.writer.write(lambda tx: sessions.sign_out(tx, Actor("li.wei", "web"), token))
    assert who(people, token) is None
    token = await sign_in(people)
    await accounts.change_password(people.writer, people.database, ADMIN, "li.wei", "Another-Horse-8", people.hashing)
    assert who(people, token) is None
    token = await sign_in(people, password="Another-Horse-8")
    await people.writer.write(lambda tx: accounts.disable(tx, ADMIN, "li.wei"))
    assert who(people, token) is None
    with pytest.raises(SignInRefused):
        await sign_in(people, password="Another-Horse-8")


async def test_every_sign_in_failure_and_change_of_rights_is_on_the_ledger(people: Any) -> None:
    await add(people)
    token = await sign_in(people)
    await people.writer.write(lambda tx: sessions.sign_out(tx, Actor("li.wei", "web"), token))
    kinds = [kind for kind in ("person.created", "person.signed_in", "person.signed_out") if people.entries(kind)]
    assert kinds == ["person.created", "person.signed_in", "person.signed_out"]
    created = people.entries("person.created")[0]
    assert (created["actor"], created["subject"]) == ("admin", "li.wei")
    assert json.loads(created["data"])["roles"] == ["operator"]
    assert PASSWORD not in created["data"]
