"""Strict reading of one table of a rules file: every fault is named, and a number without a source is a fault.

A faulty value is replaced by something harmless so that reading goes on to the next fault; whoever reads a file raises
its own error when `faults` is not empty, so nothing that was replaced is ever used.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar

from blood.evidence import STATUSES, Evidence, Sourced

Choice = TypeVar("Choice", bound=StrEnum)

_DURATION: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_NOTHING: Final = Evidence("", "unverified")
_EVIDENCE: Final = frozenset({"source", "status"})


class Reading:
    """One table of a file; `faults` is shared by all tables of the file."""

    def __init__(self, where: str, entry: object, faults: list[str]) -> None:
        self.where = where
        self.faults = faults
        self.entry: Mapping[str, Any] = entry if isinstance(entry, dict) else {}
        if not isinstance(entry, dict):
            self.fault("it is not a table")

    def fault(self, text: str) -> None:
        """Note what is wrong with this table."""
        self.faults.append(f"{self.where}: {text}")

    def keys(self, required: Collection[str], optional: Collection[str] = ()) -> None:
        """Name the keys that are missing and those that nobody knows."""
        for key in sorted(set(required) - set(self.entry)):
            self.fault(f"{key} is missing")
        for key in sorted(set(self.entry) - set(required) - set(optional)):
            self.fault(f"{key} is unknown")

    def table(self, key: str) -> Reading:
        """A table inside this one."""
        return Reading(f"{self.where}, {key}", self.entry.get(key, {}), self.faults)

    def tables(self, key: str) -> list[Reading]:
        """A list of tables, numbered from 1."""
        entries = self.entry.get(key, [])
        if not isinstance(entries, list):
            self.fault(f"{key} is not a list of tables")
            return []
        return [Reading(f"{self.where}, {key} {n}", entry, self.faults) for n, entry in enumerate(entries, start=1)]

    def evidence(self) -> Evidence:
        """`source` and `status` of this table."""
        source, status = self.entry.get("source"), self.entry.get("status")
        if not isinstance(source, str) or not source.strip():
            self.fault("it has no source")
            return _NOTHING
        if status not in STATUSES:
            self.fault(f"it has the status {status!r}, not {', '.join(STATUSES)}")
            return _NOTHING
        return Evidence(source, str(status))

    def text(self, key: str) -> str:
        """A text that says something."""
        value = self.entry.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fault(f"{key} is not a text")
            return "?"
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; a key that is absent is an empty list."""
        value = self.entry.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.fault(f"{key} is not a list of names")
            return ()
        return tuple(value)

    def choice(self, kind: type[Choice], key: str, otherwise: Choice) -> Choice:
        """One word of an enumeration."""
        value = self.entry.get(key)
        if isinstance(value, str) and value in set(kind):
            return kind(value)
        self.fault(f"{key} {value!r} is none of {', '.join(kind)}")
        return otherwise

    def choices(self, kind: type[Choice], key: str) -> frozenset[Choice]:
        """Words of an enumeration; a key that is absent is none."""
        known = set(kind)
        words = self.texts(key)
        for word in words:
            if word not in known:
                self.fault(f"{key} {word!r} is none of {', '.join(kind)}")
        return frozenset(kind(word) for word in words if word in known)

    def number(self, key: str) -> float | None:
        """A finite number, or None when the key is absent."""
        value = self.entry.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.fault(f"{key} {value!r} is not a number")
            return None
        return float(value)

    def whole(self, key: str, *, least: int = 0) -> int | None:
        """A whole number of at least ``least``, or None when the key is absent."""
        value = self.entry.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.fault(f"{key} {value!r} is not a whole number from {least}")
            return None
        return value

    def duration(self, key: str) -> timedelta | None:
        """A duration such as P35D or PT24H, longer than nothing; None when the key is absent."""
        value = self.entry.get(key)
        if value is None:
            return None
        length = duration_of(value)
        if length is None:
            self.fault(f"{key} {value!r} is not a duration such as P35D or PT24H")
        elif length <= timedelta():
            self.fault(f"{key} is not longer than nothing")
        return length

    def sourced_duration(self, key: str) -> Sourced[timedelta] | None:
        """`{ value = "P14D", source = , status = }`, or None when the key is absent."""
        if (one := self._sourced(key)) is None:
            return None
        length = one.duration("value")
        return None if length is None else Sourced(length, one.evidence())

    def sourced_number(self, key: str) -> Sourced[float] | None:
        """`{ value = 0.5, source = , status = }`, or None when the key is absent."""
        if (one := self._sourced(key)) is None:
            return None
        number = one.number("value")
        return None if number is None else Sourced(number, one.evidence())

    def sourced_whole(self, key: str) -> Sourced[int] | None:
        """`{ value = 18, source = , status = }`, or None when the key is absent."""
        if (one := self._sourced(key)) is None:
            return None
        number = one.whole("value")
        return None if number is None else Sourced(number, one.evidence())

    def _sourced(self, key: str) -> Reading | None:
        if key not in self.entry:
            return None
        one = self.table(key)
        if "value" not in one.entry or set(one.entry) != _EVIDENCE | {"value"}:
            self.fault(f"{key} needs a value, a source and a status, and nothing else")
            return None
        return one


def duration_of(text: object) -> timedelta | None:
    """A duration such as P35D or PT24H; None when the text is none."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)
