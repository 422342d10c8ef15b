"""A notifier in a process of its own, to be killed: `python -m wms_notices.sending_process FOLDER URL SECRET`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from hemovault.services.notifier import Notifier
from hemovault.services.notify_channels import open_channels
from hemovault.settings import ChannelSettings, NotifySettings
from plant.load import demo_text, parse_plant
from runtime.clock import Clock
from runtime.health import Health
from wms.moves.model import DeviceState
from wms.warehouse import Warehouse, open_warehouse


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Warehouse]:
    async def publish(_command: object) -> None:
        raise AssertionError("no machine is spoken to")

    async with open_warehouse(
        parse_plant(demo_text()), folder, clock=Clock(), holder="test", excursion_at=lambda _place: False,
        device_state=lambda _device: DeviceState.UNKNOWN, publish_command=publish,
    ) as warehouse:  # fmt: skip
        yield warehouse


def notifier_of(warehouse: Warehouse, url: str, secret: str) -> Notifier:
    channel = ChannelSettings(kind="webhook", url=SecretStr(url), secret=SecretStr(secret), timeout_s=30.0)
    channels = open_channels(NotifySettings(channels={"hook": channel}), warehouse.clock.real_now, lambda: 0)
    part = Health().part("notices")
    return Notifier(warehouse, channels, lambda _probe: None, part, link="https://screens.test", most_per_minute=100)


async def main(folder: Path, url: str, secret: str) -> None:
    async with opened(folder) as warehouse:
        await notifier_of(warehouse, url, secret).run()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
