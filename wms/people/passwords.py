"""Passwords: what is good enough, how they are kept (argon2id, slow on purpose), how new ones are made."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wms.errors import Invalid, Unavailable

T = TypeVar("T")

LEAST_LENGTH: Final = 10
GREATEST_LENGTH: Final = 256
LEAST_CLASSES: Final = 3
FORMER_PASSWORDS: Final = 5
"""How many earlier passwords may not come back. GB/T 22239-2019 8.1.4.1a sets no numbers: domain.md 8, row 1."""

_MADE_LENGTH: Final = 20
_MADE_FROM: Final = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not mistaken for each other when typed from paper."""

_WAITING: Final = 32
"""Passwords that wait to be checked: about a second. More is a flood, and is turned away at once."""

_AT_ONCE: Final = 2
"""argon2id takes 64 MiB each: a flood of guesses must not take the memory."""


class WeakPassword(Invalid):
    """The password is too easy, or was used before."""

    def __init__(self, detail: str) -> None:
        super().__init__("password.weak", detail)


class TooBusy(Unavailable):
    """Too many passwords wait to be checked."""

    def __init__(self) -> None:
        super().__init__("sign_in.busy", "Too many sign-ins at this moment; try again in a few seconds")


def check_strength(password: str, username: str) -> None:
    """Raise WeakPassword unless it is long enough, mixed enough and does not contain the name."""
    if not LEAST_LENGTH <= len(password) <= GREATEST_LENGTH:
        raise WeakPassword(f"A password has {LEAST_LENGTH} to {GREATEST_LENGTH} characters")
    classes = (
        any(character.islower() for character in password),
        any(character.isupper() for character in password),
        any(character.isdigit() for character in password),
        any(not character.isalnum() for character in password),
    )
    if sum(classes) < LEAST_CLASSES:
        raise WeakPassword(
            f"A password mixes at least {LEAST_CLASSES} of: small letters, capital letters, digits, other signs"
        )
    if username.lower() in password.lower():
        raise WeakPassword("A password does not contain the user's name")


class Hashing:
    """Hashes and checks passwords off the event loop, never more than two at once (each takes about 50 ms).

    Raises TooBusy when too many wait already.
    The default is argon2-cffi's: argon2id, RFC 9106's low-memory profile (64 MiB, 3 passes).
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._nobodys: str | None = None
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """Return the argon2id hash of a password, with its own salt."""
        return await self._in_turn(self._hasher.hash, password)

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """True when the password is the one that was hashed; no hash matches nothing, and takes as long."""
        if password_hash is None:
            self._nobodys = self._nobodys or await self.hash(make_password())
        same = await self._in_turn(self._verify, password_hash or self._nobodys or "", password)
        return same and password_hash is not None

    async def refuse_former(self, password: str, former: Sequence[str]) -> None:
        """Raise WeakPassword when the password is one of these earlier ones."""
        for password_hash in former:
            if await self.matches(password_hash, password):
                raise WeakPassword(f"A password is not one of the last {FORMER_PASSWORDS}")

    async def _in_turn(self, work: Callable[..., T], *given: str) -> T:
        if self._waiting >= _WAITING:
            raise TooBusy
        self._waiting += 1
        try:
            async with self._room:
                return await asyncio.to_thread(work, *given)
        finally:
            self._waiting -= 1

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def make_password() -> str:
    """Return a random password (more than 110 bits) that passes `check_strength` for every name shorter than it."""
    while True:
        password = "".join(secrets.choice(_MADE_FROM) for _ in range(_MADE_LENGTH))
        if (
            any(c.islower() for c in password)
            and any(c.isupper() for c in password)
            and any(c.isdigit() for c in password)
        ):
            return password
