"""Counts of a place, by its antennas or by hand: opened, scanned, closed; what was not seen is MISSING from then on."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from blood.eligibility import BagStatus
from plant.model import PlaceKind, Plant
from runtime.ids import new_id
from wms.bags.commands import move_to, raise_finding
from wms.bags.lifecycle import FINAL
from wms.bags.projection import require
from wms.errors import Conflict, NotFound, Refused
from wms.moves.model import TaskState
from wms.moves.slots import require_place
from wms.moves.tasks import open_task_of
from wms.portals.hearing import deaf_shelves
from wms.stocktake.matching import CountState, compare
from wms.stocktake.missing import declare_missing, found
from wms.stocktake.sightings import bags_believed_on, shelves_below, tags_on
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

FRESH: Final = timedelta(hours=2)
"""Domain age of a shelf's account beyond which it says nothing; antennas account every hour."""
COUNTED: Final = frozenset(set(BagStatus) - FINAL - {BagStatus.MISSING})
"""Statuses of bags that a count looks for."""


_OPEN: Final = "SELECT id, place, by_means FROM stock_count WHERE closed_us IS NULL ORDER BY id"


class Means(StrEnum):
    """Who counts."""

    ANTENNA = "antenna"
    HAND = "hand"


def open_count(tx: Tx, actor: Actor, place: str, by: Means) -> str:
    """Begin a count of a place and everything below it; returns its id.

    What is believed to lie there now is what the count looks for. A count by antennas that hear nothing any more gives
    way to one by hand. Raises NotFound for an unknown place, Conflict while another count of it is open, Refused when
    antennas shall count and one of its shelves has none that hears.
    """
    known = tx.plant.place_by_path.get(place)
    if known is None:
        raise NotFound("place.unknown", f"There is no place {place}")
    if known.kind in {PlaceKind.OUTSIDE, PlaceKind.BOX}:
        raise Refused("count.outside", f"{place} is not a place of the house that can be counted")
    for other, elsewhere, means in tx.raw.execute(_OPEN).fetchall():
        if shelves_below([place], elsewhere) or shelves_below([elsewhere], place):
            _give_way(tx, actor, other, elsewhere, Means(means), by)
    if by is Means.ANTENNA:
        _require_antennas(tx, place)
    count = new_id("cnt")
    tx.raw.execute(
        "INSERT INTO stock_count (id, place, by_means, opened_us, opened_by) VALUES (?, ?, ?, ?, ?)",
        (count, place, by.value, to_us(tx.now), actor.id),
    )
    believed = {bag: where for bag, where in bags_believed_on(tx, place).items() if _is_counted(tx, bag)}
    tx.raw.executemany(
        "INSERT INTO stock_count_item (count, subject, believed_place, state) VALUES (?, ?, ?, ?)",
        [(count, bag, where, CountState.NOT_SEEN.value) for bag, where in sorted(believed.items())],
    )
    tx.record("count.opened", actor=actor, subject=count, data={"place": place, "by": by.value, "bags": len(believed)})
    if by is Means.ANTENNA:
        _take_sightings(tx, count, place)
    tx.notify("count", count)
    return count


def _give_way(tx: Tx, actor: Actor, other: str, elsewhere: str, means: Means, by: Means) -> None:
    """End a count by antennas that cannot be closed, with nothing said of any bag; any other stands in the way."""
    if by is Means.HAND and means is Means.ANTENNA:
        try:
            _require_antennas(tx, elsewhere)
        except Refused as deaf:
            values = (to_us(tx.now), actor.id, other)
            tx.raw.execute("UPDATE stock_count SET closed_us = ?, closed_by = ? WHERE id = ?", values)
            tx.record("count.given_up", actor=actor, subject=other, data={"place": elsewhere, "reason": deaf.detail})
            tx.notify("count", other)
            return
    raise Conflict("count.open", f"Count {other} of {elsewhere} is not closed yet")


def scan(tx: Tx, actor: Actor, count: str, bag: str, at_place: str | None = None) -> CountState:
    """A person sees a bag in a count, at the slot `at_place` when given; a bag that was MISSING is found by that.

    Raises NotFound, Conflict when the count is closed, Invalid for a place that is none or belongs to another bag.
    """
    place, _ = _require_open(tx, count)
    state = require(tx.raw, bag)
    if at_place is not None:
        require_place(tx.raw, tx.plant, at_place, for_bag=bag)
    believed = None if state["place"] is None else str(state["place"])
    here = believed is not None and bool(shelves_below([believed], place))
    as_believed = here and at_place in {None, believed}
    outcome = CountState.SEEN if as_believed else CountState.ELSEWHERE
    seen_at = at_place or (believed if here and believed is not None else place)
    _note(tx, count, bag, outcome, believed, seen_at)
    if at_place is not None and BagStatus(str(state["status"])) is BagStatus.MISSING:
        found(tx, actor, bag, at_place)
    elif at_place is not None and not as_believed:
        move_to(tx, actor, bag, at_place, tx.now, data={"count": count})
    tx.notify("count", count)
    return outcome


