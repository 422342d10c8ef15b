"""A screen as a benchmark needs it: signed in, following `/api/v1/events` on a thread, noting when it heard what."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self

import httpx
import msgspec

from runtime.clock import Clock

RETRY_S: Final = 1.0
"""What the stream itself tells browsers to wait before they come back."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A probe's value as the screen heard it."""

    quality: str
    at: datetime | None


class Screen:
    """Follows the stream until closed, and comes back when it breaks, as a browser does."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self.probes: dict[str, Shown] = {}
        self.changed: list[tuple[datetime, str, list[str]]] = []
        self.resets = 0
        self.client = httpx.Client(base_url=f"{url}/api/v1", timeout=30)
        self.client.post("/session", json={"username": username, "password": password}).raise_for_status()
        self._closed = threading.Event()
        self._clock = Clock()
        self._thread = threading.Thread(target=self._follow, name="screen", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        self.client.close()

    def get(self, path: str) -> Any:
        """What the API answers, as plain data."""
        answer = self.client.get(path)
        answer.raise_for_status()
        return answer.json()

    def _follow(self) -> None:
        while not self._closed.is_set():
            try:
                with self.client.stream("GET", "/events", timeout=httpx.Timeout(10, read=15)) as stream:
                    for event, data in _events(stream.iter_lines()):
                        self._take(event, data)
            except (httpx.HTTPError, RuntimeError):
                pass  # broken, refused, or closed by `__exit__`: a browser would come back, so does this
            self._closed.wait(RETRY_S)

    def _take(self, event: str, data: bytes) -> None:
        if event == "change":
            at = self._clock.real_now()
            topics: dict[str, list[str]] = msgspec.json.decode(data)["topics"]
            self.changed += [(at, topic, keys) for topic, keys in topics.items()]
        elif event == "reading":
            for reading in msgspec.json.decode(data):
                at_text = reading["at"]
                self.probes[reading["probe"]] = Shown(
                    reading["quality"], None if at_text is None else datetime.fromisoformat(at_text)
                )
        elif event == "reset":
            self.resets += 1


def _events(lines: Iterator[str]) -> Iterator[tuple[str, bytes]]:
    """Name and data of each server-sent event."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, line[6:].encode()
