"""The MQTT link against a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from runtime_running import LIMIT_S, until
from runtime_running import running as running_parts

from runtime.mqtt import LinkDown, Message, MqttLink, Will
from runtime.settings import MqttSettings


@asynccontextmanager
async def running(*links: MqttLink) -> AsyncIterator[None]:
    async with running_parts(*links):
        for link in links:
            await until(link.connected.is_set)
        yield


class Inbox:
    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._news = asyncio.Event()

    def __call__(self, message: Message) -> None:
        self.messages.append(message)
        self._news.set()

    async def wait(self, count: int, seconds: float = LIMIT_S) -> list[Message]:
        async with asyncio.timeout(seconds):
            while len(self.messages) < count:
                self._news.clear()
                await self._news.wait()
        return self.messages


async def publish_for_ever(link: MqttLink) -> None:
    while True:
        await link.publish("x", b"", qos=1)


async def test_qos1_publish_returns_when_the_broker_has_it(mqtt_settings: MqttSettings) -> None:
    inbox = Inbox()
    a, b = MqttLink(mqtt_settings, "a"), MqttLink(mqtt_settings, "b")
    b.subscribe("x/+", inbox)
    async with running(a, b):
        for number in range(300):
            a.send("x/1", str(number).encode(), qos=1)
        await a.publish("x/1", b"300", qos=1)
        got = await inbox.wait(301)
    assert [int(message.payload) for message in got] == list(range(301))


async def test_publish_without_a_broker_raises_link_down() -> None:
    link = MqttLink(MqttSettings(port=1), "alone")
    with pytest.raises(LinkDown, match="not connected"):
        await link.publish("x", b"", qos=1)


async def test_link_comes_back_after_the_broker_was_killed(broker, mqtt_settings: MqttSettings) -> None:
    inbox = Inbox()
    a, b = MqttLink(mqtt_settings, "a"), MqttLink(mqtt_settings, "b")
    b.subscribe("x", inbox)
    async with running(a, b):
        gone = asyncio.Event()
        a.on_disconnect(gone.set)
        await asyncio.to_thread(broker.kill)
        await asyncio.wait_for(gone.wait(), LIMIT_S)
        with pytest.raises(LinkDown):
            await a.publish("x", b"lost", qos=1)
        await asyncio.to_thread(broker.start)
        for link in (a, b):
            await asyncio.wait_for(link.connected.wait(), LIMIT_S)
        await a.publish("x", b"back", qos=1)
        assert (await inbox.wait(1))[0].payload == b"back"


async def test_publish_in_flight_fails_when_the_broker_dies(broker, mqtt_settings: MqttSettings) -> None:
    link = MqttLink(mqtt_settings, "a")
    async with running(link):
        await asyncio.to_thread(broker.kill)
        with pytest.raises(LinkDown):
            await asyncio.wait_for(publish_for_ever(link), LIMIT_S)


async def test_clean_stop_says_the_will_itself(mqtt_settings: MqttSettings) -> None:
    inbox = Inbox()
    watcher = MqttLink(mqtt_settings, "watcher")
    watcher.subscribe("will/+", inbox)
    async with running(watcher):
        async with running(MqttLink(mqtt_settings, "a", will=Will("will/a", b"gone", retain=True))):
            assert inbox.messages == []
        assert [message.payload for message in await inbox.wait(1)] == [b"gone"]


async def test_will_is_asked_again_before_each_connect(mqtt_settings: MqttSettings) -> None:
    asked: list[int] = []

    def will() -> Will:
        asked.append(len(asked))
        return Will("will/count", str(asked[-1]).encode())

    link = MqttLink(mqtt_settings, "a", will=will)
    inbox = Inbox()
    watcher = MqttLink(mqtt_settings, "watcher")
    watcher.subscribe("will/+", inbox)
    async with running(watcher, link):
        link.drop("test")
        await inbox.wait(1)
        await asyncio.wait_for(link.connected.wait(), LIMIT_S)
    assert asked == [0, 1]
    assert inbox.messages[0].payload == b"0"


async def test_failing_handler_does_not_stop_the_others(mqtt_settings: MqttSettings) -> None:
    inbox = Inbox()

    def bad(_message: Message) -> None:
        raise ValueError("bad handler")

    link = MqttLink(mqtt_settings, "a")
    link.subscribe("x", bad)
    link.subscribe("x", inbox)
    async with running(link):
        await link.publish("x", b"1", qos=1)
        await inbox.wait(1)
