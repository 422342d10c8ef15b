"""kill -9 while messages are on their way: none is lost, and one that comes twice has the same id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from wms_notices.post_office import PostOffice
from wms_notices.sending_process import notifier_of, opened

from wms.alarms import book
from wms.alarms.machine import Condition
from wms.alarms.news import News
from wms.notices import climbing, read
from wms.notices.outbox import NoticeState

SECRET = "a-secret-of-twenty-four-b"
PROBES = ("cold-1-air", "cold-1-load", "plasma-1-air", "plasma-1-load", "platelet-1-air")
HANGS_AT = 3
TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture
def office() -> Iterator[PostOffice]:
    office = PostOffice()
    office.revive()
    yield office
    office.kill()


def send_until_killed(folder: Path, url: str, office: PostOffice) -> None:
    """A process sends until the message that nobody answers, and is killed there."""
    command = [sys.executable, "-m", "wms_notices.sending_process", str(folder), url, SECRET]
    path = os.pathsep.join((str(TESTS), str(TESTS.parent)))
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}) as process:
        deadline = time.monotonic() + 60
        while len(office.got) < HANGS_AT and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)


async def test_messages_survive_a_kill_of_the_service(tmp_path, office):
    url = f"http://127.0.0.1:{office.port}/in"
    async with opened(tmp_path) as warehouse:
        await notifier_of(warehouse, url, SECRET).declare()
        for probe in PROBES:
            news = News(source=probe, condition="temperature_high", state=Condition.ACTIVE, at=warehouse.clock.now())
            await warehouse.write(lambda tx, news=news: book.tell(tx, news))
        await warehouse.write(lambda tx: climbing.tick(tx, 1.0))
    office.hold_from(HANGS_AT)
    send_until_killed(tmp_path, url, office)
    assert len(office.got) == HANGS_AT
    office.hold_from(None)
    async with opened(tmp_path) as warehouse:
        after = notifier_of(warehouse, url, SECRET)
        while await after.send_once():
            pass
        with warehouse.read() as conn:
            kept = {one.id: one for one in read.list_notices(conn) if one.channel == "hook"}
    came = Counter(got.json["id"] for got in office.got)
    assert set(came) == set(kept)
    assert len(came) == len(PROBES)
    assert {one.state for one in kept.values()} == {NoticeState.SENT}
    assert sum(came.values()) == len(PROBES) + 1  # only the one whose answer nobody heard came twice
