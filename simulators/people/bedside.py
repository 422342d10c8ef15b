"""At the bedside: what a hospital does with a bag before and after its patient gets it, told to the warehouse in order.

The patient is told of by pseudonym, red cells are crossmatched, the bag is issued a little before it is needed, and
what became of it is told afterwards. A bag that the warehouse does not let go is not given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final

from blood.components import Family
from simulators.chance import draw
from simulators.people.deliveries import takes_returns
from simulators.people.state import Bedside, BedsideStep, People, Return
from simulators.rhythm.hospitals import Fate, fate_in_hospital
from simulators.scene import Scene

PREPARE_BEFORE: Final = timedelta(minutes=50)
"""The sample of the patient is tested so long before the transfusion (design)."""
ISSUE_BEFORE: Final = timedelta(minutes=15)
"""Design; red cells must be given within hours of leaving control (domain.md 2.3)."""
TELL_AFTER: Final = timedelta(minutes=30)
REACTIONS: Final = 0.002
"""Share of transfusions with a reaction that is told (design)."""
ASK_AGAIN: Final = timedelta(hours=6)
MOST_REFUSALS: Final = 3
_CROSSMATCHED: Final = frozenset({Family.RED_CELLS, Family.WHOLE_BLOOD})
_STAFF: Final = (10, 99)


class Paper(Enum):
    """What a hospital tells next of a bag."""

    PATIENT = "patient"
    CROSSMATCH = "crossmatch"
    ISSUE = "issue"
    FATE = "fate"


def take_up(scene: Scene, people: People, hospital: str) -> None:
    """Every bag that waits for its use at this hospital gets a patient, once."""
    place = scene.plant.hospital_by_id[hospital].place
    for bag, at in people.in_use.items():
        if bag not in people.bedside and scene.floor.bags[bag].place == place:
            number = draw(scene.seed, "patient", bag).randrange(10**6)
            people.bedside[bag] = Bedside(bag=bag, hospital=hospital, patient=f"PAT-{number:06d}", at=at)


def next_paper(scene: Scene, people: People, one: Bedside) -> Paper | None:
    """What is due to be told of a bag now; None: nothing yet."""
    if one.bag not in people.bedside:
        return None
    if one.step is BedsideStep.USED:
        return Paper.FATE if one.at + TELL_AFTER <= scene.now else None
    at = people.in_use.get(one.bag)
    if at is None or one.step in {BedsideStep.ISSUED, BedsideStep.UNTOLD} or planned_fate(scene, one) is Fate.OUTDATED:
        return None
    before, paper = {
        BedsideStep.WAITING: (PREPARE_BEFORE, Paper.PATIENT),
        BedsideStep.PATIENT_TOLD: (PREPARE_BEFORE, Paper.CROSSMATCH),
        BedsideStep.READY: (ISSUE_BEFORE, Paper.ISSUE),
    }[one.step]
    if scene.now < at - before:
        return None
    if paper is Paper.CROSSMATCH and not _is_crossmatched(scene, one.bag):
        one.step = BedsideStep.READY
        return next_paper(scene, people, one)
    return paper


def told(scene: Scene, people: People, one: Bedside, paper: Paper) -> None:
    """The warehouse has taken a paper."""
    if paper is Paper.FATE:
        del people.bedside[one.bag]
        return
    one.step = {
        Paper.PATIENT: BedsideStep.PATIENT_TOLD,
        Paper.CROSSMATCH: BedsideStep.READY,
        Paper.ISSUE: BedsideStep.ISSUED,
    }[paper]
    if one.step is BedsideStep.ISSUED:
        people.in_use[one.bag] = max(people.in_use[one.bag], scene.now + ISSUE_BEFORE)


def waits_to_expire(scene: Scene, people: People, one: Bedside) -> bool:
    """True for a bag that nobody will need, once its store should know until when it lives."""
    due = people.in_use.get(one.bag)
    is_new = one.step is BedsideStep.WAITING and due is not None and due <= scene.now
    return is_new and planned_fate(scene, one) is Fate.OUTDATED


def lies_until(people: People, one: Bedside, expires_at: datetime) -> None:
    """Nobody needs the bag: it lies in the hospital's store until it has expired, and is thrown away then."""
    one.step = BedsideStep.ISSUED
    people.in_use[one.bag] = expires_at + TELL_AFTER


def not_served(one: Bedside) -> None:
    """The warehouse keeps no papers of hospitals: the bag is used without any."""
    one.step = BedsideStep.UNTOLD


def refused(scene: Scene, people: People, one: Bedside) -> None:
    """The warehouse does not let the bag go, or does not take its fate: asked again later, in the end given up."""
    one.refusals += 1
    if one.step is BedsideStep.USED:
        one.at = scene.now
        if one.refusals >= MOST_REFUSALS:
            del people.bedside[one.bag]
        return
    if one.refusals < MOST_REFUSALS:
        people.in_use[one.bag] = scene.now + ASK_AGAIN
        return
    del people.bedside[one.bag], people.in_use[one.bag]
    if takes_returns(scene):
        people.returns[one.bag] = Return(one.bag, one.hospital, "", scene.now)


def planned_fate(scene: Scene, one: Bedside) -> Fate:
    """What will become of the bag, drawn once."""
    component = one.component or scene.floor.bags[one.bag].component
    return fate_in_hospital(draw(scene.seed, "fate", one.bag), component)


def patient_body(scene: Scene, one: Bedside) -> dict[str, Any]:
    """PUT /patients of the patient: of the bag's own group, so nobody was given what was not ordered."""
    return {"group": scene.floor.bags[one.bag].group, "patient_class": "other"}


def crossmatch_body(people: People, one: Bedside) -> dict[str, Any]:
    """POST /crossmatches: the bag suits, as nearly every one of the patient's own group does.

    Its time is the planned one, so that the same act is told in the same words after a restart.
    """
    return {
        "bag": one.bag,
        "patient": one.patient,
        "result": "compatible",
        "method": "serological",
        "at": _iso(people.in_use[one.bag] - PREPARE_BEFORE),
    }


def issue_body(scene: Scene, one: Bedside) -> dict[str, Any]:
    """POST /bags/{id}/issue."""
    ward = draw(scene.seed, "ward", one.bag).randint(1, 12)
    return {"patient": one.patient, "to": f"ward {ward}"}


def fate_body(scene: Scene, one: Bedside) -> dict[str, Any]:
    """POST /bags/{id}/fate, with the staff ids of two people."""
    chance = draw(scene.seed, "told", one.bag)
    administrator, verifier = chance.sample(range(*_STAFF), 2)
    people = {"administrator": f"n-{administrator}", "verifier": f"n-{verifier}"}
    fate = planned_fate(scene, one)
    if fate is Fate.OUTDATED:
        return {"fate": "wasted", "at": _iso(one.at), "cause": "outdated"}
    if fate is not Fate.TRANSFUSED:
        return {"fate": "wasted", "at": _iso(one.at), "cause": "opened_unused", **people}
    if chance.random() < REACTIONS:
        return {"fate": "transfused_with_reaction", "at": _iso(one.at), "comment": "fever and chills", **people}
    return {"fate": "transfused", "at": _iso(one.at), **people}


def papers_of(people: People, hospital: str) -> Sequence[Bedside]:
    """Every bag that a hospital has something to tell of."""
    return [one for one in people.bedside.values() if one.hospital == hospital]


def _is_crossmatched(scene: Scene, bag: str) -> bool:
    return scene.plant.components[scene.floor.bags[bag].component].family in _CROSSMATCHED


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
