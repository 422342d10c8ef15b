"""What the out-of-control clock of a bag says now: its times out of control, judged by its component's rule.

`clock_of` tells everything, and decides about returns. `out_events` is what eligibility judges before a bag may go out:
there the usual way through the centre is no time out of control. It takes a median of 11 min, 20 min at the 90th and 25
to 36 min at the 99th percentile from shelf to box or through labelling (measured over 9 simulated hours of the whole
centre, 150 trips of red cells, 100 of plasma), and a bag makes two such trips: a rule for returns (30 min over a whole
life in `cn-2012`) would refuse sound bags.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from blood.eligibility import BagStatus
from blood.out_of_control import Exposure, OutEvent, OutOfControlRule, judge
from plant.model import Plant
from wms.bags.exposure import ExposureCause, ExposureEvent, events_of, spans_of
from wms.bags.projection import BagState
from wms.store.driver import Driver
from wms.store.metadata import from_us

HANDLING_MIN: Final = 60.0
"""The longest time on the way through the centre that is its usual work (design, see above); a longer one counts."""
_VOUCHED: Final = (
    "SELECT hospital_return.hospital FROM returned_bag "
    "JOIN hospital_return ON hospital_return.id = returned_bag.hospital_return "
    "WHERE returned_bag.bag = ? AND hospital_return.temperature_ok"
)
_INSIDE: Final = frozenset({ExposureCause.HANDLING, ExposureCause.LOST})


@dataclass(frozen=True, slots=True)
class BagClock:
    """Every time out of control, and what its rule says of them; ``rule`` None: the profile has none."""

    events: tuple[ExposureEvent, ...]
    exposure: Exposure
    rule: OutOfControlRule | None

    @property
    def minutes_unknown(self) -> float:
        """Minutes for which nobody can say how warm it was."""
        return sum(event.minutes_unknown for event in self.events)


def clock_of(
    raw: Driver, plant: Plant, state: BagState, at: datetime, *, vouched: frozenset[str] = frozenset()
) -> BagClock:
    """The clock of a bag at an instant; ``vouched``: hospitals whose word for their own time is taken.

    It stops when the story of the bag ends.
    """
    component = plant.components[str(state["component"])]
    ended_us = state["ended_us"]
    until = at if ended_us is None else min(at, from_us(int(ended_us)))
    events = events_of(plant, component, spans_of(raw, str(state["id"])), until, vouched=vouched)
    rule = component.out_of_control
    return BagClock(events, judge(rule, [_out(one) for one in events], until), rule)


def out_events(raw: Driver, plant: Plant, state: BagState, at: datetime) -> tuple[OutEvent, ...]:
    """The times out of control that eligibility judges a bag by.

    Of a bag that came back and is not decided about: all of them, with the word of the hospital for its own time. Of
    any other: what was longer than the usual way through the centre, and every time in a wrong store. The road is
    judged at receipt and the time at a hospital when the bag comes back; while a hospital has it, its word is its own.
    """
    bag, component = str(state["id"]), plant.components[str(state["component"])]
    spans = spans_of(raw, bag)
    if state["status"] == BagStatus.RETURNED_PENDING.value:
        vouched = frozenset(hospital for (hospital,) in raw.execute(_VOUCHED, (bag,)).fetchall())
        return tuple(_out(one) for one in events_of(plant, component, spans, at, vouched=vouched))
    events = events_of(plant, component, spans, at, vouched=frozenset(plant.hospital_by_id))
    return tuple(_out(one) for one in events if _counts(one))


def _counts(event: ExposureEvent) -> bool:
    if event.cause in _INSIDE:
        return event.minutes > HANDLING_MIN
    return event.cause is ExposureCause.WRONG_STORE


def _out(event: ExposureEvent) -> OutEvent:
    return OutEvent(event.out_at, event.in_at, unwatched_min=event.minutes_unknown)
