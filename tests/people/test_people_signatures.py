from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from wms.people import accounts, signatures
from wms.people.accounts import FIRST_START, NewAccount
from wms.people.roles import Role
from wms.people.sessions import SignInRefused
from wms.people.signatures import Signature, SignatureRefused, Signed
from wms.store.tx import Actor

ADMIN = Actor("admin", "desk")
PASSWORD = "Correct-Horse-7"
CONTENT = {"reason": "probe was faulty, load stayed at 4 degrees"}


@pytest.fixture
async def team(people: Any) -> Any:
    for username, role in (
        ("quentin", Role.QUALITY), ("quinn", Role.QUALITY), ("olga", Role.OPERATOR), ("otto", Role.OPERATOR),
        ("edda", Role.ENGINEER),
    ):  # fmt: skip
        new = NewAccount(username, username.title(), (role,), None)
        await accounts.create(people.writer, FIRST_START, new, PASSWORD, people.hashing)
    return people


async def sign(
    people: Any, username: str, *, subject: str = "hld-1", act: str = "hold.lift", **other: Any
) -> Signature:
    return await signatures.sign(
        people.writer, people.database, username=username, password=other.get("password", PASSWORD), station="web",
        act=act, subject=subject, meaning="I have checked it", content=other.get("content", CONTENT),
        hashing=people.hashing,
    )  # fmt: skip


async def use(people: Any, ids: Sequence[str], *, subject: str = "hld-1", content: Any = None) -> tuple[Signed, ...]:
    return await people.writer.write(
        lambda tx: signatures.use(tx, ids, act="hold.lift", subject=subject, content=content or CONTENT)
    )


async def refusal(people: Any, ids: Sequence[str], **other: Any) -> str:
    with pytest.raises(SignatureRefused) as refused:
        await use(people, ids, **other)
    return refused.value.code


async def test_two_people_one_of_them_of_quality_carry_the_act_once(team: Any) -> None:
    ids = [(await sign(team, "quentin")).id, (await sign(team, "olga")).id]
    signed = await use(team, ids)
    assert [entry.person for entry in signed] == ["quentin", "olga"]
    assert await refusal(team, ids) == "signature.used"
    assert len(team.entries("signature.made")) == 2


async def test_one_person_cannot_sign_twice(team: Any) -> None:
    first, second = await sign(team, "quentin"), await sign(team, "quentin")
    assert await refusal(team, [first.id, second.id]) == "signature.same_person"
    assert await refusal(team, [first.id, first.id]) == "signature.count"
    assert await refusal(team, [first.id]) == "signature.count"


async def test_a_refused_use_leaves_the_signatures_unused(team: Any) -> None:
    first, again, other = await sign(team, "quentin"), await sign(team, "quentin"), await sign(team, "olga")
    assert await refusal(team, [first.id, again.id]) == "signature.same_person"
    await use(team, [first.id, other.id])


async def test_nobody_of_quality_is_not_enough(team: Any) -> None:
    ids = [(await sign(team, "olga")).id, (await sign(team, "otto")).id]
    assert await refusal(team, ids) == "signature.role"


async def test_a_signature_holds_for_its_subject_and_content_only(team: Any) -> None:
    ids = [(await sign(team, "quentin")).id, (await sign(team, "olga")).id]
    assert await refusal(team, ids, subject="hld-2") == "signature.other_act"
    assert await refusal(team, ids, content={"reason": "something else"}) == "signature.other_act"
    assert await refusal(team, [ids[0], "sig-unknown"]) == "signature.unknown"


async def test_a_signature_lives_two_minutes(team: Any) -> None:
    ids = [(await sign(team, "quentin")).id, (await sign(team, "olga")).id]
    team.clock.step(120)
    assert await refusal(team, ids) == "signature.expired"


async def test_rights_are_looked_up_again_when_it_is_used(team: Any) -> None:
    ids = [(await sign(team, "quentin")).id, (await sign(team, "olga")).id]
    await team.writer.write(lambda tx: accounts.disable(tx, ADMIN, "olga"))
    assert await refusal(team, ids) == "signature.role"


async def test_who_may_not_sign_is_refused_and_remembered(team: Any) -> None:
    with pytest.raises(SignatureRefused):
        await sign(team, "edda")
    assert len(team.entries("signature.refused")) == 1
    with pytest.raises(SignatureRefused) as refused:
        await sign(team, "quentin", act="bag.paint")
    assert refused.value.code == "signature.act"


async def test_a_wrong_password_signs_nothing_and_counts_as_a_failure(team: Any) -> None:
    with pytest.raises(SignInRefused):
        await sign(team, "quentin", password="nope")
    assert len(team.entries("person.sign_in_failed")) == 1
    assert team.entries("signature.made") == []


async def test_one_administrator_cannot_become_two_people_by_setting_their_passwords(team: Any) -> None:
    async def change(actor: Actor, password: str) -> None:
        await accounts.change_password(team.writer, team.database, actor, "quentin", password, team.hashing)

    await change(ADMIN, "Set-By-Admin-1")
    with pytest.raises(SignatureRefused) as refused:
        await sign(team, "quentin", password="Set-By-Admin-1")
    assert refused.value.code == "signature.password"
    assert len(team.entries("signature.refused")) == 1
    await change(Actor("quentin", "desk"), "My-Own-Choice-2")
    assert (await sign(team, "quentin", password="My-Own-Choice-2")).person == "quentin"
