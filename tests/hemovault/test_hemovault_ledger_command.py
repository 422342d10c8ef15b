"""The commands that prove the ledger, on the database that the settings name; the password is shown to nobody."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hemovault.cli import application
from hemovault.offline import open_offline
from hemovault.settings import ConfigError, Settings, load_settings
from plant.load import demo_text, load_plant
from runtime.clock import Clock
from wms.store.database import driver_of, open_database
from wms.store.tx import Actor

runner = CliRunner()


@pytest.fixture
def config(tmp_path: Path, store_url: str | None) -> Path:
    (tmp_path / "plant.toml").write_text(demo_text(), encoding="utf-8")
    path = tmp_path / "hemovault.toml"
    database = "" if store_url is None else f'database = "{store_url}"\n'
    path.write_text(f'data_dir = "."\n{database}', encoding="utf-8")
    return path


def command(config: Path, *words: str) -> tuple[int, str]:
    result = runner.invoke(application(), [*words, "--config", str(config)])
    return result.exit_code, result.output


async def write_three(settings: Settings) -> None:
    plant = load_plant(settings.plant)
    actor = Actor("tester", "bench")
    async with open_offline(settings, plant, Clock()) as warehouse:
        for number in range(3):
            await warehouse.write(lambda tx, n=number: tx.record("test.noted", actor=actor, subject=str(n)))


def test_verify_rebuild_export_and_dead_letters_work_on_the_database_of_the_site(config: Path) -> None:
    asyncio.run(write_three(load_settings(config)))
    code, said = command(config, "ledger", "verify")
    assert (code, said[:14]) == (0, "ok: 3 entries,")
    assert command(config, "ledger", "rebuild", "--check") == (0, "ok: 0 bags are as the ledger says\n")
    code, said = command(config, "ledger", "export", "--after", "1")
    assert [json.loads(line)["subject"] for line in said.splitlines()] == ["1", "2"]
    assert command(config, "deadletter", "list") == (0, "0 parked\n")


def test_a_row_changed_behind_the_ledgers_back_ends_verify_with_status_1(config: Path) -> None:
    settings = load_settings(config)
    asyncio.run(write_three(settings))
    database = open_database(settings.database_place)
    with database.write_engine.connect() as connection:
        on_table = "" if connection.dialect.name == "sqlite" else " ON ledger"
        driver_of(connection).execute(f"DROP TRIGGER ledger_refuses_update{on_table}")
        driver_of(connection).execute("UPDATE ledger SET subject = 'x' WHERE seq = 2")
    database.close()
    code, said = command(config, "ledger", "verify")
    assert (code, "Entry 2 is not what was written" in said) == (1, True)


def test_a_database_that_does_not_answer_is_one_sentence_without_its_password(tmp_path: Path) -> None:
    (tmp_path / "plant.toml").write_text(demo_text(), encoding="utf-8")
    config = tmp_path / "hemovault.toml"
    config.write_text('database = "postgresql://hv:s3cret@127.0.0.1:1/nothing"', encoding="utf-8")
    code, said = command(config, "ledger", "verify")
    assert code == 1
    assert "The database cannot be used" in said
    assert "s3cret" not in said + repr(load_settings(config))


def test_another_product_is_refused_by_name_and_its_password_is_not_repeated(tmp_path: Path) -> None:
    config = tmp_path / "hemovault.toml"
    config.write_text('database = "mysql://hv:s3cret@db/x"', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"database: .*postgresql://") as refused:
        load_settings(config)
    assert "s3cret" not in str(refused.value)
