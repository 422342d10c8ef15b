"""`hemovault telemetry`: what people and programs are told of a file, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hemovault.cli import application
from telemetry.mkt import mean_kinetic_temperature

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data"
KEYS = {"start", "end", "minutes", "worst", "mkt", "alarm_at", "kind", "limit", "gap_minutes"}


def run(*words: str) -> Result:
    return CliRunner().invoke(application("telemetry"), ["telemetry", *words])


def csv(folder: Path, *values: float, zone: str = "Z", skip: int = 0) -> str:
    """A file of one-minute readings from eight o'clock; ``skip`` minutes are left out after the first ten."""
    lines = ["timestamp,celsius"]
    for i, value in enumerate(values):
        minute = i if i < 10 else i + skip
        lines.append(f"2026-03-01T{8 + minute // 60:02d}:{minute % 60:02d}:00{zone},{value}")
    file = folder / "readings.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


WARM = (*[4.0] * 5, *[7.0] * 5, *[8.0] * 5, *[4.0] * 5)
COLD_LIMITS = ("--low", "2", "--high", "6")


def test_replay_tells_each_excursion_as_json(tmp_path: Path) -> None:
    result = run("replay", csv(tmp_path, *WARM), *COLD_LIMITS, "--consecutive-min", "5", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    (one,) = json.loads(result.stdout)
    assert set(one) == KEYS
    assert (one["start"], one["end"]) == ("2026-03-01T08:05:00Z", "2026-03-01T08:15:00Z")
    assert (one["minutes"], one["worst"], one["alarm_at"]) == (10, 8, "2026-03-01T08:10:00Z")
    assert one["mkt"] == round(mean_kinetic_temperature([7.0] * 5 + [8.0] * 5), 4)


def test_replay_tells_people_a_table(tmp_path: Path) -> None:
    result = run("replay", csv(tmp_path, *WARM), *COLD_LIMITS, "--consecutive-min", "30")
    assert result.exit_code == 0
    assert "20 readings" in result.stdout
    assert "1 excursions" in result.stdout
    assert "2026-03-01T08:05:00Z" in result.stdout


def test_a_file_within_its_limits_has_no_excursion(tmp_path: Path) -> None:
    result = run("replay", csv(tmp_path, 4.0, 4.0), *COLD_LIMITS, "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])


def test_an_excursion_that_the_file_does_not_end_has_no_end(tmp_path: Path) -> None:
    (one,) = json.loads(run("replay", csv(tmp_path, 4.0, 1.0, 1.0), "--low", "2", "--json").stdout)
    assert (one["end"], one["alarm_at"], one["kind"], one["minutes"]) == (None, None, "below", 1)


def test_instants_without_an_offset_keep_none_until_somebody_says_what_they_mean(tmp_path: Path) -> None:
    file = csv(tmp_path, *WARM, zone="")
    starts = {
        words: json.loads(run("replay", file, *COLD_LIMITS, "--json", *words).stdout)[0]["start"]
        for words in ((), ("--utc",), ("--timezone", "Asia/Shanghai"))
    }
    assert starts == {
        (): "2026-03-01T08:05:00",
        ("--utc",): "2026-03-01T08:05:00Z",
        ("--timezone", "Asia/Shanghai"): "2026-03-01T00:05:00Z",
    }


def test_a_gap_is_told_beside_the_answer_or_refused(tmp_path: Path) -> None:
    file = csv(tmp_path, *WARM, skip=30)
    told = run("replay", file, *COLD_LIMITS, "--json")
    assert told.exit_code == 0
    assert "line 12: nothing is known from 2026-03-01T08:09:00Z to 2026-03-01T08:40:00Z" in told.stderr
    assert json.loads(told.stdout)[0]["gap_minutes"] == 31
    refused = run("replay", file, *COLD_LIMITS, "--json", "--refuse-gaps")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "readings.gap" in refused.stderr
    assert run("replay", file, *COLD_LIMITS, "--gap-min", "45").stderr == ""


@pytest.mark.parametrize(
    ("content", "words", "code"),
    [
        (b"", COLD_LIMITS, "file.empty"),
        (b"timestamp,celsius\n", COLD_LIMITS, "file.no_rows"),
        (b"timestamp,value\n2026-03-01T08:00Z,70\n", COLD_LIMITS, "header.column"),
        (b"timestamp,celsius\n2026-03-01T08:00Z,warm\n", COLD_LIMITS, "line 2"),
        (b"timestamp,celsius\n2026-03-01T08:00Z,4\n2026-03-01T08:00Z,4\n", COLD_LIMITS, "time.duplicate"),
        (b"timestamp,celsius\n2026-03-01T08:00Z,4\n2026-03-01T07:00Z,4\n", COLD_LIMITS, "time.order"),
        (b"\x00\x01", COLD_LIMITS, "file.binary"),
        (b"\xff\xfe", COLD_LIMITS, "file.encoding"),
        (b"timestamp,celsius\n2026-03-01T08:00Z,4\n", (), "limits.none"),
        (b"timestamp,celsius\n2026-03-01T08:00Z,4\n", ("--low", "6", "--high", "2"), "limits.order"),
        (b"timestamp,celsius\n2026-03-01T08:00Z,4\n", ("--low", "nan"), "limits.number"),
        (b"timestamp,celsius\n2026-03-01T08:00Z,4\n", ("--low", "2", "--consecutive-min", "-1"), "minutes"),
        (b"timestamp,celsius\n2026-03-01T08:00Z,4\n", ("--low", "2", "--timezone", "Nowhere"), "timezone.unknown"),
        (b"timestamp,celsius\n2026-03-01T08:00Z,4\n", ("--low", "2", "--timezone", "UTC", "--utc"), "timezone.two"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name_with_nothing_on_stdout(
    tmp_path: Path, content: bytes, words: tuple[str, ...], code: str
) -> None:
    file = tmp_path / "readings.csv"
    file.write_bytes(content)
    result = run("replay", str(file), "--json", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert code in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = run("import", str(tmp_path / "nothing.csv"), "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "file.unreadable" in result.stderr


def test_import_sums_up_a_csv_with_columns_of_other_names(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("Time;Temp\n2026-03-01 08:00;4\n2026-03-01 08:10;6\n2026-03-01 08:20;5\n", encoding="utf-8")
    words = ("--time", "Time", "--celsius", "Temp", "--delimiter", ";", "--timezone", "Asia/Shanghai")
    held = json.loads(run("import", str(file), "--json", *words).stdout)
    assert (held["format"], held["readings"], held["from"], held["to"]) == (
        "csv", 3, "2026-03-01T00:00:00Z", "2026-03-01T00:20:00Z",
    )  # fmt: skip
    assert (held["min_c"], held["mean_c"], held["max_c"], held["gaps"]) == (4, 5, 6, [])
    assert "3 readings" in run("import", str(file), *words).stdout


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real exports are not here: {REAL}")
def test_import_tells_all_that_a_real_fridge_tag_holds() -> None:
    file = str(REAL / "fridge-tag-logs" / "FridgeTag_2" / "130400191544_202304201514.txt")
    held = json.loads(run("import", file, "--json").stdout)
    assert (held["format"], held["serial"], len(held["days"]), held["faults"]) == (
        "fridge_tag_2",
        "130400191544",
        4,
        [],
    )
    assert [(one["sensor"], one["minutes"]) for one in held["timeouts"]] == [("external", 21), ("external", 178)]
    assert [(one["kind"], one["limit_c"], one["after_min"]) for one in held["limits"]] == [
        ("below", -0.5, 60),
        ("above", 8.0, 600),
    ]
    assert "178 min without the external sensor" in run("import", file).stdout


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real series are not here: {REAL}")
def test_a_real_series_in_other_units_is_refused_and_says_which_heading_is_needed() -> None:
    result = run("replay", str(REAL / "nab-temperature" / "ambient_temperature_system_failure.csv"), "--high", "6")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'timestamp' and 'celsius'" in result.stderr


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real exports are not here: {REAL}")
def test_daily_summaries_cannot_be_replayed() -> None:
    file = str(REAL / "fridge-tag-logs" / "FridgeTag_2" / "130400191544_202304201514.txt")
    result = run("replay", file, *COLD_LIMITS)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "hemovault telemetry import" in result.stderr
