"""SIGKILL a PLC, a reader, the broker and the controller of a running demo; time until values flow once it is back.

"Back" is the moment when somebody listens on its port again: how long a supervisor takes to start a process is not
counted here (it is in the detail). "Flowing" is judged where a person looks: a good value, measured after the return,
on a screen that follows the live stream; for a reader, its own values on the wire.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from benchmarks.catalogue import BenchmarkFailed, Result
from benchmarks.demo_wire import DemoWire
from benchmarks.screen import Screen
from benchmarks.site import end, has_listener, wait_until
from benchmarks.usage import busy_cores
from hemovault.settings import load_settings
from plant.load import load_plant
from runtime.clock import load_clock

SETTLE_S: Final = 4.0
_WITHIN_S: Final = 90.0
_PROBES: Final = ("cold-1-air", "cold-1-load", "plasma-1-air", "plasma-1-load")
_LOST: Final = re.compile("readings are gone|readings are dropped|spool.lost")


def measure() -> Result:
    """The slowest recovery in seconds, and each of them."""
    with tempfile.TemporaryDirectory(prefix="hemovault-bench-") as parent:
        folder = Path(parent) / "demo"
        output = Path(parent) / "demo.out"
        with output.open("wb") as log:
            demo = subprocess.Popen(
                [sys.executable, "-m", "hemovault", "demo", "--data", str(folder), "--port", "0"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            return _measure(folder, output)
        finally:
            demo.send_signal(signal.SIGINT)
            end(demo)


class _Demo:
    """What is known of the running demo, and how to break it."""

    def __init__(self, folder: Path, screen: Screen, wire: DemoWire) -> None:
        self.folder, self.screen, self.wire = folder, screen, wire
        self.settings = load_settings(folder / "hemovault.toml")
        self.plant = load_plant(folder / "plant.toml")
        self.clock = load_clock(folder / "clock.json")

    def kill(self, name: str, port: int, is_flowing: Callable[[Any, float], bool]) -> dict[str, float]:
        """Kill a process; seconds until it is back, and from then until things flow."""
        time.sleep(SETTLE_S)
        pid_file = self.folder / "run" / f"{name}.pid"
        pid = int(pid_file.read_text(encoding="ascii"))
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not has_listener(port), 10, f"the port of {name} is shut")
        away = wait_until(lambda: has_listener(port), _WITHIN_S, f"{name} listens again")
        domain, real = self.clock.now(), time.monotonic()
        again = wait_until(lambda: is_flowing(domain, real), _WITHIN_S, f"values flow after the kill of {name}")
        return {"back_after_s": round(away, 2), "flowing_after_s": round(again, 2)}

    def probes_are_fresh(self, domain: Any, _: float) -> bool:
        """Every probe shows a good value that was measured since."""
        shown = [self.screen.probes.get(probe) for probe in _PROBES]
        return all(s is not None and s.quality == "good" and s.at is not None and s.at >= domain for s in shown)

    def reader_is_fresh(self, _: Any, real: float) -> bool:
        """The reader's own values came on the wire since, after it had been found again."""
        return self.wire.found_at > real and self.wire.spoke_at > self.wire.found_at

    def all_is_fresh(self, domain: Any, real: float) -> bool:
        """Probes on the screen and the reader on the wire."""
        return self.probes_are_fresh(domain, real) and self.wire.spoke_at > real


def _measure(folder: Path, output: Path) -> Result:
    wait_until(lambda: "Ctrl-C ends it." in output.read_text(encoding="utf-8"), 120, "the demo says its address")
    text = output.read_text(encoding="utf-8")
    url = re.search(r"^Open (http://\S+)$", text, re.MULTILINE)
    account = re.search(r"^  admin +(\S{12,}) ", text, re.MULTILINE)
    if url is None or account is None:
        raise BenchmarkFailed("the demo did not say its address and accounts")
    settings, plant = load_settings(folder / "hemovault.toml"), load_plant(folder / "plant.toml")
    with (
        Screen(url[1], "admin", account[1]) as screen,
        DemoWire(settings.mqtt, plant.site.id, plant.readers[0]) as wire,
    ):
        demo = _Demo(folder, screen, wire)
        cell = next(cell for cell in plant.cells if cell.id == "cold")
        reader = plant.readers[0]
        first, start = demo.clock.now(), time.monotonic()
        wait_until(lambda: demo.all_is_fresh(first, start), 60, "values flow at first")
        plc_port = urlsplit(cell.url).port
        kills = {
            "plc": demo.kill(f"plc-{cell.id}", plc_port or 4840, demo.probes_are_fresh),
            "reader": demo.kill(reader.id, reader.port, demo.reader_is_fresh),
            "broker": demo.kill("broker", settings.broker.port, demo.all_is_fresh),
            "controller": demo.kill("serve", settings.web.port, demo.probes_are_fresh),
        }
        nothing_lost = _account_for_everything(folder, screen)
    return Result(
        "restarts",
        max(kill["flowing_after_s"] for kill in kills.values()),
        "s, slowest",
        "< 5, nothing lost",
        {**kills, **nothing_lost, "load_average": busy_cores()},
    )


def _account_for_everything(folder: Path, screen: Screen) -> dict[str, Any]:
    """Every fact and every reading that edges had made is with the controller, and nobody says otherwise."""
    facts = {path: _row(path, "select head from spool")[0] for path in folder.glob("*.facts.db")}
    windows = {path: _row(path, "select head from state")[0] for path in folder.glob("*.window.db")}
    wait_until(
        lambda: all(_row(path, "select acknowledged from spool")[0] >= head for path, head in facts.items()),
        60,
        "the controller has every fact",
    )
    wait_until(
        lambda: all(_row(path, "select stored from state")[0] >= head for path, head in windows.items()),
        60,
        "telemetry has every message",
    )
    logs = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in (folder / "logs").glob("*.log"))
    committed, losses = _row(
        folder / "warehouse.db",
        "select count(*), coalesce(sum(instr(raw, 'journal-loss') > 0), 0) from inbox",
    )
    return {
        "facts_made": sum(facts.values()),
        "facts_committed": committed,
        "journal_losses": losses,
        "state_messages_stored": sum(windows.values()),
        "messages_said_lost": len(_LOST.findall(logs)),
        "dead_letters": len(screen.get("/deadletters")["items"]),
        "edge_troubles": _row(folder / "warehouse.db", "select count(*) from edge_trouble")[0],
    }


def _row(path: Path, query: str) -> tuple[int, ...]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        return tuple(database.execute(query).fetchone())
