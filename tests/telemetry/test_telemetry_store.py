"""The historian on real files: transactions, history, days, and a writer that is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from telemetry_world import MINUTE, START_MS

from runtime.sparkplug.payload import Quality
from telemetry.duckdb_store import DuckDbStore
from telemetry.excursions import Excursion, ExcursionKind
from telemetry.store import Readings, StoreError, StoreWrite, no_readings

DAY = 86_400_000
GAP = 5 * MINUTE


@pytest.fixture
def store(tmp_path: Path):
    opened = DuckDbStore(tmp_path / "t.duckdb")
    yield opened
    opened.close()


def rows(source: int, ts: list[int], values: list[float], quality: int = Quality.GOOD.code) -> Readings:
    count = len(ts)
    return Readings(
        np.full(count, source, np.int32),
        np.array(ts, np.int64),
        np.array(values, np.float64),
        np.full(count, quality, np.uint8),
        np.zeros(count, np.bool_),
    )


def excursion(start: int, end: int | None = None, probe: str = "p", worst: float = 8.0) -> Excursion:
    return Excursion(
        probe=probe,
        kind=ExcursionKind.ABOVE,
        from_ms=start,
        to_ms=end,
        last_ms=start,
        last_c=worst,
        worst_c=worst,
        limit_c=6.0,
        gap_ms=0,
        kinetic=0.0,
        weight_ms=0.0,
    )


def test_what_is_written_is_there_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "t.duckdb"
    store = DuckDbStore(path)
    store.write(
        StoreWrite(
            readings=rows(0, [START_MS, START_MS + DAY], [4.0, 5.0]),
            sources=[(0, ("e", "d", "m")), (1, ("e", "d", "n"))],
            ranges={("e", "x"): [(1, 7), (9, 9)]},
            excursions=[excursion(START_MS)],
            texts=[(1, START_MS, "Execute")],
        )
    )
    store.close()
    again = DuckDbStore(path)
    assert again.sources() == [("e", "d", "m"), ("e", "d", "n")]
    assert again.offsets().marks() == {("e", "x"): 7}
    assert again.offsets().has(("e", "x"), 9, 9)
    assert again.readings(0, START_MS, START_MS + DAY).value.tolist() == [4.0, 5.0]
    assert again.latest().value.tolist() == [5.0]
    assert again.running() == [excursion(START_MS)]
    again.close()


def test_a_transaction_that_fails_leaves_nothing_of_itself(store: DuckDbStore) -> None:
    bad = StoreWrite(
        readings=rows(0, [START_MS], [4.0]),
        ranges={("e", "x"): [(1, 1)]},
        sources=[(0, ("e", "d", "m")), (0, ("e", "d", "again"))],
    )
    with pytest.raises(StoreError, match="refused"):
        store.write(bad)
    assert store.sources() == []
    assert store.offsets().marks() == {}
    assert len(store.readings(0, 0, START_MS * 2)) == 0
    store.write(StoreWrite(readings=rows(0, [START_MS], [4.0])))
    assert len(store.readings(0, 0, START_MS * 2)) == 1


def test_a_null_stays_null_and_is_never_a_value(store: DuckDbStore) -> None:
    store.write(StoreWrite(readings=rows(0, [START_MS, START_MS + 1], [np.nan, 4.0])))
    assert np.isnan(store.readings(0, START_MS, START_MS + 1).value).tolist() == [True, False]
    store.write(StoreWrite(readings=rows(1, [START_MS], [np.nan])))
    latest = store.latest()
    assert np.isnan(latest.value[latest.source == 1]).all()
    assert store.history(1, START_MS, START_MS + MINUTE, MINUTE, GAP).points == []


def test_rows_that_may_repeat_are_stored_once(store: DuckDbStore) -> None:
    store.write(StoreWrite(readings=rows(0, [1, 2], [1.0, 2.0])))
    store.write(StoreWrite(readings=no_readings(), may_repeat=rows(0, [2, 3, 3], [2.0, 3.0, 3.0])))
    assert store.readings(0, 0, 10).ts_ms.tolist() == [1, 2, 3]


def test_history_gives_min_mean_max_per_step_and_gaps(store: DuckDbStore) -> None:
    ts = [START_MS + n * 10_000 for n in range(12)] + [START_MS + 20 * MINUTE]
    store.write(StoreWrite(readings=rows(3, ts, [float(n) for n in range(12)] + [99.0])))
    store.write(StoreWrite(readings=rows(3, [START_MS + 30 * MINUTE], [-50.0], Quality.BAD.code)))
    history = store.history(3, START_MS, START_MS + 22 * MINUTE, MINUTE, GAP)
    assert history.points == [
        (START_MS, 0.0, 2.5, 5.0),
        (START_MS + MINUTE, 6.0, 8.5, 11.0),
        (START_MS + 20 * MINUTE, 99.0, 99.0, 99.0),
    ]
    assert history.gaps == [(START_MS + 110_000, START_MS + 20 * MINUTE)]


def test_history_runs_over_midnight(store: DuckDbStore) -> None:
    ts = list(range(START_MS, START_MS + 2 * DAY, 3_600_000))
    store.write(StoreWrite(readings=rows(0, ts, [4.0] * len(ts))))
    assert len(store.history(0, START_MS, START_MS + 2 * DAY, 3_600_000, DAY).points) == 48


@pytest.mark.parametrize(("start", "end", "step"), [(5, 1, 1), (1, 5, 0)])
def test_an_impossible_history_is_refused(store: DuckDbStore, start: int, end: int, step: int) -> None:
    with pytest.raises(ValueError, match="history"):
        store.history(0, start, end, step, GAP)


def test_excursions_are_replaced_by_id_and_found_by_overlap(store: DuckDbStore) -> None:
    store.write(StoreWrite(readings=no_readings(), excursions=[excursion(100), excursion(500, 600, "q")]))
    store.write(StoreWrite(readings=no_readings(), excursions=[excursion(100, 300, worst=9.0)]))
    assert [(e.to_ms, e.worst_c) for e in store.excursions(["p"], 200, 900)] == [(300, 9.0)]
    assert store.excursions(["p"], 301, 900) == []
    assert [e.probe for e in store.excursions(["p", "q"], 0, 900)] == ["p", "q"]
    store.write(StoreWrite(readings=no_readings(), removed=[excursion(100).id]))
    assert store.excursions(["p"], 0, 900) == []


def test_a_day_that_is_over_is_sorted_and_still_takes_late_rows(store: DuckDbStore) -> None:
    ts = [START_MS + n for n in (5, 1, 3)]
    store.write(StoreWrite(readings=rows(1, ts, [5.0, 1.0, 3.0])))
    store.write(StoreWrite(readings=rows(0, [START_MS], [0.0])))
    assert store.close_days(START_MS) == 0
    assert store.close_days(START_MS + DAY) == 1
    assert store.close_days(START_MS + DAY) == 0
    store.write(StoreWrite(readings=rows(1, [START_MS + 2], [2.0])))
    assert store.readings(1, START_MS, START_MS + 9).value.tolist() == [1.0, 2.0, 3.0, 5.0]


def test_an_old_day_is_dropped_whole_once_it_is_gathered(store: DuckDbStore) -> None:
    store.write(StoreWrite(readings=rows(0, [START_MS, START_MS + DAY], [4.0, 5.0])))
    assert store.drop_days(START_MS + DAY) == 0
    store.close_days(START_MS + DAY)
    assert store.drop_days(START_MS + DAY) == 1
    assert store.readings(0, START_MS, START_MS + 2 * DAY).value.tolist() == [5.0]


def test_the_next_good_reading_is_found_across_days(store: DuckDbStore) -> None:
    store.write(StoreWrite(readings=rows(0, [START_MS, START_MS + DAY], [4.0, 5.0])))
    store.write(StoreWrite(readings=rows(0, [START_MS + 5], [4.0], Quality.BAD.code)))
    assert store.neighbour(0, START_MS) == START_MS + DAY
    assert store.neighbour(0, START_MS + DAY) is None


@pytest.mark.usefixtures("store")
def test_a_second_process_is_refused_by_name(tmp_path: Path) -> None:
    code = "import sys; from telemetry.duckdb_store import DuckDbStore; DuckDbStore(sys.argv[1])"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "t.duckdb")], capture_output=True, text=True)
    assert done.returncode != 0
    assert "StoreError: Cannot open the telemetry store" in done.stderr


def test_a_damaged_file_is_refused_with_what_a_person_has_to_do(tmp_path: Path) -> None:
    (tmp_path / "t.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match=r"Cannot open .* move it and its \.wal aside and keep both, then start again"):
        DuckDbStore(tmp_path / "t.duckdb")


def test_readers_in_other_threads_see_whole_transactions_only(store: DuckDbStore) -> None:
    faults: list[str] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            if len(store.readings(0, START_MS, START_MS + DAY)) % 100:
                faults.append("a part of a transaction was seen")

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(30):
        store.write(StoreWrite(readings=rows(0, [START_MS + turn * 100 + n for n in range(100)], [4.0] * 100)))
    stop.set()
    reader.join()
    assert faults == []


_WRITER = """
import sys
from pathlib import Path
import numpy as np
sys.path.insert(0, sys.argv[2])
from test_telemetry_store import rows
from telemetry.duckdb_store import DuckDbStore
from telemetry.store import StoreWrite
store, offset = DuckDbStore(Path(sys.argv[1])), 0
while True:
    offset += 1
    ts = [offset * 1000 + n for n in range(20)]
    store.write(StoreWrite(readings=rows(0, ts, [float(offset)] * 20), ranges={("e", "x"): [(1, offset)]}))
    sys.stdout.write(f"{offset}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("commits", [3, 40, 120])
def test_a_killed_writer_loses_no_acknowledged_offset_and_stores_no_half(tmp_path: Path, commits: int) -> None:
    path = tmp_path / "t.duckdb"
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path), str(Path(__file__).parent)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    acknowledged = 0
    while acknowledged < commits:
        acknowledged = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    rest = writer.stdout.read().split()
    acknowledged = int(rest[-1]) if rest else acknowledged
    writer.wait()
    writer.stdout.close()
    store = DuckDbStore(path)
    mark = store.offsets().mark(("e", "x"))
    found = store.readings(0, 0, DAY)
    assert mark >= acknowledged
    assert len(found) == mark * 20
    assert sorted(set(found.value.tolist())) == [float(n) for n in range(1, mark + 1)]
    store.close()


