"""Fridge-tag 2 exports: two real ones, contradictions, and what is not one."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from fridge_tag_text import SIGNATURE, day, export
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.excursions import ExcursionKind
from telemetry.loggers.content import text_of
from telemetry.loggers.fridge_tag import read_fridge_tag
from telemetry.loggers.model import DailyExport, LoggerError, ReadingsExport
from telemetry.loggers.read import read_export

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "fridge-tag-logs" / "FridgeTag_2"
real_data = pytest.mark.skipif(not REAL.is_dir(), reason=f"the real exports are not here: {REAL}")
ABOVE, BELOW = ExcursionKind.ABOVE, ExcursionKind.BELOW


def real(name: str) -> DailyExport:
    found = read_export(text_of((REAL / name).read_bytes()))
    assert isinstance(found, DailyExport)
    return found


def codes(text: str) -> list[str]:
    with pytest.raises(LoggerError) as caught:
        read_export(text)
    return [fault.code for fault in caught.value.faults]


def doubts(*days: str) -> list[str]:
    return [doubt.code.removeprefix("fridge_tag.doubt.") for doubt in read_fridge_tag(export(*days)).doubts]


@real_data
def test_the_first_real_export_is_read_whole() -> None:
    found = real("130400191542_202302140605.txt")
    assert (found.serial, found.firmware, found.measurement_delay_min) == ("130400191542", "3.4p0o", 10)
    assert [(one.kind, one.limit_c, one.after_min) for one in found.limits] == [(BELOW, -0.5, 60), (ABOVE, 8.0, 600)]
    assert [(one.name, one.timeout_min) for one in found.sensors] == [("internal", 1)]
    assert [(one.code, one.count, str(one.at)) for one in found.device_faults] == [(19, 1, "2022-03-24 15:30:00")]
    assert [str(found.activated_at), str(found.created_at)] == ["2022-03-24 02:22:00", "2023-02-14 06:05:00"]
    assert (len(found.days), found.kept_days, found.days[-1].day) == (60, 60, date(2022, 12, 17))
    assert all(one.alarms == (one.outside[1],) and one.alarms[0].alarm_at == time(0) for one in found.days)
    assert [one.outside[1].minutes for one in found.days] == [366, *[1440] * 59]
    newest = found.days[0]
    assert (newest.min_c, newest.min_at, newest.max_c, newest.max_at) == (18.0, time(0), 18.8, time(4, 57))


@real_data
def test_the_second_real_export_tells_of_an_external_sensor_and_its_time_outs() -> None:
    found = real("130400191544_202304201514.txt")
    assert [(one.name, one.timeout_min, one.offset_c) for one in found.sensors] == [
        ("internal", 1, 0.0),
        ("external", 10, 0.0),
    ]
    timeouts = [(one.day.day, t.minutes, t.since) for one in found.days for t in one.timeouts if t.minutes]
    assert timeouts == [(20, 21, time(15, 4)), (17, 178, time(16, 53))]
    assert [one.outside[1].minutes for one in found.days] == [0, 0, 2, 8]
    assert [one.checked_at for one in found.days] == [(time(15, 13),), (), (), (time(19, 39),)]
    assert not any(one.alarms for one in found.days)
    assert [one.events for one in found.days] == [16, 0, 0, 16]


@real_data
@pytest.mark.parametrize("name", ["130400191542_202302140605.txt", "130400191544_202304201514.txt"])
def test_the_numbers_of_the_real_devices_agree_with_each_other(name: str) -> None:
    assert real(name).doubts == ()


@real_data
@pytest.mark.parametrize("name", ["130400191542_202302140605.txt", "130400191544_202304201514.txt"])
def test_a_real_export_that_was_cut_off_anywhere_is_refused(name: str) -> None:
    text = (REAL / name).read_bytes().decode()
    for end in range(len("Device: Q-tag Fridge-tag 2"), len(text.rstrip()), 97):
        with pytest.raises(LoggerError):
            read_export(text[:end])


def test_an_export_without_contradictions_has_no_doubts() -> None:
    found = read_fridge_tag(export())
    assert found.doubts == ()
    assert found.signature == SIGNATURE


@pytest.mark.parametrize(
    ("days", "doubt"),
    [
        ([day(1, "2026-02-28", mean="+9.0")], "mean"),
        ([day(1, "2026-02-28", high="+9.0", above="367")], "minutes"),
        ([day(1, "2026-02-28", above="5")], "never_outside"),
        ([day(1, "2026-02-28"), day(2, "2026-02-27", low="+9.0", high="+9.9", mean="+9.5", above="30")],
         "always_outside"),
        ([day(1, "2026-02-28"), day(2, "2026-02-27", high="+9.0", above="700")], "no_alarm"),
        ([day(1, "2026-02-28"), day(2, "2026-02-27", low="-3.0", below="59, TS A: 03:00, C A: 1"),
          day(3, "2026-02-26")], "early_alarm"),
        ([day(1, "2026-02-28", external="20")], "timeout"),
        ([day(1, "2026-02-27"), day(2, "2026-02-26")], "newest"),
        ([day(1, "2026-02-28"), day(2, "2026-02-26")], "gap"),
        ([day(1, "2026-02-28")], "begin"),
        ([day(1, "2026-02-28"), day(2, "2026-02-27"), day(3, "2026-02-26"), day(4, "2026-02-25")], "oldest"),
    ],
)  # fmt: skip
def test_a_contradiction_in_the_devices_numbers_is_told(days: list[str], doubt: str) -> None:
    assert doubt in doubts(*days)


def test_an_alarm_that_goes_on_from_the_day_before_is_no_contradiction() -> None:
    run = [
        day(1, "2026-02-28", high="+9.0", above="20, TS A: 00:00, C A: 0"),
        day(2, "2026-02-27", high="+9.0", above="620, TS A: 20:00, C A: 1"),
        day(3, "2026-02-26"),
    ]
    assert doubts(*run) == []


def test_what_a_newer_firmware_adds_is_told_and_not_hidden() -> None:
    text = (
        export()
        .replace("  Events: 0\r\n", "  Events: 0\r\n  Humidity: 40\r\n", 1)
        .replace("Conf:", "New:\r\n X: 1\r\nConf:")
    )
    assert [doubt.code for doubt in read_fridge_tag(text).doubts] == ["fridge_tag.unknown"] * 2


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        ("Temp unit: F", "Temp unit: C", "fridge_tag.unit"),
        ("Device: Q-tag Fridge-tag 2L", "Device: Q-tag Fridge-tag 2\r", "fridge_tag.device"),
        ("Date: 2026-02-30", "Date: 2026-02-28", "fridge_tag.time"),
        ("Min T: +2.0.0", "Min T: +2.0", "fridge_tag.number"),
        ("Avrg T: nan", "Avrg T: +4.0", "fridge_tag.number"),
        ("Events: -1", "Events: 0", "fridge_tag.number"),
        ("   T AL: +9.0", "   T AL: -0.5", "fridge_tag.limits"),
        (" 3:\r\n  Date: 2026-02-27", " 2:\r\n  Date: 2026-02-27", "fridge_tag.twice"),
        (" 5:\r\n  Date: 2026-02-27", " 2:\r\n  Date: 2026-02-27", "fridge_tag.days"),
        ("Date: 2026-03-01", "Date: 2026-02-27", "fridge_tag.days"),
        ("    Vers: 0.5", "Vers: 0.5", "fridge_tag.indent"),
        ("Vers 0.5", "Vers: 0.5", "fridge_tag.line"),
        ("Sig: 12", f"Sig: {SIGNATURE}", "fridge_tag.cut_off"),
        ("Serial: a b", "Serial: 100200300400", "fridge_tag.serial"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(wrong: str, right: str, code: str) -> None:
    text = export()
    assert right in text
    assert codes(text.replace(right, wrong, 1))[0] == code


def test_every_fault_is_told_with_its_line() -> None:
    text = export(day(1, "2026-02-28", low="warm"), day(2, "2026-02-27", high="hot"), day(3, "2026-02-26"))
    with pytest.raises(LoggerError) as caught:
        read_export(text)
    lines = text.split("\r\n")
    assert [lines[fault.line - 1].strip() for fault in caught.value.faults if fault.line] == [
        "Min T: warm, TS Min T: 01:00",
        "Max T: hot, TS Max T: 02:00",
    ]


TEXT = export()
LINES = TEXT.split("\r\n")
noise = st.text(st.sampled_from("0123456789-+.:, TSdAlarm\t\x00\xff\r\n九"), max_size=12)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The text with characters changed, lines dropped, doubled, swapped or moved in, or an end cut off."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        act = draw(st.sampled_from(["drop", "double", "swap", "indent", "number", "noise"]))
        if act == "drop" and len(lines) > 1:
            del lines[at]
        elif act == "double":
            lines.insert(at, lines[at])
        elif act == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        elif act == "indent":
            lines[at] = draw(st.sampled_from([" ", "  ", "\t"])) + lines[at]
        elif act == "number":
            lines[at] = "".join(
                draw(st.sampled_from("09-:+.")) if c.isdigit() and draw(st.booleans()) else c for c in lines[at]
            )
        else:
            cut = draw(st.integers(0, len(lines[at])))
            lines[at] = lines[at][:cut] + draw(noise) + lines[at][cut + draw(st.integers(0, 3)) :]
    text = "\r\n".join(lines)
    return text[: draw(st.integers(0, len(text)))] if draw(st.booleans()) else text


def outcome(content: bytes) -> DailyExport | ReadingsExport | LoggerError:
    try:
        return read_export(text_of(content))
    except LoggerError as error:
        return error


@given(mutated())
@settings(max_examples=600, deadline=None)
def test_every_mutation_is_read_or_refused_by_name(text: str) -> None:
    found = outcome(text.encode())
    if isinstance(found, LoggerError):
        assert found.faults
        assert all(fault.code and fault.detail for fault in found.faults)
    elif isinstance(found, DailyExport):
        assert found.days


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_bytes_of_anything_are_read_or_refused_by_name(content: bytes) -> None:
    assert outcome(content)
