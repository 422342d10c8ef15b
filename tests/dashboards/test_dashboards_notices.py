"""Ladder, rota, notices, channels, the wall and duties as the screens meet them."""

from __future__ import annotations

import pytest

from dashboards.refusals import in_chinese
from dashboards.refusals_notices import NOTICES
from hemovault.services.clockwork import add_ticks
from wms.alarms import conditions
from wms.alarms.book import tell
from wms.alarms.machine import Condition
from wms.alarms.news import News
from wms.duties import watch
from wms.notices import climbing, outbox
from wms.notices.channels import declare
from wms.notices.opening import first_rota
from wms.notices.reach import Reach
from wms.notices.tables import ChannelKind
from wms.store.metadata import to_us
from wms.store.tx import Actor

API = "/api/v1"
OPENER = Actor("service:opening", "test")


async def begin(centre) -> None:
    """A site with a rota, a wall and a webhook."""
    channels = [Reach("wall", ChannelKind.WALL), Reach("hook", ChannelKind.WEBHOOK)]
    await centre.write(lambda tx: declare(tx, channels))
    await centre.write(lambda tx: first_rota(tx, OPENER))


async def raise_alarm(centre, level: int = 0) -> str:
    news = News(
        source="cold-1-air", condition=conditions.TEMPERATURE_HIGH, state=Condition.ACTIVE, at=centre.clock.now(),
        level=level, value=8.4, limit=6.0, place="cold-1",
    )  # fmt: skip
    alarm = await centre.write(lambda tx: tell(tx, news))
    await centre.write(lambda tx: climbing.tick(tx, 1.0))
    return str(alarm)


async def test_the_ladder_names_everybody_in_both_languages(centre):
    async with centre.client("operator") as client:
        ladders = (await client.get(f"{API}/ladder")).json()["ladders"]
    assert [one["priority"] for one in ladders] == [1, 2, 3, 4]
    assert ladders[0]["steps"][1] == {
        "after_min": 5.0, "who": "shift_lead", "who_en": "Shift lead", "who_zh": "值班组长", "channels": ["*"],
    }  # fmt: skip
    assert ladders[0]["quiet"] is None
    assert ladders[3]["quiet"] == {"from_time": "22:00", "to_time": "06:00"}


async def test_a_new_site_has_a_rota_of_the_people_it_has(centre):
    await begin(centre)
    async with centre.client("operator") as client:
        rota = (await client.get(f"{API}/rota")).json()
    on = {one["position"]: (one["people"], one["gap"]) for one in rota["on_duty"]}
    assert on["operator"] == (["operator"], False)
    assert on["quality"] == (["quality"], False)
    assert on["engineer"] == (["admin"], False)
    assert rota["gaps"] == []


async def test_the_rota_is_changed_by_quality_and_names_its_gaps(centre):
    await begin(centre)
    async with centre.client("operator") as client:
        refused = await client.put(f"{API}/rota", json={"version": 1, "shifts": [], "reason": "no"})
        assert refused.status_code == 403
    shift = {
        "position": "operator", "person": "operator", "weekdays": [1, 2, 3, 4, 5], "from_time": "08:00",
        "to_time": "20:00",
    }  # fmt: skip
    async with centre.client("quality") as client:
        body = {"version": 1, "shifts": [shift], "reason": "weekdays only"}
        changed = await client.put(f"{API}/rota", json=body)
        assert changed.status_code == 200, changed.text
        rota = changed.json()
        assert rota["version"] == 2
        assert rota["shifts"] == [{**shift, "substitute": None}]
        assert {gap["position"] for gap in rota["gaps"]} == {"operator", "shift_lead", "quality", "engineer"}
        late = await client.put(f"{API}/rota", json=body)
        assert (late.status_code, late.json()["code"]) == (409, "rota.changed")
        wrong = await client.put(
            f"{API}/rota", json={**body, "version": 2, "shifts": [{**shift, "from_time": "25:00"}]}
        )
        assert wrong.status_code == 422


