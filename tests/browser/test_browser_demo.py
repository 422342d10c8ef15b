"""The first two minutes: a viewer who touches nothing sees the whole journey of a bag, live."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Frame, Page
from system.centre import Centre

from browser.desk import Desk

WITHIN_S = 120
STEPS = ("received", "frozen", "stored", "reserved", "gated", "issued", "delivered")
"""What a viewer must have seen: received, frozen, put away, allocated, through the gate, shipped, at the hospital."""

DOOR_ALARM = re.compile(r"door open", re.IGNORECASE)
BAGS_BEHIND_IT = re.compile(r"\b[1-9][\d\s\u2009\u202f]* bags?\b")
LOOK_EVERY_MS = 500


class Seen:
    """What the board has shown so far; values come and go, and a viewer remembers."""

    def __init__(self) -> None:
        self.steps: dict[str, int] = {}
        self.order = ""
        self.door_alarm = ""
        self.clocks: set[str] = set()
        self.temperatures: set[str] = set()

    def look(self, desk: Desk) -> None:
        """One look at the board."""
        page = desk.page
        for step in STEPS:
            self.steps[step] = max(self.steps.get(step, 0), desk.number(f"flow-{step}"))
        self.order = self.order or _first_text(page, "a.order-line")
        alarms = page.locator("a.alarm-line").filter(has_text=DOOR_ALARM).all_inner_texts()
        self.door_alarm = next((text for text in alarms if BAGS_BEHIND_IT.search(text)), self.door_alarm)
        self.clocks.add(page.get_by_test_id("domain-clock").inner_text())
        self.temperatures.update(page.get_by_test_id("chamber-cold-1-value").all_inner_texts())

    def missing(self) -> list[str]:
        """What the viewer has not seen yet."""
        missing = [f"bags {step}" for step in STEPS if not self.steps.get(step)]
        missing += ["an order"] * (self.order == "")
        missing += ["a door alarm that names its bags"] * (self.door_alarm == "")
        missing += ["a clock that runs"] * (len(self.clocks) < 2)
        missing += ["a temperature that changes"] * (len(self.temperatures) < 2)
        return missing


def test_whoever_touches_nothing_sees_the_whole_journey(new_desk: Callable[..., Desk], centre: Centre) -> None:
    began = time.monotonic()
    desk = new_desk("en")
    desk.sign_in("operator", centre.passwords["operator"])
    desk.page.get_by_test_id("flow-received").wait_for(timeout=30_000)
    loads = _count_loads(desk.page)
    seen = Seen()
    seen.look(desk)
    while seen.missing():
        assert time.monotonic() - began < WITHIN_S, f"not shown within {WITHIN_S} s: {seen.missing()}, {vars(seen)}"
        desk.page.wait_for_timeout(LOOK_EVERY_MS)
        seen.look(desk)
    print(f"everything was seen after {time.monotonic() - began:.0f} s")
    assert loads == [], "the page showed all this without being loaded again"


def _first_text(page: Page, selector: str) -> str:
    return next(iter(page.locator(selector).all_inner_texts()), "")


def _count_loads(page: Page) -> list[str]:
    """Addresses that the window went to from now on; a list that grows."""
    loads: list[str] = []

    def on_navigation(frame: Frame) -> None:
        if frame.parent_frame is None:
            loads.append(frame.url)

    page.on("framenavigated", on_navigation)
    return loads
