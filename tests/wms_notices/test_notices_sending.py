"""Real messages to a real server: signed, proven, tried again, given up aloud; nothing blocks, no secret leaks."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from io import StringIO

import pytest
from pydantic import SecretStr
from wms_notices.conftest import ANN
from wms_notices.post_office import PostOffice, self_signed

from hemovault.services.notifier import Notifier
from hemovault.services.notify_channels import open_channels
from hemovault.settings import ChannelSettings, ConfigError, NotifySettings
from runtime.health import Health
from wms.alarms import book, conditions
from wms.alarms.machine import Condition
from wms.ledger.read import entries
from wms.notices import outbox, read
from wms.notices.outbox import BACK_OFF_S, NoticeState
from wms.notices.redaction import redact
from wms.notices.senders import SIGNATURE
from wms.notices.tables import ChannelState

SECRET = "a-secret-of-twenty-four-b"
TOKEN = "tok3n-in-the-path-9f8e"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    office = PostOffice()
    office.revive()
    yield office
    office.kill()


@pytest.fixture
def root_log() -> Iterator[StringIO]:
    """What a service would log at DEBUG (pytest's own capture also hears loggers that do not propagate)."""
    text, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(text), root.level
    for name in ("apprise", "urllib3"):  # as at the start of a service, whatever ran before
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.NOTSET)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


def hook(office: PostOffice, **fields: object) -> NotifySettings:
    url = SecretStr(f"http://127.0.0.1:{office.port}/{TOKEN}")
    channel = ChannelSettings(kind="webhook", url=url, secret=SecretStr(SECRET), timeout_s=2.0)
    return NotifySettings(channels={"hook": channel}, **fields)


def phone(office: PostOffice) -> NotifySettings:
    base = f"json://user:{TOKEN}@127.0.0.1:{office.port}"
    people = {"ann": SecretStr(f"{base}/ann"), "bob": SecretStr(f"{base}/bob")}
    return NotifySettings(channels={"phone": ChannelSettings(kind="apprise", people=people)})


async def notifier_of(site, settings: NotifySettings) -> Notifier:
    notifier = Notifier(
        site.warehouse,
        open_channels(settings, site.clock.real_now, lambda: 3),
        lambda _probe: 42.0,
        Health().part("notices"),
        link="https://screens.test",
        most_per_minute=settings.most_per_minute,
    )
    await notifier.declare()
    return notifier


def of(site, channel: str):
    return [one for one in site.notices() if one.channel == channel]


async def test_a_webhook_gets_everything_a_person_needs_signed_under_the_notices_id(site, office):
    notifier = await notifier_of(site, hook(office))
    alarm = await site.tell(Condition.ACTIVE, level=1)
    await site.look()
    await notifier.send_once()
    (got,) = office.got
    (sent,) = of(site, "hook")
    said = got.json
    assert said["id"] == sent.id == got.headers["Idempotency-Key"]
    assert (said["alarm"], said["priority"], said["value"], said["limit"], said["unit"]) == (
        alarm,
        1,
        8.4004,
        6.0,
        "Cel",
    )
    assert (said["place"], said["told"], said["person"]) == ("cold-1", ["ann"], None)
    assert said["stake"]["bags"] == 0
    assert said["link"] == f"https://screens.test/alarms/{alarm}"
    assert "8.4 °C," in said["text_en"]
    assert "limit 6 °C" in said["text_en"]
    assert "温度高于上限" in said["title_zh"]
    assert "受影响" in said["text_zh"]
    stamp, _, digest = got.headers[SIGNATURE].partition(",v1=")
    signed = stamp.removeprefix("t=").encode() + b"." + got.body
    assert hmac.compare_digest(digest, hmac.new(SECRET.encode(), signed, sha256).hexdigest())


async def test_delivery_is_proven_by_what_the_other_side_answered(site, office):
    office.answer = "queued as 4711"
    notifier = await notifier_of(site, hook(office))
    await site.tell(Condition.ACTIVE)
    await site.look()
    await notifier.send_once()
    (sent,) = of(site, "hook")
    assert (sent.state, sent.attempts, sent.detail) == (NoticeState.SENT, 1, "answered 200: queued as 4711")
    assert sent.sent_at_real == site.clock.real_now()
    assert sent.received_at is None  # taken by the channel is not received by a person
    (on_the_wall,) = of(site, "wall")
    assert on_the_wall.detail == "on the live stream; 3 screens listen"


async def test_a_dead_server_is_tried_again_with_growing_pauses_and_gets_it_once_it_lives(site, office):
    notifier = await notifier_of(site, hook(office))
    office.kill()
    await site.tell(Condition.ACTIVE)
    await site.look()
    for number, wait in enumerate(BACK_OFF_S[:3], start=1):
        await notifier.send_once()
        (failed,) = of(site, "hook")
        assert (failed.state, failed.attempts, failed.detail) == (NoticeState.FAILED, number, "no connection")
        assert await notifier.send_once() == 0  # not before its time
        site.clock.step(wait)
    office.revive()
    await notifier.send_once()
    (sent,) = of(site, "hook")
    assert (sent.state, sent.attempts) == (NoticeState.SENT, 4)
    assert len(office.got) == 1


