"""The text export of a Berlinger Fridge-tag 2: daily minima, maxima and minutes outside its own two limits.

The format is not published; it was read off real exports. What is needed must be there and make sense, else the file is
refused; keys that are not known here are told as doubts. All times are the device's own clock: a zone is not in the
file. Its signature is carried along but not checked: the maker has not published how.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final

from telemetry.excursions import ExcursionKind
from telemetry.loggers.content import checked
from telemetry.loggers.fridge_tag_doubts import doubts_of
from telemetry.loggers.fridge_tag_lines import Section, tree_of
from telemetry.loggers.model import (
    AlarmLimit,
    DailyExport,
    DailySummary,
    DeviceFault,
    Fault,
    LoggerError,
    LoggerFormat,
    Outside,
    SensorSetting,
    SensorTimeout,
    refused,
)

BEGINNING: Final = "Device: Q-tag Fridge-tag 2"
_KINDS: Final = {0: ExcursionKind.BELOW, 1: ExcursionKind.ABOVE}
"""The device's alarm numbers."""
_SENSORS: Final = {"Int Sensor": "internal", "Ext Sensor": "external"}
_MOST_MIN: Final = 1_000_000
_MOST_DAYS: Final = 1_000
_YEARS: Final = (2000, 2200)
_COLDEST_C, _WARMEST_C = -273.15, 1_000.0
_SIGNATURE_DIGITS: Final = 128


def is_fridge_tag(text: str) -> bool:
    """True when a text begins as such an export does."""
    return text.lstrip().startswith(BEGINNING)


def read_fridge_tag(text: str) -> DailyExport:
    """Read an export whole, or raise LoggerError."""
    root = tree_of(checked(text))
    device, line = root.text("Device")
    if device != BEGINNING.partition(": ")[2]:
        raise refused("fridge_tag.device", f"{device[:40]!r} is not a Fridge-tag 2", line)
    signature = _signature(root)
    configuration, history = root.section("Conf"), root.section("Hist")
    limits = tuple(_limits(configuration.section("Alarm")))
    unit, unit_line = configuration.text("Temp unit")
    if unit != "C":
        raise refused("fridge_tag.unit", f"Temperatures are in {unit[:10]!r}; set the device to Celsius", unit_line)
    export = DailyExport(
        format=LoggerFormat.FRIDGE_TAG_2,
        device=device,
        version=root.text("Vers")[0],
        firmware=root.text("Fw Vers")[0],
        serial=_serial(configuration),
        lot=configuration.text("Lot")[0],
        activated_at=_instant(history, "TS Actv"),
        created_at=_instant(history, "TS Report Creation"),
        tested_at=_instant(configuration, "Test TS"),
        test_passed=_whole(configuration, "Test Res", 9) == 1,
        measurement_delay_min=_whole(configuration, "Measurement delay", _MOST_MIN),
        limits=limits,
        sensors=tuple(_sensors(configuration)),
        device_faults=tuple(_device_faults(root)),
        days=tuple(_days(history, limits)),
        kept_days=_whole(configuration, "Report history length", _MOST_DAYS),
        signature=signature,
    )
    _know(root, configuration)
    return doubts_of(export, tuple(root.unasked()))


def _know(root: Section, configuration: Section) -> None:
    """Ask for what is understood and not used, so that only what is new remains."""
    for key in ("Sensor", "Ext Sensor", "Sig Cert", "Sig"):
        root.maybe(key)
    known = (
        *("PCB", "CID", "Zone", "Moving Avrg", "User Alarm Config", "User Clock Config", "Alarm Indication"),
        *("Det Report", "Use ext devices"),
    )
    for key in known:
        configuration.maybe(key)
    for key in ("Vers", "Lot", "Issuer", "Valid from", "Owner", "Public Key"):
        root.section("Cert").maybe(key)


def _signature(root: Section) -> str:
    """The last line of a whole export; without it the file was cut off."""
    found = root.maybe("Sig")
    if root.maybe_section("Cert") is None or found is None:
        raise refused("fridge_tag.cut_off", "The file ends before the device's signature: it was cut off")
    text, line = found
    if len(text) != _SIGNATURE_DIGITS or not set(text) <= set("0123456789abcdef"):
        raise refused("fridge_tag.cut_off", "The device's signature is not whole: the file was cut off", line)
    return text


def _serial(configuration: Section) -> str:
    text, line = configuration.text("Serial")
    if not (text.isascii() and text.isalnum() and len(text) <= 40):
        raise refused("fridge_tag.serial", f"{text[:40]!r} is no serial number", line)
    return text


def _limits(section: Section) -> Iterator[AlarmLimit]:
    numbered = dict(section.numbered())
    if set(numbered) != set(_KINDS):
        raise refused("fridge_tag.limits", "The device has a low limit (0) and a high limit (1)", section.line)
    limits = {
        number: AlarmLimit(kind, _celsius(numbered[number], "T AL"), _whole(numbered[number], "t AL", _MOST_MIN))
        for number, kind in _KINDS.items()
    }
    if not limits[0].limit_c < limits[1].limit_c:
        raise refused("fridge_tag.limits", "The low limit is not below the high one", section.line)
    yield from limits.values()


