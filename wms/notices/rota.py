"""The rota: who is on duty at an instant, who stands in, and when there is nobody. Pure; times are the site's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from wms.notices.ladder import ON_ROTA, Ladders, Position
from wms.notices.reach import Reach
from wms.notices.tables import ChannelKind
from wms.people.roles import Role

STAFF: Final = frozenset({Role.OPERATOR, Role.QUALITY, Role.ENGINEER, Role.ADMINISTRATOR})
_DAY: Final = timedelta(days=1)


class DutySource(StrEnum):
    """Why these people: the rota, a substitute, everybody of the role (a gap), everybody at all (a gap, no role)."""

    ROTA = "rota"
    SUBSTITUTE = "substitute"
    ROLE = "role"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Shift:
    """A person on duty at these weekdays (1 Monday to 7) from a local time to another, over midnight if it is earlier.

    Equal times are the whole day. After a summer-time change the wall clock counts.
    """

    position: Position
    person: str
    substitute: str | None
    weekdays: frozenset[int]
    from_time: time
    to_time: time

    def covers(self, local: datetime) -> bool:
        """True when a local instant lies in it."""
        today, yesterday = local.isoweekday(), (local - _DAY).isoweekday()
        at = local.time()
        if self.from_time < self.to_time:
            return today in self.weekdays and self.from_time <= at < self.to_time
        return (today in self.weekdays and at >= self.from_time) or (yesterday in self.weekdays and at < self.to_time)


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away between two instants."""

    person: str
    from_at: datetime
    to_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rota:
    """All shifts and absences of a site."""

    shifts: tuple[Shift, ...] = ()
    absences: tuple[Absence, ...] = ()

    def is_away(self, person: str, at: datetime) -> bool:
        """True while a person is away."""
        return any(one.person == person and one.from_at <= at < one.to_at for one in self.absences)


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who is told for a position, and why."""

    position: Position
    people: tuple[str, ...]
    source: DutySource

    @property
    def is_gap(self) -> bool:
        """True when the rota has nobody who could be told."""
        return self.source in {DutySource.ROLE, DutySource.EVERYBODY} and self.position is not Position.EVERYBODY


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without anybody on duty for a position."""

    position: Position
    from_at: datetime
    to_at: datetime


People = Mapping[str, frozenset[Role]]
"""Active accounts and their roles."""


def within_reach(people: People, channels: Iterable[Reach]) -> People:
    """People whom a message can reach: all, while one shared channel beside the wall leads to everybody.

    Where only personal addresses are configured, somebody without one would be on duty in vain: it counts as a gap.
    With the wall alone, or when nobody has an address, it is all people again.
    """
    away_from_screens = [channel for channel in channels if channel.kind is not ChannelKind.WALL]
    if not away_from_screens or any(not channel.people for channel in away_from_screens):
        return people
    addressed = {person for channel in away_from_screens for person in channel.people}
    return {name: roles for name, roles in people.items() if name in addressed} or people


def on_duty(rota: Rota, ladders: Ladders, people: People, position: Position, at: datetime, zone: tzinfo) -> OnDuty:
    """Who is told for a position at an instant: the shift, its substitute, everybody of the role, or everybody."""
    staff = tuple(sorted(name for name, roles in people.items() if roles & STAFF))
    if position is Position.EVERYBODY:
        return OnDuty(position, staff, DutySource.EVERYBODY)
    found, stands_in = _from_shifts(rota, people, position, at, zone)
    if found:
        return OnDuty(position, found, DutySource.SUBSTITUTE if stands_in else DutySource.ROTA)
    roles = frozenset(ladders.positions[position].roles)
    of_role = tuple(sorted(name for name, own in people.items() if own & roles))
    if of_role:
        return OnDuty(position, of_role, DutySource.ROLE)
    return OnDuty(position, staff, DutySource.EVERYBODY)


def gaps(
    rota: Rota, ladders: Ladders, people: People, from_at: datetime, to_at: datetime, zone: tzinfo
) -> tuple[Gap, ...]:
    """Every time between two instants for which the rota has nobody, by position."""
    found: list[Gap] = []
    edges = _edges(rota, from_at, to_at, zone)
    for position in ON_ROTA:
        open_from: datetime | None = None
        for at in edges:
            is_gap = at < to_at and on_duty(rota, ladders, people, position, at, zone).is_gap
            if is_gap and open_from is None:
                open_from = at
            elif not is_gap and open_from is not None:
                found.append(Gap(position, open_from, at))
                open_from = None
    return tuple(found)


def _from_shifts(
    rota: Rota, people: People, position: Position, at: datetime, zone: tzinfo
) -> tuple[tuple[str, ...], bool]:
    local = at.astimezone(zone)
    found: dict[str, None] = {}
    stands_in = False
    for shift in rota.shifts:
        if shift.position is not position or not shift.covers(local):
            continue
        for person in (shift.person, shift.substitute):
            if person is not None and person in people and not rota.is_away(person, at):
                stands_in = stands_in or person != shift.person
                found[person] = None
                break
    return tuple(found), stands_in


def _edges(rota: Rota, from_at: datetime, to_at: datetime, zone: tzinfo) -> Sequence[datetime]:
    """Every instant at which the answer may change, from the first to the last."""
    times = {time(), *(moment for shift in rota.shifts for moment in (shift.from_time, shift.to_time))}
    instants = {from_at, to_at, *_ends(rota.absences)}
    day = from_at.astimezone(zone).date()
    while day <= to_at.astimezone(zone).date():
        instants |= {datetime.combine(day, moment, tzinfo=zone).astimezone(from_at.tzinfo) for moment in times}
        day += _DAY
    return sorted(at for at in instants if from_at <= at <= to_at)


def _ends(absences: Iterable[Absence]) -> Iterable[datetime]:
    for absence in absences:
        yield absence.from_at
        yield absence.to_at
