"""The first start of a site: an administrator, three people to try it with, and the agents; random passwords."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from plant.model import Plant
from wms.people.accounts import FIRST_START, NewAccount, everybody, find, insert_account, replace_password
from wms.people.passwords import Hashing, make_password
from wms.people.roles import Role
from wms.store.database import Database
from wms.store.tx import Tx
from wms.store.writer import Writer


@dataclass(frozen=True, slots=True)
class Credential:
    """A new account and its password, to be shown once and kept nowhere."""

    username: str
    password: str
    roles: tuple[Role, ...]
    hospital: str | None


def people_of(plant: Plant) -> tuple[NewAccount, ...]:
    """The administrator and the first people; where an act needs two of a kind there are two, of the first hospital."""
    hospital = plant.hospitals[0]
    return (
        NewAccount("admin", "Administrator", (Role.ADMINISTRATOR,), None),
        NewAccount("operator", "Operator", (Role.OPERATOR,), None),
        NewAccount("quality", "Quality", (Role.QUALITY,), None),
        NewAccount("quality-2", "Quality, second person", (Role.QUALITY,), None),
        NewAccount("hospital", hospital.name_en, (Role.HOSPITAL,), hospital.id),
        NewAccount("hospital-2", f"{hospital.name_en}, second person", (Role.HOSPITAL,), hospital.id),
    )


def agents_of(plant: Plant) -> tuple[NewAccount, ...]:
    """The programs that speak for the collection team, the laboratory, each hospital and each neighbouring centre."""
    return (
        NewAccount("agent-collection", "Collection team", (Role.COLLECTION,), None),
        NewAccount("agent-laboratory", "Laboratory", (Role.LABORATORY,), None),
        *(NewAccount(f"agent-{h.id}", h.name_en, (Role.HOSPITAL,), h.id) for h in plant.hospitals),
        *(NewAccount(one.account, one.name_en, (Role.NEIGHBOUR,), None) for one in plant.neighbours),
    )


async def first_start(
    writer: Writer, database: Database, plant: Plant, agents_file: Path, hashing: Hashing
) -> tuple[Credential, ...]:
    """Make what is missing; returns the people's credentials, to be printed once, or nothing on a later start.

    People are made only when there is no account at all. Agents get passwords when ``agents_file`` does not exist; it
    is written (mode 0600) before the accounts: after a crash between the two the next start finds no account and makes
    all of them anew.
    """
    with database.read() as connection:
        known = {account.username for account in everybody(connection)}
    agents_known = await asyncio.to_thread(agents_file.exists)
    if known and agents_known:
        return ()
    people = await _credentials(people_of(plant), hashing) if not known else []
    agents = await _credentials(agents_of(plant), hashing)
    _write_agents(agents_file, {account.username: credential for account, credential, _ in agents})
    everyone = (*people, *agents)

    def put_all(tx: Tx) -> None:
        for account, _, hashed in everyone:
            _put(tx, account, hashed)

    await writer.write(put_all)
    return tuple(credential for _, credential, _ in people)


async def _credentials(accounts: Sequence[NewAccount], hashing: Hashing) -> list[tuple[NewAccount, Credential, str]]:
    made = []
    for account in accounts:
        password = make_password()
        hashed = await hashing.hash(password)
        made.append((account, Credential(account.username, password, account.roles, account.hospital), hashed))
    return made


def _put(tx: Tx, account: NewAccount, password_hash: str) -> None:
    if find(tx.conn, account.username) is None:
        insert_account(tx, FIRST_START, account, password_hash)
    else:
        replace_password(tx, FIRST_START, account.username, password_hash)


def _write_agents(path: Path, agents: Mapping[str, Credential]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    document = {
        username: {
            "password": credential.password,
            "role": credential.roles[0].value,
            **({"hospital": credential.hospital} if credential.hospital else {}),
        }
        for username, credential in agents.items()
    }
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
