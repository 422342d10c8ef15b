"""Who is to be told now of an alarm that nobody has acted on. Pure: ladder, rota and what was told are arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from wms.notices.ladder import ALL_CHANNELS, Ladder, Position
from wms.notices.reach import Reach
from wms.notices.rota import OnDuty
from wms.notices.tables import ChannelKind


@dataclass(frozen=True, slots=True)
class Climb:
    """One alarm from its raising (or its re-alarm) until somebody acts. ``step`` -1: nobody was told so far.

    ``told_at`` is the first telling or the last repeat, whichever is later.
    """

    id: str
    alarm: str
    occurrence: str | None
    priority: int
    owner: Position
    begun_at: datetime
    step: int = -1
    repeats: int = 0
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Tell these people by these channels: a step reached, or an earlier one told again (``repeat`` from 1)."""

    step: int
    repeat: int
    position: Position
    people: tuple[str, ...]
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Addressed:
    """One message: to a person by their own address, or (``person`` None) to everybody behind a channel."""

    call: Call
    channel: str
    person: str | None
    told: tuple[str, ...]


def due(
    climb: Climb,
    ladder: Ladder,
    on_duty: Callable[[Position], OnDuty],
    now: datetime,
    zone: tzinfo,
    *,
    least_between: timedelta = timedelta(0),
) -> tuple[Call, ...]:
    """Calls that are due at ``now`` (domain time): every step reached and not told, and those told before once more.

    After a standstill all steps that were missed are due at once, but only one repeat. ``least_between`` is the least
    domain time between two repeats, so that a clock that runs fast does not make a flood. Quiet hours put off, they
    drop nothing.
    """
    if ladder.is_quiet(now, zone):
        return ()
    reached = [
        _call(climb, ladder, index, 0, on_duty)
        for index in range(climb.step + 1, len(ladder.steps))
        if climb.begun_at + timedelta(minutes=ladder.steps[index].after_min) <= now
    ]
    return (*reached, *_again(climb, ladder, on_duty, now, least_between))


def next_at(climb: Climb, ladder: Ladder, least_between: timedelta = timedelta(0)) -> datetime | None:
    """When the next call is due if nobody acts (quiet hours aside); None when nothing more comes."""
    steps = [climb.begun_at + timedelta(minutes=step.after_min) for step in ladder.steps[climb.step + 1 :]]
    every = ladder.repeat_every
    if every is not None and climb.told_at is not None:
        steps.append(climb.told_at + max(every, least_between))
    return min(steps, default=None)


def addressed(calls: Sequence[Call], channels: Sequence[Reach]) -> tuple[Addressed, ...]:
    """The messages of calls, at most one for each channel and address: the higher step speaks for both.

    The wall shows and sounds all the time, so nothing is repeated on it.
    """
    found: dict[tuple[str, str | None], Addressed] = {}
    for call in calls:
        for channel in channels:
            if ALL_CHANNELS not in call.channels and channel.name not in call.channels:
                continue
            if call.repeat and channel.kind is ChannelKind.WALL:
                continue
            for person, told in _addresses(call, channel):
                earlier = found.get((channel.name, person))
                if earlier is None:
                    found[channel.name, person] = Addressed(call, channel.name, person, told)
                elif person is None:
                    everybody = tuple(sorted({*earlier.told, *told}))
                    found[channel.name, person] = Addressed(earlier.call, channel.name, None, everybody)
    return tuple(found.values())


def _again(
    climb: Climb, ladder: Ladder, on_duty: Callable[[Position], OnDuty], now: datetime, least_between: timedelta
) -> Iterable[Call]:
    every = ladder.repeat_every
    if every is None or climb.told_at is None or now < climb.told_at + max(every, least_between):
        return
    for index in range(climb.step, -1, -1):
        yield _call(climb, ladder, index, climb.repeats + 1, on_duty)


def _call(climb: Climb, ladder: Ladder, index: int, repeat: int, on_duty: Callable[[Position], OnDuty]) -> Call:
    step = ladder.steps[index]
    position = climb.owner if step.who is Position.OWNER else step.who
    return Call(index, repeat, position, on_duty(position).people, step.channels)


def _addresses(call: Call, channel: Reach) -> Iterable[tuple[str | None, tuple[str, ...]]]:
    if not channel.people:
        return [(None, call.people)]
    return [(person, (person,)) for person in call.people if person in channel.people]
