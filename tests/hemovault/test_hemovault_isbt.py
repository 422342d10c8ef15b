"""`hemovault isbt`: the parse as JSON, or code, position and a sentence on stderr with exit status 1."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hemovault.cli import application

MESSAGE = "=+04000=A99992612345600=%5100=<E4306V00&>0260592359"
runner = CliRunner()


def run(*arguments: str) -> tuple[int, str, str]:
    result = runner.invoke(application("isbt"), ["isbt", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_a_data_matrix_is_told_structure_by_structure() -> None:
    status, out, _ = run(MESSAGE)
    told = json.loads(out)
    assert status == 0
    assert [one["data_structure"] for one in told] == [23, 1, 2, 3, 5]
    assert "".join(one["text"] for one in told) == MESSAGE
    assert told[1]["meaning"]["check_character"] == "T"
    assert told[2]["meaning"]["abo"] == "O"
    assert told[4]["meaning"]["local_time"] == "2026-02-28T23:59"


def test_a_typed_donation_number_is_told_too() -> None:
    status, out, _ = run("g1234 17 654321 a")
    assert status == 0
    assert json.loads(out)[0]["meaning"] == {"din": "G123417654321", "check_character": "A", "typed": True}


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [("]C4=G12341765432171", "din.check", 17), ("", "din.length", 0), ("=%51é0", "group.characters", 4)],
)
def test_what_is_wrong_is_told_with_its_place(text: str, code: str, position: int) -> None:
    status, out, err = run(text)
    assert (status, out) == (1, "")
    assert err.startswith(f"hemovault: {code} at position {position}: ")


def test_a_site_s_own_tables_give_the_words(tmp_path: Path) -> None:
    products, tests = tmp_path / "products.csv", tmp_path / "tests.csv"
    products.write_text("code,description,retire_date\nE4306,our words,\n", encoding="utf-8")
    tests.write_text("NCODE,INTERPRETATION,RETIREDATE\nN0008,tested,31 JAN 2024\n", encoding="utf-8")
    options = ("--products", str(products), "--special-testing", str(tests))
    _, product, _ = run("=<E4306V00", *options)
    _, test, _ = run("&(N0008", *options)
    _, unknown, _ = run("=<E4307V00", *options)
    assert json.loads(product)[0]["meaning"]["description"] == "our words"
    assert json.loads(test)[0]["meaning"]["interpretation"] == "tested"
    assert json.loads(unknown)[0]["meaning"]["description"] is None


def test_a_table_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    table = tmp_path / "products.csv"
    assert run("=<E4306V00", "--products", str(table))[0] == 1
    table.write_text("code,words\n", encoding="utf-8")
    status, _, err = run("=<E4306V00", "--products", str(table))
    assert status == 1
    assert err.startswith("hemovault: table.columns: line 1: ")


def test_it_starts_without_the_warehouse() -> None:
    script = (
        "import sys; sys.argv = ['hemovault', 'isbt', '=%5100']\n"
        "from hemovault.cli import main\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        "sys.exit(1 if {'sqlalchemy', 'msgspec', 'numpy', 'wms', 'plant'} & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 0
