"""The opening state: the bags a centre has on the day it goes live, from a CSV file, all or nothing."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, TypeVar

from blood.eligibility import BagStatus, DonationType
from blood.groups import BloodGroup
from blood.isbt128 import BagId, ScanError
from plant.model import Plant
from wms.bags.commands import create_bag
from wms.bags.facts import zone_at
from wms.bags.lifecycle import zone_agrees
from wms.bags.projection import Scalar
from wms.bags.tags import contradiction
from wms.errors import Invalid
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

T = TypeVar("T")

_HEADER: Final = "bag,component,group,status,place,volume_ml,collected_at,expires_at,donor,epc,tid,tests"
COLUMNS: Final = tuple(_HEADER.split(","))
_STATUSES: Final = frozenset(
    {BagStatus.COLLECTED, BagStatus.PROCESSING, BagStatus.QUARANTINE, BagStatus.AVAILABLE, BagStatus.NONCONFORMING}
)
_SHOWN: Final = 50
_EPC_DIGITS: Final = frozenset({32, 40})
"""The forms of `blood.tags`."""


class OpeningRefused(Invalid):
    """A file that was not imported, nothing of it; ``faults`` has one sentence per faulty row, with its line number."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        shown = "\n".join(self.faults[:_SHOWN])
        more = "" if len(self.faults) <= _SHOWN else f"\nand {len(self.faults) - _SHOWN} more"
        super().__init__("opening.faults", f"Nothing was imported; {len(self.faults)} faults:\n{shown}{more}")


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """One checked row."""

    bag: BagId
    component: str
    group: BloodGroup | None
    status: BagStatus
    place: str
    volume_ml: float
    collected_at: datetime
    expires_at: datetime
    donor: str
    epc: str
    tid: str
    tests: str


