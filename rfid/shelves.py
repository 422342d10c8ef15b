"""What lies on shelves with antennas: rounds of reads -> which tags are there now. Pure.

A shelf antenna misses a bag now and then, and hears a neighbour's bag 10 to 15 dB more weakly in one round of fifty
(world.md 3.3). So a tag counts where it is heard best, comes after two rounds and goes after three that missed it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

from rfid.instants import instant
from rfid.messages import ShelfSeen, in_parts
from rfid.passes import US_PER_S, Read

_COMPARABLE: Final = 3  # tags of a shelf from which its usual level is known


@dataclass(frozen=True, slots=True)
class ShelfRules:
    """How rounds become presence. Durations are seconds of the reader's clock, levels are dBm or dB."""

    round_s: float = (
        150.0  # every tag of a shelf is asked at least once in this time: a reader's round takes up to 120 s
    )
    present_after: int = 2
    gone_after: int = 3
    rssi_floor_dbm: int = -72
    leak_db: float = 8.0  # so much weaker than its neighbours, or than at home: heard from another shelf
    vanish_from: int = 3  # so many tags gone in one round, and nothing heard: the antenna is deaf, not the shelf empty
    account_every_s: float = 3600.0


@dataclass(slots=True)
class _Tag:
    """Where a tag lies, and where it seems to have gone."""

    shelf: str
    level: float
    rounds: int = 0  # in a row, at `shelf`, until it is present
    missed: int = 0
    present: bool = False
    rival: str | None = None
    rival_rounds: int = 0


_Levels = dict[bytes, dict[str, tuple[float, int]]]
"""One round: tag -> shelf -> (sum of levels, sightings)."""


