"""The mirror against a small server that speaks the v2 write endpoint and keeps points by (series, time)."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from runtime.sparkplug.readings import SourceRegistry
from telemetry.mirror import SETTLE_S, InfluxMirror
from telemetry.store import Readings


class Bucket:
    """What the peer holds: series and time -> fields; it can be away, and it can lose everything."""

    def __init__(self) -> None:
        self.points: dict[tuple[str, str], str] = {}
        self.writes = 0
        self.away = False
        self.queries: list[str] = []


@pytest.fixture
def bucket() -> Iterator[tuple[Bucket, str]]:
    held = Bucket()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # named by http.server
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            held.queries.append(self.path)
            if held.away:
                self.send_response(503)
                self.end_headers()
                return
            held.writes += 1
            for line in body.decode().splitlines():
                series, fields, ts = line.rsplit(" ", 2)
                held.points[series, ts] = fields
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield held, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def readings(*values: float, start: int = 1000) -> Readings:
    count = len(values)
    return Readings(
        np.zeros(count, np.int32),
        np.arange(start, start + count, dtype=np.int64),
        np.array(values),
        np.full(count, 192, np.uint8),
        np.zeros(count, np.bool_),
    )


def mirror_to(url: str, path: Path, **other: int) -> InfluxMirror:
    return InfluxMirror(path / "mirror.sqlite", url=url, token="t", org="o", bucket="hv", **other)


def registry() -> SourceRegistry:
    made = SourceRegistry()
    made.add("cell a", "cold,1", "Temperature/Air")
    return made


def test_readings_arrive_as_points_of_their_series(bucket: tuple[Bucket, str], tmp_path: Path) -> None:
    held, url = bucket
    mirror = mirror_to(url, tmp_path)
    mirror.offer(readings(4.0, float("nan"), 5.5), registry())
    assert mirror.drain(0.0) == 1
    series = "reading,edge=cell\\ a,device=cold\\,1,metric=Temperature/Air"
    assert held.points == {(series, "1000"): "value=4.0,quality=192i", (series, "1002"): "value=5.5,quality=192i"}
    assert "bucket=hv" in held.queries[0]
    assert "precision=ms" in held.queries[0]
    mirror.close()


def test_what_the_peer_refused_is_sent_again_and_doubles_nothing(bucket: tuple[Bucket, str], tmp_path: Path) -> None:
    held, url = bucket
    mirror = mirror_to(url, tmp_path)
    mirror.offer(readings(1.0, 2.0), registry())
    mirror.drain(0.0)
    held.away = True
    mirror.offer(readings(3.0, start=2000), registry())
    with pytest.raises(ConnectionError, match="does not take data"):
        mirror.drain(1.0)
    held.away = False
    held.points.clear()  # it answered 204 and lost it all the same
    assert mirror.drain(2.0) == 2
    assert len(held.points) == 3
    mirror.close()


def test_an_accepted_chunk_leaves_the_spool_only_after_it_settled(bucket: tuple[Bucket, str], tmp_path: Path) -> None:
    _, url = bucket
    mirror = mirror_to(url, tmp_path)
    mirror.offer(readings(1.0), registry())
    mirror.drain(10.0)
    assert mirror.waiting() == 1
    mirror.drain(10.0 + SETTLE_S + 1)
    assert mirror.waiting() == 0
    mirror.close()


def test_the_spool_survives_the_process(bucket: tuple[Bucket, str], tmp_path: Path) -> None:
    held, url = bucket
    first = mirror_to(url, tmp_path)
    first.offer(readings(1.0), registry())
    first.close()
    second = mirror_to(url, tmp_path)
    assert second.drain(0.0) == 1
    assert len(held.points) == 1
    second.close()


def test_a_peer_that_stays_away_does_not_fill_the_disk(tmp_path: Path) -> None:
    mirror = mirror_to("http://127.0.0.1:9", tmp_path, max_chunks=3)
    for start in range(5):
        mirror.offer(readings(1.0, start=start), registry())
    assert (mirror.waiting(), mirror.given_up) == (3, 2)
    mirror.close()
