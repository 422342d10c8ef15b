"""From a limit crossed at the source to the alarm on a screen, while 10 000 readings a second come in and a solve runs.

Real processes: broker, `serve`, `solve` and an edge; a real HTTP client follows the live stream. The configured
delay is 0 in this plant. The clock starts at the UTC time stamp of the first reading above the limit.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.catalogue import BenchmarkFailed, Result
from benchmarks.order_book import BAGS, LINES, BusySolver
from benchmarks.rooms import plant_with_rooms
from benchmarks.screen import Screen
from benchmarks.site import Site, has_listener, wait_until
from benchmarks.usage import busy_cores, cpu_seconds, percentile, waited_seconds

ROOMS: Final = 100
READINGS_PER_S: Final = 10_000
CROSSINGS_PER_S: Final = 8.0
CONDITION: Final = "temperature_high"


def measure() -> Result:
    """The 99th percentile of the latency in milliseconds."""
    with (
        tempfile.TemporaryDirectory(prefix="hemovault-bench-") as folder,
        Site(Path(folder), plant_with_rooms(ROOMS, on_delay_s=0)) as site,
    ):
        return _measure(site)


def _measure(site: Site) -> Result:
    passwords = site.make_accounts()
    site.start_broker()
    site.start("solve")
    serve = site.start("serve")
    wait_until(lambda: has_listener(site.settings.web.port), 60, "the controller listens")
    wait_until(site.settings.solve_socket.exists, 60, "the solve worker listens")
    crossed_file = site.folder / "crossed.txt"
    with Screen(site.settings.api_url, "operator", passwords["operator"]) as screen:
        with BusySolver(site.settings.solve_socket) as solver:
            arguments = [str(site.config), str(READINGS_PER_S), str(CROSSINGS_PER_S), str(crossed_file)]
            cpu, waited, begun = cpu_seconds(serve.pid), waited_seconds(serve.pid), time.monotonic()
            edge = site.run(["-m", "benchmarks.edge_load", *arguments], "edge")
            _wait_for_end(edge)
            seconds = time.monotonic() - begun
            serve_ran, serve_waited = cpu_seconds(serve.pid) - cpu, waited_seconds(serve.pid) - waited
        crossed = _crossings(crossed_file)
        latencies = _latencies(screen, crossed)
    return Result(
        "alarm",
        round(percentile(latencies, 0.99) * 1000),
        "ms, p99",
        "< 500",
        {
            "median_ms": round(median(latencies) * 1000),
            "p90_ms": round(percentile(latencies, 0.9) * 1000),
            "worst_ms": round(max(latencies) * 1000),
            "alarms": len(latencies),
            "readings_per_s": READINGS_PER_S,
            "probes": ROOMS * 2,
            "readings_each_probe_per_s": READINGS_PER_S / (ROOMS * 2),
            "solves_meanwhile": solver.answers,
            "solve": f"{BAGS} bags x {LINES} lines, again and again",
            "serve_cores": round(serve_ran / seconds, 2),
            "serve_waited_for_a_core": round(serve_waited / seconds, 2),
            "screen_resets": screen.resets,
            "load_average": busy_cores(),
        },
    )


def _wait_for_end(edge: subprocess.Popen[bytes]) -> None:
    status = edge.wait(180)
    if status:
        raise BenchmarkFailed(f"the edge ended with status {status}")


def _crossings(path: Path) -> dict[str, datetime]:
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return {probe: datetime.fromisoformat(at) for probe, at in lines}


def _latencies(screen: Screen, crossed: dict[str, datetime]) -> list[float]:
    """Seconds for each alarm. The stream names alarms by id; which probe an id is of, the API tells afterwards."""
    wait_until(lambda: len(_alarm_ids(screen)) >= len(crossed), 60, "every crossing became an alarm")
    ids = _alarm_ids(screen)
    heard: dict[str, datetime] = {}
    for at, topic, keys in screen.changed:
        if topic == "alarm":
            for key in keys:
                heard.setdefault(key, at)
    missing = [probe for probe in crossed if ids.get(probe) not in heard]
    if missing:
        raise BenchmarkFailed(f"the stream never named the alarms of {len(missing)} probes, {missing[0]} among them")
    return [(heard[ids[probe]] - at).total_seconds() for probe, at in crossed.items()]


def _alarm_ids(screen: Screen) -> dict[str, str]:
    alarms = screen.get("/alarms?state=all")["items"]
    return {alarm["source"]: alarm["id"] for alarm in alarms if alarm["condition"] == CONDITION}
