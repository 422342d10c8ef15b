"""People: donors and the collection team, the laboratory's bench, the hospitals' needs.

This is what they intend; the agents report it by HTTP and tell the world when the warehouse has it. The van with a
tote leaves only when its paperwork is done. Each group has a file of its own; the world calls these functions.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from simulators.chance import draw
from simulators.passages import Passage
from simulators.people import deliveries, donors, needs
from simulators.people.deliveries import hand_over, keep, leave, receive, send_back
from simulators.people.pace import ByCalendar, Compressed, Pace
from simulators.people.state import (
    Bedside,
    Delivery,
    Donation,
    Fitness,
    Need,
    Note,
    Parcel,
    People,
    Return,
    Tote,
    Trip,
)
from simulators.scene import Scene

__all__ = [
    "Bedside",
    "Delivery",
    "Donation",
    "Fitness",
    "Need",
    "Note",
    "Parcel",
    "People",
    "Return",
    "Tote",
    "Trip",
    "begin",
    "hand_over",
    "keep",
    "leave",
    "receive",
    "send_back",
    "step",
]


def begin(scene: Scene, people: People, pace: Pace) -> None:
    """First hour of a centre: the rhythm, where nothing is set yet."""
    if isinstance(pace.tempo, Compressed):
        people.next_tote_at = people.next_tote_at or scene.now + timedelta(minutes=pace.tempo.first_tote_min)
        people.next_need_at = people.next_need_at or scene.now + timedelta(minutes=pace.tempo.first_order_min)
    if pace.door_first_min is not None and people.next_story_at is None:
        people.next_story_at = scene.now + timedelta(minutes=pace.door_first_min)
    for donation in people.untested.values():
        if donation.results_due is None:
            wait_min = draw(scene.seed, "opening results", donation.din).uniform(*pace.opening_results_min)
            donation.results_due = scene.now + timedelta(minutes=wait_min)


def step(scene: Scene, people: People, pace: Pace, passages: list[Passage]) -> None:
    """People act up to the scene's time."""
    if isinstance(pace.tempo, ByCalendar):
        _plan_today(scene, people, pace, pace.tempo)
    donors.collect(scene, people, pace)
    donors.drive_totes(scene, people, passages)
    needs.need_blood(scene, people, pace)
    deliveries.arrive(scene, people)
    deliveries.use(scene, people)


def _plan_today(scene: Scene, people: People, pace: Pace, tempo: ByCalendar) -> None:
    """At midnight of the site (or whenever a day has no plan yet) its donors and orders are drawn."""
    zone = ZoneInfo(scene.plant.site.timezone)
    today = scene.now.astimezone(zone).date()
    if people.planned_through is not None and people.planned_through >= today:
        return
    people.planned_through = today
    midnight = datetime.combine(today, time(), zone)
    donors.plan_day(scene, people, tempo, midnight)
    needs.plan_day(scene, people, pace, tempo, midnight)
