"""People at work: a hospital orders and receives, an operator answers an alarm and looks a bag up, a line goes dead."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, expect
from system.centre import Centre

from browser.desk import Desk

MINUTE_MS = 60_000
JOURNEY_MS = 5 * MINUTE_MS
"""Four hours of the demo's time: an emergency order is packed, driven and received within them."""

STALE_MS = 30_000
"""A silent server is called lost after 15 s."""

HEADINGS = {
    "alarms": ("Alarms", "报警"),
    "bags": ("Bags", "血袋"),
    "orders": ("Orders", "订单"),
    "tasks": ("Moves", "移库"),
}

NewDesk = Callable[..., Desk]


def test_a_wrong_password_is_answered_with_a_sentence(new_desk: NewDesk) -> None:
    desk = new_desk("zh")
    desk.witness.forgive("401")
    desk.sign_in("operator", "not-the-password")
    expect(desk.page.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    desk.page.get_by_test_id("lang-switch").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("Name or password is wrong.")
    expect(desk.page.locator("body")).not_to_contain_text(re.compile(r"Traceback|Exception|File \""))


def test_a_hospital_orders_in_chinese_and_follows_its_order_to_receipt(new_desk: NewDesk) -> None:
    desk = new_desk("zh", person="hospital")
    page = desk.page
    expect(desk.title).to_have_text("订单")
    page.get_by_test_id("order-new").click()
    expect(desk.title).to_have_text("订血")
    _choose(desk, "order-kind", "紧急")
    _choose(desk, "order-component", "悬浮红细胞")
    _choose(desk, "order-group", "A+")
    page.get_by_test_id("order-quantity").fill("3")
    page.get_by_role("button", name="提交订单").click()

    order = page.get_by_test_id("order-detail")
    expect(order).to_contain_text("A+ 悬浮红细胞 × 3", timeout=15_000)
    for step, words in (("reserved", "已预留"), ("packed", "已装箱"), ("in_transit", "运输中"), ("received", "已收到")):
        shown = page.get_by_test_id(f"order-step-{step}")
        expect(shown).to_contain_text(words)
        expect(shown).to_have_attribute("data-count", "3", timeout=JOURNEY_MS)
    expect(order).to_have_attribute("data-state", "received")
    bags = page.get_by_test_id("order-line").get_by_role("listitem")
    expect(bags).to_have_count(3)
    expect(bags.first).to_contain_text("已收到")


def test_an_operator_acknowledges_the_door_alarm_with_a_comment(new_desk: NewDesk) -> None:
    desk = new_desk("en", person="operator")
    page = desk.page
    desk.go("alarms")
    row = page.get_by_test_id("alarm-row").filter(has_text="Door open").first
    row.click(timeout=2 * MINUTE_MS)
    expect(page.get_by_test_id("alarm-bag").first).to_be_visible()
    page.get_by_test_id("alarm-comment").fill("Pushed it shut, nothing warm inside.")
    page.get_by_test_id("alarm-ack").click()
    journal = page.get_by_role("listitem").filter(has_text="Pushed it shut, nothing warm inside.")
    expect(journal).to_contain_text("operator")
    expect(journal).to_contain_text(re.compile("acknowledged|normal"))


def test_the_language_changes_every_heading_both_ways(new_desk: NewDesk) -> None:
    desk = new_desk("en", person="operator")
    switch = desk.page.get_by_test_id("lang-switch")
    for screen, (english, chinese) in HEADINGS.items():
        desk.go(screen)
        expect(desk.title).to_have_text(english)
        switch.click()
        expect(desk.title).to_have_text(chinese)
        expect(desk.page.locator("html")).to_have_attribute("lang", "zh-CN")
        switch.click()
        expect(desk.title).to_have_text(english)


def test_a_bag_is_found_by_its_number_and_shows_its_journey_and_what_may_be_done(new_desk: NewDesk) -> None:
    desk = new_desk("en", person="operator")
    page = desk.page
    desk.open("/bags?status=AVAILABLE")
    bag = page.get_by_test_id("bag-row").first.get_attribute("data-bag-id") or ""
    search = page.get_by_test_id("bag-scan")
    search.fill(bag.split("-")[0][-6:])  # what a person reads off a label; a whole number would be taken for a scan
    search.press("Enter")
    page.locator(f'[data-bag-id="{bag}"]').click()

    expect(page.get_by_test_id("bag-status")).to_be_visible()
    timeline = page.get_by_role("img", name="Where it was and how cold it was there")
    expect(timeline.locator("canvas, svg").first).to_be_visible()
    page.get_by_role("button", name="Show as table").click()
    stays = page.locator(".bag-history tbody tr")
    expect(stays.first).to_be_visible()

    refused = page.locator('[data-testid^="bag-act-"][data-allowed="false"]')
    expect(refused.first).to_contain_text("Not now: ")
    for refusal in refused.all_inner_texts():
        assert re.search(r"Not now: \w{2}", refusal), refusal
    expect(page.get_by_test_id("bag-act-hold")).to_have_attribute("data-allowed", "true")


def test_the_dark_theme_is_dark_and_stays_chosen(new_desk: NewDesk) -> None:
    desk = new_desk("en", person="operator")
    page = desk.page
    light = _brightness(page.locator("body"))
    page.get_by_test_id("person-menu").click()
    page.get_by_role("menuitem", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert _brightness(page.locator("body")) < 60 < 200 < light
    page.reload()
    expect(page.get_by_test_id("person-menu")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_page_without_its_server_says_so_and_catches_up_afterwards(new_desk: NewDesk, centre: Centre) -> None:
    desk = new_desk("en", person="operator")
    page = desk.page
    desk.go("alarms")
    page.get_by_test_id("alarm-row").first.click()
    freshness = page.get_by_test_id("freshness")
    strip = page.locator(".strip")
    expect(freshness).to_have_attribute("data-state", "live")
    expect(strip).to_have_count(0)
    desk.witness.forgive("net::ERR_")
    with _stopped(centre.pid("serve")):
        expect(strip).to_contain_text("No connection since", timeout=STALE_MS)
        expect(freshness).to_have_attribute("data-state", "lost")
        expect(page.get_by_test_id("alarm-ack")).to_be_disabled()
        expect(page.get_by_text("Not now: there is no connection to the warehouse.")).to_be_visible()
    expect(strip).to_contain_text("Connected again", timeout=STALE_MS)
    expect(strip).to_have_count(0, timeout=STALE_MS)
    expect(freshness).to_have_attribute("data-state", "live")


def _choose(desk: Desk, field: str, label: str) -> None:
    """Open a list of the form and take one of its entries."""
    desk.page.get_by_test_id(field).click()
    desk.page.locator(f'.ant-select-dropdown:visible [title="{label}"]').click()


def _brightness(element: Locator) -> float:
    """How bright the background of an element is, from 0 (black) to 255 (white)."""
    color = str(element.evaluate("element => getComputedStyle(element).backgroundColor"))
    channels = [float(number) for number in re.findall(r"[\d.]+", color)[:3]]
    return sum(channels) / len(channels)


@contextmanager
def _stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
