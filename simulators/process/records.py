"""Append-only JSON-lines files: the world's log and the machines' journals, written after the snapshot."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

_KEPT: Final = 20_000


class _Numbered(msgspec.Struct):
    seq: int = 0
    n: int = 0


class RecordFile:
    """One file of numbered lines; repeats are skipped by number, a torn last line is cut away."""

    def __init__(self, path: Path, *, kept: int = _KEPT) -> None:
        self._path = path
        self.lines: deque[tuple[int, str]] = deque(maxlen=kept)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._load()

    @property
    def head(self) -> int:
        """Number of the last line on disk."""
        return self.lines[-1][0] if self.lines else 0

    def append(self, lines: Iterable[tuple[int, str]], *, force: bool) -> None:
        """Append the lines that are new; ``force`` returns only when they are on the disk."""
        new = [(number, text) for number, text in lines if number > self.head]
        if not new:
            return
        with self._path.open("a", encoding="utf-8") as file:
            file.write("".join(text + "\n" for _, text in new))
            file.flush()
            if force:
                os.fsync(file.fileno())
        self.lines.extend(new)

    def above(self, after: int, limit: int) -> list[str]:
        """Up to ``limit`` lines with numbers above ``after``, oldest first."""
        if not self.lines or after >= self.head:
            return []
        skip = max(0, after - self.lines[0][0] + 1)  # numbers have no gaps
        return [self.lines[index][1] for index in range(skip, min(skip + max(limit, 0), len(self.lines)))]

    def _load(self) -> None:
        if not self._path.exists():
            return
        raw = self._path.read_bytes()
        whole = raw.rpartition(b"\n")[0] + b"\n" if b"\n" in raw else b""
        if len(whole) != len(raw):
            with self._path.open("r+b") as file:
                file.truncate(len(whole))
        for line in whole.decode("utf-8").splitlines():
            entry = msgspec.json.decode(line, type=_Numbered)
            self.lines.append((entry.seq or entry.n, line))
