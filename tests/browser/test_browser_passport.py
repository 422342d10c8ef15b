"""A bag's temperature passport in a real browser: on the road, printed, and the case that two people decide."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from system.centre import Centre, wait_until

from browser.desk import Desk

MINUTE_MS = 60_000
DISPATCHED_S = 300.0
"""Five hours of the demo's time: its first shipments are received within them."""
WARM_C = 13.5
ROAD = timedelta(minutes=20)
"""Longer than a box may be outside before it counts."""
EVERY = timedelta(seconds=10)
"""Dense enough that what the box told on the road by itself, once a minute, does not speak against it for long."""
TITLES = {"en": "Temperature passport", "zh": "温度护照"}
NEVER = {"en": "It never clears anything.", "zh": "绝不用于放行。"}
CASES = {"en": "Temperature cases", "zh": "温度事项"}
WHY = {"en": "Thirteen degrees for twenty minutes, looked at by two", "zh": "超温二十分钟，两人查看"}

NewDesk = Callable[..., Desk]


@pytest.fixture(scope="module")
def travelled(centre: Centre) -> dict[str, Any]:
    """The passport of a bag of red cells that a hospital has received."""
    found: list[dict[str, Any]] = []

    def received() -> bool:
        for bag in centre.get("/bags?status=RECEIVED&component=RBC_S&limit=100")["items"]:
            passport = centre.get(f"/bags/{bag['id']}/passport")
            if passport["sealed"] is not None and _leg(passport) is not None:
                found.append(passport)
                return True
        return False

    wait_until(received, DISPATCHED_S, "a bag of red cells was received in its box", every_s=2.0)
    return found[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_passport_of_a_dispatched_bag_says_all_and_is_printed(
    new_desk: NewDesk, travelled: dict[str, Any], language: str
) -> None:
    desk = new_desk(language, person="operator")
    page = desk.page
    desk.open(f"/bags/{travelled['bag']}")
    page.get_by_test_id("bag-passport").click()
    expect(desk.title).to_have_text(TITLES[language])
    expect(page.get_by_test_id("passport-verdict")).to_have_attribute("data-verdict", travelled["verdict"])
    expect(page.get_by_test_id("passport-mkt")).to_contain_text(NEVER[language])
    expect(page.get_by_test_id("passport-chart").locator("canvas")).to_be_visible()
    expect(page.get_by_test_id("passport-stay")).to_have_count(len(travelled["stays"]))
    leg = page.locator("[data-testid=passport-stay][data-place^='box/']")
    expect(leg.first).to_contain_text("-logger")
    expect(page.get_by_test_id("passport-limit").first).to_be_visible()
    expect(page.get_by_test_id("passport-seal")).to_have_attribute("data-state", "intact")
    expect(page.get_by_test_id("passport-changes")).to_be_visible()
    page.get_by_test_id("passport-sealed").click()
    link = page.get_by_test_id("passport-pdf").get_attribute("href") or ""
    assert f"lang={language}&version=sealed" in link
    printed = page.request.get(f"{desk.url}{link}")
    assert (printed.status, printed.headers["content-type"]) == (200, "application/pdf")
    assert printed.body().startswith(b"%PDF")


def test_a_warm_road_is_decided_by_two_people(new_desk: NewDesk, centre: Centre, travelled: dict[str, Any]) -> None:
    bag = travelled["bag"]
    _read_out_warm(centre, travelled)
    wait_until(lambda: bool(_cases(centre, bag)), DISPATCHED_S, "the warm road opened a case", every_s=1.0)
    _send_back(centre, bag, travelled["sealed"]["shipment"])

    desk = new_desk("en", person="quality")
    page = desk.page
    desk.open(f"/dispositions?bag={bag}")
    expect(desk.title).to_have_text(CASES["en"])
    card = page.get_by_test_id("case")
    expect(card).to_have_attribute("data-state", "open")
    page.get_by_test_id("lang-switch").click()
    expect(desk.title).to_have_text(CASES["zh"])
    page.get_by_test_id("outcome-release").click()
    expect(page.get_by_test_id("case-people")).to_contain_text("1")
    page.get_by_test_id("outcome-discard").click()
    expect(page.get_by_test_id("case-people")).to_contain_text("2")
    page.get_by_test_id("case-comment").fill(WHY["zh"])
    for nth, person in enumerate(("quality", "quality-2"), start=1):
        _sign(page.get_by_test_id(f"signature-{nth}"), nth, person, centre.passwords[person])
    page.get_by_test_id("signatures-done").click()
    expect(card).to_have_attribute("data-state", "decided", timeout=MINUTE_MS)
    expect(page.get_by_test_id("case-decided")).to_contain_text(WHY["zh"])
    expect(page.get_by_test_id("case-decided")).to_contain_text("quality-2")

    page.get_by_test_id("case-passport").click()
    expect(desk.title).to_have_text(TITLES["zh"])
    expect(page.get_by_test_id("passport-verdict")).to_have_attribute("data-verdict", "outside")
    decided = page.locator("[data-testid=passport-decision][data-outcome=discard]")
    expect(decided).to_contain_text(WHY["zh"])
    expect(page.locator("[data-testid=passport-excursion][data-verdict=outside]").first).to_contain_text("13.5")


def _leg(passport: dict[str, Any]) -> dict[str, Any] | None:
    """The stay in a box that was long enough to be warm in."""
    legs = [stay for stay in passport["stays"] if stay["place"].startswith("box/") and stay["to_at"] is not None]
    return next((leg for leg in legs if leg["minutes"] > (ROAD + ROAD / 4) / timedelta(minutes=1)), None)


def _read_out_warm(centre: Centre, passport: dict[str, Any]) -> None:
    """Hand in what the logger of the bag's box kept: warmer than red cells may travel."""
    leg = _leg(passport)
    assert leg is not None
    began = datetime.fromisoformat(leg["from_at"]) + timedelta(minutes=2)
    lines = [f"{(began + nth * EVERY).isoformat()},{WARM_C}" for nth in range(ROAD // EVERY)]
    body = {"name": "road.csv", "text": "\n".join(["timestamp,celsius", *lines, ""]), "box": leg["place"][4:]}
    with closing(centre.signed_in("operator")) as client:
        answer = client.post("/loggers", json=body)
        assert answer.status_code == 201, answer.text
        assert passport["bag"] in answer.json()["joined_bags"]


def _cases(centre: Centre, bag: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = centre.get(f"/dispositions?bag={bag}")["items"]
    return cases


def _send_back(centre: Centre, bag: str, shipment: str) -> None:
    """The hospital gives it back: only what is in the house can be destroyed."""
    hospital = next(one["hospital"] for one in centre.get("/shipments")["items"] if one["id"] == shipment)
    din, product = bag.split("-")
    with closing(centre.signed_in("operator")) as client:
        wish = {"hospital": hospital, "bags": [bag], "reason": "warm on the road"}
        announced = client.post("/returns", json=wish)
        assert announced.status_code == 201, announced.text
        scans = {"din_scan": f"={din}00", "product_scan": f"=<{product}"}
        came = client.post(f"/returns/{announced.json()['id']}/receive", json=scans)
        assert came.status_code == 200, came.text


def _sign(field: Locator, nth: int, person: str, password: str) -> None:
    field.get_by_test_id(f"signature-{nth}-username").fill(person)
    field.get_by_test_id(f"signature-{nth}-password").fill(password)
    field.get_by_test_id(f"signature-{nth}-sign").click()
    expect(field).to_have_attribute("data-signed", "true")
