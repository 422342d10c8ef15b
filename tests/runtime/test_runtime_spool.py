"""The spool on disk and the envelope of a fact."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.clock import SteppedClock
from runtime.facts.envelope import (
    MAX_BYTES,
    EnvelopeError,
    EnvelopeFault,
    decode_envelope,
    encode_envelope,
    read_key,
)
from runtime.facts.spool import FactSpool, SpoolEntry, SpoolError, SpoolFull

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def spool(tmp_path: Path):
    spool = FactSpool(tmp_path / "spool.db", "cell-1")
    yield spool
    spool.close()


def append_for_ever(spool: FactSpool) -> None:
    while True:
        spool.append("t", b"{}", AT)


def fill(spool: FactSpool, count: int) -> None:
    spool.append_many([SpoolEntry("t", b'{"n":%d}' % n, AT) for n in range(count)])


def test_numbers_begin_at_one_and_have_no_gaps(spool: FactSpool) -> None:
    assert [spool.append("t", b"{}", AT) for _ in range(5)] == [1, 2, 3, 4, 5]
    assert [fact.seq for fact in spool.read(0, 100)] == [1, 2, 3, 4, 5]
    assert [fact.seq for fact in spool.read(3, 1)] == [4]


def test_known_source_key_answers_with_its_old_number(spool: FactSpool) -> None:
    assert spool.append("t", b"{}", AT, "cell/epoch/1") == 1
    assert spool.append("t", b"{}", AT) == 2
    assert spool.append("t", b'{"other":1}', AT, "cell/epoch/1") == 1
    twice = [SpoolEntry("t", b"{}", AT, "cell/epoch/2")] * 2
    assert spool.append_many(twice) == [3, 3]
    assert spool.head == 3


def test_epoch_is_made_with_the_file_and_stays(spool: FactSpool, tmp_path: Path) -> None:
    fill(spool, 3)
    spool.acknowledge(2)
    spool.close()
    again, fresh = FactSpool(tmp_path / "spool.db", "cell-1"), FactSpool(tmp_path / "new.db", "cell-1")
    assert (again.epoch, again.head, again.acknowledged) == (spool.epoch, 3, 2)
    assert fresh.epoch != spool.epoch
    again.close()
    fresh.close()


@pytest.mark.usefixtures("spool")
def test_spool_of_another_edge_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpoolError, match="belongs to edge 'cell-1'"):
        FactSpool(tmp_path / "spool.db", "cell-2")


def test_one_bad_fact_appends_none_of_its_batch_and_moves_no_cursor(spool: FactSpool) -> None:
    entries = [SpoolEntry("t", b"{}", AT), SpoolEntry("t", b"{not json", AT)]
    with pytest.raises(EnvelopeError, match="not JSON"):
        spool.append_many(entries, cursor=("journal", "9"))
    assert (spool.head, spool.read(0, 10), spool.cursor("journal")) == (0, [], None)
    assert spool.append("t", b"{}", AT) == 1


def test_full_spool_refuses_and_drops_nothing(tmp_path: Path) -> None:
    spool = FactSpool(tmp_path / "s.db", "e", max_unacknowledged_bytes=1_000)
    with pytest.raises(SpoolFull, match="wait for the controller"):
        append_for_ever(spool)
    kept = spool.head
    assert [fact.seq for fact in spool.read(0, 100)] == list(range(1, kept + 1))
    spool.acknowledge(kept)
    assert spool.append("t", b"{}", AT) == kept + 1
    spool.close()


def test_only_acknowledged_facts_are_forgotten_after_the_retention(tmp_path: Path) -> None:
    clock = SteppedClock(AT)
    spool = FactSpool(tmp_path / "s.db", "e", clock=clock, keep=timedelta(days=14))
    fill(spool, 10)
    spool.acknowledge(6)
    clock.step(13 * 86_400)
    spool.trim()
    assert len(spool.read(0, 100)) == 10
    clock.step(2 * 86_400)
    spool.trim()
    assert [fact.seq for fact in spool.read(0, 100)] == [7, 8, 9, 10]
    spool.close()


def test_acknowledged_facts_beyond_the_bytes_are_forgotten_oldest_first(tmp_path: Path) -> None:
    spool = FactSpool(tmp_path / "s.db", "e", keep_bytes=1_000)
    fill(spool, 20)
    spool.acknowledge(19)
    spool.trim()
    kept = [fact.seq for fact in spool.read(0, 100)]
    assert kept == list(range(kept[0], 21))
    assert 1 < kept[0] <= 20
    spool.close()


def test_threads_share_a_spool_without_gaps(spool: FactSpool) -> None:
    def work() -> None:
        for _ in range(20):
            spool.append("t", b"{}", AT)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [fact.seq for fact in spool.read(0, 1000)] == list(range(1, 81))


def test_what_append_returned_is_on_disk_after_sigkill(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from runtime.facts.spool import FactSpool\n"
        "spool = FactSpool(Path(sys.argv[1]), 'e')\n"
        "while True:\n"
        "    print(spool.append('t', b'{}', datetime(2026, 1, 1, tzinfo=UTC)), flush=True)\n"
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "s.db")], stdout=subprocess.PIPE, cwd=root, text=True
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if int(line) >= 50:
                os.kill(child.pid, signal.SIGKILL)
                break
        told = [int(line), *(int(rest) for rest in child.stdout if rest.endswith("\n"))]
    spool = FactSpool(tmp_path / "s.db", "e")
    assert spool.head >= max(told)
    assert [fact.seq for fact in spool.read(0, 10_000)] == list(range(1, spool.head + 1))
    spool.close()


def test_disk_that_takes_nothing_is_a_full_spool(spool: FactSpool) -> None:
    spool._db.execute("pragma query_only = on")
    with pytest.raises(SpoolFull, match="cannot be written"):
        spool.append("t", b"{}", AT)
    spool._db.execute("pragma query_only = off")
    assert spool.append("t", b"{}", AT) == 1


def test_file_that_is_not_a_spool_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.db").write_bytes(b"not a database, but long enough to look like one" * 100)
    with pytest.raises(SpoolError, match="not a usable spool"):
        FactSpool(tmp_path / "s.db", "e")


# ---- envelope -------------------------------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=40), st.integers(1, 2**63 - 1), st.datetimes(timezones=st.just(UTC)))
def test_envelope_comes_back(fact_type: str, seq: int, at: datetime) -> None:
    raw = encode_envelope(edge="e", epoch="p", seq=seq, type=fact_type, time=at, data=b'{"a": [1, 2.5]}')
    envelope = decode_envelope(raw)
    assert (envelope.type, envelope.seq, envelope.edge, envelope.epoch, envelope.time) == (
        fact_type, seq, "e", "p", at,
    )  # fmt: skip
    assert bytes(envelope.data) == b'{"a": [1, 2.5]}'
    assert msgspec.json.decode(raw)["specversion"] == "1.0"
    assert envelope.id == f"p/{seq}"


def good() -> dict[str, object]:
    raw = encode_envelope(edge="e", epoch="p", seq=3, type="t", time=AT, data=b"{}")
    document: dict[str, object] = msgspec.json.decode(raw)
    return document


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"extra": 1}, EnvelopeFault.NOT_AN_ENVELOPE),
        ({"specversion": "0.3"}, EnvelopeFault.NOT_AN_ENVELOPE),
        ({"hvseq": 0}, EnvelopeFault.NOT_AN_ENVELOPE),
        ({"hvseq": "3"}, EnvelopeFault.NOT_AN_ENVELOPE),
        ({"time": "2026-11-22T08:00:00"}, EnvelopeFault.NOT_AN_ENVELOPE),
        ({"datacontenttype": "text/plain"}, EnvelopeFault.NOT_AN_ENVELOPE),
        ({"id": "p/4"}, EnvelopeFault.WRONG_ID),
        ({"data": "x" * MAX_BYTES}, EnvelopeFault.TOO_LARGE),
    ],
)
def test_strange_envelope_has_a_code_and_a_sentence(change: dict[str, object], code: EnvelopeFault) -> None:
    with pytest.raises(EnvelopeError) as caught:
        decode_envelope(msgspec.json.encode(good() | change))
    assert caught.value.code is code
    assert str(caught.value)


@given(st.binary(max_size=100))
def test_arbitrary_bytes_are_an_envelope_error(raw: bytes) -> None:
    with pytest.raises(EnvelopeError):
        decode_envelope(raw)
    assert read_key(raw) is None


def test_key_is_read_even_when_the_rest_is_strange() -> None:
    key = read_key(msgspec.json.encode(good() | {"extra": 1, "type": 7}))
    assert key is not None
    assert (key.hvedge, key.hvepoch, key.hvseq) == ("e", "p", 3)


def test_fact_above_16_kib_is_not_appended(spool: FactSpool) -> None:
    with pytest.raises(EnvelopeError, match="the limit is 16384"):
        spool.append("t", msgspec.json.encode({"x": "y" * MAX_BYTES}), AT)
    assert spool.head == 0
