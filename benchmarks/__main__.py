"""`python -m benchmarks --list | NAME ... [--json] | --all [--json]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence

from benchmarks.catalogue import BENCHMARKS, BenchmarkFailed, Result
from runtime.logs import LogFormat, configure_logs


def machine() -> str:
    """Return what the numbers were measured on: system, processor count, Python."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def as_json(result: Result) -> str:
    """Return one JSON line for a result."""
    line = {
        "name": result.name,
        "value": result.value,
        "unit": result.unit,
        "target": result.target,
        "machine": machine(),
        "detail": dict(result.detail),
    }
    return json.dumps(line, ensure_ascii=False)


def main(arguments: Sequence[str]) -> int:
    """Run the named benchmarks; exit status 2 for a name that does not exist, 1 when one could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="name them and stop")
    parser.add_argument("--all", action="store_true", help="run every one")
    parser.add_argument("--json", action="store_true", help="one JSON line each")
    given = parser.parse_args(arguments)
    known = {benchmark.name: benchmark for benchmark in BENCHMARKS}
    unknown = [name for name in given.names if name not in known]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    if given.list or not (given.names or given.all):
        for benchmark in BENCHMARKS:
            print(f"{benchmark.name:<12} {benchmark.about}")
        return 0
    status = 0
    configure_logs("benchmarks", LogFormat.CONSOLE, "ERROR")  # to stderr: lines of results stand alone
    for name in known if given.all else given.names:
        try:
            result = known[name].measure()
        except BenchmarkFailed as failure:
            sys.stderr.write(f"{name}: not measured, {failure}\n")
            status = 1
            continue
        print(as_json(result) if given.json else f"{name:<12} {result.value:g} {result.unit} (target {result.target})")
        sys.stdout.flush()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
