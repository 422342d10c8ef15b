"""The LLRP emulator: golden frames, a pure session, and the real client."""

import asyncio
import base64
import json
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulators_process import end, running_world, until
from sllurp.llrp import LLRPReaderClient, LLRPReaderConfig

from simulators.llrp import codec
from simulators.llrp.codec import Content, Frame, LlrpError, Message, Status, Tag
from simulators.llrp.session import ReaderSession
from simulators.scene import Listening

GOLDEN = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "llrp-golden"
needs_golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason="the golden frames are not here")
ALL_FIELDS = Content.ANTENNA_ID | Content.PEAK_RSSI | Content.FIRST_SEEN


def body_of(raw: bytes) -> bytes:
    return raw[codec.HEADER_BYTES :]


@needs_golden
@pytest.mark.parametrize("name", ["READER_EVENT_NOTIFICATION", "READER_EVENT_NOTIFICATION2"])
def test_a_connection_event_equals_the_golden_frame(name: str) -> None:
    raw = (GOLDEN / "ltk-java-pairs" / f"{name}.bin").read_bytes()
    (utc_us,) = struct.unpack_from("!Q", raw, 18)
    assert codec.connection_event(0, codec.Attempt.SUCCESS, utc_us) == raw


@needs_golden
def test_an_event_carries_its_time_as_the_golden_frame_does() -> None:
    raw = (GOLDEN / "edgex" / "ReaderEventNotification-000.bytes").read_bytes()
    (utc_us,) = struct.unpack_from("!Q", raw, 8)
    ours = body_of(codec.connection_event(1, codec.Attempt.SUCCESS, utc_us))
    assert ours[:2] == raw[:2]
    assert ours[4:16] == raw[4:16]


@needs_golden
@pytest.mark.parametrize("number", range(1, 10))
def test_tag_reports_equal_the_golden_frames(number: int) -> None:
    folder = GOLDEN / "edgex" / "roAccessReports"
    raw = (folder / f"ROAccessReport-00{number}.bytes").read_bytes()
    meaning = json.loads((folder / f"ROAccessReport-00{number}.json").read_text())
    rebuilt = b""
    for tag in meaning["TagReportData"]:
        body = b"\x8d" + base64.b64decode(tag["EPC96"]["EPC"])
        body += struct.pack("!BH", 0x81, tag["AntennaID"]) + struct.pack("!Bb", 0x86, tag["PeakRSSI"])
        ours = codec.tag_report(
            1, [Tag(body[1:13], tag["AntennaID"], tag["PeakRSSI"], tag["FirstSeenUTC"], 0)], ALL_FIELDS
        )
        rebuilt += body_of(ours)
    assert rebuilt == raw


@needs_golden
@pytest.mark.parametrize(
    "name", ["ADD_ROSPEC", "ADD_ROSPEC2", "ENABLE_ROSPEC", "START_ROSPEC", "GET_READER_CONFIG", "SET_READER_CONFIG"]
)
def test_golden_client_messages_are_understood(name: str) -> None:
    raw = (GOLDEN / "ltk-java-pairs" / f"{name}.bin").read_bytes()
    kind, length, number, version = codec.header(raw[: codec.HEADER_BYTES])
    assert length == len(raw)
    (answer,) = ReaderSession("r", 2).handle(Frame(kind, number, body_of(raw), version))
    answered, _, echoed, _ = codec.header(answer[: codec.HEADER_BYTES])
    assert (answered, echoed) == (kind + 10, number)


def rospec(number: int, start_trigger: int, content: int = 0xFFC0) -> bytes:
    boundary = codec.tlv(178, codec.tlv(179, bytes([start_trigger])) + codec.tlv(182, struct.pack("!BI", 0, 0)))
    report = codec.tlv(237, struct.pack("!BH", 1, 1) + codec.tlv(238, struct.pack("!H", content)))
    return codec.tlv(177, struct.pack("!IBB", number, 0, 0) + boundary + report)


def status_of(answer: bytes) -> int:
    return int(struct.unpack_from("!H", body_of(answer), 4)[0])


def ask(session: ReaderSession, kind: Message, body: bytes = b"") -> int:
    (answer,) = session.handle(Frame(kind, 7, body))
    return status_of(answer)


def test_an_immediate_rospec_starts_when_it_is_enabled() -> None:
    session = ReaderSession("r", 2)
    assert ask(session, Message.ADD_ROSPEC, rospec(1, 1)) == Status.SUCCESS
    assert not session.inventorying
    assert ask(session, Message.ENABLE_ROSPEC, struct.pack("!I", 1)) == Status.SUCCESS
    assert session.inventorying
    assert ask(session, Message.DELETE_ROSPEC, struct.pack("!I", 0)) == Status.SUCCESS
    assert not session.inventorying


def test_a_null_trigger_waits_for_start_and_obeys_stop() -> None:
    session = ReaderSession("r", 2)
    one = struct.pack("!I", 1)
    ask(session, Message.ADD_ROSPEC, rospec(1, 0))
    assert ask(session, Message.START_ROSPEC, one) == Status.FIELD_ERROR
    ask(session, Message.ENABLE_ROSPEC, one)
    assert not session.inventorying
    assert ask(session, Message.START_ROSPEC, one) == Status.SUCCESS
    assert session.inventorying
    assert ask(session, Message.STOP_ROSPEC, one) == Status.SUCCESS
    assert not session.inventorying
    assert session.report([Tag(b"\0" * 16, 1, -50, 1, 1)]) == []


