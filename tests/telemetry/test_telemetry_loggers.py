"""Loggers' readings as CSV: read whole, or every fault named by its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.loggers.clock import told
from telemetry.loggers.content import MOST_BYTES, text_of
from telemetry.loggers.model import FAULTS_TOLD, LoggerError, ReadingsExport
from telemetry.loggers.read import read_export
from telemetry.loggers.table import Mapping

NAB = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "nab-temperature"
HEAD = "timestamp,celsius\n"
GOOD = HEAD + "2026-03-01T08:00:00Z,4.0\n2026-03-01T08:01:00Z,4.5\n2026-03-01T08:02:00+00:00,-0.5\n"
SHANGHAI = Mapping(timezone="Asia/Shanghai")
BERLIN = Mapping(timezone="Europe/Berlin")


def read(text: str, mapping: Mapping | None = None) -> ReadingsExport:
    found = read_export(text, mapping)
    assert isinstance(found, ReadingsExport)
    return found


def instants(text: str, mapping: Mapping | None = None) -> list[str]:
    found = read(text, mapping)
    return [told(ms, is_own_clock=found.is_own_clock) for ms in found.ts_ms.tolist()]


def faults(text: str, mapping: Mapping | None = None) -> list[tuple[int | None, str]]:
    with pytest.raises(LoggerError) as caught:
        read_export(text, mapping)
    return [(fault.line, fault.code) for fault in caught.value.faults]


def test_rows_are_read_with_their_lines() -> None:
    found = read(GOOD)
    assert found.celsius.tolist() == [4.0, 4.5, -0.5]
    assert found.lines.tolist() == [2, 3, 4]
    assert (found.usual_interval_ms, found.is_own_clock) == (60_000, False)


def test_line_ends_blank_lines_spaces_and_a_byte_order_mark_do_not_matter() -> None:
    odd = "\n" + GOOD.replace("\n", "\r\n\r\n").replace(",", " , ")
    assert instants(text_of(b"\xef\xbb\xbf" + odd.encode())) == instants(GOOD)


def test_columns_are_found_by_their_headings() -> None:
    text = "no;Time;humidity;Temp C\n1;2026-03-01 08:00Z;40;4.0\n"
    assert read(text, Mapping("Time", "Temp C", delimiter=";")).celsius.tolist() == [4.0]


def test_an_instant_without_an_offset_is_of_the_named_zone() -> None:
    assert instants(HEAD + "2026-03-01 08:00:00,4\n", SHANGHAI) == ["2026-03-01T00:00:00Z"]
    assert instants(HEAD + "2026-03-01 08:00:00.25+02:00,4\n", SHANGHAI) == ["2026-03-01T06:00:00.250Z"]


def test_a_zone_that_nobody_named_is_not_guessed() -> None:
    found = read(HEAD + "2026-03-01 08:00:00,4\n")
    assert found.is_own_clock
    assert instants(HEAD + "2026-03-01 08:00:00,4\n") == ["2026-03-01T08:00:00"]


@pytest.mark.parametrize(
    ("text", "mapping", "expected"),
    [
        (HEAD, None, [(None, "file.no_rows")]),
        ("celsius,time\n", None, [(1, "header.column")]),
        ("timestamp,value\n2026-03-01T08:00Z,70.1\n", None, [(1, "header.column")]),
        ("timestamp,celsius,celsius\n", None, [(1, "header.column")]),
        ("2026-03-01T08:00Z,4\n", None, [(1, "header.column")]),
        (HEAD + "2026-03-01T08:00Z,warm\n", None, [(2, "celsius.number")]),
        (HEAD + "2026-03-01T08:00Z,\n", None, [(2, "celsius.number")]),
        (HEAD + "2026-03-01T08:00Z,nan\n", None, [(2, "celsius.number")]),
        (HEAD + "2026-03-01T08:00Z,-inf\n", None, [(2, "celsius.number")]),
        (HEAD + "2026-03-01T08:00Z,-273.15\n", None, [(2, "celsius.number")]),
        (HEAD + '2026-03-01T08:00Z,"4,5"\n', None, [(2, "celsius.number")]),
        (HEAD + "2026-03-01T08:00Z,4_0\n", None, [(2, "celsius.number")]),
        (HEAD + "2026-03-01T08:00Z,4,5\n", None, [(2, "row.columns")]),
        (HEAD + "2026-03-01T08:00Z\n", None, [(2, "row.columns")]),
        (HEAD + "2026-03-01,4\n", None, [(2, "time.format")]),
        (HEAD + "2026-02-30T08:00Z,4\n", None, [(2, "time.format")]),
        (HEAD + "03/01/2026 08:00,4\n", None, [(2, "time.format")]),
        (HEAD + "0001-01-01T00:00:00+23:00,4\n", None, [(2, "time.year")]),
        (HEAD + "2026-03-01T08:00Z,4\n2026-03-01T08:00Z,4\n", None, [(3, "time.duplicate")]),
        (HEAD + "2026-03-01T08:00Z,4\n2026-03-01T07:59Z,4\n", None, [(3, "time.order")]),
        (HEAD + "2026-03-01T08:00Z,4\n2026-03-01T08:01,4\n", None, [(3, "time.mixed")]),
        (HEAD + "2026-03-29 02:30,4\n", BERLIN, [(2, "time.skipped")]),
        (HEAD + "2026-10-25 02:30,4\n", BERLIN, [(2, "time.twice")]),
        (HEAD + '2026-03-01T08:00Z,"4\n', None, [(2, "row.csv")]),
        (GOOD, Mapping(timezone="Mars/Olympus"), [(None, "timezone.unknown")]),
        (GOOD, Mapping(timezone="../secret"), [(None, "timezone.unknown")]),
        (GOOD, Mapping(delimiter="|"), [(None, "mapping.delimiter")]),
        (GOOD, Mapping("celsius", "celsius"), [(None, "mapping.columns")]),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(
    text: str, mapping: Mapping | None, expected: list[tuple[int | None, str]]
) -> None:
    assert faults(text, mapping) == expected


def test_a_foreign_heading_is_told_which_one_is_needed() -> None:
    with pytest.raises(LoggerError, match=r"'timestamp' and 'celsius'.*'timestamp, value'.*Celsius"):
        read_export("timestamp,value\n2026-03-01T08:00Z,70\n")


def test_all_faults_of_a_file_are_told_at_once_up_to_a_number() -> None:
    text = HEAD + "".join(f"2026-03-01T08:{minute:02d}Z,warm\n" for minute in range(30))
    with pytest.raises(LoggerError, match="and 10 more") as caught:
        read_export(text)
    assert (len(caught.value.faults), caught.value.count) == (FAULTS_TOLD, 30)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b" \r\n\t\n", "file.empty"),
        (b"PK\x03\x04\x00\x00", "file.binary"),
        (b"timestamp,celsius\n\x00\n", "file.binary"),
        (b"\xff\xfet\x00", "file.encoding"),
        (b"timestamp,celsius\n\xe9\n", "file.encoding"),
        (b"9" * (MOST_BYTES + 1), "file.too_large"),
    ],
)
def test_what_is_no_text_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(LoggerError) as caught:
        read_export(text_of(content))
    assert [fault.code for fault in caught.value.faults] == [code]


@pytest.mark.skipif(not NAB.is_dir(), reason=f"the real series are not here: {NAB}")
@pytest.mark.parametrize("name", ["ambient", "machine"])
def test_a_real_series_in_other_units_is_refused(name: str) -> None:
    text = text_of((NAB / f"{name}_temperature_system_failure.csv").read_bytes())
    assert faults(text) == [(1, "header.column")]


@pytest.mark.skipif(not NAB.is_dir(), reason=f"the real series are not here: {NAB}")
def test_a_real_series_with_an_hour_told_twice_is_refused_with_the_lines() -> None:
    text = text_of((NAB / "machine_temperature_system_failure.csv").read_bytes())
    found = faults(text, Mapping(celsius="value"))
    assert found[0] == (10151, "time.order")
    assert (10162, "time.duplicate") in found


rows = st.lists(st.tuples(st.integers(1, 100_000), st.floats(-90, 90)), min_size=1, max_size=50)


@given(rows)
def test_what_is_written_is_read_again(steps: list[tuple[int, float]]) -> None:
    times = np.cumsum([step for step, _ in steps]) + 1_772_000_000_000
    text = HEAD + "".join(f"{told(int(ms))},{value!r}\n" for ms, (_, value) in zip(times, steps, strict=True))
    found = read(text)
    assert found.ts_ms.tolist() == times.tolist()
    assert found.celsius.tolist() == [value for _, value in steps]


noise = st.text(st.sampled_from('0123456789-+:TZ,;."\n\r\t eninaf'), max_size=8)


@given(st.integers(0, len(GOOD)), noise, st.integers(0, 6), st.sampled_from([None, SHANGHAI, BERLIN]))
@settings(max_examples=500, deadline=None)
def test_every_mutation_is_read_or_refused_by_name(at: int, put: str, cut: int, mapping: Mapping | None) -> None:
    try:
        found: object = read_export(GOOD[:at] + put + GOOD[at + cut :], mapping)
    except LoggerError as error:
        found = error.faults
    assert found
