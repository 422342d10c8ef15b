"""All readers of one group: their links, what they read, what they say of themselves. Facts leave through `record`."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from plant.model import Antenna, Plant, PortalKind, Reader
from rfid.crossings import GateRules, PassageTracker, StationTracker
from rfid.hearing import SILENT_AFTER_S, Hearing
from rfid.instants import instant, micros
from rfid.intake import CLOCK_TOLERANCE_S, PortalTracker, ReaderClock, TagIntake, Tracker
from rfid.messages import HearingChanged, Report, happened_at
from rfid.passes import US_PER_S
from rfid.reader_link import LinkState, ReaderLink, TagBatch
from rfid.shelves import ShelfTracker
from rfid.tunnels import TunnelRules, TunnelTracker
from runtime.clock import Clock
from runtime.health import Health, HealthPart
from runtime.sparkplug.payload import DataType, MetricSpec, Value

DELIVERY_S: Final = 0.3  # real; a read reaches us within this: the report interval and the way here
BUSY_DELIVERY_S: Final = 1.0  # the same where a whole simulated centre shares one machine
GATE_REPEAT_S: Final = 3.0  # real
GATE_REPEAT_AT_MOST_S: Final = 60.0  # real
GATE_QUIET_S: Final = 2.0  # domain
SILENT_AFTER_REAL_S: Final = 15.0  # and no silence is judged in less real time (design.md 5)


@dataclass(slots=True)
class ReaderStation:
    """One reader with its link, intake and antennas."""

    reader: Reader
    intake: TagIntake
    hearing: Hearing
    health: HealthPart
    link: ReaderLink = field(init=False)
    connection: LinkState = LinkState.CONNECTING
    deaf: frozenset[int] | None = None  # as last told; None before the first word of a connection

    def state(self) -> dict[str, Value]:
        """What the reader is, metric by metric."""
        return {
            "Connection/State": str(self.connection),
            "Connection/Silence": time.monotonic() - self.link.last_heard,
            "Reads/Total": self.intake.reads,
            "Reads/Unusable": self.intake.unusable,
            "Clock/State": str(self.intake.clock),
            "Clock/Offset": self.intake.clock_offset_s,
            "Antenna/Deaf": ",".join(str(port) for port in sorted(self.deaf or ())),
        }

    def listen(self, now_us: int, silent_shelves: Collection[str]) -> HearingChanged | None:
        """What changed in which antennas hear; nothing is said of a reader that is not connected."""
        if self.connection is not LinkState.INVENTORYING:
            return None
        deaf = self.hearing.deaf(now_us, self.intake.heard_us, silent_shelves)
        if deaf is None or deaf == self.deaf:
            return None
        self.deaf = deaf
        return HearingChanged(reader=self.reader.id, deaf=tuple(sorted(deaf)), at=instant(now_us))

    def say_health(self) -> None:
        """Degraded when it works but cannot be trusted fully; the link says when it does not work."""
        if self.connection is not LinkState.INVENTORYING:
            return
        troubles = []
        if self.deaf:
            troubles.append(f"antennas {sorted(self.deaf)} hear nothing")
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
    """Readers, portals and shelves of one group."""

    def __init__(
        self, plant: Plant, group: str, clock: Clock, health: Health, on_link: Callable[[str, LinkState], None]
    ) -> None:
        self._clock = clock
        readers = [reader for reader in plant.readers if reader.group == group]
        used = {antenna.portal for reader in readers for antenna in reader.antennas}
        portals = {p.id: _tracker(p.id, p.kind, clock) for p in plant.portals if p.id in used}
        self.shelves = _shelf_tracker(readers)
        self.stations = {r.id: self._station(r, portals, health, on_link) for r in readers}
        self._fed: list[tuple[Tracker, list[TagIntake]]] = [
            (tracker, self._intakes(lambda antenna, portal=portal: antenna.portal == portal))  # type: ignore[misc]
            for portal, tracker in portals.items()
        ]
        self._fed.append((self.shelves, self._intakes(lambda antenna: antenna.shelf is not None)))
        delivery_s = BUSY_DELIVERY_S if clock.simulated else DELIVERY_S
        self._delivery_us = int(delivery_s * clock.rate * US_PER_S)

    def harvest(self) -> list[tuple[Report, datetime]]:
        """What has been decided by now, each with the time at which it happened."""
        now_us = micros(self._clock.now())
        found: list[Report] = []
        for tracker, intakes in self._fed:
            heard = [intake for intake in intakes if intake.received_us]
            if heard and tracker.present:
                found += tracker.harvest(min(intake.arrived_us(now_us, self._delivery_us) for intake in heard))
        for station in self.stations.values():
            if (news := station.listen(now_us, self.shelves.deaf)) is not None:
                found.append(news)
        return [(report, happened_at(report)) for report in found]

    def linked(self, reader: str, state: LinkState) -> None:
        """The connection to a reader changed: what was known of its clock and its antennas begins anew."""
        station = self.stations[reader]
        station.connection, station.deaf = state, None
        if state is LinkState.CONNECTING:
            station.intake.connected()
            station.hearing.connecting()
        elif state is LinkState.INVENTORYING:
            station.hearing.listening(micros(self._clock.now()))

    def _intakes(self, feeds: Callable[[Antenna], bool]) -> list[TagIntake]:
        return [s.intake for s in self.stations.values() if any(feeds(antenna) for antenna in s.reader.antennas)]

    def _station(
        self,
        reader: Reader,
        trackers: Mapping[str, PortalTracker],
        health: Health,
        on_link: Callable[[str, LinkState], None],
    ) -> ReaderStation:
        rate = max(1.0, self._clock.rate)
        part = health.part(f"reader {reader.id}")
        intake = TagIntake(reader, trackers, self.shelves, CLOCK_TOLERANCE_S * rate)
        hearing = Hearing(reader, max(SILENT_AFTER_S, SILENT_AFTER_REAL_S * rate))
        station = ReaderStation(reader, intake, hearing, part)

        def tags(batch: TagBatch) -> None:
            intake.take(batch, micros(self._clock.now()))

        def said(reader_us: int) -> None:
            intake.saw_clock(reader_us, micros(self._clock.now()))

        def antenna(port: int, event: str) -> None:
            hearing.event(port, connected=event == "Connected")

        def changed(state: LinkState) -> None:
            self.linked(reader.id, state)
            on_link(reader.id, state)

        station.link = ReaderLink(reader, part, on_tags=tags, on_state=changed, on_antenna=antenna, on_clock=said)
        return station


def _tracker(portal: str, kind: PortalKind, clock: Clock) -> PortalTracker:
    real_s = max(1.0, clock.rate)
    shortest_s = DELIVERY_S * real_s  # a busy simulated world makes the reads of a standing tag in steps of this size
    match kind:
        case PortalKind.PASSAGE:
            return PassageTracker(portal)
        case PortalKind.TUNNEL:
            rules = TunnelRules()
            return TunnelTracker(
                portal,
                TunnelRules(
                    settle_s=max(rules.settle_s, shortest_s),
                    leave_s=max(rules.leave_s, 2 * shortest_s),
                ),
            )
        case PortalKind.GATE:
            return StationTracker(
                portal,
                GateRules(
                    quiet_s=max(GATE_QUIET_S, shortest_s),
                    repeat_after_s=GATE_REPEAT_S * real_s,
                    repeat_at_most_s=GATE_REPEAT_AT_MOST_S * real_s,
                ),
            )


def _shelf_tracker(readers: Sequence[Reader]) -> ShelfTracker:
    """One tracker for all shelves of a group: which shelf a tag lies on is told by comparing its antennas."""
    antennas = [(reader, antenna) for reader in readers for antenna in reader.antennas]
    return ShelfTracker(
        {antenna.shelf: reader.id for reader, antenna in antennas if antenna.shelf is not None},
        references={a.shelf: a.reference.encode() for _, a in antennas if a.shelf is not None and a.reference},
    )
