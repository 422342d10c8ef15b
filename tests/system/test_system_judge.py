"""The judge is not blind: each single lie or loss is found, and a true picture is not blamed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from system.claims import Claims, Hold, Stay
from system.judge import compatible, conserved, faults
from system.truth import World, world_of

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DONATION, RED, PLASMA = "D1-WB", "D1-RBC", "D1-FFP"


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


def line(at: float, event: str, **details: Any) -> dict[str, Any]:
    return {"at": minute(at).isoformat(), "event": event, **details}


LOG = [
    line(0, "collected", bag=DONATION, group="A+", reactive=None, place="mobile"),
    line(5, "crossing", bag=DONATION, portal="p1", outcome="left_behind", place="mobile"),
    line(6, "crossing", bag=DONATION, portal="p1", outcome="crossed", place="dock"),
    line(40, "separated", bag=DONATION, outcome="done", children=[RED, PLASMA]),
    line(80, "frozen", bag=PLASMA, minutes=30.0, place="prep/out"),
    line(85, "stored", bag=PLASMA, place="plasma-1/q1/001"),
    line(90, "labelled", bag=RED, outcome="done", mishap="none"),
    line(91, "crossing", bag=RED, portal="p3", outcome="crossed", place="belt/stock"),
    line(95, "stored", bag=RED, place="cold-1/s1/001"),
    line(100, "gate", bag=RED, decision="passed", place="dispatch/sort-1"),
    line(103, "packed", box="r20-1", packing="pck-1", bags=[RED]),
    line(104, "tunnel", box="r20-1", missed=[]),
    line(105, "crossing", bag=RED, portal="p4", outcome="crossed", place="box/r20-1"),
    line(130, "handed_over", hospital="city-first", boxes=["r20-1"]),
    line(131, "received", bag=RED, hospital="city-first"),
]


def known(status: str, place: str | None, component: str, **fields: object) -> dict[str, Any]:
    expires_us = (START + timedelta(days=5)).timestamp() * 1e6
    usual = {"abo_rhd": "A+", "label_check": "pending", "expires_us": expires_us}
    return {"status": status, "place": place, "component": component, **usual, **fields}


def honest() -> Claims:
    """What a warehouse says that saw everything."""
    return Claims(
        bags={
            DONATION: known("CONSUMED", None, "WB"),
            RED: known("RECEIVED", "hospital/city-first", "RBC_S", label_check="passed"),
            PLASMA: known("QUARANTINE", "plasma-1/q1/001", "FFP"),
        },
        parents={RED: {DONATION}, PLASMA: {DONATION}},
        stays={DONATION: [Stay("mobile", minute(0), minute(6)), Stay("dock", minute(6), minute(40))]},
        holds=[],
        released_at={RED: minute(92)},
        crossed={(DONATION, "p1"), (RED, "p3")},
        sent_in={RED: "r20-1"},
        seen_leaving={RED},
        promised={RED: ("city-first", "A+")},
        packings={"pck-1": ("r20-1", {RED})},
        decided=Counter({(RED, "passed"): 1}),
        asked_where=set(),
    )


def told(bag: str, **fields: object) -> Callable[[Claims], Claims]:
    return lambda said: replace(said, bags={**said.bags, bag: {**said.bags[bag], **fields}})


def test_a_true_picture_is_not_blamed() -> None:
    assert faults(world_of(LOG), honest()) == []


LIES: dict[str, tuple[Callable[[Claims], Claims], str]] = {
    "a bag is not known": (
        lambda said: replace(said, bags={b: r for b, r in said.bags.items() if b != RED}),
        "not know",
    ),
    "a bag is made up": (lambda said: replace(said, bags={**said.bags, "D2-WB": said.bags[RED]}), "made it up"),
    "it lies elsewhere": (told(PLASMA, place="plasma-1/q1/002"), "is at plasma-1/q1/001"),
    "nobody asks where it is": (told(PLASMA, place=None), "does not know where"),
    "its parents are others": (lambda said: replace(said, parents={RED: {DONATION}}), "was made of"),
    "it is another group": (told(PLASMA, abo_rhd="O+"), "is A+"),
    "it is not used up": (told(DONATION, status="COLLECTED"), "the warehouse says COLLECTED"),
    "it is not received": (told(RED, status="IN_TRANSIT"), "the warehouse says IN_TRANSIT"),
    "a crossing is lost": (lambda said: replace(said, crossed={(DONATION, "p1")}), "crossed ['p3', 'p4']"),
    "a crossing is made up": (lambda said: replace(said, crossed={*said.crossed, (PLASMA, "p3")}), "crossed []"),
    "it lies in another box": (lambda said: replace(said, sent_in={RED: "r20-2"}), "left in box/r20-1"),
    "another bag was packed": (lambda said: replace(said, packings={"pck-1": ("r20-1", {PLASMA})}), "packing pck-1"),
    "the gate is counted twice": (lambda said: replace(said, decided=Counter({(RED, "passed"): 2})), "decided 1 times"),
    "nobody ordered it": (lambda said: replace(said, promised={}), "without an order"),
    "another hospital ordered it": (lambda said: replace(said, promised={RED: ("ferry", "A+")}), "ordered by ferry"),
    "the patient has another group": (lambda said: replace(said, promised={RED: ("city-first", "O+")}), "for O+"),
    "it was never released": (lambda said: replace(said, released_at={}), "had not been released"),
    "it had expired": (told(RED, expires_us=minute(104).timestamp() * 1e6), "after its expiry"),
    "it was held": (lambda said: replace(said, holds=[Hold(RED, None, "recall", minute(99), None)]), "held: recall"),
}


@pytest.mark.parametrize("lie", LIES)
def test_each_lie_is_found(lie: str) -> None:
    change, words = LIES[lie]
    found = faults(world_of(LOG), change(honest()))
    assert any(words in fault for fault in found), found


def without(event: str) -> World:
    return world_of([one for one in LOG if one["event"] != event])


def test_what_left_without_label_or_tunnel_is_found() -> None:
    assert any("without a label" in fault for fault in faults(without("labelled"), honest()))
    assert any("read wholly in the tunnel" in fault for fault in faults(without("tunnel"), honest()))


def test_a_reactive_bag_that_left_is_found() -> None:
    log = [{**one, "reactive": "hiv"} if one["event"] == "collected" else one for one in LOG]
    assert any("although reactive for hiv" in fault for fault in faults(world_of(log), honest()))


def test_bags_are_conserved() -> None:
    world = world_of(LOG)
    assert conserved(world, {RED, PLASMA}) == []
    assert conserved(world, {RED}) == [f"{PLASMA}: vanished"]
    assert conserved(world, {RED, PLASMA, DONATION}) == [f"{DONATION}: is there after its end"]
    assert conserved(world, {RED, PLASMA, "D2-WB"}) == ["D2-WB: was never made"]


@pytest.mark.parametrize(
    ("component", "bag", "patient", "fits"),
    [
        ("RBC_S", "O-", "AB+", True),
        ("RBC_S", "A+", "A-", False),
        ("RBC_W", "AB+", "A+", False),
        ("FFP", "AB+", "O-", True),
        ("FFP_MB", "O+", "A+", False),
        ("PLT_A", "A+", "O+", True),
        ("PLT_A", "O+", "A+", False),
        ("PLT_IRR", "A+", "O-", False),
    ],
)
def test_what_is_compatible(component: str, bag: str, patient: str, fits: bool) -> None:
    assert compatible(component, bag, patient) is fits
