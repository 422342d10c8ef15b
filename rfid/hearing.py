"""Which antennas of a reader hear nothing though nobody said that they are broken. Pure.

A reader that is deaf without any event looks like a quiet day. So a tag is fixed in the field of an antenna where the
plant says so (`Antenna.reference`), and an antenna that does not read it is deaf.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from plant.model import Reader
from rfid.passes import US_PER_S

SILENT_AFTER_S: Final = 60.0
"""Domain seconds for which an antenna may hear nothing, not even its reference tag."""


class Hearing:
    """What is known of one connected reader. Times are microseconds of our clock (domain)."""

    def __init__(self, reader: Reader, silent_after_s: float = SILENT_AFTER_S) -> None:
        self.disconnected: set[int] = set()
        self._ports = {antenna.port for antenna in reader.antennas}
        self._referenced = {antenna.port for antenna in reader.antennas if antenna.reference is not None}
        self._ports_of_shelf = {antenna.shelf: antenna.port for antenna in reader.antennas if antenna.shelf}
        self._silent_after_us = int(silent_after_s * US_PER_S)
        self._since_us = 0

    def connecting(self) -> None:
        """A connection begins: the reader says again what is disconnected."""
        self.disconnected.clear()

    def listening(self, now_us: int) -> None:
        """The inventory begins: every antenna gets its time to hear."""
        self._since_us = now_us

    def event(self, port: int, *, connected: bool) -> None:
        """The reader says that something was plugged into a port or taken off it."""
        (self.disconnected.discard if connected else self.disconnected.add)(port)

    def deaf(
        self, now_us: int, heard_us: Mapping[int, int], silent_shelves: Collection[str] = ()
    ) -> frozenset[int] | None:
        """Ports that hear nothing; None while that cannot be said yet, because a connection has just begun.

        `heard_us` is when each port last read anything; `silent_shelves` are those whose tags vanished at once.
        """
        since = {port: heard_us.get(port, 0) for port in self._referenced - self.disconnected}
        if any(at < self._since_us for at in since.values()) and now_us - self._since_us <= self._silent_after_us:
            return None
        silent = {port for port, at in since.items() if now_us - max(at, self._since_us) > self._silent_after_us}
        shelves = {self._ports_of_shelf[shelf] for shelf in silent_shelves if shelf in self._ports_of_shelf}
        return frozenset((self.disconnected | silent | shelves) & self._ports)
