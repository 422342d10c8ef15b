"""Killing parts of a running centre with SIGKILL while facts wait, and the proof of what it cost."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from system.centre import Centre, wait_until

WAITING_FACTS = 10
RECOVERED_S = 45.0
"""A machine under full load may need so long until the part works again; the usual figures are printed."""
IN_MIND = timedelta(minutes=10)
"""Domain time for which a passage is in the mind of whoever listens to the readers before it becomes a fact."""


@dataclass(frozen=True, slots=True)
class Outage:
    """What a death cost: real seconds until the part worked again, and the domain time from before it until then."""

    cost_s: float
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Kill:
    """A part that is killed: how, and through which edges its facts flow (None: every edge)."""

    part: str
    strike: Callable[[Centre], None]
    edges: frozenset[str] | None


def child(name: str, *edges: str) -> Kill:
    """A process of the demo or of its world, which is started again by whoever keeps it."""

    def strike(centre: Centre) -> None:
        pid = centre.kill(name)
        wait_until(lambda: _is_another(centre, name, pid), 60, f"{name} runs again")

    return Kill(name, strike, frozenset(edges) or None)


def kill(centre: Centre, victim: Kill, chance: random.Random) -> Outage:
    """Kill a part while facts wait for the controller, until all of before is committed and news flows again.

    The controller dies between the broker's acknowledgement and its own commit; for the others it is made to wait.
    """
    hold_up = _database_locked(centre.database) if victim.part == "serve" else _stopped(centre.pid("serve"))
    with hold_up:
        before = centre.committed()
        wait_until(lambda: centre.unacknowledged() >= WAITING_FACTS, 60, "facts wait for the controller")
        time.sleep(chance.uniform(0.2, 1.0))  # the broker has them by now
        assert centre.committed() == before
        struck_at, since = time.monotonic(), centre.clock.now() - IN_MIND
        victim.strike(centre)
        heads = {edge: head for edge, (head, _) in centre.spools().items()}
    wait_until(lambda: _works_again(centre, victim, heads), RECOVERED_S, f"{victim.part} works again", centre.spools)
    return Outage(time.monotonic() - struck_at, since, centre.clock.now())


def _works_again(centre: Centre, victim: Kill, heads: dict[str, int]) -> bool:
    """Every fact of before is committed, and a later one of each edge that the part carries."""
    now = {edge: mark for edge, (_, mark) in centre.spools().items()}
    news = [
        now[edge] > head
        for edge, head in heads.items()
        if victim.edges is None or edge.removesuffix(".facts.db") in victim.edges
    ]
    everything = all(now[edge] >= head for edge, head in heads.items())
    return everything and (any(news) if victim.edges is None else all(news))


def _is_another(centre: Centre, name: str, old: int) -> bool:
    try:
        return centre.pid(name) != old
    except (FileNotFoundError, ValueError):
        return False


@contextmanager
def _database_locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as database:
        database.execute("begin immediate")
        try:
            yield
        finally:
            database.execute("rollback")


@contextmanager
def _stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
