"""The ladder: who is told how many minutes after an alarm was raised, as the site's file says (`ladder.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Final

import msgspec

from wms.people.roles import Role

FILE: Final = Path(__file__).with_name("ladder.toml")
ALL_CHANNELS: Final = "*"
PRIORITIES: Final = (1, 2, 3, 4)
NEVER_QUIET: Final = 2
"""Priorities up to this one know no quiet hours."""
_Minutes = Annotated[float, msgspec.Meta(ge=0.0)]


class Position(StrEnum):
    """Whom a step tells. `owner` is the position of the role that has to act first; the rota fills the other four."""

    OWNER = "owner"
    OPERATOR = "operator"
    SHIFT_LEAD = "shift_lead"
    QUALITY = "quality"
    ENGINEER = "engineer"
    EVERYBODY = "everybody"


ON_ROTA: Final = (Position.OPERATOR, Position.SHIFT_LEAD, Position.QUALITY, Position.ENGINEER)
NAMES: Final[Mapping[Position, tuple[str, str]]] = {
    Position.OWNER: ("Whoever has to act first", "首要处理人"),
    Position.EVERYBODY: ("Everybody", "全体人员"),
}


class LadderError(ValueError):
    """A ladder file that cannot be used; the text names the priority and the fault."""


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tell ``who`` on these channels ``after_min`` minutes (domain time) after the raising."""

    after_min: _Minutes
    who: Position
    channels: tuple[str, ...] = (ALL_CHANNELS,)


class _Quiet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    from_text: str = msgspec.field(name="from")
    to_text: str = msgspec.field(name="to")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local times between which nobody is told; they may go over midnight."""

    from_time: time
    to_time: time

    def covers(self, local: time) -> bool:
        """True when a local time lies in them."""
        if self.from_time <= self.to_time:
            return self.from_time <= local < self.to_time
        return local >= self.from_time or local < self.to_time


class _LadderEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    priority: Annotated[int, msgspec.Meta(ge=1, le=4)]
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1)]
    repeat_every_min: Annotated[float, msgspec.Meta(gt=0.0)] | None = None
    quiet: _Quiet | None = None


class PositionRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A position of the rota: its names, and the roles that stand in when the rota has nobody."""

    key: Position
    name_en: str
    name_zh: str
    roles: tuple[Role, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    source: str
    status: str
    position: tuple[PositionRule, ...]
    ladder: tuple[_LadderEntry, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of one priority, in order of time."""

    priority: int
    steps: tuple[Step, ...]
    repeat_every_min: float | None
    quiet: QuietHours | None

    def is_quiet(self, at: datetime, zone: tzinfo) -> bool:
        """True while nobody is to be told at an instant."""
        return self.quiet is not None and self.quiet.covers(at.astimezone(zone).time())

    @property
    def repeat_every(self) -> timedelta | None:
        """Domain time between two tellings of the same; None: told once."""
        return None if self.repeat_every_min is None else timedelta(minutes=self.repeat_every_min)


@dataclass(frozen=True, slots=True)
class Ladders:
    """All ladders and positions of a site."""

    version: int
    by_priority: Mapping[int, Ladder]
    positions: Mapping[Position, PositionRule]

    def name_of(self, position: Position) -> tuple[str, str]:
        """What a position is called, in English and Chinese."""
        rule = self.positions.get(position)
        return NAMES[position] if rule is None else (rule.name_en, rule.name_zh)


@cache
def load_ladders(path: Path = FILE) -> Ladders:
    """Read and check a ladder file; raises LadderError naming what is wrong with it."""
    try:
        content = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except (OSError, ValueError) as error:
        raise LadderError(f"{path}: {error}") from error
    ladders = {entry.priority: _ladder(path, entry) for entry in content.ladder}
    positions = {rule.key: rule for rule in content.position}
    if missing := [priority for priority in PRIORITIES if priority not in ladders]:
        raise LadderError(f"{path}: no ladder for priority {missing[0]}: nobody would be told")
    if absent := [position.value for position in ON_ROTA if position not in positions]:
        raise LadderError(f"{path}: position {absent[0]} is not described")
    return Ladders(content.version, dict(sorted(ladders.items())), positions)


def _ladder(path: Path, entry: _LadderEntry) -> Ladder:
    if entry.quiet is not None and entry.priority <= NEVER_QUIET:
        raise LadderError(f"{path}: priority {entry.priority} must not have quiet hours")
    if entry.priority <= NEVER_QUIET and (entry.repeat_every_min is None or entry.steps[0].after_min > 0):
        raise LadderError(f"{path}: priority {entry.priority} is told at once, and again until somebody acts")
    if list(entry.steps) != sorted(entry.steps, key=lambda step: step.after_min):
        raise LadderError(f"{path}: the steps of priority {entry.priority} are not in order of time")
    try:
        quiet = None
        if entry.quiet is not None:
            quiet = QuietHours(time.fromisoformat(entry.quiet.from_text), time.fromisoformat(entry.quiet.to_text))
    except ValueError as error:
        raise LadderError(f"{path}: quiet hours of priority {entry.priority}: {error}") from error
    return Ladder(entry.priority, entry.steps, entry.repeat_every_min, quiet)
