"""What the simulated hospitals say is what the API understands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dashboards.schemas import hospitals as schemas
from simulators.people import bedside
from simulators.people.state import Bedside, People
from simulators.rhythm.hospitals import Fate
from simulators.scene import Scene
from wms.hospitals.pseudonyms import pseudonym_of
from wms.hospitals.rules import hospital_rules

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
BAG = "A999926000001-D0002V00"
SCENE = cast("Scene", SimpleNamespace(seed=7, floor=SimpleNamespace(bags={BAG: SimpleNamespace(group="O+")}), now=AT))
ONE = Bedside(bag=BAG, hospital="city-first", patient="PAT-000017", at=AT, component="RBC_S")
RULES = hospital_rules("cn-2012")


def test_a_patient_a_crossmatch_and_an_issue_are_understood() -> None:
    people = People(year=2026, next_din=1, in_use={BAG: AT + timedelta(hours=2)})
    schemas.PatientRequest.model_validate(bedside.patient_body(SCENE, ONE))
    told = schemas.CrossmatchRequest.model_validate(bedside.crossmatch_body(people, ONE))
    RULES.method(told.method)
    schemas.IssueRequest.model_validate(bedside.issue_body(SCENE, ONE))
    assert pseudonym_of(ONE.patient) == ONE.patient


@pytest.mark.parametrize("fate", [Fate.TRANSFUSED, Fate.WASTED, Fate.OUTDATED])
def test_every_fate_is_understood(monkeypatch: pytest.MonkeyPatch, fate: Fate) -> None:
    monkeypatch.setattr(bedside, "fate_in_hospital", lambda _chance, _component: fate)
    body: dict[str, Any] = bedside.fate_body(SCENE, ONE)
    told = schemas.FateRequest.model_validate(body)
    if told.cause is not None:
        RULES.cause(told.cause)


def test_a_reaction_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bedside, "fate_in_hospital", lambda _chance, _component: Fate.TRANSFUSED)
    monkeypatch.setattr(bedside, "REACTIONS", 1.0)
    told = schemas.FateRequest.model_validate(bedside.fate_body(SCENE, ONE))
    assert told.fate == "transfused_with_reaction"
    assert told.comment
