"""A centre for the browser tests, Debian's Chromium, and windows that complain to their test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, sync_playwright
from system.centre import Centre

from browser.desk import Desk, open_desk, signed_in_desk

Thing = TypeVar("Thing")

_HERE = Path(__file__).parent
_WEB_APP = _HERE.parents[1] / "dashboards" / "static" / "index.html"
_CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_SCREENS = "test_browser_screens.py"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screens", action="store_true", help="write screenshots of every screen to build/screens")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(600))
    if not config.getoption("--screens", default=False):
        screens = [item for item in items if item.path == _HERE / _SCREENS]
        items[:] = [item for item in items if item not in screens]
        config.hook.pytest_deselected(items=screens)


def _need(thing: Thing | None, reason: str) -> Thing:
    if thing is None:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return thing


def _chromium() -> str:
    return _need(shutil.which("chromium"), "chromium is not installed (Debian package chromium)")


@pytest.fixture(scope="package")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A whole centre from an empty folder, as `make demo` starts it."""
    _chromium()
    _need(_WEB_APP.is_file() or None, "the web app is not built (make dashboards/static/index.html)")
    with Centre(tmp_path_factory.mktemp("browser") / "centre") as centre:
        yield centre


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    path = _chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*_CHROMIUM_ARGUMENTS])
        yield browser
        browser.close()


@pytest.fixture
def new_desk(browser: Browser, centre: Centre) -> Iterator[Callable[..., Desk]]:
    """Open windows; at the end none of them may have complained."""
    desks: list[Desk] = []

    def make(language: str = "en", *, person: str | None = None, theme: str = "light") -> Desk:
        if person is None:
            desk = open_desk(browser, centre, language, theme)
        else:
            desk = signed_in_desk(browser, centre, person, language, theme)
        desks.append(desk)
        return desk

    yield make
    for desk in desks:
        desk.page.context.close()
    assert [fault for desk in desks for fault in desk.witness.faults] == []
