"""What the out-of-control clock of a bag says now: its times out of control, judged by its component's rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blood.out_of_control import Exposure, OutEvent, OutOfControlRule, judge
from plant.model import Plant
from wms.bags.exposure import ExposureEvent, events_of, spans_of
from wms.bags.projection import BagState
from wms.store.driver import Driver


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
    """The clock of a bag at an instant; ``vouched``: hospitals whose word for their own time is taken."""
    component = plant.components[str(state["component"])]
    events = events_of(plant, component, spans_of(raw, str(state["id"])), at, vouched=vouched)
    out = [OutEvent(one.out_at, one.in_at, unwatched_min=one.minutes_unknown) for one in events]
    rule = component.out_of_control
    return BagClock(events, judge(rule, out, at), rule)
