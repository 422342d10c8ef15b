"""Rebuilding: the bag table computed again from the ledger alone, and compared with the one in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from wms.bags.projection import COLUMNS, BagChange, BagState, fold
from wms.ledger.verify import pages
from wms.store.database import Database, driver_of

_SHOWN: Final = 20
_RECALLS: Final = frozenset({"bag.recalled", "bag.recall_outcome"})
"""Entries that say which recall keeps a bag, and its outcome there; their subject is the case."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many bags the ledger knows, and the first differences as sentences; none means equal."""

    bags: int
    differences: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """True when the table says exactly what the ledger says."""
        return not self.differences


def rebuild(database: Database) -> Comparison:
    """Fold every ledger entry; compare with the `bag` table, where stays end, the open holds and the recalls."""
    with database.read() as connection:
        raw = driver_of(connection)
        expected: dict[str, BagState] = {}
        held: set[str] = set()
        recalled: dict[tuple[str, str], str | None] = {}
        for row in pages(raw):
            if row[5] == "hold.placed":
                held.add(row[6])
            elif row[5] == "hold.lifted":
                held.discard(row[6])
            data = msgspec.json.decode(row[8])
            if row[5] in _RECALLS:
                recalled[row[7], row[6]] = data.get("outcome")
            change = data.get("change")
            if change is not None:
                bag = change["bag"]
                expected[bag] = fold(expected.get(bag), BagChange(bag, change["new"]), row[0])
        rows = raw.execute(f"SELECT {', '.join(COLUMNS)} FROM bag")  # noqa: S608 - names come from the schema
        actual = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in rows}
        query = "SELECT id FROM hold WHERE lifted_us IS NULL UNION ALL SELECT id FROM wide_hold WHERE lifted_us IS NULL"
        holds = {hold for (hold,) in raw.execute(query)}
        recalls = {(bag, case): what for bag, case, what in raw.execute("SELECT bag, recall, outcome FROM bag_recall")}
        stays = dict(raw.execute("SELECT bag, place FROM stay WHERE to_us IS NULL").fetchall())
    differences = [
        sentence
        for bag in sorted(expected.keys() | actual.keys())
        for sentence in _compare(bag, expected, actual, stays)
    ]
    differences += [f"{hold}: the ledger says open, the table has no such open hold" for hold in sorted(held - holds)]
    differences += [f"{hold}: the table has it open, the ledger has not" for hold in sorted(holds - held)]
    differences += [
        f"{bag} in {case}: the ledger says {recalled.get((bag, case), 'nothing')!r}, "
        f"the table {recalls.get((bag, case), 'nothing')!r}"
        for bag, case in sorted({key for key, _ in recalled.items() ^ recalls.items()})
    ]
    return Comparison(len(expected), tuple(differences[:_SHOWN]))


def _compare(
    bag: str, expected: dict[str, BagState], actual: dict[str, dict[str, Any]], stays: dict[str, str]
) -> list[str]:
    if bag not in actual:
        return [f"{bag}: the ledger knows it, the table does not"]
    if bag not in expected:
        return [f"{bag}: the table has it, the ledger never heard of it"]
    found = [
        f"{bag}.{name}: the ledger says {expected[bag][name]!r}, the table {actual[bag][name]!r}"
        for name in COLUMNS
        if expected[bag][name] != actual[bag][name]
    ]
    if stays.get(bag) != expected[bag]["place"]:
        found.append(f"{bag}: its stays end at {stays.get(bag)!r}, the ledger says {expected[bag]['place']!r}")
    return found
