"""CPU time of the bridge process for one OPC UA value change, from the server's notification to Sparkplug on the wire.

The real `hemovault run bridge` between a real OPC UA server (a process of its own) and the real broker, its disk window
and the stored marks of a primary host included.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.catalogue import Result
from benchmarks.listener import Listener
from benchmarks.rooms import CELL, plant_with_rooms
from benchmarks.site import Site, wait_until
from benchmarks.usage import busy_cores, cpu_seconds
from hemovault.ports import free_port

ROOMS: Final = 600
OFFERED_PER_S: Final = 6_000
WINDOWS: Final = 3
WINDOW_S: Final = 5.0
WARM_UP_S: Final = 4.0


@dataclass(frozen=True, slots=True)
class _Window:
    """What passed in one stretch of time; `written` by the server, `changes` at the primary host."""

    written: int
    changes: int
    messages: int
    cpu_s: float
    seconds: float


def measure() -> Result:
    """Median of a few windows, in microseconds of processor time per value change."""
    with tempfile.TemporaryDirectory(prefix="hemovault-bench-") as folder:
        url = f"opc.tcp://127.0.0.1:{free_port(4850, set())}/hemovault"
        with Site(Path(folder), plant_with_rooms(ROOMS, on_delay_s=300, opc_url=url)) as site:
            return _measure(site)


def _measure(site: Site) -> Result:
    site.start_broker()
    with Listener(site.settings.mqtt, site.plant.site.id) as listener:
        site.run(["-m", "benchmarks.plc_cell", str(site.folder / "plant.toml"), str(OFFERED_PER_S)], "plc")
        bridge = site.start("bridge", "--cell", CELL)
        wait_until(lambda: listener.readings > OFFERED_PER_S, 60, "values flow through the bridge")
        time.sleep(WARM_UP_S)
        windows = [_window(site, listener, bridge.pid) for _ in range(WINDOWS)]
    per_change = [window.cpu_s / window.changes * 1e6 for window in windows]
    seconds = sum(window.seconds for window in windows)
    return Result(
        "bridge",
        round(median(per_change), 1),
        "us CPU per value change",
        "<= 50",
        {
            "windows_us": [round(value, 1) for value in per_change],
            "items": ROOMS * 2,
            "items_monitored": ROOMS * 6,
            "asked_of_the_server_per_s": OFFERED_PER_S,
            "written_by_the_server_per_s": round(sum(w.written for w in windows) / seconds),
            "passed_per_s": round(sum(w.changes for w in windows) / seconds),
            "changes_per_message": round(sum(w.changes for w in windows) / sum(w.messages for w in windows), 2),
            "disk_window": "included (SQLite, synchronous=FULL)",
            "peer": "node-red-contrib-opcua was not measured here: Node-RED is not installed on this machine",
            "load_average": busy_cores(),
        },
    )


def _window(site: Site, listener: Listener, pid: int) -> _Window:
    readings, messages, cpu, begun = listener.readings, listener.messages, cpu_seconds(pid), time.monotonic()
    written = _written(site)
    time.sleep(WINDOW_S)
    return _Window(
        _written(site) - written,
        listener.readings - readings,
        listener.messages - messages,
        cpu_seconds(pid) - cpu,
        time.monotonic() - begun,
    )


def _written(site: Site) -> int:
    """How many changes the server has written so far, to a fifth of a second."""
    return int((site.folder / "plc.log").read_text(encoding="utf-8").splitlines()[-1])