def _sensors(configuration: Section) -> Iterator[SensorSetting]:
    for key, name in _SENSORS.items():
        section = configuration.maybe_section(key)
        if section is not None:
            yield SensorSetting(name, _whole(section, "Timeout", _MOST_MIN), _celsius(section, "Offset"))


def _device_faults(root: Section) -> Iterator[DeviceFault]:
    section = root.maybe_section("Errors")
    if section is None:
        return
    for code, one in section.numbered():
        yield DeviceFault(code, _whole(one, "Err Count", _MOST_MIN), _instant(one, "Err TS"))


def _days(history: Section, limits: tuple[AlarmLimit, ...]) -> Iterator[DailySummary]:
    faults: list[Fault] = []
    expected, last = 1, None
    for number, section in history.numbered():
        try:
            day = _day(section, limits)
            if number != expected:
                raise refused("fridge_tag.days", f"Day {number} follows day {expected - 1}: days are missing", day.line)
            if last is not None and (last - day.day).days < 1:
                raise refused("fridge_tag.days", f"{day.day} does not lie before {last}", day.line)
            last = day.day
            yield day
        except LoggerError as error:
            faults.extend(error.faults)
        expected = number + 1
    if faults:
        raise LoggerError(faults)
    if last is None:
        raise refused("fridge_tag.days", "The history holds no day", history.line)


def _day(section: Section, limits: tuple[AlarmLimit, ...]) -> DailySummary:
    alarms = dict(section.section("Alarm").numbered())
    if len(alarms) != len(limits):
        raise refused("fridge_tag.limits", "A day has minutes for each of the two limits", section.line)
    checked_at = section.maybe_section("Checked")
    return DailySummary(
        day=_date(section),
        line=section.line,
        min_c=_celsius(section, "Min T"),
        min_at=_time(section, "TS Min T"),
        max_c=_celsius(section, "Max T"),
        max_at=_time(section, "TS Max T"),
        mean_c=_celsius(section, "Avrg T"),
        outside=tuple(_outside(alarms, limits, section.line)),
        timeouts=tuple(_timeouts(section)),
        events=_whole(section, "Events", _MOST_MIN),
        checked_at=tuple(_checked(checked_at)),
    )


def _outside(alarms: dict[int, Section], limits: tuple[AlarmLimit, ...], line: int) -> Iterator[Outside]:
    for number, limit in enumerate(limits):
        section = alarms.get(number)
        if section is None:
            raise refused("fridge_tag.limits", f"The day has no minutes for limit {number}", line)
        section.maybe("C A")
        stood = _time(section, "TS A") if section.maybe("TS A") else None
        yield Outside(limit.kind, _whole(section, "t Acc", _MOST_MIN), stood)


def _timeouts(section: Section) -> Iterator[SensorTimeout]:
    for key, name in _SENSORS.items():
        one = section.maybe_section(f"{key} timeout")
        if one is not None:
            since = _time(one, "TS ST") if one.maybe("TS ST") else None
            yield SensorTimeout(name, _whole(one, "t AccST", _MOST_MIN), since)


def _checked(section: Section | None) -> Iterator[time]:
    if section is None:
        return
    for key in ("TS AM", "TS PM"):
        if section.maybe(key):
            yield _time(section, key)


def _whole(section: Section, key: str, most: int) -> int:
    text, line = section.text(key)
    if not (text.isascii() and text.isdigit() and len(text) <= 7 and int(text) <= most):
        raise refused("fridge_tag.number", f"{key}: {text[:40]!r} is no whole number up to {most}", line)
    return int(text)


def _celsius(section: Section, key: str) -> float:
    text, line = section.text(key)
    try:
        value = float(text) if text.isascii() and "_" not in text else _WARMEST_C
    except ValueError:
        value = _WARMEST_C
    if not _COLDEST_C < value < _WARMEST_C:
        raise refused("fridge_tag.number", f"{key}: {text[:40]!r} is no temperature", line)
    return value


def _instant(section: Section, key: str) -> datetime:
    return _parsed(section, key, "%Y-%m-%d %H:%M", "no instant such as 2023-02-14 06:05")


def _date(section: Section) -> date:
    return _parsed(section, "Date", "%Y-%m-%d", "no day such as 2023-02-14").date()


def _time(section: Section, key: str) -> time:
    return _parsed(section, key, "%H:%M", "no time of day such as 06:05").time()


def _parsed(section: Section, key: str, form: str, wrong: str) -> datetime:
    text, line = section.text(key)
    try:
        at = datetime.strptime(text, form)  # noqa: DTZ007 - the device's own clock, which names no zone
    except ValueError as error:
        raise refused("fridge_tag.time", f"{key}: {text[:40]!r} is {wrong}", line) from error
    if "%Y" in form and not _YEARS[0] <= at.year < _YEARS[1]:
        raise refused("fridge_tag.time", f"{key}: {text[:40]!r} is not in {_YEARS[0]} to {_YEARS[1] - 1}", line)
    return at
