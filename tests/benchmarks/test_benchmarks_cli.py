"""The command line of the benchmarks, with a tiny one in place of the real ones."""

from __future__ import annotations

import json
import sys
from types import ModuleType

import pytest

from benchmarks import __main__ as command
from benchmarks.catalogue import BENCHMARKS, Benchmark, BenchmarkFailed, Result


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("tiny_benchmark")
    module.measure = lambda: Result("tiny", 1.5, "ms", "< 2", {"runs": 3})  # type: ignore[attr-defined]  # a module made here
    monkeypatch.setitem(sys.modules, "tiny_benchmark", module)
    monkeypatch.setattr(command, "BENCHMARKS", (Benchmark("tiny", "tiny_benchmark", "how long tiny takes"),))
    monkeypatch.setattr(command, "configure_logs", lambda *_: None)


def test_list_names_every_benchmark_and_measures_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [benchmark.name for benchmark in BENCHMARKS]
    assert {"restarts", "bridge", "telemetry", "alarm", "rfid"} <= {benchmark.name for benchmark in BENCHMARKS}


@pytest.mark.usefixtures("tiny")
def test_an_unknown_name_ends_with_status_2_and_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["tiny", "huge"])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "no benchmark huge; there are tiny" in said.err


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("arguments", [["tiny", "--json"], ["--all", "--json"]])
def test_a_result_is_one_json_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(arguments) == 0
    (line,) = capsys.readouterr().out.splitlines()
    result = json.loads(line)
    assert {key: result[key] for key in ("name", "value", "unit", "target", "detail")} == {
        "name": "tiny",
        "value": 1.5,
        "unit": "ms",
        "target": "< 2",
        "detail": {"runs": 3},
    }
    assert "cores" in result["machine"]


@pytest.mark.usefixtures("tiny")
def test_without_json_a_result_is_a_line_for_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["tiny"]) == 0
    assert capsys.readouterr().out == "tiny         1.5 ms (target < 2)\n"


@pytest.mark.usefixtures("tiny")
def test_what_could_not_be_measured_says_why_and_ends_with_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> Result:
        raise BenchmarkFailed("the broker ended")

    monkeypatch.setattr(sys.modules["tiny_benchmark"], "measure", fail)
    assert command.main(["--all"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "tiny: not measured, the broker ended\n")


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda benchmark: benchmark.name)
def test_every_benchmark_of_the_catalogue_can_be_measured(benchmark: Benchmark) -> None:
    assert callable(benchmark.measure)
