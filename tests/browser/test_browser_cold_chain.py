"""The cold chain at the desks: every screen in both languages, and one act at each of those where people act."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect
from system.centre import Centre

from browser.desk import Desk

MINUTE_MS = 60_000
"""Nothing here takes long; a machine with much to do may take its time."""

SCREENS = {
    "stores": ("Stores", "冷库", "store-cold-1"),
    "duties": ("Duties of the cold chain", "冷链值守", "duty-row"),
    "alarm-health": ("How well the alarms serve", "报警系统健康状况", None),
    "limits": ("Temperature limits", "温度限值", "envelope-ultra"),
    "certificates": ("Certificates of probes", "探头校准证书", "cert-ult-1-air"),
    "meter": ("Completeness", "数据完整性", None),
    "loggers": ("Loggers that travelled", "随箱温度记录仪", "take-logger"),
}
"""Place in the bar: its headings, and what its list or form is known by."""

REASON = "Closer to what the freezer can do"
FAILED = {"en": "Warmed for ten minutes, nothing rang", "zh": "加温十分钟，没有报警"}
BOX = "r20-1"
NEW_LIMIT = "≤ −66 °C"
TORN = "when,what\n2026-11-20 10:00,4.0\n2026-11-20 10:01,warm\n2026-11-20 25:02,5.0\n"
SOUND = {
    "en": "when,what\n2026-11-20 10:00,4.0\n2026-11-20 10:01,4.5\n2026-11-20 10:02,5.0\n",
    "zh": "when,what\n2026-11-20 11:00,4.0\n2026-11-20 11:01,4.2\n2026-11-20 11:02,4.4\n",
}

NewDesk = Callable[..., Desk]


def test_every_screen_of_the_cold_chain_speaks_both_languages(new_desk: NewDesk) -> None:
    desk = new_desk("en", person="quality")
    page, switch = desk.page, desk.page.get_by_test_id("lang-switch")
    for screen, (english, chinese, sign) in SCREENS.items():
        desk.go(screen)
        expect(desk.title).to_have_text(english, timeout=MINUTE_MS)
        if sign is not None:
            expect(page.get_by_test_id(sign).first).to_be_visible(timeout=MINUTE_MS)
        switch.click()
        expect(desk.title).to_have_text(chinese)
        switch.click()
        expect(desk.title).to_have_text(english)


@pytest.mark.parametrize(("language", "name", "probe"), [("en", "Cold room 1", "Load"), ("zh", "冷库 1", "负载")])
def test_a_store_opens_on_its_curve_its_probes_and_the_way_to_its_records(
    new_desk: NewDesk, language: str, name: str, probe: str
) -> None:
    desk = new_desk(language, person="operator", theme="dark")
    page = desk.page
    desk.go("stores")
    page.get_by_test_id("store-cold-1").get_by_role("link", name=name).click()
    expect(desk.title).to_contain_text(name)
    page.get_by_test_id("range-6h").click()
    expect(page.get_by_test_id("unit-chart").locator("canvas")).to_be_visible(timeout=MINUTE_MS)
    expect(page.get_by_test_id("unit-probe")).to_have_count(2)
    expect(page.get_by_test_id("unit-probe").first).to_contain_text(probe)
    page.locator(".unit-links a[href*='completeness']").click()
    cell = page.locator("[data-testid^='heat-cold-1-air-']").last
    cell.click(timeout=MINUTE_MS)
    expect(page.get_by_test_id("day-card")).to_contain_text(name)
    expect(page.locator("[data-testid=gap][data-reason=not_commissioned]")).to_have_count(1)


def test_limits_are_proposed_by_one_and_put_in_force_by_two_others(new_desk: NewDesk, centre: Centre) -> None:
    proposer = new_desk("en", person="operator")
    proposer.open("/limits?envelope=ultra")
    _propose(proposer.page, "-64")
    expect(proposer.page.get_by_test_id("limit-propose")).to_be_disabled()
    proposer.page.get_by_test_id("limit-max_c").fill("-66")
    proposer.page.get_by_test_id("limit-propose").click()
    expect(proposer.page.get_by_test_id("limit-proposal")).to_contain_text(NEW_LIMIT, timeout=MINUTE_MS)
    expect(proposer.page.get_by_test_id("signatures-done")).to_be_disabled()

    approver = new_desk("zh", person="quality")
    page = approver.page
    approver.open("/limits?envelope=ultra")
    expect(page.get_by_test_id("limit-proposal")).to_contain_text(REASON, timeout=MINUTE_MS)
    for nth, person in enumerate(("quality", "quality-2"), start=1):
        page.get_by_test_id(f"signature-{nth}-username").fill(person)
        page.get_by_test_id(f"signature-{nth}-password").fill(centre.passwords[person])
        page.get_by_test_id(f"signature-{nth}-sign").click()
        expect(page.get_by_test_id(f"signature-{nth}")).to_have_attribute("data-signed", "true", timeout=MINUTE_MS)
    page.get_by_test_id("signatures-done").click()
    expect(page.get_by_test_id("limit-proposal")).to_have_count(0, timeout=MINUTE_MS)
    expect(page.locator("[data-testid=limit-version][data-state=in_force]")).to_contain_text(NEW_LIMIT)
    expect(page.get_by_test_id("envelope-ultra")).to_contain_text("第 1 版")


@pytest.mark.parametrize(("language", "probe"), [("en", "ult-1-air"), ("zh", "ult-1-load")])
def test_a_certificate_is_recorded_and_holds_from_then_on(new_desk: NewDesk, language: str, probe: str) -> None:
    desk = new_desk(language, person="quality")
    page = desk.page
    desk.open(f"/calibrations?probe={probe}")
    number = f"B-{language}-77"
    for field, typed in (
        ("certificate", number),
        ("laboratory", "Riverside Metrology"),
        ("made_on", "2026-11-02"),
        ("due_on", "2027-11-02"),
        ("offset_c", "-0.05"),
    ):
        page.get_by_test_id(f"cert-field-{field}").fill(typed, timeout=MINUTE_MS)
    expect(page.get_by_test_id("cert-save")).to_be_disabled()
    page.get_by_test_id("cert-field-uncertainty_c").fill("0.1")
    page.get_by_test_id("cert-save").click()
    expect(page.get_by_test_id(f"cert-{probe}")).to_contain_text(number, timeout=MINUTE_MS)
    expect(page.get_by_test_id(f"cert-{probe}")).to_have_attribute("data-state", "valid")
    expect(page.get_by_test_id("certificate").first).to_contain_text(number)


@pytest.mark.parametrize(
    ("language", "fault", "inside", "taken"),
    [
        ("en", "is no temperature in Celsius", "Nothing outside the limits of the box.", "Taken: 3 readings"),
        ("zh", "不是有效的摄氏温度", "未超出运输箱限值", "已收取：3 个读数"),
    ],
)
def test_a_file_of_a_logger_is_refused_by_its_lines_and_taken_when_it_is_sound(
    new_desk: NewDesk, language: str, fault: str, inside: str, taken: str
) -> None:
    desk = new_desk(language, person="operator")
    desk.witness.forgive("422")
    page = desk.page
    desk.go("loggers")
    name = f"road-{language}.csv"
    page.get_by_test_id("file-input").set_input_files(_file(name, TORN))
    page.locator(".logger-mapping summary").click()
    for field, typed in (("time", "when"), ("celsius", "what"), ("timezone", "Asia/Shanghai")):
        page.get_by_test_id(f"map-{field}").fill(typed)
    page.get_by_test_id("logger-look").click()
    faults = page.get_by_test_id("file-faults").get_by_role("listitem")
    expect(faults).to_have_count(2, timeout=MINUTE_MS)
    expect(page.get_by_test_id("file-faults")).to_contain_text(fault)
    expect(page.get_by_test_id("logger-take")).to_be_disabled()

    page.get_by_test_id("file-input").set_input_files(_file(name, SOUND[language]))
    page.get_by_test_id("logger-look").click()
    expect(page.get_by_test_id("logger-holds")).to_contain_text("4.0", timeout=MINUTE_MS)
    expect(page.get_by_test_id("logger-take")).to_be_disabled()
    page.get_by_test_id("logger-box").click()
    page.locator(f'.ant-select-dropdown:visible [title="{BOX}"]').click()
    page.get_by_test_id("logger-look").click()
    expect(page.get_by_test_id("logger-holds")).to_contain_text(inside, timeout=MINUTE_MS)
    page.get_by_test_id("logger-take").click()
    expect(page.get_by_test_id("logger-taken")).to_contain_text(taken, timeout=MINUTE_MS)
    page.get_by_test_id("logger-row").filter(has_text=name).click()
    expect(page.get_by_test_id("logger-file")).to_contain_text("SHA-256")


@pytest.mark.parametrize(("language", "store"), [("en", "Ultra-low freezer"), ("zh", "血浆冰箱 2")])
def test_a_test_without_an_alarm_has_not_passed_and_is_recorded_as_failed(
    new_desk: NewDesk, language: str, store: str
) -> None:
    desk = new_desk(language, person="operator")
    desk.witness.forgive("/done")
    page = desk.page
    desk.go("duties")
    due = page.locator("[data-testid=duty-row][data-kind=alarm_test][data-state=open]")
    due.filter(has_text=store).click(timeout=MINUTE_MS)
    page.get_by_test_id("method-warmed").click(timeout=MINUTE_MS)
    page.get_by_test_id("outcome-passed").click()
    page.get_by_test_id("duty-do").click()
    expect(page.get_by_test_id("duty-card").get_by_role("alert")).to_be_visible(timeout=MINUTE_MS)
    page.get_by_test_id("outcome-failed").click()
    expect(page.get_by_test_id("duty-do")).to_be_disabled()
    page.get_by_test_id("duty-comment").fill(FAILED[language])
    page.get_by_test_id("duty-do").click()
    page.get_by_test_id("duties-record").click(timeout=MINUTE_MS)
    record = page.get_by_role("row").filter(has_text=FAILED[language])
    expect(record).to_contain_text("operator", timeout=MINUTE_MS)


def _propose(page: Page, limit: str) -> None:
    page.get_by_test_id("propose-open").click(timeout=MINUTE_MS)
    page.get_by_test_id("limit-max_c").fill(limit)
    page.get_by_test_id("limit-reason").fill(REASON)


def _file(name: str, content: str) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
