"""Old questions by Flux: against a server of the test that answers as InfluxDB documents it, and a real one if given.

The live tests run where HEMOVAULT_TEST_INFLUX_URL names an InfluxDB 2 (with _TOKEN, _ORG and _BUCKET).
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import SourceRegistry
from telemetry.duckdb_store import DuckDbStore
from telemetry.flux import QUERY, FluxHistory
from telemetry.mirror import InfluxMirror
from telemetry.store import History, QualityCounts, Readings, StoreError, StoreWrite

MINUTE = 60_000
GAP = 5 * MINUTE
START = 1_790_000_040_000  # a whole minute: 2026-09-21T14:14:00Z
KEY = ("cell-1", "cold-1", 'Temperature/Air" or true')

ANSWER = """\
#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,double,double,double,long\r
#group,false,false,true,true,false,false,false,false\r
#default,steps,,,,,,,\r
,result,table,_start,_stop,low,high,total,count\r
,,0,2026-09-21T14:14:10Z,2026-09-21T14:15:00Z,3.5,4.5,8,2\r
,,1,2026-09-21T14:24:00Z,2026-09-21T14:25:00Z,5,5,5,1\r
\r
#datatype,string,long,dateTime:RFC3339\r
#group,false,false,false\r
#default,first,,\r
,result,table,_time\r
,,0,2026-09-21T14:14:10Z\r
\r
#datatype,string,long,dateTime:RFC3339\r
#group,false,false,false\r
#default,last,,\r
,result,table,_time\r
,,0,2026-09-21T14:24:30.5Z\r
\r
#datatype,string,long,dateTime:RFC3339,long\r
#group,false,false,false,false\r
#default,gaps,,,\r
,result,table,_time,elapsed\r
,,0,2026-09-21T14:24:30.5Z,590500\r
\r
#datatype,string,long,long,long\r
#group,false,false,true,false\r
#default,counts,,,\r
,result,table,quality,value\r
,,0,192,3\r
,,1,64,2\r
,,2,2,1\r
\r
"""


class Server:
    """What it answers, and what it was asked."""

    def __init__(self) -> None:
        self.status, self.answer = 200, ANSWER
        self.asked: list[dict[str, Any]] = []


@pytest.fixture
def server() -> Iterator[tuple[Server, str]]:
    held = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # named by http.server
            held.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(held.status)
            self.send_header("Content-Type", "text/csv; charset=utf-8" if held.status == 200 else "application/json")
            self.end_headers()
            self.wfile.write(held.answer.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield held, f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def archive(server: tuple[Server, str]) -> Iterator[FluxHistory]:
    made = FluxHistory(url=server[1], token="t", org="o", bucket="hv")
    yield made
    made.close()


def test_an_answer_becomes_points_gaps_and_counts(archive: FluxHistory) -> None:
    history = archive.history(KEY, START + 10_000, START + 20 * MINUTE, MINUTE, GAP)
    assert history.points == [(START, 3.5, 4.0, 4.5), (START + 10 * MINUTE, 5.0, 5.0, 5.0)]
    end = START + 630_500
    assert history.gaps == [(end - 590_500, end), (end, START + 20 * MINUTE)]
    assert history.counts == QualityCounts(good=3, uncertain=2, bad=0, stale=1)


def test_what_varies_travels_beside_the_query_and_never_in_it(archive: FluxHistory, server: tuple[Server, str]) -> None:
    archive.history(KEY, START, START + MINUTE, MINUTE, GAP)
    asked = server[0].asked[0]
    assert asked["query"] == QUERY
    given = {part["assignment"]["id"]["name"]: part["assignment"]["init"] for part in asked["extern"]["body"]}
    assert given["askedMetric"] == {"type": "StringLiteral", "value": KEY[2]}
    assert given["askedFrom"] == {"type": "DateTimeLiteral", "value": "2026-09-21T14:14:00.000000000Z"}
    assert given["askedStop"]["value"] == "2026-09-21T14:15:00.001000000Z"
    assert given["askedStep"]["values"] == [{"magnitude": 60_000_000, "unit": "us"}]
    assert set(given) == set(re.findall(r"asked\w+", QUERY))


def test_nothing_found_is_one_gap(archive: FluxHistory, server: tuple[Server, str]) -> None:
    server[0].answer = "\r\n"
    history = archive.history(KEY, START, START + 20 * MINUTE, MINUTE, GAP)
    assert history == History([], [(START, START + 20 * MINUTE)])


@pytest.mark.parametrize("status", [400, 401, 500, 503])
def test_a_refusal_is_told_by_name(archive: FluxHistory, server: tuple[Server, str], status: int) -> None:
    server[0].status, server[0].answer = status, '{"code":"invalid","message":"no"}'
    with pytest.raises(StoreError, match="archive does not answer"):
        archive.history(KEY, START, START + MINUTE, MINUTE, GAP)


def test_a_server_that_is_away_is_told_by_name() -> None:
    archive = FluxHistory(url="http://127.0.0.1:9", token="t", org="o", bucket="hv")
    with pytest.raises(StoreError, match="archive does not answer"):
        archive.history(KEY, START, START + MINUTE, MINUTE, GAP)
    archive.close()


@pytest.mark.parametrize(("start", "end", "step"), [(5, 1, 1), (1, 5, 0)])
def test_an_impossible_question_is_refused(archive: FluxHistory, start: int, end: int, step: int) -> None:
    with pytest.raises(ValueError, match="history"):
        archive.history(KEY, start, end, step, GAP)


@pytest.mark.skipif(
    "HEMOVAULT_TEST_INFLUX_URL" not in os.environ,
    reason="HEMOVAULT_TEST_INFLUX_URL names no InfluxDB 2 (with _TOKEN, _ORG, _BUCKET)",
)
@pytest.mark.parametrize("step_ms", [1_000, MINUTE, 10 * MINUTE, 60 * MINUTE])
def test_a_real_influxdb_says_what_the_historian_says(tmp_path: Path, step_ms: int) -> None:
    own = {name: os.environ[f"HEMOVAULT_TEST_INFLUX_{name.upper()}"] for name in ("url", "token", "org", "bucket")}
    rng, count = np.random.default_rng(5), 2_000
    ts = (int(time.time()) - 7_200) * 1000 + np.sort(rng.choice(7_000_000, count, replace=False)).astype(np.int64)
    ts = ts[(ts - ts[0] < 2_000_000) | (ts - ts[0] > 2_700_000)]
    count = len(ts)
    quality = rng.choice(np.array([Quality.GOOD.code, Quality.GOOD.code, Quality.UNCERTAIN.code], np.uint8), count)
    readings = Readings(
        np.zeros(count, np.int32), ts, rng.normal(4, 1, count).round(2), quality, np.zeros(count, np.bool_)
    )
    registry = SourceRegistry()
    registry.add("cell-1", f"cold-{time.time_ns()}", "Temperature/Air")
    mirror = InfluxMirror(tmp_path / "mirror.db", **own)
    mirror.offer(readings, registry)
    mirror.drain(0.0)
    mirror.close()
    store, archive = DuckDbStore(tmp_path / "t.duckdb"), FluxHistory(**own)
    store.write(StoreWrite(readings=readings))
    question = (int(ts[0]) - 12_345, int(ts[-1]) + 400_000, step_ms, GAP)
    wanted, found = store.history(0, *question), archive.history(registry.key(0), *question)
    assert found.points == pytest.approx(wanted.points)
    assert (found.gaps, found.counts) == (wanted.gaps, wanted.counts)
    archive.close()
    store.close()
