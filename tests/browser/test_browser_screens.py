"""Screenshots of every screen for people to look at: `make screens` writes them to build/screens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from system.centre import Centre

from browser.desk import Desk, signed_in_desk

FOLDER = Path(__file__).resolve().parents[2] / "build" / "screens"
SIZES = ((1366, 768), (1920, 1080))
SETTLE_MS = 1500
"""Charts and fonts have been drawn by then."""


def _overview(desk: Desk) -> None:
    desk.go("overview")
    expect(desk.page.get_by_test_id("flow-delivered")).not_to_have_text("0", timeout=150_000)


def _alarms(desk: Desk) -> None:
    desk.go("alarms")
    door = desk.page.get_by_test_id("alarm-row").filter(has_text=_door(desk)).first
    door.click(timeout=120_000)
    expect(desk.page.get_by_test_id("alarm-comment")).to_be_visible()


def _door(desk: Desk) -> str:
    return "门开" if desk.page.locator("html").get_attribute("lang") == "zh-CN" else "Door open"


def _bags(desk: Desk) -> None:
    desk.go("bags")
    expect(desk.page.get_by_test_id("bag-row").first).to_be_visible()


def _bag(desk: Desk) -> None:
    desk.open("/bags?status=RECEIVED")
    desk.page.get_by_test_id("bag-row").first.click()
    expect(desk.page.get_by_test_id("bag-status")).to_be_visible()


def _orders(desk: Desk) -> None:
    desk.go("orders")
    desk.page.get_by_test_id("orders-all").click()
    expect(desk.page.get_by_test_id("order-row").first).to_be_visible()


def _order(desk: Desk) -> None:
    _orders(desk)
    desk.page.get_by_test_id("order-row").first.click()
    expect(desk.page.get_by_test_id("order-line").first).to_be_visible()


def _order_form(desk: Desk) -> None:
    desk.go("orders")
    desk.page.get_by_test_id("order-new").click()
    desk.page.get_by_test_id("order-add-line").click()


def _tasks(desk: Desk) -> None:
    desk.go("tasks")


def _intake(desk: Desk) -> None:
    desk.go("intake")
    expect(desk.page.get_by_test_id("consignment-row").first).to_be_visible()


def _preparation(desk: Desk) -> None:
    desk.go("preparation")
    desk.page.locator("[data-testid=batch-row][data-state=done]").first.click(timeout=150_000)


def _picking(desk: Desk) -> None:
    desk.go("picking")
    expect(desk.page.get_by_test_id("picking-lane").first).to_be_visible()


def _health(desk: Desk) -> None:
    desk.go("health")


SCREENS: dict[str, tuple[str, Callable[[Desk], None]]] = {
    "overview": ("operator", _overview),
    "alarms": ("operator", _alarms),
    "bags": ("operator", _bags),
    "bag": ("operator", _bag),
    "orders": ("operator", _orders),
    "order": ("operator", _order),
    "order-form": ("hospital", _order_form),
    "intake": ("operator", _intake),
    "preparation": ("operator", _preparation),
    "picking": ("operator", _picking),
    "tasks": ("operator", _tasks),
    "health": ("admin", _health),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_screen_is_pictured(browser: Browser, centre: Centre, language: str, theme: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    desks = {
        person: signed_in_desk(browser, centre, person, language, theme) for person in ("operator", "hospital", "admin")
    }
    for screen, (person, show) in SCREENS.items():
        desk = desks[person]
        show(desk)
        for width, height in SIZES:
            desk.page.set_viewport_size({"width": width, "height": height})
            desk.page.wait_for_timeout(SETTLE_MS)
            desk.page.screenshot(path=FOLDER / f"{screen}-{theme}-{language}-{width}x{height}.png")
    for desk in desks.values():
        desk.page.context.close()
        assert desk.witness.faults == []
