"""Sign-in, signatures and accounts."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from dashboards.schemas.base import Identifier, Instant, Request, Sentence, View
from wms.people.roles import Role

Username = Annotated[str, Field(min_length=2, max_length=40, pattern=r"^[a-z0-9][a-z0-9._-]*$")]
Secret = Annotated[str, Field(min_length=1, max_length=256)]


class SignIn(Request):
    """Who is at the door."""

    username: Annotated[str, Field(min_length=1, max_length=40)]
    password: Secret


class Session(View):
    """Who is signed in, and until when (real time)."""

    person: str
    name: str
    roles: list[Role]
    hospital: str | None
    expires_at: Instant


class SignatureRequest(Request):
    """A person signs one act on one subject by giving the password again.

    ``content`` is the body of the act without its ``signatures``: the signature holds for exactly that.
    """

    username: Annotated[str, Field(min_length=1, max_length=40)]
    password: Secret
    act: Identifier
    subject: Identifier
    meaning: Sentence
    content: dict[str, Any]


class Signature(View):
    """A signature that can be used once until it expires (real time)."""

    id: str
    person: str
    name: str
    act: str
    subject: str
    meaning: str
    expires_at: Instant


class Account(View):
    """One account; a locked or disabled one cannot sign in."""

    username: str
    name: str
    roles: list[Role]
    hospital: str | None
    disabled: bool
    locked_until: Instant | None
    created_at: Instant
    password_changed_at: Instant
    last_sign_in_at: Instant | None


class AccountList(View):
    """All accounts of the site."""

    items: list[Account]


class AccountRequest(Request):
    """A new account. A hospital account names its hospital; no other account may."""

    username: Username
    name: Annotated[str, Field(min_length=1, max_length=80)]
    roles: Annotated[list[Role], Field(min_length=1, max_length=8)]
    hospital: Identifier | None = None
    password: Secret


class PasswordRequest(Request):
    """A new password. People give their old one; an administrator resets somebody else's without it."""

    old_password: Secret | None = None
    new_password: Secret
