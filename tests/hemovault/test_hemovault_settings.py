"""A settings file is read whole or refused with key and reason; nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hemovault.cli import application
from hemovault.settings import ConfigError, load_settings
from plant.load import demo_text

runner = CliRunner()


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "hemovault.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_file_is_a_production_site_on_loopback(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, ""))
    assert settings.web.listen == "127.0.0.1"
    assert settings.broker.listen == "127.0.0.1"
    assert not settings.simulated
    assert settings.clock is None
    assert settings.data_dir == tmp_path / "var"


def test_relative_paths_stand_beside_the_file(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, 'data_dir = "d"\nplant = "p.toml"\nclock = "c.json"'))
    assert (settings.data_dir, settings.plant, settings.clock) == (
        tmp_path / "d",
        tmp_path / "p.toml",
        tmp_path / "c.json",
    )


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEMOVAULT_WEB__PORT", "8700")
    assert load_settings(write(tmp_path, "[web]\nport = 8701")).web.port == 8700


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("colour = 1", "colour"),
        ("[web]\nprot = 1", r"web\.prot"),
        ("[web]\nport = 0", r"web\.port"),
        ('[mqtt]\nport = "many"', r"mqtt\.port"),
        ('[simulate]\npace = "frantic"', r"simulate\.pace"),
        ('[log]\nlevel = "LOUD"', r"log\.level"),
        ("web = ", "not a TOML file"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        load_settings(write(tmp_path, text))


def test_config_check_says_ok_for_the_demo_plant(tmp_path: Path) -> None:
    (tmp_path / "plant.toml").write_text(demo_text(), encoding="utf-8")
    result = runner.invoke(application(), ["config", "check", "--config", str(write(tmp_path, ""))])
    assert result.exit_code == 0
    assert "riverside" in result.output


@pytest.mark.parametrize(
    ("settings", "clock", "named"),
    [
        ("colour = 1", None, "colour"),
        ('plant = "nowhere.toml"', None, "nowhere.toml"),
        ('clock = "clock.json"', '{"rate": 60}', "clock.json"),
        (
            'clock = "clock.json"',
            '{"anchor_domain": "2026-11-20T01:00:00Z", "anchor_system": "2026-11-20T01:00:00Z", "rate": 900}',
            "rate",
        ),
    ],
)
def test_config_check_names_the_fault_without_a_stack_trace(
    tmp_path: Path, settings: str, clock: str | None, named: str
) -> None:
    (tmp_path / "plant.toml").write_text(demo_text(), encoding="utf-8")
    if clock is not None:
        (tmp_path / "clock.json").write_text(clock, encoding="utf-8")
    result = runner.invoke(application(), ["config", "check", "--config", str(write(tmp_path, settings))])
    assert result.exit_code == 1
    assert named in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("arguments", [["run", "bridge", "--cell", "none"], ["run", "rfid", "--group", "none"]])
def test_a_service_for_a_part_the_plant_lacks_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "plant.toml").write_text(demo_text(), encoding="utf-8")
    result = runner.invoke(application(), [*arguments, "--config", str(write(tmp_path, ""))])
    assert result.exit_code == 1
    assert "it has" in result.output


def test_a_real_site_is_never_simulated(tmp_path: Path) -> None:
    (tmp_path / "plant.toml").write_text(demo_text(), encoding="utf-8")
    result = runner.invoke(application(), ["run", "simulate", "--config", str(write(tmp_path, ""))])
    assert result.exit_code == 1
    assert "simulated = true" in result.output


def test_the_example_of_a_site_is_loaded_as_it_stands() -> None:
    settings = load_settings(Path(__file__).parents[2] / "deploy" / "hemovault.toml")
    assert settings.data_dir == Path("/var/lib/hemovault")
    assert not settings.simulated


def test_telemetry_is_kept_as_long_as_the_settings_say(tmp_path: Path) -> None:
    kept = load_settings(write(tmp_path, "[telemetry]\nkeep_raw_days = 30\n")).telemetry.retention
    assert (kept.raw_days, kept.minute_days, kept.hour_days) == (30, 1098, 10980)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[telemetry]\nkeep_raw_days = 1", "telemetry.keep_raw_days"),
        ("[telemetry]\nkeep_minute_days = 20", "minutes are kept no shorter"),
        ("[telemetry]\nread_older_than_days = 400", r"needs \[influx\]"),
    ],
)
def test_settings_that_would_lose_telemetry_are_refused(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ConfigError, match=fault):
        load_settings(write(tmp_path, text))
