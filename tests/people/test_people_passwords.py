from __future__ import annotations

import asyncio

import pytest
from argon2 import PasswordHasher

from wms.people.passwords import Hashing, TooBusy, WeakPassword, check_strength, make_password


@pytest.mark.parametrize(
    "password",
    ["Short-1", "alllowercaseletters", "lowercase1234567", "x" * 257, "My-operator-77"],
    ids=["too short", "one class", "two classes", "too long", "holds the name"],
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_strength(password, "operator")


def test_a_made_password_is_strong_and_never_the_same() -> None:
    made = {make_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        check_strength(password, "operator")


async def test_passwords_are_kept_as_argon2id_with_a_salt_each() -> None:
    hashing = Hashing()
    first, second = await hashing.hash("Correct-Horse-7"), await hashing.hash("Correct-Horse-7")
    assert first.startswith("$argon2id$v=19$m=65536,t=3,")
    assert first != second
    assert await hashing.matches(first, "Correct-Horse-7")
    assert not await hashing.matches(first, "correct-Horse-7")


async def test_no_hash_and_a_broken_hash_match_nothing() -> None:
    hashing = Hashing(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    assert not await hashing.matches(None, "anything")
    assert not await hashing.matches("not a hash", "anything")


async def test_a_flood_of_passwords_is_turned_away_instead_of_taking_the_memory() -> None:
    hashing = Hashing(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    results = await asyncio.gather(*(hashing.hash(f"Password-{n}") for n in range(60)), return_exceptions=True)
    turned_away = [result for result in results if isinstance(result, TooBusy)]
    assert len(turned_away) == 60 - 32
    assert (await hashing.hash("Password-1")).startswith("$argon2id$")
