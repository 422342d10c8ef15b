"""One digit for two results: how antigen and marker structures pack them. Source: ST-001 Tables 9, 15 and 18."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

_NO_INFORMATION_DIGIT: Final = "9"


class Result(StrEnum):
    """What a structure says of one antigen or marker; only negative and positive are results."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    NOT_TESTED = "not tested"
    NO_INFORMATION = "no information"


_OF_ANTIGENS: Final = (Result.NOT_TESTED, Result.NEGATIVE, Result.POSITIVE)
_OF_MARKERS: Final = (Result.NO_INFORMATION, Result.NEGATIVE, Result.POSITIVE)


def antigen_pair(digit: str) -> tuple[Result, Result]:
    """Both results of a digit 0 to 9 of DS012 and DS014; 9 says nothing of either."""
    if digit == _NO_INFORMATION_DIGIT:
        return Result.NO_INFORMATION, Result.NO_INFORMATION
    first, second = divmod(int(digit), 3)
    return _OF_ANTIGENS[first], _OF_ANTIGENS[second]


def marker_pair(digit: str) -> tuple[Result, Result]:
    """Both results of a digit 0 to 8 of DS027."""
    first, second = divmod(int(digit), 3)
    return _OF_MARKERS[first], _OF_MARKERS[second]


def said(results: Mapping[str, Result]) -> Iterator[tuple[str, bool]]:
    """The results that are results: name, and True when positive."""
    for name, result in results.items():
        if result in {Result.NEGATIVE, Result.POSITIVE}:
            yield name, result is Result.POSITIVE
