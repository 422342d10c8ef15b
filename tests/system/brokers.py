"""The two brokers a centre is tested on: the embedded one, and Debian's Mosquitto beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from system.kills import Kill, child
from system.mosquitto import Mosquitto, mosquitto_program

EMBEDDED = "embedded"
MOSQUITTO = "mosquitto"


@dataclass(frozen=True, slots=True)
class BrokerUnderTest:
    """How a demo finds its broker, and how that is killed."""

    arguments: tuple[str, ...]
    kill: Kill


@contextmanager
def running(name: str, folder: Path) -> Iterator[BrokerUnderTest]:
    """The broker of that name for as long as it is needed; skips the test where it is not installed."""
    if name == EMBEDDED:
        yield BrokerUnderTest((), child("broker"))
        return
    with Mosquitto(mosquitto_program(), folder) as mosquitto:
        arguments = ("--mqtt-port", str(mosquitto.port))
        yield BrokerUnderTest(arguments, Kill("mosquitto", lambda _: mosquitto.kill_and_restart(), None))
