"""The indented text of a Fridge-tag export as a tree of sections: `Key: value` lines, one space deeper per level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from telemetry.loggers.model import Fault, LoggerError, refused

MOST_LINES: Final = 20_000
_DEEPEST: Final = 6
_SEVERAL: Final = ("T AL", "Timeout", "Test Res", "Err Count", "Min T", "Max T", "t Acc", "t AccST")
"""Keys whose line goes on with further `key: value` pairs after a comma; other values may hold commas."""


@dataclass(slots=True)
class Section:
    """One section: values by key and sections by key, each with its line. What nobody asked for is told at the end."""

    name: str
    line: int
    values: dict[str, tuple[str, int]] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def text(self, key: str) -> tuple[str, int]:
        """A value that must be there, with its line; raises LoggerError."""
        found = self.maybe(key)
        if found is None:
            raise refused("fridge_tag.missing", f"{self.name} has no {key!r}: cut off, or another format", self.line)
        return found

    def maybe(self, key: str) -> tuple[str, int] | None:
        """A value that may be there, with its line."""
        self.asked.add(key)
        return self.values.get(key)

    def section(self, key: str) -> Section:
        """A section that must be there; raises LoggerError."""
        found = self.maybe_section(key)
        if found is None:
            raise refused("fridge_tag.missing", f"{self.name} has no {key!r}: cut off, or another format", self.line)
        return found

    def maybe_section(self, key: str) -> Section | None:
        """A section that may be there."""
        self.asked.add(key)
        return self.sections.get(key)

    def numbered(self) -> Iterator[tuple[int, Section]]:
        """Sections whose key is a number, in the order of the file."""
        for key, section in self.sections.items():
            if key.isascii() and key.isdigit():
                self.asked.add(key)
                yield int(key), section

    def unasked(self) -> Iterator[Fault]:
        """What stands here or deeper and nobody asked for: a newer firmware may say what we do not know."""
        for key, (_, line) in self.values.items():
            if key not in self.asked:
                yield Fault("fridge_tag.unknown", f"{self.name} says {key[:40]!r}, which is not understood", line)
        for key, section in self.sections.items():
            if key in self.asked:
                yield from section.unasked()
            else:
                detail = f"{self.name} has a section {key[:40]!r}, which is not understood"
                yield Fault("fridge_tag.unknown", detail, section.line)


def tree_of(text: str) -> Section:
    """The tree of an export; raises LoggerError for what is not indented `Key: value` lines, or says one key twice."""
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MOST_LINES:
        raise refused("file.too_large", f"{len(lines)} lines; an export has at most {MOST_LINES}")
    open_sections = [Section("the file", 1)]
    faults: list[Fault] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            _take(open_sections, line.rstrip(), number)
        except LoggerError as error:
            faults.extend(error.faults)
    if faults:
        raise LoggerError(faults)
    return open_sections[0]


def _take(open_sections: list[Section], line: str, number: int) -> None:
    """Enter one line below the section that it is indented under."""
    body = line.lstrip(" ")
    depth = len(line) - len(body)
    if depth >= len(open_sections) or depth > _DEEPEST:
        raise refused("fridge_tag.indent", "Indented deeper than what it belongs to", number)
    del open_sections[depth + 1 :]
    parent = open_sections[-1]
    key, colon, value = body.partition(":")
    if not colon or not key.strip():
        raise refused("fridge_tag.line", f"{body[:40]!r} is not of the form 'Key: value'", number)
    if not value.strip():
        section = Section(key, number)
        _once(parent, key, number)
        parent.sections[key] = section
        open_sections.append(section)
        return
    pairs = body.split(", ") if key in _SEVERAL else [body]
    for pair in pairs:
        name, colon, content = pair.partition(": ")
        if not colon or not content.strip():
            raise refused("fridge_tag.line", f"{pair[:40]!r} is not of the form 'Key: value'", number)
        _once(parent, name, number)
        parent.values[name] = content.strip(), number


def _once(parent: Section, key: str, number: int) -> None:
    if key in parent.values or key in parent.sections:
        raise refused("fridge_tag.twice", f"{parent.name} says {key[:40]!r} twice", number)