def test_a_day_of_one_probe_among_many_is_read_fast(tmp_path: Path) -> None:
    store = DuckDbStore(tmp_path / "big.duckdb")
    sources, samples = 200, 8_640
    start = START_MS // DAY * DAY
    ts = np.repeat(start + np.arange(samples, dtype=np.int64) * 10_000, sources)
    source = np.tile(np.arange(sources, dtype=np.int32), samples)
    count = len(ts)
    value = np.random.default_rng(1).normal(4, 0.2, count).round(2)
    quality = np.full(count, Quality.GOOD.code, np.uint8)
    store.write(StoreWrite(readings=Readings(source, ts, value, quality, np.zeros(count, np.bool_))))
    store.close_days(start + DAY)
    fastest = np.inf
    for probe in range(5):
        began = time.perf_counter()
        assert len(store.history(probe, start, start + DAY - 1, MINUTE, GAP).points) == 1440
        fastest = min(fastest, time.perf_counter() - began)
    store.close()
    assert fastest < 0.1, f"{fastest * 1000:.1f} ms"


def test_closing_breaks_off_what_another_thread_asks(tmp_path: Path) -> None:
    store = DuckDbStore(tmp_path / "t.duckdb")
    refused: list[StoreError] = []
    asks = threading.Event()

    def ask() -> None:
        asks.set()
        try:
            store._rows("select count(*) from range(1000000000000) a where a.range % 7 = 3")  # hours of work
        except StoreError as error:
            refused.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    asks.wait(60.0)
    time.sleep(0.2)  # the query itself tells nobody that it has begun
    store.close()
    thread.join(60.0)
    assert len(refused) == 1
    DuckDbStore(tmp_path / "t.duckdb").close()