@pytest.mark.parametrize("kind", [5, 61, 500, 1023])
def test_an_unknown_message_is_answered_with_an_error_message(kind: int) -> None:
    (answer,) = ReaderSession("r", 2).handle(Frame(kind, 9, b""))
    assert codec.header(answer[:10])[0] == Message.ERROR_MESSAGE
    assert status_of(answer) == Status.UNSUPPORTED_MESSAGE


def test_another_version_is_refused() -> None:
    (answer,) = ReaderSession("r", 2).handle(Frame(Message.GET_ROSPECS, 9, b"", version=2))
    assert status_of(answer) == Status.UNSUPPORTED_VERSION


@given(kind=st.integers(0, 1023), body=st.binary(max_size=60))
def test_no_bytes_break_a_session(kind: int, body: bytes) -> None:
    session = ReaderSession("r", 2)
    for answer in session.handle(Frame(kind, 1, body)):
        assert codec.header(answer[:10])[1] == len(answer)


@given(st.lists(st.tuples(st.integers(1, 1023), st.binary(max_size=40)), max_size=6))
def test_parameters_come_back_as_they_were_written(written: list[tuple[int, bytes]]) -> None:
    assert list(codec.parameters(b"".join(codec.tlv(kind, body) for kind, body in written))) == written


def test_an_impossible_length_is_an_error() -> None:
    with pytest.raises(LlrpError):
        codec.header(struct.pack("!HII", 1 << 10, 3, 1))
    with pytest.raises(LlrpError):
        list(codec.parameters(b"\x00\x80\x00\x40\x00"))


async def open_when_listening(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(20):
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)


class RealClient:
    """sllurp, one object per connection."""

    def __init__(self, port: int) -> None:
        wanted = ("EnableAntennaID", "EnablePeakRSSI", "EnableFirstSeenTimestamp")
        others = (
            "EnableROSpecID", "EnableSpecIndex", "EnableInventoryParameterSpecID", "EnableChannelIndex",
            "EnableLastSeenTimestamp", "EnableTagSeenCount", "EnableAccessSpecID",
        )  # fmt: skip
        content = dict.fromkeys(wanted, True) | dict.fromkeys(others, False)
        config = {
            "tag_content_selector": content,
            "keepalive_interval": 500,
            "reconnect": False,
            "report_every_n_tags": 1,
        }
        self.tags: list[dict[str, object]] = []
        self.keepalives = 0
        self._client = LLRPReaderClient("127.0.0.1", port, LLRPReaderConfig(config), timeout=3.0)
        self._client.add_tag_report_callback(lambda _reader, tags: self.tags.extend(tags))
        self._client.add_message_callback("KEEPALIVE", lambda *_: self._count())

    def _count(self) -> None:
        self.keepalives += 1

    async def connect(self) -> None:
        await asyncio.to_thread(self._client.connect)

    async def leave(self) -> None:
        await asyncio.to_thread(self._client.hard_disconnect)
        await asyncio.to_thread(self._client.join, 2)


@pytest.fixture
def no_thread_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() <= before + 8  # the loop's own pool


@pytest.mark.timeout(120)
@pytest.mark.usefixtures("no_thread_left")
async def test_the_real_client_reaches_inventory_gets_tags_and_comes_back(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        world = running.server.world
        child = await running.child("llrp.reader", "--reader", "reader-1")
        port = next(reader.port for reader in running.plant.readers if reader.id == "reader-1")
        first, second = RealClient(port), RealClient(port)
        _, knock = await open_when_listening(port)
        knock.close()
        await knock.wait_closed()
        await asyncio.sleep(0.2)  # the reader has one ear: it has to notice that the first caller hung up
        await first.connect()
        await until(lambda: world.scene.listening["reader-1"] is Listening.YES)
        world.state.people.unannounced.clear()  # the tote on the road has its papers: it drives to the portal
        await until(lambda: len(first.tags) > 10)
        epcs = {bag.epc for bag in world.floor.bags.values()}
        tag = first.tags[0]
        epc = tag["EPC"]
        assert isinstance(epc, bytes)
        assert epc.decode() in epcs
        assert tag["AntennaID"] in {1, 2}
        seen = tag["FirstSeenTimestampUTC"]
        assert isinstance(seen, int)
        assert abs(seen / 1e6 - world.state.now.timestamp()) < 3600
        await until(lambda: first.keepalives >= 1)
        await first.leave()
        await until(lambda: world.scene.listening["reader-1"] is Listening.NO)
        await second.connect()
        await until(lambda: world.scene.listening["reader-1"] is Listening.YES)
        await second.leave()
        assert await end(child) == 0


@pytest.mark.timeout(60)
async def test_a_second_connection_is_told_so_and_closed(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        child = await running.child("llrp.reader", "--reader", "reader-2")
        port = next(reader.port for reader in running.plant.readers if reader.id == "reader-2")
        first = await open_when_listening(port)
        greeting = await first[0].readexactly(32)
        assert greeting[-2:] == b"\x00\x00"
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        refusal = await asyncio.wait_for(reader.read(), 5)
        assert refusal[-2:] == struct.pack("!H", codec.Attempt.CLIENT_CONNECTION_EXISTS)
        writer.close()
        first[1].close()
        assert await end(child) == 0
