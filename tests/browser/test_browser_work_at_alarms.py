"""A cold alarm from its notice to its end: told, answered, its bags and their way out looked at, taken, reset, closed.

The incubator is made too warm by limits that are drawn tighter, signed by two, and widened again: nothing else in the
demo makes a store leave its limits. It comes last of the browser's tests, for it leaves platelets with an excursion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from system.centre import Centre

from browser.desk import Desk

MINUTE_MS = 60_000
ENVELOPE = "platelet"
TIGHT = {"max_c": 21.0, "alert_max_c": 20.8}
PROBE = "platelet-1-load"
CAME = "Went there: the incubator hums, its bags are cool to the hand."

NewDesk = Callable[..., Desk]


@pytest.fixture
def warm(centre: Centre) -> Iterator[Callable[[], None]]:
    """The platelet incubator outside its limits, until the test says that it is inside them again, or ends."""
    (usual,) = [
        one["limits"]
        for one in centre.get("/limits")["items"]
        if one["envelope"] == ENVELOPE and one["state"] == "in_force"
    ]
    _put_in_force(centre, {**usual, **TIGHT})
    restored: list[bool] = []

    def restore() -> None:
        if not restored:
            restored.append(True)
            _put_in_force(centre, usual)

    yield restore
    restore()


def test_a_cold_alarm_is_told_answered_taken_and_closed_with_its_reason(
    new_desk: NewDesk, warm: Callable[[], None]
) -> None:
    desk = new_desk("en", person="operator")
    page = desk.page
    desk.go("alarms")
    row = page.get_by_test_id("alarm-row").filter(has_text="Platelet incubator").filter(has_text="limit")
    row.first.click(timeout=2 * MINUTE_MS)
    alarm = re.search(r"alm-\w+", page.url)
    assert alarm is not None, page.url

    expect(page.get_by_test_id("alarm-bag").first).to_be_visible(timeout=MINUTE_MS)
    page.get_by_test_id("rescue-ask").click()
    expect(page.get_by_test_id("rescue-sentence")).to_be_visible(timeout=MINUTE_MS)
    expect(page.get_by_test_id("rescue-unplaced").first).to_be_visible()  # there is one incubator: no way out of it

    _answer_the_notice(page, desk, alarm[0])

    desk.open(f"/alarms?id={alarm[0]}")
    page.get_by_test_id("alarm-comment").fill(CAME)
    page.get_by_test_id("alarm-ack").click()
    expect(page.get_by_role("listitem").filter(has_text=CAME).first).to_contain_text("operator", timeout=MINUTE_MS)
    expect(page.get_by_test_id("alarm-ack")).to_be_disabled()

    warm()
    _end(page)


def test_the_same_screens_speak_chinese(new_desk: NewDesk) -> None:
    desk = new_desk("zh", person="operator")
    page = desk.page
    desk.go("notices")
    expect(desk.title).to_have_text("报警通知")
    expect(page.get_by_test_id("notice-row").filter(has_text="血小板恒温振荡箱").first).to_be_visible(timeout=MINUTE_MS)


def _answer_the_notice(page: Page, desk: Desk, alarm: str) -> None:
    """The person who was told says "I come"; that alone does not end the ladder."""
    expect(page.get_by_test_id("alarm-notices")).to_contain_text("operator", timeout=MINUTE_MS)
    page.get_by_test_id("alarm-all-notices").click()
    page.get_by_test_id("notice-row").first.click(timeout=MINUTE_MS)
    expect(page.get_by_test_id("notice-text")).to_contain_text("Platelet incubator")
    page.get_by_test_id("notice-coming").click()
    expect(page.get_by_test_id("notice-coming")).to_have_count(0, timeout=MINUTE_MS)
    desk.open(f"/alarms?id={alarm}")
    expect(page.get_by_test_id("alarm-ack")).to_be_enabled(timeout=MINUTE_MS)


def _end(page: Page) -> None:
    """Back inside its limits it stays latched until somebody resets it, and open until somebody says why it was."""
    reset = page.get_by_test_id("alarm-reset")
    expect(reset).to_be_visible(timeout=2 * MINUTE_MS)
    expect(reset).to_be_disabled()
    page.get_by_test_id("alarm-reason").click()
    page.locator(".ant-select-item-option").first.click()
    expect(reset).to_be_enabled()
    reset.click()
    expect(reset).to_have_count(0, timeout=MINUTE_MS)


def _put_in_force(centre: Centre, limits: dict[str, Any]) -> None:
    with closing(centre.signed_in("operator")) as operator:
        body = {"envelope": ENVELOPE, "limits": limits, "reason": "A drill at the incubator"}
        proposed = operator.post("/limits", json=body)
    assert proposed.status_code == 201, proposed.text
    version = proposed.json()["id"]
    with closing(centre.signed_in("quality")) as quality:
        signatures = [
            quality.post("/signatures", json={
                "username": person, "password": centre.passwords[person], "act": "limits.approve",
                "subject": version, "meaning": "approved", "content": {},
            }).json()["id"]
            for person in ("quality", "quality-2")
        ]  # fmt: skip
        approved = quality.post(f"/limits/{version}/approve", json={"signatures": signatures})
    assert approved.status_code == 200, approved.text
