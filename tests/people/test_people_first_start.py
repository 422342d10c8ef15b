from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wms.people import sessions
from wms.people.accounts import everybody
from wms.people.first_start import Credential, first_start
from wms.people.roles import Role


async def start(people: Any, agents_file: Path) -> tuple[Credential, ...]:
    return await first_start(people.writer, people.database, people.plant, agents_file, people.hashing)


async def can_sign_in(people: Any, username: str, password: str) -> bool:
    account = await sessions.authenticate(
        people.writer, people.database, username=username, password=password, station="t", hashing=people.hashing
    )
    return account.username == username


async def test_the_first_start_makes_an_administrator_and_people_for_two_signatures_and_shows_them_once(
    people: Any, tmp_path: Path
) -> None:
    agents_file = tmp_path / "secrets" / "agents.json"
    made = await start(people, agents_file)
    assert [(c.username, c.roles, c.hospital) for c in made] == [
        ("admin", (Role.ADMINISTRATOR,), None),
        ("operator", (Role.OPERATOR,), None),
        ("quality", (Role.QUALITY,), None),
        ("quality-2", (Role.QUALITY,), None),
        ("hospital", (Role.HOSPITAL,), "city-first"),
        ("hospital-2", (Role.HOSPITAL,), "city-first"),
    ]
    assert len({c.password for c in made}) == 6
    for credential in made:
        assert await can_sign_in(people, credential.username, credential.password)
    assert await start(people, agents_file) == ()


async def test_agents_are_written_for_their_programs_only(people: Any, tmp_path: Path) -> None:
    agents_file = tmp_path / "secrets" / "agents.json"
    await start(people, agents_file)
    assert agents_file.stat().st_mode & 0o777 == 0o600
    agents = json.loads(agents_file.read_text())
    hospitals = {agent["hospital"] for agent in agents.values() if agent["role"] == "hospital"}
    assert hospitals == {hospital.id for hospital in people.plant.hospitals}
    assert {agent["role"] for agent in agents.values()} == {"collection", "laboratory", "hospital", "neighbour"}
    for username, agent in agents.items():
        assert await can_sign_in(people, username, agent["password"])


async def test_a_lost_agents_file_is_made_anew_without_touching_people(people: Any, tmp_path: Path) -> None:
    agents_file = tmp_path / "secrets" / "agents.json"
    first = await start(people, agents_file)
    agents_file.unlink()
    assert await start(people, agents_file) == ()
    agents = json.loads(agents_file.read_text())
    assert await can_sign_in(people, "agent-collection", agents["agent-collection"]["password"])
    assert await can_sign_in(people, "admin", first[0].password)
    with people.database.read() as conn:
        assert len(everybody(conn)) == 6 + 2 + len(people.plant.hospitals) + len(people.plant.neighbours)