def close_count(tx: Tx, actor: Actor, count: str) -> dict[str, CountState]:
    """End a count: what was not seen is MISSING, what was seen and cannot be is a finding; returns every state.

    A bag that was carried away while people counted is not missed. Raises NotFound, Conflict when it is closed.
    """
    place, by = _require_open(tx, count)
    if by is Means.ANTENNA:
        _require_antennas(tx, place)
        _take_sightings(tx, count, place)
    rows = tx.raw.execute(
        "SELECT subject, state, seen_place FROM stock_count_item WHERE count = ? ORDER BY subject", (count,)
    ).fetchall()
    unseen = [bag for bag, state, _ in rows if state == CountState.NOT_SEEN.value]
    still_here = bags_believed_on(tx, place)
    moved = {bag for bag in unseen if bag not in still_here or _was_carried(tx, count, bag)}
    believed = {bag for bag, state, _ in rows if state in {CountState.SEEN.value, CountState.NOT_SEEN.value}}
    tags = {subject: None if state == CountState.UNKNOWN_TAG.value else subject for subject, state, _ in rows
            if state != CountState.NOT_SEEN.value}  # fmt: skip
    outcome = compare(believed, tags, moved)
    for bag in unseen:
        tx.raw.execute(
            "UPDATE stock_count_item SET state = ? WHERE count = ? AND subject = ?", (outcome[bag].value, count, bag)
        )
        if outcome[bag] is CountState.NOT_SEEN:
            declare_missing(tx, actor, bag, f"not seen in count {count} of {place}")
    for bag, state, seen_place in rows:
        if state == CountState.ELSEWHERE.value and require(tx.raw, bag)["place"] != seen_place:
            raise_finding(tx, actor, bag, f"count {count} saw it at {seen_place}")
    tx.raw.execute("UPDATE stock_count SET closed_us = ?, closed_by = ? WHERE id = ?", (to_us(tx.now), actor.id, count))
    totals = {state.value: sum(one is state for one in outcome.values()) for state in CountState}
    tx.record("count.closed", actor=actor, subject=count, data={"place": place, "totals": totals})
    tx.notify("count", count)
    return outcome


def _require_open(tx: Tx, count: str) -> tuple[str, Means]:
    row = tx.raw.execute("SELECT place, by_means, closed_us FROM stock_count WHERE id = ?", (count,)).fetchone()
    if row is None:
        raise NotFound("count.unknown", f"There is no count {count}")
    if row[2] is not None:
        raise Conflict("count.closed", f"Count {count} is closed")
    return str(row[0]), Means(row[1])


def antenna_shelves(plant: Plant) -> dict[str, str]:
    """Shelves with an antenna, each with its reader."""
    return {a.shelf: reader.id for reader in plant.readers for a in reader.antennas if a.shelf is not None}


def _require_antennas(tx: Tx, place: str) -> None:
    """Raises Refused unless every shelf of a place has an antenna that hears and has said something lately."""
    slotted = shelves_below([one.path for one in tx.plant.places if one.slots], place)
    without = [shelf for shelf in slotted if shelf not in antenna_shelves(tx.plant)]
    if without or not slotted:
        raise Refused("count.no_antenna", f"Count {place} by hand: {', '.join(without) or place} has no antenna")
    deaf = deaf_shelves(tx)
    for shelf in slotted:
        row = tx.raw.execute("SELECT at_us FROM shelf_account WHERE shelf = ?", (shelf,)).fetchone()
        if shelf in deaf or row is None or row[0] < to_us(tx.now - FRESH):
            raise Refused("count.deaf", f"Count {place} by hand: the antenna of {shelf} has not said anything lately")


def _take_sightings(tx: Tx, count: str, place: str) -> None:
    """Bring what antennas see now into a count."""
    for shelf in shelves_below(antenna_shelves(tx.plant), place):
        for epc, bag in tags_on(tx, shelf).items():
            if bag is None:
                _note(tx, count, epc, CountState.UNKNOWN_TAG, None, shelf)
                continue
            where = require(tx.raw, bag)["place"]
            here = where is not None and bool(shelves_below([str(where)], shelf))
            state = CountState.SEEN if here else CountState.ELSEWHERE
            _note(tx, count, bag, state, None if where is None else str(where), str(where) if here else shelf)


def _note(tx: Tx, count: str, subject: str, state: CountState, believed: str | None, seen_at: str) -> None:
    tx.raw.execute(
        "INSERT INTO stock_count_item (count, subject, believed_place, seen_place, state, seen_us) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (count, subject) DO UPDATE SET seen_place = excluded.seen_place, "
        "state = excluded.state, seen_us = excluded.seen_us",
        (count, subject, believed, seen_at, state.value, to_us(tx.now)),
    )


def _is_counted(tx: Tx, bag: str) -> bool:
    return BagStatus(str(require(tx.raw, bag)["status"])) in COUNTED


def _was_carried(tx: Tx, count: str, bag: str) -> bool:
    """True when somebody had a bag in the hand after the count began, or a machine has it now."""
    task = open_task_of(tx.raw, bag)
    if not _is_counted(tx, bag) or (task is not None and task.state is TaskState.SENT):
        return True
    query = "SELECT 1 FROM bag, stock_count WHERE bag.id = ? AND stock_count.id = ? AND place_since_us > opened_us"
    return tx.raw.execute(query, (bag, count)).fetchone() is not None