async def test_what_cannot_be_delivered_is_given_up_with_an_alarm_that_ends_when_the_channel_works_again(site, office):
    notifier = await notifier_of(site, hook(office))
    office.status, office.answer = 503, "later"
    await site.tell(Condition.ACTIVE)
    await site.look()
    for wait in (*BACK_OFF_S, 1.0):
        await notifier.send_once()
        site.clock.step(wait)
    (lost,) = of(site, "hook")
    assert (lost.state, lost.attempts, lost.detail) == (NoticeState.GIVEN_UP, 8, "answered 503: later")
    assert await site.write(lambda tx: book.is_active(tx, "hook", conditions.NOTICE_UNDELIVERED))
    with site.warehouse.read() as conn:
        states = {one.name: one.state for one in read.list_channels(conn)}
    assert states == {"hook": ChannelState.FAILING, "wall": ChannelState.WORKING}
    await site.look()  # the alarm of the channel is told of, too
    office.status = 200
    await notifier.send_once()
    assert not await site.write(lambda tx: book.is_active(tx, "hook", conditions.NOTICE_UNDELIVERED))


async def test_a_redirect_is_not_followed(site, office):
    notifier = await notifier_of(site, hook(office))
    office.status = 302
    await site.tell(Condition.ACTIVE)
    await site.look()
    await notifier.send_once()
    assert [got.path for got in office.got] == [f"/{TOKEN}"]
    assert of(site, "hook")[0].state is NoticeState.FAILED


async def test_a_server_with_an_untrusted_certificate_is_told_nothing(site, office, tmp_path):
    office.kill()
    office.tls = self_signed(tmp_path)
    office.revive()
    url = SecretStr(f"https://localhost:{office.port}/{TOKEN}")
    channel = ChannelSettings(kind="webhook", url=url, secret=SecretStr(SECRET))
    notifier = await notifier_of(site, NotifySettings(channels={"hook": channel}))
    await site.tell(Condition.ACTIVE)
    await site.look()
    await notifier.send_once()
    (failed,) = of(site, "hook")
    assert (failed.state, failed.detail) == (NoticeState.FAILED, "its certificate is not trusted")
    assert office.got == []


async def test_nothing_is_lost_when_the_service_dies_between_sending_and_writing_it_down(site, office):
    """At least once: the message goes out again under the same id, so that the other side can tell."""
    notifier = await notifier_of(site, hook(office))
    await site.tell(Condition.ACTIVE)
    await site.look()

    async def die(*_: object) -> None:
        raise KeyboardInterrupt

    notifier._keep = die  # type: ignore[method-assign]  # the kill
    with suppress(KeyboardInterrupt):
        await notifier.send_once()
    assert of(site, "hook")[0].state is NoticeState.QUEUED
    after_restart = await notifier_of(site, hook(office))
    await after_restart.send_once()
    await after_restart.send_once()
    assert len({got.json["id"] for got in office.got}) == 1
    assert of(site, "hook")[0].state is NoticeState.SENT


async def test_apprise_reaches_each_person_at_their_own_address(site, office):
    notifier = await notifier_of(site, phone(office))
    await site.tell(Condition.ACTIVE, level=1)
    await site.look()
    await notifier.send_once()
    (got,) = office.got
    (sent,) = of(site, "phone")
    assert (got.path, sent.person, sent.state) == ("/ann", "ann", NoticeState.SENT)
    assert sent.id in got.json["message"]
    assert "温度高于上限" in got.json["title"]
    assert "Temperature above the limit" in got.json["title"]


async def test_apprise_fails_and_recovers_without_leaking_an_address(site, office, capfd):
    notifier = await notifier_of(site, phone(office))
    office.kill()
    await site.tell(Condition.ACTIVE)
    await site.look()
    await notifier.send_once()
    (failed,) = of(site, "phone")
    assert failed.state is NoticeState.FAILED
    assert failed.detail
    office.revive()
    site.clock.step(5)
    await notifier.send_once()
    assert of(site, "phone")[0].state is NoticeState.SENT
    leaked = "".join(capfd.readouterr())
    assert TOKEN not in leaked


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("settings", [hook, phone])
async def test_no_address_and_no_secret_is_in_the_database_the_ledger_the_api_or_the_log(
    site, office, settings, status, root_log
):
    office.status, office.answer = status, f"no route to http://127.0.0.1:{office.port}/{TOKEN}, key {SECRET}"
    notifier = await notifier_of(site, settings(office))
    await site.tell(Condition.ACTIVE)
    await site.look()
    await notifier.send_once()
    with site.warehouse.read() as conn:
        names = ("notice", "notice_channel", "notice_climb", "alarm_journal")
        stored = str([conn.exec_driver_sql(f"SELECT * FROM {name}").all() for name in names])
        stored += str(entries(conn, limit=500)) + str(read.list_channels(conn)) + root_log.getvalue()
    assert TOKEN not in stored
    assert SECRET not in stored
    assert "://127" not in stored


