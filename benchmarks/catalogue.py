"""Which benchmarks there are, and the form of their result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final


class BenchmarkFailed(RuntimeError):  # noqa: N818 - says what happened, as the house names its errors
    """What was to be measured did not happen; the text says what was waited for."""


@dataclass(frozen=True, slots=True)
class Result:
    """One measured number with its unit and the target of design.md 12; `detail` holds what explains it."""

    name: str
    value: float
    unit: str
    target: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark: the module that measures it (its `measure() -> Result`) and what it says."""

    name: str
    module: str
    about: str

    @property
    def measure(self) -> Callable[[], Result]:
        """Return the measuring function; importing it is what loads the heavy libraries."""
        function: Callable[[], Result] = import_module(self.module).measure
        return function


BENCHMARKS: Final = (
    Benchmark("restarts", "benchmarks.restarts", "slowest recovery after SIGKILL of PLC, reader, broker, controller"),
    Benchmark("bridge", "benchmarks.bridge", "CPU per OPC UA value change, end to end to Sparkplug"),
    Benchmark("telemetry", "benchmarks.telemetry", "readings decoded, evaluated and stored per second on one core"),
    Benchmark(
        "history", "benchmarks.history", "24 h of one probe among 10 000 after the day is closed, bytes a reading"
    ),
    Benchmark("alarm", "benchmarks.alarm", "limit crossed to alarm on a screen, p99, while a large solve runs"),
    Benchmark("ledger", "benchmarks.ledger", "durable bag events per second, inbox to ledger, on both databases"),
    Benchmark("moves", "benchmarks.moves", "bags per second from place to slot through the real tables, step by step"),
    Benchmark("rfid", "benchmarks.rfid", "tag reports per second on one core, reader socket to crossing"),
    Benchmark(
        "recall", "benchmarks.recall", "recall of a donor with 100 donations among a million bags, slowest of 20"
    ),
    Benchmark("bag-page", "benchmarks.bag_page", "a bag's whole page among a million bags, p99"),
    Benchmark("passport", "benchmarks.passport", "temperature passport of a bag with 40 days of history, p99"),
    Benchmark("stock-board", "benchmarks.stock_board", "stock by group and component over a million bags, p99"),
    Benchmark("registry", "benchmarks.registry", "one patient against 100 000 typed platelet donors, ranked"),
    Benchmark("whole", "benchmarks.whole", "simulated days per minute of one core, the whole centre in one process"),
)
