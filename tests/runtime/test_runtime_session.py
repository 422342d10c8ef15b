"""Order of sequence numbers, the window on disk, presence: the pure parts of Sparkplug sessions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from runtime.sparkplug.codec import encode
from runtime.sparkplug.columns import decode_columns
from runtime.sparkplug.inflight import AHEAD, CHUNK, InFlight, ranges
from runtime.sparkplug.payload import DataType, Metric, Payload, Quality, SparkplugError
from runtime.sparkplug.readings import SourceRegistry
from runtime.sparkplug.session import EdgeSession, NodeMessage, birth_table
from runtime.sparkplug.window import StateWindow, WindowError, WindowMessage
from runtime.topics import SparkplugKind

BIRTH = Payload(
    seq=0,
    metrics=(
        Metric(name="hv/epoch", alias=1, datatype=DataType.STRING, value="e"),
        Metric(name="hv/offset", alias=2, datatype=DataType.INT64, value=0),
        Metric(name="T", alias=3, datatype=DataType.DOUBLE, value=4.0),
    ),
)


def data(*metrics: Metric, offset: int | None = 5, epoch: str | None = "e") -> bytes:
    head = [Metric(alias=1, value=epoch)] if epoch else []
    if offset is not None:
        head.append(Metric(alias=2, datatype=DataType.INT64, value=offset))
    return encode(Payload(seq=1, metrics=(*head, *metrics)))


def message(number: int) -> NodeMessage:
    return NodeMessage(SparkplugKind.DDATA, "d", bytes([number]))


def test_late_message_is_put_in_order_and_ends_the_waiting() -> None:
    """tck-id-operational-behavior-host-reordering-success"""
    session, seen = EdgeSession("e"), []
    session.begin(0, 253, birth_table("e", "", BIRTH, SourceRegistry()))
    assert session.in_order(254, message(254), seen.append)
    assert not session.in_order(0, message(0), seen.append)
    assert not session.in_order(1, message(1), seen.append)
    assert session.in_order(255, message(255), seen.append)
    assert [m.payload[0] for m in seen] == [254, 255, 0, 1]


def test_data_becomes_columns_of_registered_sources() -> None:
    registry = SourceRegistry()
    table = birth_table("e", "d", BIRTH, registry)
    batch = table.to_batch("e", decode_columns(data(Metric(alias=3, timestamp=9, value=4.5)), table.types))
    assert (batch.epoch, batch.first_offset, batch.last_offset) == ("e", 5, 5)
    assert [registry.key(source) for source in batch.source] == [("e", "d", "T")]
    assert (batch.ts_ms.tolist(), batch.value.tolist()) == ([9], [4.5])
    assert batch.source.dtype == np.int32


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (data(Metric(alias=99, timestamp=9, value=4.5)), "alias that was not born"),
        (data(Metric(alias=99, timestamp=9, value="text")), "alias that was not born"),
        (data(offset=None), "without hv/offset"),
        (data(epoch=None), "without hv/epoch"),
    ],
)
def test_data_that_cannot_be_understood_is_refused(raw: bytes, reason: str) -> None:
    table = birth_table("e", "d", BIRTH, SourceRegistry())
    with pytest.raises(SparkplugError, match=reason):
        table.to_batch("e", decode_columns(raw))


def test_birth_without_offsets_is_refused() -> None:
    with pytest.raises(SparkplugError, match="without hv/epoch"):
        birth_table("e", "d", Payload(metrics=BIRTH.metrics[2:]), SourceRegistry())


def test_quality_codes_fit_a_byte_and_come_back() -> None:
    assert [quality.code for quality in Quality] == [0, 64, 192, 2]
    assert [Quality.of_code(quality.code) for quality in Quality] == list(Quality)


def test_window_keeps_epoch_offsets_aliases_and_bdseq_over_a_restart(tmp_path: Path) -> None:
    """tck-id-topics-nbirth-bdseq-increment"""
    window = StateWindow(tmp_path / "w.db", "e")
    assert [window.next_bdseq() for _ in range(257)] == [*range(256), 0]
    assert window.append([WindowMessage("d", 1, b"a"), WindowMessage("d", 2, b"b")]) == 1
    alias = window.alias("d", "T", DataType.DOUBLE)
    window.mark_stored(1)
    window.close()
    again = StateWindow(tmp_path / "w.db", "e")
    assert (again.epoch, again.head, again.stored) == (window.epoch, 2, 1)
    assert again.next_bdseq() == 1
    assert again.read(1, 9) == {2: WindowMessage("d", 2, b"b")}
    assert again.alias("d", "T", DataType.DOUBLE) == alias
    assert again.alias("d", "T", DataType.INT32) != alias
    assert again.append([WindowMessage("d", 3, b"c")]) == 3
    again.close()


def test_full_window_forgets_the_oldest_and_never_reuses_an_offset(tmp_path: Path) -> None:
    window = StateWindow(tmp_path / "w.db", "e", max_bytes=1_000)
    for number in range(30):
        assert window.append([WindowMessage("d", number, bytes(100))]) == number + 1
    assert max(window.read(1, 30)) == 30
    assert sum(len(m.body) for m in window.read(1, 30).values()) <= 1_000
    window.close()


def test_window_of_another_edge_is_refused(tmp_path: Path) -> None:
    StateWindow(tmp_path / "w.db", "e").close()
    with pytest.raises(WindowError, match="belongs to edge 'e'"):
        StateWindow(tmp_path / "w.db", "f")


def test_file_that_is_not_a_window_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.db").write_bytes(b"not a database, but long enough to look like one" * 100)
    with pytest.raises(WindowError, match="not a usable window"):
        StateWindow(tmp_path / "w.db", "e")


def test_unstored_message_is_due_again_after_its_time_and_a_new_one_at_once() -> None:
    in_flight = InFlight(10)
    in_flight.sent(1, 3, now=100)
    assert in_flight.due(0, 4, now=105) == [4]
    in_flight.sent(4, 4, now=105)
    assert in_flight.due(0, 4, now=110) == [1, 2, 3]
    in_flight.stored(2)
    assert in_flight.due(2, 4, now=200) == [3, 4]
    assert in_flight.due(0, 4, now=105) == [1, 2]  # a historian that lost some asks for them again


def test_no_more_is_sent_again_than_the_historian_can_follow() -> None:
    in_flight = InFlight(10)
    assert in_flight.due(0, 10 * AHEAD, now=0) == list(range(1, CHUNK + 1))
    in_flight.sent(1, AHEAD, now=0)
    assert in_flight.due(0, 10 * AHEAD, now=1) == []


def test_ranges_have_no_gaps() -> None:
    assert list(ranges([])) == []
    assert list(ranges([1, 2, 3, 7, 9, 10])) == [(1, 3), (7, 7), (9, 10)]