async def test_a_notice_can_be_followed_to_who_acted(centre):
    await begin(centre)
    alarm = await raise_alarm(centre)
    async with centre.client("operator") as client:
        found = (await client.get(f"{API}/notices", params={"alarm": alarm})).json()["items"]
        assert {(one["channel"], one["state"], one["who"]) for one in found} == {
            ("wall", "queued", "operator"), ("hook", "queued", "operator"),
        }  # fmt: skip
        opened = (await client.post(f"{API}/notices/{found[0]['id']}/open")).json()
        assert (opened["received_by"], opened["received_how"]) == ("operator", "opened")
        centre.clock.step(120)
        await client.post(f"{API}/alarms/{alarm}/acknowledge", json={"comment": "on my way"})
        await centre.write(lambda tx: climbing.tick(tx, 1.0))
        answered = (await client.get(f"{API}/alarm-responses")).json()
        assert [(one["acted_by"], one["minutes"]) for one in answered["items"]] == [("operator", 2.0)]
        assert (await client.get(f"{API}/notices/none")).status_code == 404


async def test_who_says_i_come_is_known_and_the_ladder_goes_on(centre):
    await begin(centre)
    alarm = await raise_alarm(centre)
    async with centre.client("operator") as client:
        notice = (await client.get(f"{API}/notices", params={"alarm": alarm})).json()["items"][0]
        assert notice["told"] == ["operator"]
        assert (await client.post(f"{API}/notices/{notice['id']}/open")).status_code == 200
        answered = (await client.post(f"{API}/notices/{notice['id']}/coming")).json()
        assert (answered["received_by"], answered["received_how"]) == ("operator", "coming")
        centre.clock.step(11 * 60)
        await centre.write(lambda tx: climbing.tick(tx, 1.0))
        escalation = (await client.get(f"{API}/alarms/{alarm}")).json()["escalation"]
        assert (escalation["step"], escalation["coming"]) == (1, ["operator"])
        await client.post(f"{API}/alarms/{alarm}/acknowledge", json={"comment": "I am there"})
        await centre.write(lambda tx: climbing.tick(tx, 1.0))
        late = await client.post(f"{API}/notices/{notice['id']}/coming")
        assert (late.status_code, late.json()["code"]) == (409, "notice.over")
        assert (await client.post(f"{API}/notices/none/coming")).status_code == 404


async def test_an_alarm_of_which_no_channel_has_taken_a_message_is_known(centre):
    await begin(centre)
    alarm = await raise_alarm(centre)

    async def taken(client) -> int:
        return int((await client.get(f"{API}/alarms/{alarm}")).json()["escalation"]["taken"])

    async with centre.client("operator") as client:
        assert await taken(client) == 0
        with centre.warehouse.read() as conn:
            (waiting,) = outbox.waiting(conn, "wall", to_us(centre.warehouse.clock.real_now()), 10)
        answer = outbox.Answer(outbox.Outcome.TAKEN, "1 screen", "", "")
        await centre.write(lambda tx: outbox.keep_answer(tx, waiting, answer))
        assert await taken(client) == 1


async def test_the_wall_says_what_should_sound(centre):
    await begin(centre)
    async with centre.client("operator") as client:
        assert (await client.get(f"{API}/wall")).json()["sound"] == "none"
        alarm = await raise_alarm(centre, level=1)
        wall = (await client.get(f"{API}/wall")).json()
        assert wall["sound"] == "critical"
        assert [(one["alarm"], one["place_name_zh"]) for one in wall["items"]] == [(alarm, "冷库 1")]
    async with centre.client("hospital") as client:
        assert (await client.get(f"{API}/wall")).status_code == 403


async def test_the_live_stream_carries_the_sound_to_the_centre_and_to_no_hospital(centre):
    stream = centre.house.stream
    staff = stream.join("operator", None, None, {})
    hospital = stream.join("hospital", "city-first", None, {})
    stream.announce_sound({"sound": "critical"})
    later = stream.join("quality", None, None, {})
    assert b'event: sound\ndata: {"sound":"critical"}' in b"".join(staff.waiting)
    assert b"event: sound" in b"".join(later.waiting)
    assert b"event: sound" not in b"".join(hospital.waiting)