async def test_a_server_that_hangs_holds_up_neither_the_loop_nor_the_writer_nor_other_channels(site, office):
    import threading

    office.hang = threading.Event()
    notifier = await notifier_of(site, hook(office))
    await site.tell(Condition.ACTIVE)
    await site.look()
    running = asyncio.create_task(notifier.run())
    try:
        async with asyncio.timeout(60):
            while not office.got or of(site, "wall")[0].state is not NoticeState.SENT:  # noqa: ASYNC110 - a thread's
                await asyncio.sleep(0.01)
        slowest = 0.0
        for _ in range(20):
            before = time.monotonic()
            await site.write(lambda tx: tx.notify("alarm", "x"))
            await asyncio.sleep(0)
            slowest = max(slowest, time.monotonic() - before)
        assert of(site, "hook")[0].state is NoticeState.QUEUED  # it hangs still
        assert slowest < 1.0
        office.hang.set()
        async with asyncio.timeout(60):
            while of(site, "hook")[0].state is not NoticeState.SENT:  # noqa: ASYNC110 - the database's
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_a_flood_waits_its_turn_the_most_urgent_first(site, office):
    notifier = await notifier_of(site, hook(office, most_per_minute=2))
    for probe in ("cold-1-air", "plasma-1-air", "platelet-1-air"):
        await site.tell(Condition.ACTIVE, source=probe)
    await site.tell(Condition.ACTIVE, source="cold-2-load", level=1)
    await site.look()
    await notifier.send_once()
    assert len(office.got) == 2
    assert office.got[0].json["priority"] == 1
    await notifier.send_once()
    assert len(office.got) == 2
    site.clock.step(61)
    await notifier.send_once()
    assert len(office.got) == 4


async def test_a_test_message_goes_the_same_way_and_its_answer_can_be_read(site, office):
    notifier = await notifier_of(site, hook(office))
    notice = await site.write(lambda tx: outbox.queue_test(tx, ANN, "hook"))
    await notifier.send_once()
    assert office.got[0].json["kind"] == "test"
    with site.warehouse.read() as conn:
        assert read.one_notice(conn, notice).detail == "answered 200: ok"


async def test_a_channel_that_left_the_settings_is_told_of_nothing_more(site, office):
    await notifier_of(site, hook(office))
    await notifier_of(site, NotifySettings())
    await site.tell(Condition.ACTIVE)
    await site.look()
    assert {one.channel for one in site.notices()} == {"wall"}


def test_addresses_come_from_a_file_that_nobody_else_can_read(tmp_path):
    secrets = tmp_path / "notify.toml"
    secrets.write_text(f'pager = "json://127.0.0.1/{TOKEN}"\n')
    channel = ChannelSettings(kind="apprise", url=SecretStr("@pager"))
    settings = NotifySettings(secrets_file=secrets, channels={"pager": channel})
    secrets.chmod(0o644)
    with pytest.raises(ConfigError, match="make it 0600"):
        open_channels(settings, lambda: None, lambda: 0)
    secrets.chmod(0o600)
    assert [one.reach.name for one in open_channels(settings, lambda: None, lambda: 0)] == ["wall", "pager"]


@pytest.mark.parametrize(
    ("channel", "why"),
    [
        ({"kind": "webhook", "url": f"http://example.org/{TOKEN}", "secret": SECRET}, "https address"),
        ({"kind": "webhook", "url": f"https://example.org/{TOKEN}", "secret": "short"}, "16 characters"),
        ({"kind": "apprise", "url": f"jsons://example.org/{TOKEN}?verify=no"}, "check of certificates"),
        ({"kind": "apprise", "url": f"carrierpigeon://{TOKEN}"}, "does not know"),
        ({"kind": "apprise", "url": "@nowhere"}, "no line 'nowhere'"),
    ],
)
def test_an_address_that_cannot_be_used_is_named_by_its_channel_and_never_shown(channel, why):
    settings = NotifySettings(channels={"odd": ChannelSettings(**channel)})
    with pytest.raises(ConfigError, match=why) as refusal:
        open_channels(settings, lambda: None, lambda: 0)
    assert str(refusal.value).startswith("notify.channels.odd")
    assert TOKEN not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_redaction_takes_out_urls_and_every_piece_of_a_secret():
    url = "json://user:p%40ssword@host.example.org/t0ken-9?x=1"
    said = f"POST {url} failed for p@ssword at HOST.example.org with t0ken-9"
    assert redact(said, (url,)) == "POST *** failed for *** at *** with ***"
