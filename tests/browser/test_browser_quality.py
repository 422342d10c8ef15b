"""The quality desk at work: a bag that gates keep, a hold on it, and two people who let it go again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from system.centre import Centre

from browser.desk import Desk

MINUTE_MS = 60_000
REASONS = {"en": "Label torn at a corner", "zh": "标签一角破损"}
LIFTED = {"en": "Label replaced and read again", "zh": "标签已更换并重新核对"}
OPEN = {"en": "open", "zh": "未解除"}
HOLD = {"en": "Hold", "zh": "锁定"}

NewDesk = Callable[..., Desk]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_blocked_bag_says_why_is_held_and_let_go_by_two_people(
    new_desk: NewDesk, centre: Centre, language: str
) -> None:
    desk = new_desk(language, person="quality")
    page = desk.page
    desk.go("release")
    first = page.get_by_test_id("release-row").first
    expect(first).to_be_visible(timeout=3 * MINUTE_MS)
    bag = first.get_attribute("data-bag-id") or ""
    page.locator(f"[data-testid=release-row][data-bag-id='{bag}']").click()
    card = page.get_by_test_id("release-bag")
    expect(card).to_have_attribute("data-bag-id", bag)
    kept = card.locator("[data-testid=gate]:not([data-state=passed])")
    expect(kept.first).to_be_visible()
    expect(card.get_by_test_id("release-kept")).to_have_text(str(kept.count()))

    desk.go("holds")
    page.get_by_test_id("hold-new").click()
    page.get_by_test_id("scan-bags").fill(bag)
    page.keyboard.press("Enter")
    page.get_by_test_id("hold-reason").fill(REASONS[language])
    page.get_by_test_id("hold-place").click()
    hold = page.get_by_test_id("hold")
    expect(hold).to_contain_text(REASONS[language])
    expect(page.get_by_test_id("hold-row").filter(has_text=REASONS[language]).first).to_contain_text(OPEN[language])

    desk.open(f"/release?bag={bag}")
    gate = page.locator("[data-testid=gate][data-gate=hold]")
    expect(gate).to_have_attribute("data-state", "failed", timeout=MINUTE_MS)
    expect(gate).to_contain_text(HOLD[language])
    expect(gate).to_contain_text(REASONS[language])

    desk.open("/holds")
    page.get_by_test_id("hold-row").filter(has_text=REASONS[language]).first.click()
    page.get_by_test_id("hold-lift").click()
    page.get_by_test_id("lift-reason").fill(LIFTED[language])
    for nth, person in enumerate(("quality", "quality-2"), start=1):
        page.get_by_test_id(f"signature-{nth}-username").fill(person)
        page.get_by_test_id(f"signature-{nth}-password").fill(centre.passwords[person])
        page.get_by_test_id(f"signature-{nth}-sign").click()
        expect(page.get_by_test_id(f"signature-{nth}")).to_have_attribute("data-signed", "true")
    page.get_by_test_id("signatures-done").click()
    expect(hold).to_have_attribute("data-open", "false")
    expect(hold).to_contain_text(LIFTED[language])
