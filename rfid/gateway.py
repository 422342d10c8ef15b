"""All readers of one group: their links, what they read, what they say of themselves. Facts leave through `record`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from plant.model import Plant, PortalKind, Reader
from rfid.crossings import GateRules, PassageTracker, StationTracker
from rfid.intake import CLOCK_TOLERANCE_S, ReaderClock, TagIntake, Tracker
from rfid.messages import Crossing, GateRead
from rfid.passes import US_PER_S
from rfid.reader_link import LinkState, ReaderLink, TagBatch
from runtime.clock import Clock
from runtime.health import Health, HealthPart
from runtime.sparkplug.payload import DataType, MetricSpec, Value

DELIVERY_S: Final = 0.4  # real; a read reaches us within this: the report interval and the way here
BUSY_DELIVERY_S: Final = 1.0  # the same where a whole simulated centre shares one machine
GATE_REPEAT_S: Final = 3.0  # real
GATE_REPEAT_AT_MOST_S: Final = 60.0  # real
GATE_QUIET_S: Final = 2.0  # domain


@dataclass(slots=True)
class ReaderStation:
    """One reader with its link, intake and antennas."""

    reader: Reader
    intake: TagIntake
    health: HealthPart
    link: ReaderLink = field(init=False)
    deaf: set[int] = field(default_factory=set)

    def state(self) -> dict[str, Value]:
        """What the reader is, metric by metric."""
        return {
            "Connection/State": str(self.link.state),
            "Connection/Silence": time.monotonic() - self.link.last_heard,
            "Reads/Total": self.intake.reads,
            "Reads/Unusable": self.intake.unusable,
            "Clock/State": str(self.intake.clock),
            "Clock/Offset": self.intake.clock_offset_s,
            "Antenna/Deaf": ",".join(str(port) for port in sorted(self.deaf)),
        }

    def say_health(self) -> None:
        """Degraded when it works but cannot be trusted fully; the link says when it does not work."""
        if self.link.state is not LinkState.INVENTORYING:
            return
        troubles = []
        if self.deaf:
            troubles.append(f"antennas {sorted(self.deaf)} are disconnected")
        if self.intake.clock is ReaderClock.OFF:
            troubles.append(f"its clock is off by {self.intake.clock_offset_s:+.0f} s, times are moved to ours")
        if troubles:
            self.health.degraded(f"Reader {self.reader.id}: {'; '.join(troubles)}.")
        else:
            self.health.ok()


READER_METRICS: Final = (
    MetricSpec("Connection/State", DataType.STRING),
    MetricSpec("Connection/Silence", DataType.DOUBLE, "s"),
    MetricSpec("Reads/Total", DataType.INT64),
    MetricSpec("Reads/Unusable", DataType.INT64),
    MetricSpec("Clock/State", DataType.STRING),
    MetricSpec("Clock/Offset", DataType.DOUBLE, "s"),
    MetricSpec("Antenna/Deaf", DataType.STRING),
)


class Gateway:
    """Readers and portals of one group."""

    def __init__(
        self, plant: Plant, group: str, clock: Clock, health: Health, on_link: Callable[[str, LinkState], None]
    ) -> None:
        self._clock = clock
        readers = [reader for reader in plant.readers if reader.group == group]
        used = {antenna.portal for reader in readers for antenna in reader.antennas}
        kinds = {portal.id: portal.kind for portal in plant.portals if portal.id in used}
        self.trackers = {portal: _tracker(portal, kind, clock) for portal, kind in kinds.items()}
        self.stations = {r.id: self._station(r, self.trackers, health, on_link) for r in readers}
        self._feeding = {
            portal: [s.intake for s in self.stations.values() if portal in {a.portal for a in s.reader.antennas}]
            for portal in self.trackers
        }
        delivery_s = BUSY_DELIVERY_S if clock.simulated else DELIVERY_S
        self._delivery_us = int(delivery_s * clock.rate * US_PER_S)

    def harvest(self) -> list[tuple[Crossing | GateRead, datetime]]:
        """What has been decided by now, each with the time at which it happened."""
        now_us = _micros(self._clock.now())
        found: list[tuple[Crossing | GateRead, datetime]] = []
        for portal, tracker in self.trackers.items():
            intakes = [intake for intake in self._feeding[portal] if intake.received_us]
            if not intakes or not tracker.present:
                continue
            until_us = min(intake.arrived_us(now_us, self._delivery_us) for intake in intakes)
            if isinstance(tracker, PassageTracker):
                found += [(crossing, crossing.last_seen) for crossing in tracker.harvest(until_us)]
            else:
                found += [(read, read.seen_at) for read in tracker.harvest(until_us)]
        return found

    def _station(
        self,
        reader: Reader,
        trackers: Mapping[str, Tracker],
        health: Health,
        on_link: Callable[[str, LinkState], None],
    ) -> ReaderStation:
        tolerance_s = CLOCK_TOLERANCE_S * max(1.0, self._clock.rate)
        part = health.part(f"reader {reader.id}")
        station = ReaderStation(reader, TagIntake(reader, trackers, tolerance_s), part)

        def tags(batch: TagBatch) -> None:
            station.intake.take(batch, _micros(self._clock.now()))

        def said(reader_us: int) -> None:
            station.intake.saw_clock(reader_us, _micros(self._clock.now()))

        def antenna(port: int, event: str) -> None:
            (station.deaf.discard if event == "Connected" else station.deaf.add)(port)

        def changed(state: LinkState) -> None:
            if state is LinkState.CONNECTING:
                station.intake.connected()
                station.deaf.clear()  # a reader says again what is disconnected
            on_link(reader.id, state)

        station.link = ReaderLink(reader, part, on_tags=tags, on_state=changed, on_antenna=antenna, on_clock=said)
        return station


def _tracker(portal: str, kind: PortalKind, clock: Clock) -> Tracker:
    if kind is PortalKind.PASSAGE:
        return PassageTracker(portal)
    real_s = max(1.0, clock.rate)
    return StationTracker(
        portal,
        GateRules(
            quiet_s=max(GATE_QUIET_S, DELIVERY_S * real_s),
            repeat_after_s=GATE_REPEAT_S * real_s,
            repeat_at_most_s=GATE_REPEAT_AT_MOST_S * real_s,
        ),
    )


_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
