"""A person at a desk: a browser window of their own on a running centre."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect
from system.centre import Centre

from browser.witness import Witness

SMALL = (1366, 768)
"""Width and height of the smallest desk screen that the design serves."""

ROWS = {
    "work": frozenset({"intake", "preparation", "tasks", "picking", "operations"}),
    "cold": frozenset({"stores", "duties", "notices", "alarm-health", "limits", "certificates", "meter", "loggers"}),
    "quality": frozenset({"laboratory", "release", "donors", "holds", "returns", "discards", "registries"}),
}
"""Screens that share one place in the bar, by that place."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A window, and what its browser complained about."""

    page: Page
    witness: Witness
    url: str

    def sign_in(self, username: str, password: str) -> None:
        """Fill in the form and wait for what only a signed-in person sees."""
        self.page.get_by_test_id("signin-username").fill(username)
        self.page.get_by_test_id("signin-password").fill(password)
        self.page.get_by_test_id("signin-submit").click()

    def open(self, path: str) -> None:
        """Go to an address of the web app."""
        self.page.goto(f"{self.url}{path}")

    def go(self, screen: str) -> None:
        """Choose a screen in the bar; those of the work, the cold chain and the quality desk stand in rows."""
        for row, screens in ROWS.items():
            if screen in screens:
                self.page.get_by_test_id(f"nav-{row}").click()
        self.page.get_by_test_id(f"nav-{screen}").click()

    def number(self, test_id: str) -> int:
        """A whole number on the screen; its thousands stand apart."""
        text = self.page.get_by_test_id(test_id).inner_text()
        return int(re.sub(r"\D", "", text))

    @property
    def title(self) -> Locator:
        """The heading of the screen."""
        return self.page.get_by_role("heading", level=1)


def open_desk(
    browser: Browser, centre: Centre, language: str, theme: str = "light", size: tuple[int, int] = SMALL, **more: Any
) -> Desk:
    """A new browser window of nobody yet, on the sign-in page."""
    context = browser.new_context(
        locale={"en": "en-GB", "zh": "zh-CN"}[language],
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": size[0], "height": size[1]},
        **more,
    )
    desk = Desk(context.new_page(), Witness(context), centre.url)
    desk.open("/")
    return desk


def signed_in_desk(
    browser: Browser,
    centre: Centre,
    username: str,
    language: str,
    theme: str = "light",
    size: tuple[int, int] = SMALL,
) -> Desk:
    """A window in which this person has signed in."""
    desk = open_desk(browser, centre, language, theme, size)
    desk.sign_in(username, centre.passwords[username])
    expect(desk.page.get_by_test_id("person-menu")).to_be_visible(timeout=20_000)
    return desk