def parse_opening(plant: Plant, content: bytes) -> tuple[OpeningRow, ...]:
    """Read and check a whole file; raises OpeningRefused naming every faulty row. Takes no transaction."""
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise OpeningRefused([f"line 1: the columns must be {_HEADER}"])
        lines = [(reader.line_num, line) for line in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise OpeningRefused([f"not a CSV file in UTF-8: {error}"]) from error
    rows, faults = [], []
    for number, line in lines:
        try:
            rows.append(_row(plant, line))
        except ValueError as error:
            faults.append(f"line {number}: {error}")
    faults += _doubles(plant, rows)
    if faults or not rows:
        raise OpeningRefused(faults or ["the file has no bags"])
    return tuple(rows)


def import_opening(tx: Tx, actor: Actor, content: bytes, rows: tuple[OpeningRow, ...]) -> int:
    """Bring in the rows of ``parse_opening(content)``, all or nothing, and return how many bags came in.

    The same file again brings in nothing. Raises OpeningRefused when a bag, tag or slot is in use already. It is the
    one closure that may take long: it runs before the first fact.
    """
    digest = sha256(content).hexdigest()
    if tx.raw.execute("SELECT 1 FROM opening_import WHERE sha256 = ?", (digest,)).fetchone():
        return 0
    known = {bag for (bag,) in tx.raw.execute("SELECT id FROM bag")}
    tags = {epc for (epc,) in tx.raw.execute("SELECT epc FROM bag WHERE epc IS NOT NULL")}
    slots = {place for (place,) in tx.raw.execute("SELECT place FROM bag WHERE place IS NOT NULL")}
    faults = [f"{row.bag} is known already" for row in rows if str(row.bag) in known]
    faults += [f"{row.bag}: tag {row.epc} is bound already" for row in rows if row.epc in tags]
    faults += [
        f"{row.bag}: {row.place} is taken" for row in rows if _is_slot(tx.plant, row.place) and row.place in slots
    ]
    if faults:
        raise OpeningRefused(faults)
    tx.raw.execute("INSERT INTO opening_import VALUES (?, ?, ?)", (digest, len(rows), to_us(tx.now)))
    tx.record("opening.imported", actor=actor, subject=digest, data={"bags": len(rows)})
    for row in rows:
        kind = "bag.opened"
        create_bag(tx, actor, str(row.bag), kind=kind, place=row.place, at=tx.now, fields=_fields(row))
    return len(rows)


def _row(plant: Plant, line: Mapping[str | None, str | None]) -> OpeningRow:
    if None in line or None in line.values():
        raise ValueError(f"a row has {len(COLUMNS)} columns")
    text = {str(name): (value or "").strip() for name, value in line.items()}
    bag = _named("bag", lambda: plant.identifiers.parse_bag_id(text["bag"]))
    component = plant.product_component.get(bag.product)
    if component is None or component.key != text["component"]:
        raise ValueError(f"component: product {bag.product} of this site is not {text['component']!r}")
    status = _named("status", lambda: BagStatus(text["status"]))
    if status not in _STATUSES:
        raise ValueError(f"status: a centre does not open with {status.value} bags")
    row = OpeningRow(
        bag=bag,
        component=component.key,
        group=_named("group", lambda: BloodGroup(text["group"]) if text["group"] else None),
        status=status,
        place=_place(plant, text["place"], status),
        volume_ml=_named("volume_ml", lambda: float(text["volume_ml"])),
        collected_at=_named("collected_at", lambda: _instant(text["collected_at"])),
        expires_at=_named("expires_at", lambda: _instant(text["expires_at"])),
        donor=text["donor"],
        epc=text["epc"],
        tid=text["tid"],
        tests=text["tests"],
    )
    _check(plant, row)
    return row


def _check(plant: Plant, row: OpeningRow) -> None:
    if not 0 < row.volume_ml < 1000:
        raise ValueError(f"volume_ml: {row.volume_ml:g} mL is no bag")
    if row.expires_at <= row.collected_at:
        raise ValueError("expires_at: it expires before it was collected")
    if row.tests not in {"negative", "pending"}:
        raise ValueError(f"tests: {row.tests!r} is neither negative nor pending")
    if row.status is BagStatus.AVAILABLE and (row.tests != "negative" or row.group is None):
        raise ValueError("status: an AVAILABLE bag has negative tests and a group")
    if not row.donor:
        raise ValueError("donor: missing")
    if len(row.epc) not in _EPC_DIGITS or not set(row.epc) <= set("0123456789abcdef"):
        raise ValueError(f"epc: {row.epc!r} is not 32 or 40 lower-case hex digits")
    if (wrong := contradiction(plant.identifiers, str(row.bag), row.epc)) is not None:
        raise ValueError(f"epc: {wrong}")


def _place(plant: Plant, path: str, status: BagStatus) -> str:
    try:
        place = plant.place_of(path)
    except KeyError:
        raise ValueError(f"place: there is no place {path!r}") from None
    if place.slots and path not in plant.slots(place.path):
        raise ValueError(f"place: {place.path} has the slots 001 to {place.slots:03d}, not {path!r}")
    if not place.slots and place.path != path:
        raise ValueError(f"place: there is no place {path!r}")
    if place.slots and not zone_agrees(status, zone_at(plant, path)):
        raise ValueError(f"place: a {status.value} bag may not lie in the {place.zone.value} zone ({path})")
    return path


def _doubles(plant: Plant, rows: list[OpeningRow]) -> list[str]:
    keys = [f"bag {row.bag}" for row in rows] + [f"tag {row.epc}" for row in rows]
    keys += [f"slot {row.place}" for row in rows if _is_slot(plant, row.place)]
    return [f"{key} is named {count} times" for key, count in Counter(keys).items() if count > 1]


def _is_slot(plant: Plant, path: str) -> bool:
    return plant.place_of(path).slots > 0


def _instant(text: str) -> datetime:
    instant_ = datetime.fromisoformat(text)
    if instant_.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; write UTC with Z")
    return instant_.astimezone(UTC)


def _named(column: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except (ScanError, ValueError) as error:
        raise ValueError(f"{column}: {error}") from error


def _fields(row: OpeningRow) -> dict[str, Scalar]:
    """What lies on a shelf was prepared, what lies in stock was labelled: whoever imports them vouches for it."""
    unprepared = row.status in {BagStatus.COLLECTED, BagStatus.PROCESSING}
    return {
        "din": row.bag.din,
        "product": row.bag.product,
        "component": row.component,
        "abo_rhd": None if row.group is None else row.group.value,
        "status": row.status.value,
        "volume_ml": row.volume_ml,
        "collected_us": to_us(row.collected_at),
        "made_us": to_us(row.collected_at),
        "expires_us": to_us(row.expires_at),
        "donor": row.donor,
        "epc": row.epc,
        "tid": row.tid or None,
        "donation_type": DonationType.ALLOGENEIC.value,
        "custody": "centre",
        "tests": row.tests,
        "process_check": "pending" if unprepared else "passed",
        "label_check": "passed" if row.status is BagStatus.AVAILABLE else "pending",
    }
