"""Dates of the moving feasts whose weeks empty the donor chairs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

_NEW_YEAR: Final = {  # Lunar New Year's Day in China, as published by its observatory
    2019: (2, 5),
    2020: (1, 25), 2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17),
    2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 3), 2031: (1, 23), 2032: (2, 11), 2033: (1, 31),
    2034: (2, 19), 2035: (2, 8), 2036: (1, 28), 2037: (2, 15), 2038: (2, 4), 2039: (1, 24), 2040: (2, 12),
}  # fmt: skip
_EVE_BEGINS: Final = timedelta(days=3)  # design: people travel home before the feast
_HIJRI_EPOCH: Final = date(622, 7, 19).toordinal()
_FASTING: Final = 9


class UnknownFeastError(ValueError):
    """A year for which the date of a feast is not known."""


def spring_festivals(year: int) -> tuple[date, ...]:
    """First day of the Spring Festival hole of a year; raises UnknownFeastError outside 2019-2040."""
    if year not in _NEW_YEAR:
        raise UnknownFeastError(f"the Lunar New Year of {year} is not in the table ({min(_NEW_YEAR)}-{max(_NEW_YEAR)})")
    return (date(year, *_NEW_YEAR[year]) - _EVE_BEGINS,)


def fasting_months(year: int) -> tuple[date, ...]:
    """First days of the fasting months that begin in a (Gregorian) year, by the tabular calendar: to a day or two."""
    hijri = int((year - 622) * 33 / 32)
    days = (_first_of(candidate, _FASTING) for candidate in range(hijri - 1, hijri + 3))
    return tuple(day for day in days if day.year == year)


def _first_of(hijri: int, month: int) -> date:
    """First day of a month of the tabular Islamic calendar: months of 30 and 29 days, 11 leap years in 30."""
    days = (hijri - 1) * 354 + (11 * hijri + 3) // 30 + (59 * (month - 1) + 1) // 2
    return date.fromordinal(_HIJRI_EPOCH + days)
