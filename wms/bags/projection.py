"""The bag row as a fold over ledger entries: the same fold writes it live and rebuilds it from the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from wms.bags.tables import bag as bag_table
from wms.errors import Conflict, NotFound
from wms.store.driver import Driver

Scalar = str | int | float | None
BagState = dict[str, Scalar]

COLUMNS: Final = tuple(column.name for column in bag_table.columns)
_COUNTED: Final = frozenset({"id", "version", "ledger_seq"})
_CHANGEABLE: Final = frozenset(COLUMNS) - _COUNTED
_REQUIRED: Final = frozenset(column.name for column in bag_table.columns if not column.nullable) - _COUNTED
_SELECT: Final = f"SELECT {', '.join(COLUMNS)} FROM bag WHERE id = ?"  # noqa: S608 - names come from the schema above
_INSERT: Final = f"INSERT INTO bag ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - same
_updates: Final[dict[tuple[str, ...], str]] = {}


@dataclass(frozen=True, slots=True)
class BagChange:
    """New values of some fields of one bag (column names of table ``bag``; instants in microseconds).

    A bag that does not exist yet is created, and then every required field must be given. ``expected_version`` makes
    it a compare-and-set; ``seen`` is the row as just read in this transaction, which saves reading it again.
    """

    bag: str
    fields: Mapping[str, Scalar]
    expected_version: int | None = None
    seen: BagState | None = None


def fold(state: BagState | None, change: BagChange, seq: int) -> BagState:
    """The bag after one change that ledger entry ``seq`` records.

    Raises ValueError for an unknown field or an incomplete first change, Conflict when the expected version is gone.
    """
    if unknown := set(change.fields) - _CHANGEABLE:
        raise ValueError(f"bag {change.bag}: no such fields {sorted(unknown)}")
    if state is None:
        if missing := _REQUIRED - set(change.fields):
            raise ValueError(f"bag {change.bag}: a new bag needs {sorted(missing)}")
        return {**dict.fromkeys(COLUMNS), **change.fields, "id": change.bag, "version": 1, "ledger_seq": seq}
    version = state["version"]
    if change.expected_version is not None and change.expected_version != version:
        detail = f"Bag {change.bag} changed meanwhile (version {version}, not {change.expected_version})"
        raise Conflict("bag.changed", detail)
    return {**state, **change.fields, "version": int(version or 0) + 1, "ledger_seq": seq}


def load(raw: Driver, bag: str) -> BagState | None:
    """The current row of a bag, or None."""
    row = raw.execute(_SELECT, (bag,)).fetchone()
    return None if row is None else dict(zip(COLUMNS, row, strict=True))


def require(raw: Driver, bag: str) -> BagState:
    """The current row of a bag; raises NotFound."""
    state = load(raw, bag)
    if state is None:
        raise NotFound("bag.unknown", f"There is no bag {bag}")
    return state


def apply(raw: Driver, change: BagChange, seq: int) -> dict[str, Any]:
    """Write one change to the projection; returns ``{"bag", "old", "new"}`` for the ledger entry."""
    state = change.seen or load(raw, change.bag)
    after = fold(state, change, seq)
    if state is None:
        raw.execute(_INSERT, tuple(after.values()))
        return {"bag": change.bag, "old": None, "new": dict(change.fields)}
    old = {name: state[name] for name in change.fields}
    names = (*change.fields, "version", "ledger_seq")
    raw.execute(_update(names), (*(after[name] for name in names), change.bag))
    return {"bag": change.bag, "old": old, "new": dict(change.fields)}


def _update(names: tuple[str, ...]) -> str:
    statement = _updates.get(names)
    if statement is None:
        assignments = ", ".join(f"{name} = ?" for name in names)
        statement = _updates[names] = f"UPDATE bag SET {assignments} WHERE id = ?"  # noqa: S608 - fold checked the names
    return statement
