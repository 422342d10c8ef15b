"""What the warehouse says of everything, read from its database while it runs: the accused in front of the judge."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold on a bag or on a place; ``until`` None while it stands."""

    bag: str | None
    place: str | None
    reason: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Stay:
    """Where a bag is said to have been."""

    place: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Claims:
    """The warehouse's word at one moment.

    ``promised`` are hospital and patient group of the order line in which a bag travelled; ``sent_in`` the box in
    which it says that a bag left, ``seen_leaving`` those that the dispatch portal saw; ``crossed`` are (bag, portal)
    of the other portals; ``decided`` counts (bag, decision) at the gate; ``asked_where`` are bags for which the alarm
    "place unknown" stands.
    """

    bags: dict[str, dict[str, Any]]
    parents: dict[str, set[str]]
    stays: dict[str, list[Stay]]
    holds: list[Hold]
    released_at: dict[str, datetime]
    crossed: set[tuple[str, str]]
    sent_in: dict[str, str | None]
    seen_leaving: set[str]
    promised: dict[str, tuple[str, str]]
    packings: dict[str, tuple[str, set[str]]]
    decided: Counter[tuple[str, str]]
    asked_where: set[str]


def claims_of(database: Path) -> Claims:
    """Read everything in one transaction of the database."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as conn:
        conn.row_factory = sqlite3.Row
        conn.execute("BEGIN")
        stays: dict[str, list[Stay]] = {}
        for bag, place, since, until in conn.execute(
            "SELECT bag, place, from_us, to_us FROM stay ORDER BY from_us, id"
        ):
            stays.setdefault(bag, []).append(Stay(place, _at(since), None if until is None else _at(until)))
        parents: dict[str, set[str]] = {}
        for parent, child in conn.execute("SELECT parent, child FROM bag_parentage"):
            parents.setdefault(child, set()).add(parent)
        sent = conn.execute("SELECT bag, box, crossed_us FROM shipment_bag").fetchall()
        packings = conn.execute("SELECT id, box, bags FROM packing WHERE kind = 'pack' AND state = 'done'")
        return Claims(
            bags={row["id"]: dict(row) for row in conn.execute("SELECT * FROM bag")},
            parents=parents,
            stays=stays,
            holds=[
                Hold(bag, place, reason, _at(since), None if until is None else _at(until))
                for bag, place, reason, since, until in conn.execute(
                    "SELECT bag, place, reason, opened_us, lifted_us FROM hold"
                )
            ],
            released_at={
                bag: _at(at)
                for bag, at in conn.execute(
                    "SELECT bag, min(at_us) FROM ledger WHERE kind = 'bag.released' GROUP BY bag"
                )
            },
            crossed=set(_crossings(conn)),
            sent_in={row["bag"]: row["box"] for row in sent},
            seen_leaving={row["bag"] for row in sent if row["crossed_us"] is not None},
            promised={
                bag: (hospital, group)
                for bag, hospital, group in conn.execute(
                    "SELECT shipment_bag.bag, shipment.hospital, order_line.abo_rhd FROM shipment_bag "
                    "JOIN shipment ON shipment.id = shipment_bag.shipment "
                    "JOIN order_line ON order_line.id = shipment_bag.line"
                )
            },
            packings={row["id"]: (row["box"], set(row["bags"].split())) for row in packings},
            decided=Counter(
                (bag, decision) for bag, decision in conn.execute("SELECT bag, decision FROM gate_decision")
            ),
            asked_where={
                bag
                for (bag,) in conn.execute(
                    "SELECT source FROM alarm WHERE condition = 'place_unknown' AND active = 'active'"
                )
            },
        )


def reports_committed(database: Path, edge: str) -> Counter[str]:
    """Every report of an edge's machines that the warehouse has committed, with how often."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as conn:
        facts = [json.loads(raw) for (raw,) in conn.execute("SELECT raw FROM inbox WHERE edge = ?", (edge,))]
    return Counter(_report(fact) for fact in facts if not fact["type"].endswith(".command-answered.v1"))


def reports_made(journal: Path) -> Counter[str]:
    """Every report that the machines of a cell made, as the simulated world wrote it down."""
    return Counter(_report(json.loads(line)) for line in journal.read_text(encoding="utf-8").splitlines())


def _report(entry: dict[str, Any]) -> str:
    return f"{entry['type']} {json.dumps(entry['data'], sort_keys=True)}"


def _crossings(conn: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for bag, data in conn.execute("SELECT bag, data FROM ledger WHERE kind = 'bag.crossed'"):
        yield bag, json.loads(data)["portal"]


def _at(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)
