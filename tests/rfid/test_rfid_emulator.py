"""The real client against the virtual centre's own LLRP reader."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

from test_rfid_links import Watched, until

from plant.model import Antenna, Reader
from rfid.reader_link import LinkState
from simulators.llrp.reader import LlrpReader
from simulators.process.link import Reads
from simulators.radio.passes import side_reads

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
EPC = "3a" * 16


async def test_what_the_virtual_antennas_hear_arrives_with_its_domain_time(free_port: int) -> None:
    antennas = (Antenna(port=1, portal="p1", side="outside"), Antenna(port=2, portal="p1", side="inside"))
    described = Reader(id="reader-1", group="rfid-1", host="127.0.0.1", port=free_port, antennas=antennas)
    emulator = LlrpReader(described, link_port=1)  # nobody listens there: this reader's world is away
    watched = Watched(described)
    tasks = [asyncio.ensure_future(emulator.run()), asyncio.ensure_future(watched.link.run())]
    try:
        await until(lambda: watched.link.state is LinkState.INVENTORYING)
        before = len(watched.states)  # the first connect may have come before the emulator listened
        reads = side_reads(Random(1), reader="reader-1", antenna=2, epc=EPC, starts=START)
        emulator._on_message(Reads(reads=reads, now_us=0))
        await until(lambda: len(watched.tags) == len(reads))
        assert {tag["EPC"] for tag in watched.tags} == {EPC.encode()}
        times = [
            datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=t["FirstSeenTimestampUTC"]) for t in watched.tags
        ]
        assert times == [read.at for read in reads]
        assert [tag["PeakRSSI"] for tag in watched.tags] == [read.rssi_dbm for read in reads]
        await asyncio.sleep(3.5)  # keepalives hold the link although no tag is near
        assert watched.states[before - 1 :] == [LinkState.INVENTORYING]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
