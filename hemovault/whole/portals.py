"""Antennas: what the world's readers heard, through the gateway's own intake and trackers, out as facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from hemovault.whole.edges import InProcessEdge
from plant.model import Plant
from rfid.gateway import Gateway
from rfid.messages import report_type
from rfid.reader_link import LinkState
from runtime.clock import Clock
from runtime.facts.spool import SpoolEntry
from runtime.health import Health
from simulators.radio.passes import TagRead

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ReaderGroup:
    """The readers of one group: `rfid.gateway.Gateway`, fed by the world instead of LLRP links."""

    def __init__(self, plant: Plant, edge: InProcessEdge, clock: Clock, health: Health) -> None:
        self.edge = edge
        self._clock = clock
        self._gateway = Gateway(plant, edge.edge, clock, health, lambda _reader, _state: None)
        for reader in self._gateway.stations:
            self._gateway.linked(reader, LinkState.INVENTORYING)
        for reader in self._gateway.stations:
            self._gateway.linked(reader, LinkState.INVENTORYING)

    async def take(self, reads: Sequence[TagRead]) -> None:
        """Give each reader of this group its reads as one report, then record what has been decided by now."""
        reports: dict[str, list[dict[str, Any]]] = {}
        for read in reads:
            if read.reader in self._gateway.stations:
                reports.setdefault(read.reader, []).append(_tag(read))
        now_us = _micros(self._clock.now())
        for reader, report in reports.items():
            self._gateway.stations[reader].intake.take(report, now_us)
        found = self._gateway.harvest()
        if found:
            await self.edge.record_many([SpoolEntry(report_type(m), msgspec.json.encode(m), at) for m, at in found])


def _tag(read: TagRead) -> dict[str, Any]:
    """A read as sllurp decodes it."""
    return {
        "EPC": read.epc.encode(),
        "AntennaID": read.antenna,
        "PeakRSSI": read.rssi_dbm,
        "FirstSeenTimestampUTC": _micros(read.at),
        "TagSeenCount": 1,
    }


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
