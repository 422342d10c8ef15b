"""A CSV text that is taken whole or not at all: every line checked, every fault named by its line. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from wms.errors import FaultyLines, Invalid, LineFault

T = TypeVar("T")


def read_lines(
    text: str, columns: Sequence[str], read: Callable[[Mapping[str, str]], T], *, code: str, most: int
) -> tuple[tuple[int, T], ...]:
    """(line number, what ``read`` makes of it) for each line of a CSV text with exactly these columns.

    ``read`` raises Invalid for a line that is wrong. Raises FaultyLines with every fault there is.
    """
    if "\x00" in text or "\ufffd" in text:
        raise FaultyLines(code, [LineFault(1, "encoding", "The text is not UTF-8; save the file as UTF-8 CSV")])
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    faults: list[LineFault] = []
    found: list[tuple[int, T]] = []
    try:
        header = next(reader, [])
        if [name.strip() for name in header] != list(columns):
            raise FaultyLines(code, [LineFault(1, "header", f"The columns must be {','.join(columns)}")])
        for cells in reader:
            if not cells:
                continue
            line = reader.line_num
            if len(found) + len(faults) >= most:
                raise FaultyLines(code, [LineFault(line, "too_long", f"A file has at most {most} lines; split it")])
            if len(cells) != len(columns):
                faults.append(LineFault(line, "columns", f"{len(cells)} cells, the header has {len(columns)}"))
                continue
            try:
                found.append((line, read(dict(zip(columns, (cell.strip() for cell in cells), strict=True)))))
            except Invalid as error:
                faults.append(LineFault(line, error.code, error.detail))
    except csv.Error as error:
        faults.append(LineFault(max(1, reader.line_num), "csv", f"This is not CSV: {error}"))
    if not found and not faults:
        faults.append(LineFault(1, "empty", "The file has no lines under its header"))
    if faults:
        raise FaultyLines(code, faults)
    return tuple(found)


def instant_in(column: str, text: str) -> datetime:
    """An instant with its offset; raises Invalid."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(column, f"{column}: {text!r} is not an ISO 8601 instant") from None
    if at.tzinfo is None:
        raise Invalid(column, f"{column}: {text!r} has no offset; write it with Z or +08:00")
    return at


def required_in(row: Mapping[str, str], column: str, *, most: int = 120) -> str:
    """The text of a cell that must not be empty; raises Invalid."""
    text = row[column]
    if not text:
        raise Invalid(column, f"{column} is missing")
    if len(text) > most:
        raise Invalid(column, f"{column} has more than {most} characters")
    return text
