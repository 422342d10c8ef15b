"""Bags as the screens and the API show them (docs/interfaces.md 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from plant.model import PlaceKind, Plant
from wms.bags.facts import zone_at
from wms.errors import NotFound
from wms.holds.read import OpenHold, holds_of_bag
from wms.ledger.read import LedgerEntry, entries_of_bag
from wms.store.database import driver_of
from wms.store.metadata import from_us, from_us_or_none
from wms.store.patterns import containing

_COLUMNS: Final = (
    "bag.id, din, product, component, abo_rhd, status, bag.place, expires_us, order_line, version, "
    "(SELECT count(*) FROM hold WHERE lifted_us IS NULL AND (hold.bag = bag.id OR (hold.place IS NOT NULL "
    "AND bag.place IS NOT NULL AND substr(bag.place || '/', 1, length(hold.place) + 1) = hold.place || '/')))"
)


@dataclass(frozen=True, slots=True)
class BagSummary:
    """One line of a list of bags; place names are None when nobody knows where it is."""

    id: str
    din: str
    product: str
    component: str
    group: str | None
    status: str
    place: str | None
    place_name_en: str | None
    place_name_zh: str | None
    zone: str
    expires_at: datetime
    holds: int
    order_line: str | None
    version: int


@dataclass(frozen=True, slots=True)
class BagList:
    """A page of bags and how many there are in all."""

    items: tuple[BagSummary, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Stay:
    """One interval of a bag's history; ``to_at`` is None while it is there."""

    place: str
    name_en: str
    name_zh: str
    from_at: datetime
    to_at: datetime | None


@dataclass(frozen=True, slots=True)
class BagDetail:
    """Everything the warehouse itself knows of one bag; temperatures and orders are joined by the API."""

    summary: BagSummary
    check_character: str
    volume_ml: float
    collected_at: datetime
    donation_type: str
    custody: str
    hospital: str | None
    tests: str
    epc: str | None
    place_since: datetime
    hold_list: tuple[OpenHold, ...]
    stays: tuple[Stay, ...]
    parents: tuple[BagSummary, ...]
    children: tuple[BagSummary, ...]
    antigens: str | None
    hla: str | None
    attributes: tuple[str, ...]
    intended_for: str | None
    ledger: tuple[LedgerEntry, ...]


def list_bags(
    conn: Connection,
    plant: Plant,
    *,
    q: str | None = None,
    status: str | None = None,
    component: str | None = None,
    group: str | None = None,
    place: str | None = None,
    limit: int = 100,
) -> BagList:
    """Bags that match every filter, soonest expiry first; ``q`` is part of a bag id, ``place`` includes below it."""
    conditions, values = ["1 = 1"], []
    for column, value in (("status", status), ("component", component), ("abo_rhd", group)):
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(value)
    if q:
        conditions.append("bag.id LIKE ? ESCAPE '!'")
        values.append(containing("".join(q.split()).upper()))  # a donation number is printed with blanks
    if place is not None:
        conditions.append("(bag.place = ? OR substr(bag.place, 1, length(?) + 1) = ? || '/')")
        values += [place, place, place]
    where = " AND ".join(conditions)
    raw = driver_of(conn)
    (total,) = raw.execute(f"SELECT count(*) FROM bag WHERE {where}", values).fetchone()  # noqa: S608 - fixed conditions
    rows = raw.execute(
        f"SELECT {_COLUMNS} FROM bag WHERE {where} ORDER BY expires_us, bag.id LIMIT ?",  # noqa: S608 - fixed conditions
        (*values, limit),
    )
    return BagList(tuple(_summary(plant, row) for row in rows), total)


def summaries(conn: Connection, plant: Plant, bags: tuple[str, ...] | list[str]) -> tuple[BagSummary, ...]:
    """Summaries of the named bags, in the order named; unknown ones are left out."""
    found = {}
    for start in range(0, len(bags), 500):
        part = bags[start : start + 500]
        marks = ",".join("?" * len(part))
        rows = driver_of(conn).execute(f"SELECT {_COLUMNS} FROM bag WHERE bag.id IN ({marks})", tuple(part))  # noqa: S608 - names and marks only
        found.update({row[0]: _summary(plant, row) for row in rows})
    return tuple(found[bag] for bag in bags if bag in found)


def bag_detail(conn: Connection, plant: Plant, bag: str) -> BagDetail:
    """One bag with its history, family, holds and ledger entries; raises NotFound."""
    raw = driver_of(conn)
    row = raw.execute(
        "SELECT volume_ml, collected_us, donation_type, custody, hospital, tests, epc, place_since_us, antigens, hla, "
        "attributes, intended_for FROM bag WHERE id = ?",
        (bag,),
    ).fetchone()
    if row is None:
        raise NotFound("bag.unknown", f"There is no bag {bag}")
    (summary,) = summaries(conn, plant, (bag,))
    volume_ml, collected, donation_type, custody, hospital, tests, epc, since, *told = row
    antigens, hla, attributes, intended_for = told
    parents = [
        parent for (parent,) in raw.execute("SELECT parent FROM bag_parentage WHERE child = ? ORDER BY 1", (bag,))
    ]
    children = [
        child for (child,) in raw.execute("SELECT child FROM bag_parentage WHERE parent = ? ORDER BY 1", (bag,))
    ]
    return BagDetail(
        summary=summary,
        check_character=plant.identifiers.check_character(summary.din),
        volume_ml=volume_ml,
        collected_at=from_us(collected),
        donation_type=donation_type,
        custody=custody,
        hospital=hospital,
        tests=tests,
        epc=epc,
        place_since=from_us(since),
        hold_list=holds_of_bag(conn, bag, summary.place),
        stays=stays_of(conn, plant, bag),
        parents=summaries(conn, plant, parents),
        children=summaries(conn, plant, children),
        antigens=antigens,
        hla=hla,
        attributes=tuple((attributes or "").split(",")) if attributes else (),
        intended_for=intended_for,
        ledger=entries_of_bag(conn, bag),
    )


def stays_of(conn: Connection, plant: Plant, bag: str) -> tuple[Stay, ...]:
    """Where a bag was, in order of time."""
    rows = driver_of(conn).execute("SELECT place, from_us, to_us FROM stay WHERE bag = ? ORDER BY from_us, id", (bag,))
    return tuple(
        Stay(place, *(place_names(plant, place)), from_us(begin), from_us_or_none(end)) for place, begin, end in rows
    )


def place_names(plant: Plant, path: str) -> tuple[str, str]:
    """Names of a place in English and Chinese; a slot gets its number, a place that nothing declares its path.

    Outside the centre (on the road) the rest of a path is an id, which says nothing to a person.
    """
    try:
        place = plant.place_of(path)
    except KeyError:
        return path, path
    if place.path == path or place.kind is PlaceKind.OUTSIDE:
        return place.name_en, place.name_zh
    rest = path.removeprefix(place.path + "/")
    return f"{place.name_en} / {rest}", f"{place.name_zh} / {rest}"


def _summary(plant: Plant, row: tuple[Any, ...]) -> BagSummary:
    bag, din, product, component, group, status, place, expires, order_line, version, holds = row
    name_en, name_zh = (None, None) if place is None else place_names(plant, place)
    return BagSummary(
        id=bag,
        din=din,
        product=product,
        component=component,
        group=group,
        status=status,
        place=place,
        place_name_en=name_en,
        place_name_zh=name_zh,
        zone=zone_at(plant, place).value,
        expires_at=from_us(expires),
        holds=holds,
        order_line=order_line,
        version=version,
    )
