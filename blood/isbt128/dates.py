"""Dates and times of expiry, collection and production (DS004 to 009), of supplies (DS026) and of any kind (DS031).

Local to the facility that made the label, without a zone: a caller keeps the zone beside it. Source: ST-001 2.4.4 to
2.4.9, 2.4.26, 2.4.31. The year is the last three digits: 0yy = 20yy (ST-012 example), 9yy = 19yy (unverified).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final, Self

from blood.isbt128.element import Element, Meaning
from blood.isbt128.layout import DIGIT, layout

_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2899
_TIME_TYPES: Final = {
    "01": "expiration",
    "02": "collection",
    "03": "production",
    "04": "cross clamp",
    "05": "preservation",
    "06": "death of the donor",
}
_ZONES: Final = {"1": "local", "2": "UTC"}


def _year(cyy: str) -> int:
    return (1000 if cyy[0] == "9" else 2000) + int(cyy)


class _Day(Element):
    """Century digit, year, day of the year."""

    layout = layout((6, DIGIT))

    def check_values(self) -> None:
        """The year must have such a day."""
        ordinal, year = int(self.content[3:6]), _year(self.content[:3])
        if not 1 <= ordinal <= date(year, 12, 31).timetuple().tm_yday:
            raise self.wrong(3, "value", f"the year {year} has no day {self.content[3:6]}")

    @property
    def day(self) -> date:
        """The date."""
        return date(_year(self.content[:3]), 1, 1) + timedelta(days=int(self.content[3:6]) - 1)

    @classmethod
    def of_day(cls, day: date) -> Self:
        """The structure for a date of the years 1900 to 2899; raises ValueError for another."""
        return cls(_day_content(day))

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """The date."""
        return {"date": self.day.isoformat()}


class _Minute(_Day):
    """A date with hour and minute."""

    layout = layout((10, DIGIT))

    def check_values(self) -> None:
        """The day must have such a minute."""
        super().check_values()
        if int(self.content[6:8]) > 23:
            raise self.wrong(6, "value", f"a day has no hour {self.content[6:8]}")
        if int(self.content[8:]) > 59:
            raise self.wrong(8, "value", f"an hour has no minute {self.content[8:]}")

    @property
    def at(self) -> datetime:
        """Local date and time, naive: the code has no zone."""
        clock = time(int(self.content[6:8]), int(self.content[8:]))
        return datetime.combine(self.day, clock)

    @classmethod
    def of(cls, local: datetime) -> Self:
        """The structure for a local time of the years 1900 to 2899, to the minute; raises ValueError for another."""
        return cls(f"{_day_content(local)}{local:%H%M}")

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """The local date and time."""
        return {"local_time": self.at.isoformat(timespec="minutes")}


def _day_content(day: date) -> str:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"ISBT 128 writes the years {_FIRST_YEAR} to {_LAST_YEAR}, not {day.year}")
    return f"{day.year % 1000:03d}{day:%j}"


class ExpirationDate(_Day):
    """DS004: expires at the end of this day; for blood DS005 is preferred."""

    data_structure = 4
    name = "Expiration Date"
    identifier = "=>"
    key = "expiry"


class ExpirationTime(_Minute):
    """DS005: expires at this minute."""

    data_structure = 5
    name = "Expiration Date and Time"
    identifier = "&>"
    key = "expiry"


class CollectionDate(_Day):
    """DS006."""

    data_structure = 6
    name = "Collection Date"
    identifier = "=*"
    key = "collection"


class CollectionTime(_Minute):
    """DS007."""

    data_structure = 7
    name = "Collection Date and Time"
    identifier = "&*"
    key = "collection"


class ProductionDate(_Day):
    """DS008."""

    data_structure = 8
    name = "Production Date"
    identifier = "=}"
    key = "production"


class ProductionTime(_Minute):
    """DS009."""

    data_structure = 9
    name = "Production Date and Time"
    identifier = "&}"
    key = "production"


class ExpirationMonth(Element):
    """DS026: month in which supplies expire; never used for blood."""

    data_structure = 26
    name = "Expiration Month and Year"
    identifier = "=]"
    key = "expiry_month"
    layout = layout((6, DIGIT))

    def check_values(self) -> None:
        """A year has twelve months."""
        if not 1 <= int(self.content[4:]) <= 12:
            raise self.wrong(4, "value", f"a year has no month {self.content[4:]}")

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Year and month."""
        return {"month": f"{self.content[:4]}-{self.content[4:]}"}


class FlexibleTime(Element):
    """DS031: a time of stated kind in local time or UTC; not for blood yet."""

    data_structure = 31
    name = "Flexible Date and Time"
    identifier = "=("
    key = "time"
    layout = layout((16, DIGIT))

    def check_values(self) -> None:
        """Zone, kind and time must exist."""
        if self.content[0] not in _ZONES:
            raise self.wrong(0, "zone", f"{self.content[0]!r} is neither local time (1) nor UTC (2)")
        if self.content[1] != "0":
            raise self.wrong(1, "reserved", f"the second character is {self.content[1]!r}, only 0 is defined")
        if self.content[2:4] not in _TIME_TYPES:
            raise self.wrong(2, "type", f"{self.content[2:4]!r} is no kind of time that is known")
        try:
            self._time()
        except ValueError:
            raise self.wrong(4, "value", f"there is no time {self.content[4:]}") from None

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Kind, zone and time."""
        return {
            "type": _TIME_TYPES[self.content[2:4]],
            "zone": _ZONES[self.content[0]],
            "time": self._time().isoformat(timespec="minutes"),
        }

    def _time(self) -> datetime:
        year, rest = int(self.content[4:8]), self.content[8:]
        month, day, hour, minute = (int(rest[start : start + 2]) for start in range(0, 8, 2))
        return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - the zone is told beside it
