"""The stations of the work in a real browser: intake, labels, preparation, picking, moves; what fits which screen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect
from system.centre import Centre

from browser.desk import Desk

MINUTE_MS = 60_000
BEGUN_MS = 4 * MINUTE_MS
"""Four hours of the demo's time: totes have come, batches are frozen, labels read back, bags gathered."""

SIZES = ((1366, 768), (1600, 1000), (1920, 1080))
NARROWEST = (1280, 800)

NewDesk = Callable[..., Desk]


def test_a_tote_arrives_number_by_number_and_its_bags_get_their_labels(new_desk: NewDesk) -> None:
    desk = new_desk("en", person="operator")
    page = desk.page
    desk.go("intake")
    page.get_by_test_id("intake-all").click()
    came = page.locator(
        "[data-testid=consignment-row]:is([data-state=arriving], [data-state=judged], [data-state=closed])"
    )
    came.first.click(timeout=BEGUN_MS)
    expect(page.get_by_test_id("consignment-received")).not_to_have_text("0")
    expect(page.get_by_test_id("intake-line").first).to_be_attached()
    page.get_by_test_id("labels-passed").click()
    expect(page.locator("[data-testid=label-row][data-state=passed]").first).to_be_visible(timeout=BEGUN_MS)


def test_a_number_that_came_twice_is_answered_with_a_comment_in_chinese(centre: Centre, new_desk: NewDesk) -> None:
    number = {"din": "A999926900001", "product": "D0001V00"}
    note = {
        "id": "note-twice",
        "origin": "mobile",
        "sent_at": centre.get("/clock")["domain_now"],
        "items": [number, number],
    }
    with closing(centre.signed_in("operator")) as client:
        assert client.post("/consignments", json=note).status_code == 201
    desk = new_desk("zh", person="operator")
    page = desk.page
    desk.open("/intake?id=note-twice")
    question = page.get_by_test_id("intake-double").get_by_test_id("intake-item")
    expect(question).to_contain_text("保留首次")
    question.get_by_test_id("intake-act-keep_first").click()
    expect(question).to_contain_text("请填写至少三个字的说明。")
    question.get_by_test_id("intake-comment").fill("重复登记，只有一袋")
    question.get_by_test_id("intake-send").click()
    expect(page.get_by_test_id("consignment")).to_contain_text("重复登记，只有一袋")
    expect(page.get_by_test_id("intake-double")).to_have_count(0)


def test_a_label_opens_as_a_page_to_print(new_desk: NewDesk) -> None:
    desk = new_desk("en", person="operator")
    page = desk.page
    desk.go("intake")
    link = page.get_by_test_id("label-print").first
    expect(link).to_be_visible(timeout=BEGUN_MS)
    answer = page.request.get(f"{desk.url}{link.get_attribute('href')}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")


def test_a_frozen_batch_leads_with_its_minutes_and_an_order_is_placed_and_taken_back(new_desk: NewDesk) -> None:
    desk = new_desk("en", person="operator")
    page = desk.page
    desk.go("preparation")
    page.locator("[data-testid=batch-row][data-kind=freeze][data-state=done]").first.click(timeout=BEGUN_MS)
    minutes = page.get_by_test_id("batch-minutes")
    expect(minutes).to_be_visible()
    assert 0 < int(minutes.inner_text()) <= 60
    expect(page.get_by_test_id("freezing-curve").locator("canvas")).to_be_visible()
    page.get_by_test_id("preparation-new").click()
    page.get_by_test_id("preparation-quantity").fill("2")
    page.get_by_test_id("preparation-place").click()
    mine = page.locator("[data-testid=preparation-row]").filter(has_text="operator").first
    expect(mine).to_contain_text("0 / 2")
    mine.get_by_test_id("preparation-cancel").click()
    page.get_by_test_id("preparation-reason").fill("ordered by mistake")
    page.get_by_role("button", name="Cancel order").click()
    expect(mine).to_have_count(0)


@pytest.mark.parametrize(("language", "packed"), [("en", "packed"), ("zh", "已装箱")])
def test_bags_gather_in_lanes_and_each_says_what_it_waits_for(new_desk: NewDesk, language: str, packed: str) -> None:
    desk = new_desk(language, person="operator")
    page = desk.page
    desk.go("picking")
    expect(page.get_by_test_id("picking-lane")).to_have_count(3)
    taken = page.locator("[data-testid=picking-lane]:not([data-shipment=''])").first
    expect(taken).to_contain_text(packed, timeout=BEGUN_MS)
    expect(taken.get_by_test_id("picking-bag").first).to_be_visible()


def test_a_move_shows_its_way_machine_by_machine(new_desk: NewDesk) -> None:
    desk = new_desk("en", person="operator")
    page = desk.page
    desk.go("tasks")
    page.get_by_role("button", name="Done").click()
    page.get_by_test_id("task-steps").first.click(timeout=BEGUN_MS)
    expect(page.get_by_test_id("task-step").first).to_contain_text("→")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_board_holds_every_store_and_every_row_of_stock(new_desk: NewDesk, language: str) -> None:
    desk = new_desk(language, person="operator")
    page = desk.page
    expect(page.get_by_test_id("flow-delivered")).to_be_visible()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert _cut(page, ".board-stock, .board-cold, .board-flow, .board-complete") == [], (width, height)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_bar_holds_every_screen_in_its_width(new_desk: NewDesk, language: str) -> None:
    desk = new_desk(language, person="admin")
    page = desk.page
    page.set_viewport_size({"width": NARROWEST[0], "height": NARROWEST[1]})
    desk.go("picking")
    assert _cut(page, "header.bar, header.bar nav, .workbar") == []


def test_g_and_a_letter_go_to_each_station(new_desk: NewDesk) -> None:
    desk = new_desk("en", person="operator")
    expect(desk.title).to_have_count(0)  # the board has no heading of its own
    for letter, heading in (("i", "Intake"), ("p", "Preparation"), ("m", "Moves"), ("k", "Picking and packing")):
        desk.page.keyboard.press("g")
        desk.page.keyboard.press(letter)
        expect(desk.title).to_have_text(heading)


def _cut(page: Page, selector: str) -> list[str]:
    """Elements whose content is larger than they are; a pixel of rounding is none."""
    found: list[str] = page.evaluate(
        """selector => [...document.querySelectorAll(selector)]
            .filter(e => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
            .map(e => `${e.className} ${e.scrollWidth}x${e.scrollHeight} in ${e.clientWidth}x${e.clientHeight}`)""",
        selector,
    )
    return found
