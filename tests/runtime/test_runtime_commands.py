"""Commands: once per id, in order per device, never after their deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from runtime_running import running, until

from runtime.clock import Clock, SteppedClock
from runtime.commands import Command, CommandError, CommandListener, decode_command, encode_command, publish_command
from runtime.mqtt import Message, MqttLink
from runtime.settings import MqttSettings

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def a_command(number: int = 1, device: str = "robot-1", *, valid_s: float = 30, at: datetime = NOW) -> Command:
    return Command(f"cmd-{number}", device, "t", b'{"a":1}', at, at + timedelta(seconds=valid_s))


class Device:
    def __init__(self) -> None:
        self.handled: list[str] = []
        self.expired: list[str] = []
        self.fail = 0
        self.free = asyncio.Event()
        self.free.set()

    async def handle(self, command: Command) -> None:
        self.handled.append(command.id)
        await self.free.wait()
        if self.fail:
            self.fail -= 1
            raise ConnectionError("the machine is away")

    async def expire(self, command: Command) -> None:
        self.expired.append(command.id)


Make = Callable[..., CommandListener]


@pytest.fixture
def listener_of(tmp_path: Path):
    with ExitStack() as stack:

        def make(device: Device, clock: Clock | None = None, link: MqttLink | None = None) -> CommandListener:
            listener = CommandListener(
                link or MqttLink(MqttSettings(), "unused"),
                "site",
                "cell-1",
                tmp_path / "commands.db",
                device.handle,
                expired=device.expire,
                clock=clock or SteppedClock(NOW),
            )
            stack.callback(listener.close)
            return listener

        yield make


def give(listener: CommandListener, command: Command) -> None:
    listener._on_message(Message("t", encode_command(command), 1, False))


async def idle(listener: CommandListener) -> None:
    await until(lambda: not listener._queued)


async def test_known_id_is_not_handled_again_even_after_a_restart(listener_of: Make) -> None:
    device = Device()
    listener = listener_of(device)
    async with running(listener):
        for _ in range(3):
            give(listener, a_command())
        await idle(listener)
        give(listener, a_command())
    again = listener_of(device)
    async with running(again):
        give(again, a_command())
        await idle(again)
    assert device.handled == ["cmd-1"]


async def test_command_that_failed_is_handled_again_when_it_is_repeated(listener_of: Make) -> None:
    device = Device()
    device.fail = 1
    listener = listener_of(device)
    async with running(listener):
        give(listener, a_command())
        await idle(listener)
        give(listener, a_command())
        await idle(listener)
        give(listener, a_command())
    assert device.handled == ["cmd-1", "cmd-1"]


async def test_command_past_its_deadline_is_expired_and_not_executed(listener_of: Make) -> None:
    device, clock = Device(), SteppedClock(NOW)
    listener = listener_of(device, clock)
    clock.step(31)
    async with running(listener):
        give(listener, a_command(valid_s=30))
        await idle(listener)
        give(listener, a_command(valid_s=30))
        await idle(listener)
    assert (device.handled, device.expired) == ([], ["cmd-1"])


async def test_command_that_was_cut_off_is_read_back_even_past_its_deadline(listener_of: Make) -> None:
    device, clock = Device(), SteppedClock(NOW)
    device.free.clear()
    first = listener_of(device, clock)
    async with running(first):
        give(first, a_command())
        await until(lambda: device.handled == ["cmd-1"])
    device.free.set()
    clock.step(60)
    second = listener_of(device, clock)
    async with running(second):
        give(second, a_command())
        await idle(second)
    assert (device.handled, device.expired) == (["cmd-1", "cmd-1"], [])


async def test_one_slow_device_does_not_hold_up_another(listener_of: Make) -> None:
    device = Device()
    device.free.clear()
    listener = listener_of(device)
    async with running(listener):
        for number, name in ((1, "robot-1"), (2, "robot-1"), (3, "crane-1")):
            give(listener, a_command(number, name))
        await until(lambda: len(device.handled) == 2)
        assert sorted(device.handled) == ["cmd-1", "cmd-3"]
        device.free.set()
        await idle(listener)
    assert device.handled.index("cmd-1") < device.handled.index("cmd-2")


async def test_commands_travel_over_the_broker(mqtt_settings: MqttSettings, listener_of: Make) -> None:
    device, clock = Device(), Clock()
    down, up = MqttLink(mqtt_settings, "edge"), MqttLink(mqtt_settings, "controller")
    listener = listener_of(device, clock, down)
    async with running(down, up, listener):
        await until(lambda: down.connected.is_set() and up.connected.is_set())
        await up.publish("hv/v1/site/commands/cell-1", b"nonsense", qos=1)
        await publish_command(up, "site", "cell-1", a_command(at=clock.real_now()))
        await until(lambda: device.handled == ["cmd-1"])


def test_command_comes_back_as_it_was() -> None:
    assert decode_command(encode_command(a_command())) == a_command()


@pytest.mark.parametrize("raw", [b"", b"{}", b"[1]", b"\xff", encode_command(a_command())[:-1] + b',"extra":1}'])
def test_strange_command_is_refused_with_a_reason(raw: bytes) -> None:
    with pytest.raises(CommandError, match="not a command"):
        decode_command(raw)
