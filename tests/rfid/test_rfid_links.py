"""The real sllurp client against a reader that hangs up mid-report, falls silent, or closes its port."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tiny_reader import TagSeen, TinyReader, now_us, tag_report

from plant.model import Antenna, Reader
from rfid.reader_link import LinkState, ReaderLink
from runtime.health import HealthPart, HealthState

EPC = "30" * 16


class Watched:
    """A link and everything it said."""

    def __init__(self, reader: Reader) -> None:
        self.tags: list[Any] = []
        self.states: list[LinkState] = []
        self.antennas: list[tuple[int, str]] = []
        self.clocks: list[int] = []
        self.health = HealthPart("reader")
        self.link = ReaderLink(
            reader,
            self.health,
            on_tags=self.tags.extend,
            on_state=self.states.append,
            on_antenna=lambda port, event: self.antennas.append((port, event)),
            on_clock=self.clocks.append,
        )


async def until(condition: Callable[[], bool], seconds: float = 60.0) -> float:
    """Wait until something holds and say how long it took (real seconds); a promise is the caller's to check."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not happen in time"
        await asyncio.sleep(0.01)
    return time.monotonic() - start


@pytest.fixture(autouse=True)
def _quiet_sllurp() -> None:
    logging.getLogger("sllurp").setLevel(logging.CRITICAL)


@pytest.fixture
async def tiny() -> AsyncIterator[TinyReader]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    tiny = TinyReader(port)
    await tiny.open()
    yield tiny
    await tiny.close()


@pytest.fixture
async def watched(tiny: TinyReader) -> AsyncIterator[Watched]:
    antennas = (Antenna(port=1, portal="p1", side="outside"), Antenna(port=2, portal="p1", side="inside"))
    watched = Watched(Reader(id="reader-1", group="rfid-1", host="127.0.0.1", port=tiny.port, antennas=antennas))
    task = asyncio.ensure_future(watched.link.run())
    yield watched
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_tags_arrive_with_antenna_signal_and_time(tiny: TinyReader, watched: Watched) -> None:
    await tiny.inventorying.wait()
    at = now_us()
    tiny.send(tag_report([TagSeen(EPC, 2, -51, at, 3), TagSeen("31" * 16, 1, -60, at)]))
    await until(lambda: len(watched.tags) == 2)
    first = watched.tags[0]
    assert (first["EPC"], first["AntennaID"], first["PeakRSSI"]) == (EPC.encode(), 2, -51)
    assert (first["FirstSeenTimestampUTC"], first["TagSeenCount"]) == (at, 3)
    await until(lambda: watched.link.state is LinkState.INVENTORYING)
    assert watched.health.state is HealthState.OK
    assert watched.clocks[0] == 1_700_000_000_000_000  # the time that the reader says first


async def test_a_link_cut_in_the_middle_of_a_report_is_replaced_within_a_second(
    tiny: TinyReader, watched: Watched
) -> None:
    for cut in (7, 30, 200):
        await tiny.inventorying.wait()
        await until(lambda: watched.link.state is LinkState.INVENTORYING)
        report = tag_report([TagSeen(EPC, 1, -50, now_us())] * 10)
        tiny.send(report[:cut])
        await asyncio.sleep(0.05)
        tiny.hang_up()
        assert await until(tiny.inventorying.is_set) < 2.0
        before = len(watched.tags)
        await until(lambda: watched.link.state is LinkState.INVENTORYING)
        tiny.send(report)
        await until(lambda: len(watched.tags) == before + 10)  # noqa: B023 - awaited in this round
    assert LinkState.LOST in watched.states


async def test_a_silent_reader_is_noticed_and_connected_again(tiny: TinyReader, watched: Watched) -> None:
    await tiny.inventorying.wait()
    await until(lambda: watched.link.state is LinkState.INVENTORYING)
    tiny.silent = True
    assert await until(lambda: LinkState.SILENT in watched.states) < 5.0
    assert "nothing heard" in watched.health.detail
    tiny.silent = False
    await until(lambda: watched.link.state is LinkState.INVENTORYING)


async def test_a_reader_whose_port_was_closed_is_back_soon_after_it_opens(tiny: TinyReader, watched: Watched) -> None:
    await tiny.inventorying.wait()
    await tiny.close()
    await until(lambda: LinkState.REFUSED in watched.states)
    assert watched.health.state is HealthState.DOWN
    await asyncio.sleep(2)
    await tiny.open()
    assert await until(tiny.inventorying.is_set) < 2.0


async def test_an_antenna_that_is_pulled_off_says_so(tiny: TinyReader, watched: Watched) -> None:
    await tiny.inventorying.wait()
    await until(lambda: watched.link.state is LinkState.INVENTORYING)
    tiny.antenna_event(2, connected=False)
    tiny.antenna_event(2, connected=True)
    await until(lambda: watched.antennas == [(2, "Disconnected"), (2, "Connected")])