async def test_channels_are_tested_by_engineers_and_show_no_address(centre):
    await begin(centre)
    async with centre.client("operator") as client:
        assert (await client.post(f"{API}/channels/hook/test")).status_code == 403
    async with centre.client("admin") as client:
        sent = await client.post(f"{API}/channels/hook/test")
        assert (sent.status_code, sent.json()["kind"], sent.json()["state"]) == (202, "test", "queued")
        unknown = await client.post(f"{API}/channels/pigeon/test")
        assert (unknown.status_code, unknown.json()["detail_zh"]) == (404, "没有该通知渠道。")
        (hook, wall) = (await client.get(f"{API}/channels")).json()["items"]
        assert (hook["name"], hook["state"], hook["waiting"], wall["name"]) == ("hook", "untried", 1, "wall")


async def test_a_reading_is_recorded_beside_what_the_probe_says(centre):
    await centre.write(watch.tick)
    centre.clock.step(3 * 3600)  # 19:00 at the site
    centre.hear("cold-1-load", 4.0)
    duty = "reading.cold-1.2026-11-20.2"
    async with centre.client("operator") as client:
        listed = (await client.get(f"{API}/duties")).json()
        assert duty in {one["id"] for one in listed["items"]}
        assert listed["times"]["readings_apart_h"] == 8.0
        detail = (await client.get(f"{API}/duties/{duty}")).json()
        assert (detail["state"], detail["name_zh"]) == ("open", "冷库 1")
        assert "cold-1-load" in detail["probes"]
        refused = await client.post(f"{API}/duties/{duty}/done", json={})
        assert (refused.status_code, refused.json()["code"]) == (422, "duty.value_c")
        assert refused.json()["detail_zh"]
        headers = {"Idempotency-Key": "tapped twice"}
        for _ in range(2):
            done = await client.post(f"{API}/duties/{duty}/done", json={"value_c": 4.2}, headers=headers)
            assert done.status_code == 201, done.text
        assert (done.json()["probe"], done.json()["difference_c"], done.json()["agreement"]) == (
            "cold-1-load", 0.2, "agrees",
        )  # fmt: skip
        records = (await client.get(f"{API}/duties/records")).json()["items"]
        assert [one["person"] for one in records] == ["operator"]
        page = await client.get(f"{API}/duties/records.html", params={"lang": "zh"})
        assert "冷链值班记录" in page.text
        assert "4.2" in (await client.get(f"{API}/duties/records.csv")).text


async def test_a_day_is_signed_beside_its_lowest_and_highest_values(centre):
    await centre.write(watch.tick)
    centre.clock.step(2 * 3600)
    for probe in ("cold-1-load", "cold-1-air"):
        centre.hear(probe, 3.0, 7.5, 4.0)
    centre.clock.step(15 * 3600)
    duty = "min_max.cold-1.2026-11-20"
    async with centre.client("quality") as client:
        (load,) = [
            one for one in (await client.get(f"{API}/duties/{duty}")).json()["ranges"] if one["probe"] == "cold-1-load"
        ]
        assert (load["min_c"], load["max_c"], load["outside"]) == (3.0, 7.5, True)
        assert load["gap_minutes"] > 1300
        refused = await client.post(f"{API}/duties/{duty}/done", json={"outcome": "signed"})
        assert refused.json()["code"] == "duty.comment"
        signed = await client.post(f"{API}/duties/{duty}/done", json={"outcome": "signed", "comment": "door repaired"})
        assert signed.status_code == 201, signed.text
        assert len(signed.json()["ranges"]) == len((await client.get(f"{API}/duties/{duty}")).json()["ranges"])


async def test_a_healthy_new_site_stands_without_an_alarm_of_people_or_duties(centre):
    await begin(centre)
    add_ticks(centre.warehouse)
    await centre.warehouse.tick()
    centre.clock.step(3600)
    await centre.warehouse.tick()
    async with centre.client("operator") as client:
        found = (await client.get(f"{API}/alarms")).json()["items"]
    assert not {one["condition"] for one in found} & {"rota_gap", "duty_overdue", "notice_undelivered"}


@pytest.mark.parametrize("code", sorted(NOTICES))
def test_every_refusal_is_joined(code):
    assert in_chinese(code) == NOTICES[code]
