"""What stands in a box tunnel: all tags of one box, told when nothing new is read any more. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from rfid.instants import instant
from rfid.messages import TunnelRead, in_parts
from rfid.passes import US_PER_S, WEAKEST_DBM, Read


@dataclass(frozen=True, slots=True)
class TunnelRules:
    """When a tag lies in the box, and when the box is read. Durations are seconds of the reader's clock."""

    rssi_floor_dbm: int = -61  # a tag outside the tunnel is heard more weakly than this (world.md 3.1: -62 at most)
    min_reads: int = 2  # one read may be a ghost
    settle_s: float = 1.5  # no new tag for so long: a tag that is heard at all is heard several times in it
    leave_s: float = 4.0  # nothing heard for so long: the box has gone


@dataclass(slots=True)
class _Tag:
    reads: int = 0
    peak: int = WEAKEST_DBM


@dataclass(slots=True)
class _Box:
    """One stay of a box, from the first read to the last."""

    reader: str
    first_us: int
    latest_us: int
    newest_tag_us: int
    heard: dict[bytes, _Tag] = field(default_factory=dict)
    inside: set[bytes] = field(default_factory=set)
    told: frozenset[bytes] = frozenset()
    tellings: int = 0


class TunnelTracker:
    """Tags in one tunnel. A box is told once, and again only when more of it is read or when it comes a second time."""

    def __init__(self, portal: str, rules: TunnelRules | None = None) -> None:
        self.portal = portal
        self.rules = rules or TunnelRules()
        self.newest_us = 0
        self._box: _Box | None = None
        self._gone: list[_Box] = []

    def feed(self, epc: bytes, read: Read, reader: str) -> None:
        """Take one read of a tag (hex EPC)."""
        at_us, _, rssi, count = read
        if rssi < self.rules.rssi_floor_dbm:
            return
        self.newest_us = max(self.newest_us, at_us)
        box = self._box
        if box is not None and at_us - box.latest_us > self.rules.leave_s * US_PER_S:
            self._gone.append(box)
            box = None
        if box is None:
            box = self._box = _Box(reader, at_us, at_us, at_us)
        tag = box.heard.get(epc)
        if tag is None:
            tag = box.heard[epc] = _Tag()
        tag.reads += count
        tag.peak = max(tag.peak, rssi)
        box.first_us, box.latest_us = min(box.first_us, at_us), max(box.latest_us, at_us)
        if tag.reads >= self.rules.min_reads and epc not in box.inside:
            box.inside.add(epc)
            box.newest_tag_us = max(box.newest_tag_us, at_us)

    def harvest(self, until_us: int) -> list[TunnelRead]:
        """Boxes that are read to the end, given that everything read before `until_us` has arrived."""
        found = [read for box in self._gone for read in self._tell(box)]
        self._gone.clear()
        box = self._box
        if box is None:
            return found
        if box.newest_tag_us <= until_us - self.rules.settle_s * US_PER_S:
            found += self._tell(box)
        if box.latest_us <= until_us - self.rules.leave_s * US_PER_S:
            self._box = None
        return found

    @property
    def present(self) -> int:
        """Tags in the tunnel now, counting boxes that went before they were told."""
        boxes = self._gone if self._box is None else [*self._gone, self._box]
        return sum(len(box.heard) for box in boxes)

    def _tell(self, box: _Box) -> list[TunnelRead]:
        if not box.inside - box.told:
            return []
        box.told = frozenset(box.inside)
        box.tellings += 1
        parts = in_parts(sorted(epc.decode() for epc in box.told))
        return [
            TunnelRead(
                portal=self.portal,
                reader=box.reader,
                pass_id=f"{self.portal}-{box.first_us}-{box.tellings}",
                part=number,
                parts=len(parts),
                epcs=part,
                first_seen=instant(box.first_us),
                last_seen=instant(box.latest_us),
            )
            for number, part in enumerate(parts, 1)
        ]
