"""Numbers of design.md 12, measured on the path that users run: `python -m benchmarks --list | NAME --json | --all`.

One file per benchmark; each prints one JSON line: name, value, unit, target, machine. Reported as seen, good or bad.
"""
