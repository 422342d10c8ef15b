"""One message, one sender, one channel that fails takes no other with it; a clock that is set back silences nobody."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from hemovault.services import notifier as notifier_file
from hemovault.services.notifier import Notifier
from hemovault.services.notify_channels import Channel
from runtime.health import Health
from wms.alarms.machine import Condition
from wms.errors import StoreFailed
from wms.notices.message import Message
from wms.notices.outbox import NoticeState, Outcome
from wms.notices.reach import Reach
from wms.notices.senders import Reply, Send
from wms.notices.tables import ChannelKind


def minutes_left(_probe: str) -> float | None:
    return 42.0


def notifier_of(site, *sends: tuple[str, Send], forecast=minutes_left, most_per_minute: int = 30) -> Notifier:
    return Notifier(
        site.warehouse,
        [Channel(Reach(name, ChannelKind.WEBHOOK), send) for name, send in sends],
        forecast,
        Health().part("notices"),
        link="https://screens.test",
        most_per_minute=most_per_minute,
    )


def taking(got: list[Message]) -> Send:
    def send(message: Message) -> Reply:
        got.append(message)
        return Reply(Outcome.TAKEN, "taken")

    return send


@asynccontextmanager
async def running(notifier: Notifier) -> AsyncIterator[None]:
    task = asyncio.create_task(notifier.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not is_true():  # noqa: ASYNC110 - another thread makes it true
            await asyncio.sleep(0.01)


async def test_an_alarm_that_cannot_be_put_into_words_is_told_all_the_same_and_holds_up_no_other(site):
    got: list[Message] = []

    def forecast(probe: str) -> float | None:
        if probe == "cold-1-load":
            raise ZeroDivisionError("a model that errs")
        return 42.0

    notifier = notifier_of(site, ("hook", taking(got)), forecast=forecast)
    await notifier.declare()
    worst = await site.tell(Condition.ACTIVE, source="cold-1-load", level=1)
    other = await site.tell(Condition.ACTIVE, source="plasma-1-air")
    await site.look()
    await notifier.send_once()
    assert [message.alarm for message in got] == [worst, other]
    assert got[0].priority == 1
    assert got[0].link == f"https://screens.test/alarms/{worst}"
    assert got[0].link in got[0].text_en
    assert got[0].link in got[0].text_zh
    assert {one.state for one in site.notices()} == {NoticeState.SENT}


async def test_a_sender_that_raises_has_not_sent_and_is_tried_again(site):
    def broken(_message: Message) -> Reply:
        raise UnicodeEncodeError("ascii", "https://secret.test/é", 0, 1, "no such letter")

    got: list[Message] = []
    notifier = notifier_of(site, ("broken", broken), ("hook", taking(got)))
    await notifier.declare()
    await site.tell(Condition.ACTIVE)
    await site.look()
    await notifier.send_once()
    assert len(got) == 1
    (failed,) = [one for one in site.notices() if one.channel == "broken"]
    assert (failed.state, failed.attempts) == (NoticeState.FAILED, 1)
    assert "secret" not in (failed.detail or "")


async def test_a_channel_whose_answers_cannot_be_kept_leaves_the_others_alone(site, monkeypatch):
    got: list[Message] = []
    taken_by_odd: list[Message] = []
    notifier = notifier_of(site, ("odd", taking(taken_by_odd)), ("hook", taking(got)))
    keep = notifier._keep

    async def refuse(one, answer) -> None:
        if one.channel == "odd" and len(taken_by_odd) == 1:
            raise StoreFailed("store.full", "the disk is full")
        await keep(one, answer)

    monkeypatch.setattr(notifier, "_keep", refuse)
    await notifier.declare()
    async with running(notifier):
        await site.tell(Condition.ACTIVE)
        await site.look()
        await until(lambda: {one.state for one in site.notices()} == {NoticeState.SENT})
    assert len(got) == 1  # it was not begun anew with the other
    assert len({message.id for message in taken_by_odd}) == 1


async def test_a_sender_that_never_comes_back_does_not_keep_its_channel_for_ever(site, monkeypatch):
    monkeypatch.setattr(notifier_file, "ANSWER_WITHIN_S", 0.2)
    let_go, got = threading.Event(), []

    def send(message: Message) -> Reply:
        if not got:
            got.append(message)
            let_go.wait(60)
        got.append(message)
        return Reply(Outcome.TAKEN, "taken")

    notifier = notifier_of(site, ("hook", send))
    await notifier.declare()
    try:
        async with running(notifier):
            await site.tell(Condition.ACTIVE)
            await site.look()
            await until(lambda: [one.state for one in site.notices()] == [NoticeState.FAILED])
            site.clock.step(3)
            await until(lambda: [one.state for one in site.notices()] == [NoticeState.SENT])
    finally:
        let_go.set()


async def test_what_is_most_urgent_goes_next_whatever_waited_before(site):
    got: list[Message] = []
    raised: list[str] = []
    loop = asyncio.get_running_loop()

    async def raise_the_worst() -> None:
        raised.append(await site.tell(Condition.ACTIVE, source="cold-2-load", level=1))
        await site.look()

    def send(message: Message) -> Reply:
        got.append(message)
        if len(got) == 1:
            asyncio.run_coroutine_threadsafe(raise_the_worst(), loop).result(60)
        return Reply(Outcome.TAKEN, "taken")

    notifier = notifier_of(site, ("hook", send))
    await notifier.declare()
    for probe in ("cold-1-air", "plasma-1-air", "platelet-1-air"):
        await site.tell(Condition.ACTIVE, source=probe)
    await site.look()
    await notifier.send_once()
    assert got[1].alarm == raised[0]


@pytest.mark.parametrize("hours", [1, 24])
async def test_a_clock_that_is_set_back_puts_off_nobody(site, hours):
    got: list[Message] = []
    notifier = notifier_of(site, ("hook", taking(got)), most_per_minute=2)
    await notifier.declare()
    for probe in ("plasma-1-air", "platelet-1-air"):
        await site.tell(Condition.ACTIVE, source=probe)
    await site.look()
    await notifier.send_once()  # the room of this minute is used up
    worst = await site.tell(Condition.ACTIVE, source="cold-1-load", level=1)
    site.clock._now -= timedelta(hours=hours)  # after it was raised, before anybody was told
    site.clock._began -= timedelta(hours=hours)
    await site.look()
    await notifier.send_once()
    assert [message.alarm for message in got[2:]] == [worst]
    await site.pass_minutes(6)
    told = {one.person or one.step for one in site.notices() if one.alarm == worst}
    assert 1 in told  # the shift lead, five minutes later by the clock that holds now


async def test_what_was_queued_before_the_clock_was_set_back_goes_out_at_once(site):
    got: list[Message] = []
    notifier = notifier_of(site, ("hook", taking(got)))
    await notifier.declare()
    await site.tell(Condition.ACTIVE)
    await site.look()
    site.clock._now -= timedelta(hours=1)
    site.clock._began -= timedelta(hours=1)
    await notifier.send_once()
    assert len(got) == 1


async def test_the_most_urgent_waits_for_no_room_that_a_flood_has_used_up(site):
    got: list[Message] = []
    notifier = notifier_of(site, ("hook", taking(got)), most_per_minute=2)
    await notifier.declare()
    for probe in ("cold-1-air", "plasma-1-air", "platelet-1-air"):
        await site.tell(Condition.ACTIVE, source=probe)
    await site.look()
    await notifier.send_once()
    assert len(got) == 2
    worst = await site.tell(Condition.ACTIVE, source="cold-2-load", level=1)
    await site.look()
    await notifier.send_once()
    assert [message.alarm for message in got[2:]] == [worst]  # what else waits has its turn in a minute