class ShelfTracker:
    """All shelves with antennas of one reader group. A round in which nothing at all was heard counts as no round."""

    def __init__(
        self,
        shelves: Mapping[str, str],
        rules: ShelfRules | None = None,
        references: Mapping[str, bytes] | None = None,
    ) -> None:
        """Take shelf -> reader, and shelf -> EPC of the tag that is fixed at its antenna, where there is one."""
        self.rules = rules or ShelfRules()
        self.newest_us = 0
        self.deaf: set[str] = set()
        self._readers = dict(shelves)
        self._references = dict(references or {})
        self._round_us = int(self.rules.round_s * US_PER_S)
        self._rounds: dict[int, _Levels] = {}
        self._closed = -1
        self._counted = 0
        self._tags: dict[bytes, _Tag] = {}
        self._told: dict[str, tuple[set[bytes], int]] = {}

    def antenna(self, shelf: str) -> Callable[[bytes, Read, str], None]:
        """What takes the reads of the antenna of one shelf."""

        def feed(epc: bytes, read: Read, _reader: str) -> None:
            at_us, _, rssi, count = read
            number = at_us // self._round_us
            if rssi < self.rules.rssi_floor_dbm or number <= self._closed:
                return
            self.newest_us = max(self.newest_us, at_us)
            heard = self._rounds.setdefault(number, {}).setdefault(epc, {})
            total, seen = heard.get(shelf, (0.0, 0))
            heard[shelf] = (total + rssi * count, seen + count)

        return feed

    def harvest(self, until_us: int) -> list[ShelfSeen]:
        """Accounts of shelves that changed or are due, given that everything read before `until_us` has arrived."""
        found: list[ShelfSeen] = []
        for number in sorted(number for number in self._rounds if (number + 1) * self._round_us <= until_us):
            self._close(self._rounds.pop(number))
            self._closed = number
            found += self._accounts((number + 1) * self._round_us)
        return found

    @property
    def present(self) -> int:
        """Tags that are there or were heard since the last round."""
        return len(self._tags) + sum(len(levels) for levels in self._rounds.values())

    def _close(self, levels: _Levels) -> None:
        self._counted += 1
        heard_by = {shelf for heard in levels.values() for shelf in heard}
        fixed = set(self._references.values())
        best = {epc: _best(heard) for epc, heard in levels.items() if epc not in fixed}
        usual = _usual(best.values())
        self._judge_deafness(heard_by)
        seen: set[bytes] = set()
        for epc, (shelf, level) in best.items():
            if self._belongs(epc, shelf, level, usual):
                self._saw(epc, shelf, level)
                seen.add(epc)
        for epc in [epc for epc, tag in self._tags.items() if epc not in seen and tag.shelf not in self.deaf]:
            self._missed(epc)

    def _judge_deafness(self, heard_by: set[str]) -> None:
        """A shelf that falls silent altogether with several tags on it has a deaf antenna; it is believed no more."""
        self.deaf -= heard_by
        lying: dict[str, int] = {}
        for tag in self._tags.values():
            lying[tag.shelf] = lying.get(tag.shelf, 0) + tag.present
        self.deaf |= {shelf for shelf, n in lying.items() if n >= self.rules.vanish_from and shelf not in heard_by}

    def _belongs(self, epc: bytes, shelf: str, level: float, usual: Mapping[str, float]) -> bool:
        """False for a tag that is heard from a neighbour's shelf."""
        tag = self._tags.get(epc)
        if tag is not None and tag.shelf == shelf:
            return True
        if tag is not None and tag.present and level < tag.level - self.rules.leak_db:
            return False
        return shelf not in usual or level >= usual[shelf] - self.rules.leak_db

    def _saw(self, epc: bytes, shelf: str, level: float) -> None:
        tag = self._tags.setdefault(epc, _Tag(shelf, level))
        if tag.shelf != shelf and tag.present:
            tag.rival_rounds = tag.rival_rounds + 1 if tag.rival == shelf else 1
            tag.rival = shelf
            if tag.rival_rounds < self.rules.present_after:
                return
            tag.present = False
        if tag.shelf != shelf:
            tag.shelf, tag.rounds = shelf, tag.rival_rounds - 1 if tag.rival == shelf else 0
        tag.level, tag.missed, tag.rival, tag.rival_rounds = level, 0, None, 0
        tag.rounds += 1
        tag.present = tag.present or tag.rounds >= self.rules.present_after

    def _missed(self, epc: bytes) -> None:
        tag = self._tags[epc]
        tag.missed += 1
        tag.rounds = 0
        if not tag.present or tag.missed >= self.rules.gone_after:
            del self._tags[epc]

    def _accounts(self, at_us: int) -> list[ShelfSeen]:
        if self._counted < self.rules.present_after:
            return []
        lying: dict[str, set[bytes]] = {shelf: set() for shelf in self._readers}
        for epc, tag in self._tags.items():
            if tag.present:
                lying[tag.shelf].add(epc)
        found: list[ShelfSeen] = []
        for shelf, tags in lying.items():
            told, told_us = self._told.get(shelf, (None, 0))
            due = told is None or told != tags or at_us - told_us >= self.rules.account_every_s * US_PER_S
            if due and shelf not in self.deaf:
                self._told[shelf] = (tags, at_us)
                found += self._account(shelf, tags, at_us)
        return found

    def _account(self, shelf: str, tags: Iterable[bytes], at_us: int) -> list[ShelfSeen]:
        parts = in_parts(sorted(epc.decode() for epc in tags))
        return [
            ShelfSeen(
                shelf=shelf,
                reader=self._readers[shelf],
                round_id=f"{shelf}-{at_us}",
                part=number,
                parts=len(parts),
                epcs=part,
                at=instant(at_us),
            )
            for number, part in enumerate(parts, 1)
        ]


def _best(heard: Mapping[str, tuple[float, int]]) -> tuple[str, float]:
    """The shelf that hears a tag best, and the mean level there."""
    levels = {shelf: total / seen for shelf, (total, seen) in heard.items()}
    shelf = max(levels, key=lambda name: levels[name])
    return shelf, levels[shelf]


def _usual(best: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The usual level of each shelf that hears enough tags to have one."""
    by_shelf: dict[str, list[float]] = {}
    for shelf, level in best:
        by_shelf.setdefault(shelf, []).append(level)
    return {shelf: median(levels) for shelf, levels in by_shelf.items() if len(levels) >= _COMPARABLE}
