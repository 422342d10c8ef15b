"""A day's donations hour by hour, the runs that bring them to the receiving portal, and what follows at the bench."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from simulators.chance import draw
from simulators.rhythm.sampling import lognormal, parts_of, pick, split_evenly

DONATION_HOURS: Final = {  # design, 08-20
    8: 0.02, 9: 0.07, 10: 0.11, 11: 0.12, 12: 0.09, 13: 0.07, 14: 0.08,
    15: 0.09, 16: 0.11, 17: 0.11, 18: 0.07, 19: 0.04, 20: 0.02,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """A collection run: when its totes reach the receiving portal, and its share of the day's donations."""

    at: time
    share: float
    next_day: bool = False


RUNS: Final = (  # design; in the order of donation: what the last van brings after dark is received next morning
    Run(time(12, 30), 0.28),
    Run(time(15, 30), 0.20),
    Run(time(18, 0), 0.27),
    Run(time(20, 30), 0.20),
    Run(time(7, 30), 0.05, next_day=True),
)
VAN_BAGS: Final = 80  # design: 40-80 bags a run
VAN_SPREAD_MIN: Final = 20.0  # design
_UNLOAD_MIN: Final = 15.0
"""A van never arrives sooner than this after its last donation."""

SEPARATION_MEDIAN_H: Final = 5.0  # design: median 5 h, 95 % < 7.5 h after collection; 3 % beyond 8 h are late
SEPARATION_LOG_SD: Final = 0.2465  # calc: ln(7.5 / 5) / 1.645
LATE_AFTER_H: Final = 8.0

RESULT_WAVES: Final = (time(13, 30), time(14, 0), time(14, 30))  # design: next day, 2-3 waves
SAMPLES_BY: Final = time(21, 0)
REPEATED: Final = 0.02  # design: a second run, 24 h later
RELEASE: Final = (time(14, 30), time(17, 0))  # design


@dataclass(frozen=True, slots=True)
class VanLoad:
    """Donations (indices into the day's list, in order of time) that reach the portal together."""

    at: datetime
    donations: tuple[int, ...]


def donation_times(seed: int, day: date, count: int, zone: tzinfo) -> list[datetime]:
    """Instants of a day's donations in the site's time zone, in order."""
    chance = draw(seed, "donation times", day.isoformat())
    hours = (pick(chance, DONATION_HOURS) + chance.random() for _ in range(count))
    midnight = datetime.combine(day, time(), zone)
    return [midnight + timedelta(hours=hour) for hour in sorted(hours)]


def van_loads(seed: int, day: date, times: Sequence[datetime]) -> list[VanLoad]:
    """The day's donations in the vans that bring them, in order of arrival."""
    loads, first = [], 0
    for run, bags in zip(RUNS, parts_of(len(times), [run.share for run in RUNS]), strict=True):
        for number, size in enumerate(split_evenly(bags, VAN_BAGS) if bags else []):
            donations = tuple(range(first, first + size))
            first += size
            planned = datetime.combine(day + timedelta(days=run.next_day), run.at, times[0].tzinfo)
            chance = draw(seed, "van", day.isoformat(), run.at, number)
            at = planned + timedelta(minutes=chance.uniform(-VAN_SPREAD_MIN, VAN_SPREAD_MIN))
            earliest = times[donations[-1]] + timedelta(minutes=_UNLOAD_MIN)
            loads.append(VanLoad(max(at, earliest), donations))
    return sorted(loads, key=lambda load: load.at)


def separation_delay_h(chance: random.Random) -> float:
    """Hours from collection to separation; plasma separated after `LATE_AFTER_H` becomes FP."""
    return lognormal(chance, SEPARATION_MEDIAN_H, SEPARATION_LOG_SD)


def results_at(chance: random.Random, received_at: datetime) -> datetime:
    """When the laboratory reports a sample received at a (site-local) time: a wave of the next day, 2 % a day later."""
    day = received_at.date() + timedelta(days=1 + (received_at.time() > SAMPLES_BY) + (chance.random() < REPEATED))
    return datetime.combine(day, chance.choice(RESULT_WAVES), received_at.tzinfo)


def release_at(chance: random.Random, results: datetime) -> datetime:
    """When somebody releases what the results allow: the same afternoon."""
    first, last = (datetime.combine(results.date(), end, results.tzinfo) for end in RELEASE)
    return first + (last - first) * chance.random()
