"""A centre after years: one million bags with their stays, families, journeys and ledger, written past the commands.

A third is whole blood (used up), a third red cells, a third plasma; most were transfused long ago, some thousand lie in
stock. Each bag has its ledger entry in one sealed chain, its stays follow one another, and the projection is what the
ledger says: what reads and freezes them cannot tell it from a centre that worked for years.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from blood.groups import BloodGroup
from blood.isbt128 import BagId
from blood.tags import epc_of
from plant.model import Plant
from wms.bags.projection import COLUMNS
from wms.ledger.chain import INSERT_ENTRY, Entry, Head, canonical, genesis, seal
from wms.store.database import DATABASE_FILE, driver_of, open_database
from wms.store.metadata import to_us
from wms.store.migrations import upgrade

BAGS: Final = 1_000_000
NOW: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
FAITHFUL: Final = tuple(f"donor-faithful-{number:02d}" for number in range(20))
"""Donors of a hundred donations each; everybody else gave five."""
DONATIONS: Final = 100
_EACH: Final = 3
_PART: Final = 10_000
_SEED: Final = 20_260_302
_DAY_US: Final = 86_400_000_000
_IN_STOCK: Final = {"RBC_S": 0.04, "FFP": 0.10}
"""Part of the bags of a component that lie in stock; the others were transfused."""
_PER_SHIPMENT: Final = 20
_INSERT_BAG: Final = f"INSERT INTO bag ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"


@dataclass(frozen=True, slots=True)
class _Bag:
    id: BagId
    component: str
    status: str
    donor: str
    collected_us: int
    stays: tuple[tuple[str, int, int | None], ...]
    hospital: str | None
    parent: str | None


def fill(folder: Path, plant: Plant, bags: int = BAGS) -> None:
    """Make the database of a warehouse in ``folder`` with so many bags; the same every time."""
    dice = random.Random(_SEED)
    with closing(open_database(folder / DATABASE_FILE)) as database:
        upgrade(database)
        with database.write_engine.connect() as connection:
            raw, head = driver_of(connection), genesis(plant.site.id)
            shipments = 0
            for part in _parts(_donations(plant, dice, bags // _EACH)):
                raw.execute("BEGIN")
                head = _insert(raw, part, head, dice)
                shipments = _insert_journeys(raw, part, shipments)
                raw.execute("COMMIT")
            raw.execute("ANALYZE")


def _donations(plant: Plant, dice: random.Random, count: int) -> Iterator[_Bag]:
    for number in range(count):
        donor = FAITHFUL[number // DONATIONS] if number < len(FAITHFUL) * DONATIONS else f"donor-{number // 5}"
        din = f"A9990{16 + number // 40_000:02d}{number % 40_000:06d}"
        collected_us = to_us(NOW) - dice.randrange(3 * 365) * _DAY_US
        yield from _family(plant, dice, din, donor, collected_us)


def _family(plant: Plant, dice: random.Random, din: str, donor: str, collected_us: int) -> Iterator[_Bag]:
    whole = BagId(din, plant.product_of("WB"))
    made_us = collected_us + _DAY_US // 4
    way = (("mobile", collected_us, collected_us + 3), ("dock", collected_us + 3, made_us))
    yield _Bag(whole, "WB", "CONSUMED", donor, collected_us, way, None, None)
    for component, store in (("RBC_S", "cold-1"), ("FFP", "plasma-1")):
        in_stock = dice.random() < _IN_STOCK[component]
        shelf = f"{store}/s{dice.randrange(1, 5)}/{dice.randrange(1, 200):03d}"
        out_us = made_us + 10 * _DAY_US
        hospital = None if in_stock else dice.choice(plant.hospitals).id
        stays: list[tuple[str, int, int | None]] = [("prep/out", made_us, made_us + 600_000_000)]
        stays.append((shelf, made_us + 600_000_000, None if in_stock else out_us))
        if hospital is not None:
            box = plant.boxes[0].id
            stays += [("dispatch/gate", out_us, out_us + 1), (f"box/{box}", out_us + 1, out_us + 2)]
            stays.append((plant.hospital_by_id[hospital].place, out_us + 2, None))
        status = "AVAILABLE" if in_stock else "TRANSFUSED"
        yield _Bag(
            BagId(din, plant.product_of(component)),
            component,
            status,
            donor,
            collected_us,
            tuple(stays),
            hospital,
            str(whole),
        )


def _insert(raw: Any, bags: Sequence[_Bag], head: Head, dice: random.Random) -> Head:
    groups = [group.value for group in BloodGroup]
    rows, stays, families, entries = [], [], [], []
    for seq, one in enumerate(bags, head.seq + 1):
        group = groups[hash_of(one.id.din) % len(groups)]
        fields = _fields(one, group, dice.randrange(5, 35))
        state = {**dict.fromkeys(COLUMNS), **fields, "id": str(one.id), "version": 1, "ledger_seq": seq}
        rows.append(tuple(state.values()))
        stays += [(str(one.id), place, begin, end) for place, begin, end in one.stays]
        if one.parent is not None:
            families.append((one.parent, str(one.id)))
        data = canonical({"parents": [one.parent], "change": {"bag": str(one.id), "old": None, "new": fields}})
        entries.append(
            Entry(seq, one.collected_us, one.collected_us, "bench", "bench", "bag.made", str(one.id), str(one.id), data)
        )
    head, sealed = seal(head, entries)
    raw.executemany(_INSERT_BAG, rows)
    raw.executemany("INSERT INTO stay (bag, place, from_us, to_us) VALUES (?, ?, ?, ?)", stays)
    raw.executemany("INSERT INTO bag_parentage (parent, child) VALUES (?, ?)", families)
    raw.executemany(INSERT_ENTRY, sealed)
    return head


def _fields(one: _Bag, group: str, days_left: int) -> dict[str, Any]:
    place, since, _ = one.stays[-1]
    stands = one.status != "CONSUMED"
    return {
        "din": one.id.din,
        "product": one.id.product,
        "component": one.component,
        "abo_rhd": group,
        "status": one.status,
        "place": place if stands else None,
        "place_since_us": since,
        "volume_ml": 250.0,
        "collected_us": one.collected_us,
        "expires_us": to_us(NOW) + days_left * _DAY_US,
        "donor": one.donor,
        "epc": epc_of(one.id),
        "donation_type": "allogeneic",
        "custody": "centre" if one.hospital is None else "hospital",
        "hospital": one.hospital,
        "tests": "negative",
        "process_check": "passed",
        "label_check": "passed",
    }


def _insert_journeys(raw: Any, bags: Sequence[_Bag], shipments: int) -> int:
    """Shipments of those that left, twenty bags each; returns how many there are by now."""
    left: dict[str, list[_Bag]] = {}
    for one in bags:
        if one.hospital is not None:
            left.setdefault(one.hospital, []).append(one)
    for hospital, its in left.items():
        for start in range(0, len(its), _PER_SHIPMENT):
            shipments += 1
            number = f"shp-{shipments:06d}"
            raw.execute(
                "INSERT INTO shipment (id, order_id, hospital, state, created_us) VALUES (?, ?, ?, 'received', ?)",
                (number, f"ord-{shipments:06d}", hospital, its[start].collected_us),
            )
            inside = [(number, str(one.id), "line") for one in its[start : start + _PER_SHIPMENT]]
            raw.executemany("INSERT INTO shipment_bag (shipment, bag, line) VALUES (?, ?, ?)", inside)
    return shipments


def hash_of(din: str) -> int:
    """A number that is the same in every process, so that a donation has one group."""
    return sum(ord(sign) * place for place, sign in enumerate(din, 1))


def _parts(bags: Iterator[_Bag]) -> Iterator[list[_Bag]]:
    part: list[_Bag] = []
    for one in bags:
        part.append(one)
        if len(part) == _PART:
            yield part
            part = []
    if part:
        yield part
