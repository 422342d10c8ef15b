"""Tables that ICCBBA licenses to a site: what product description codes and special-testing codes mean.

None of them is part of this program. A site exports its own as CSV in UTF-8 and it is read here; ST-001 5.2 names the
columns of special testing (NCODE, INTERPRETATION, RETIREDATE), products have code, description and retire_date.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from blood.isbt128.layout import UPPER, UPPER_DIGIT, Layout, layout

_PRODUCT: Final = layout(UPPER, (4, UPPER_DIGIT))
_TEST: Final = layout((5, UPPER_DIGIT))
_PRODUCT_COLUMNS: Final = ("code", "description", "retire_date")
_TEST_COLUMNS: Final = ("NCODE", "INTERPRETATION", "RETIREDATE")
_ICCBBA_DATE: Final = "%d %b %Y"


class TableError(ValueError):
    """A site's table that cannot be used; ``code`` names the fault, ``line`` is the line of the file from 1."""

    def __init__(self, code: str, line: int, message: str) -> None:
        self.code = code
        self.line = line
        super().__init__(f"line {line}: {message}")


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """What a code means, and since when it is not to be used for new products (None: in use)."""

    code: str
    words: str
    retired_on: date | None


def read_product_table(text: str) -> Mapping[str, CodeMeaning]:
    """Product description code (5 characters) -> description; raises TableError."""
    return _read(text, _PRODUCT_COLUMNS, _PRODUCT)


def read_special_testing_table(text: str) -> Mapping[str, CodeMeaning]:
    """Special-testing code (5 characters) -> interpretation; raises TableError."""
    return _read(text, _TEST_COLUMNS, _TEST)


def _read(text: str, columns: tuple[str, str, str], form: Layout) -> Mapping[str, CodeMeaning]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    found: dict[str, CodeMeaning] = {}
    places: tuple[int, int, int] | None = None
    try:
        for row in reader:
            if places is None:
                places = _places(row, columns)
            elif row:
                meaning = _meaning(row, places, form, reader.line_num)
                if meaning.code in found:
                    raise TableError("table.twice", reader.line_num, f"{meaning.code} stands in the table twice")
                found[meaning.code] = meaning
    except csv.Error as error:
        raise TableError("table.csv", reader.line_num, f"it is no CSV: {error}") from error
    if not found:
        raise TableError("table.empty", 1, "the table has no codes")
    return found


def _places(head: list[str], columns: tuple[str, str, str]) -> tuple[int, int, int]:
    names = [name.strip().lower() for name in head]
    missing = [column for column in columns if column.lower() not in names]
    if missing:
        raise TableError("table.columns", 1, f"the first line must name the columns {', '.join(missing)}")
    first, second, third = (names.index(column.lower()) for column in columns)
    return first, second, third


def _meaning(row: list[str], places: tuple[int, int, int], form: Layout, line: int) -> CodeMeaning:
    if len(row) <= max(places):
        raise TableError("table.row", line, f"{len(row)} fields are too few")
    code, words, retired = (row[place].strip() for place in places)
    if not form.pattern.fullmatch(code):
        raise TableError("table.code", line, f"{code!r} is no code of five capital letters and digits")
    if not words:
        raise TableError("table.words", line, f"{code} has no description")
    return CodeMeaning(code, words, _day(retired, line))


def _day(text: str, line: int) -> date | None:
    """A date as ISO 8601 or as ICCBBA writes it (31 JAN 2024); nothing for a code in use."""
    if not text:
        return None
    for form in ("%Y-%m-%d", _ICCBBA_DATE):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, no instant
        except ValueError:
            continue
    raise TableError("table.date", line, f"{text!r} is no date such as 2024-01-31 or 31 JAN 2024")
