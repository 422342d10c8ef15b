"""Consignments: despatch notes as they come, and the numbers they name (matching.py decides what each number is)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from blood.isbt128 import BagId, ScanError
from plant.model import Plant, Portal, PortalKind
from runtime.ids import new_id
from wms.errors import Conflict, Invalid, NotFound
from wms.holds.commands import end_rule_holds, place_hold
from wms.intake.collection import COLLECTION_PLACE
from wms.intake.matching import HELD, Act, ItemState, announced
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

INTAKE: Final = Actor("service:intake", "serve")
"""Who acts when no person does."""
HOLD_REASONS: Final = {
    ItemState.EXTRA: "intake: on no despatch note",
    ItemState.DOUBLE: "intake: its number came twice",
}
"""Why a bag is held that is here and should not be, by the state of its number."""
LONGEST_NOTE: Final = 5000
_SETTLED: Final = "UPDATE consignment_item SET act = ?, act_by = ?, act_us = ?, comment = ? WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Note:
    """An electronic despatch note: what a sender says that it sends, before it arrives."""

    id: str
    origin: str
    sent_at: datetime
    numbers: tuple[BagId, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One number of a consignment as it is kept."""

    id: int
    consignment: str
    bag: str | None
    epc: str | None
    state: ItemState
    act: Act | None


def number_of(plant: Plant, din: str, product: str) -> BagId:
    """One number of a note; raises Invalid naming what is wrong with it."""
    try:
        return plant.identifiers.parse_bag_id(f"{din}-{product}")
    except ScanError as error:
        raise Invalid("items", str(error)) from error


def announce(tx: Tx, actor: Actor, note: Note) -> None:
    """Take a despatch note in. The same note again changes nothing.

    A number that another open note names, or that this one names twice, is `double`; a bag that is here already
    without a note is received by it. Raises Invalid, NotFound for an unknown origin, Conflict when a note of that id
    says something else.
    """
    _check(tx, note)
    known = tx.raw.execute("SELECT origin, sent_us FROM consignment WHERE id = ?", (note.id,)).fetchone()
    numbers = [str(number) for number in note.numbers]
    if known is not None:
        query = "SELECT bag FROM consignment_item WHERE consignment = ? AND line IS NOT NULL ORDER BY line"
        listed = [bag for (bag,) in tx.raw.execute(query, (note.id,))]
        if known != (note.origin, to_us(note.sent_at)) or listed != numbers:
            raise Conflict("consignment.id", f"Consignment {note.id} was announced before with other content")
        return
    tx.raw.execute(
        "INSERT INTO consignment (id, origin, sent_us, announced_us) VALUES (?, ?, ?, ?)",
        (note.id, note.origin, to_us(note.sent_at), to_us(tx.now)),
    )
    here = _came_unannounced(tx, numbers)
    states = announced(numbers, _open_elsewhere(tx, numbers), here)
    for line, (number, state) in enumerate(zip(numbers, states, strict=True), 1):
        add_item(tx, note.id, state, bag=number, line=line)
        if state is ItemState.RECEIVED and here[number].act is None:
            settle(tx, INTAKE, here[number], Act.ACCEPT, f"announced by {note.id}")
        elif state is ItemState.DOUBLE:
            hold_if_here(tx, number, state)
    if ItemState.RECEIVED in states:
        seen(tx, note.id, tx.now)
    data = {"origin": note.origin, "sent_at": note.sent_at.isoformat(), "numbers": numbers}
    tx.record("consignment.announced", actor=actor, subject=note.id, data=data)
    tx.notify("consignment", note.id)


def receiving_portal(plant: Plant, portal_id: str) -> Portal | None:
    """The portal of that id when consignments come in through it, else None."""
    return next((portal for portal in _receiving(plant) if portal.id == portal_id), None)


def receiving_dock(plant: Plant) -> str:
    """The place inside the receiving portal; raises NotFound."""
    for portal in _receiving(plant):
        return portal.inside
    raise NotFound("portal.receiving", "This plant has no receiving portal")


def items_of(tx: Tx, consignment: str) -> list[Item]:
    """All numbers of a consignment, in order of the note."""
    return _items(tx, "consignment = ?", consignment)


def items_about(tx: Tx, bag: str) -> list[Item]:
    """What any consignment says of a bag, oldest first."""
    return _items(tx, "bag = ?", bag)


def item_of(tx: Tx, consignment: str, item: int) -> Item:
    """One number; raises NotFound."""
    found = next((one for one in _items(tx, "id = ?", item) if one.consignment == consignment), None)
    if found is None:
        raise NotFound("consignment.item", f"Consignment {consignment} has no item {item}")
    return found


def items_to_answer(tx: Tx, state: ItemState) -> list[Item]:
    """Numbers in a state that nobody has said anything about yet."""
    return _items(tx, "act IS NULL AND state = ?", state.value)


def add_item(
    tx: Tx,
    consignment: str,
    state: ItemState,
    *,
    bag: str | None = None,
    epc: str | None = None,
    line: int | None = None,
    at: datetime | None = None,
) -> None:
    """Put one more number on a consignment: a line of its note, or what came with it; `at` is since when, or now."""
    tx.raw.execute(
        "INSERT INTO consignment_item (consignment, line, bag, epc, state, since_us) VALUES (?, ?, ?, ?, ?, ?)",
        (consignment, line, bag, epc, state.value, to_us(tx.now if at is None else at)),
    )


def set_state(tx: Tx, item: Item, state: ItemState) -> None:
    """Change what a number is; a missing bag that comes after all needs no answer any more."""
    tx.raw.execute(
        "UPDATE consignment_item SET state = ?, since_us = ? WHERE id = ?", (state.value, to_us(tx.now), item.id)
    )
    tx.notify("consignment", item.consignment)


def settle(tx: Tx, actor: Actor, item: Item, act: Act, comment: str) -> None:
    """Write down who said what about a number, and free its bag unless it goes back or another number holds it."""
    tx.raw.execute(_SETTLED, (act.value, actor.id, to_us(tx.now), comment, item.id))
    data = {"item": item.id, "bag": item.bag, "epc": item.epc, "state": item.state.value}
    data |= {"act": act.value, "comment": comment}
    tx.record("consignment.resolved", actor=actor, subject=item.consignment, data=data)
    tx.notify("consignment", item.consignment)
    if item.bag is None or item.state not in HELD or act is Act.SEND_BACK:
        return
    others = [one for one in items_about(tx, item.bag) if one.id != item.id and one.state is item.state]
    if all(one.act is not None and one.act is not Act.SEND_BACK for one in others):
        end_rule_holds(tx, actor, item.bag, HOLD_REASONS[item.state], comment or act.value)


def hold_if_here(tx: Tx, bag: str, state: ItemState) -> None:
    """Hold a bag until its number is answered; one that is not known yet is held when it comes."""
    if tx.raw.execute("SELECT 1 FROM bag WHERE id = ?", (bag,)).fetchone():
        place_hold(tx, INTAKE, bag=bag, reason=HOLD_REASONS[state])


def seen(tx: Tx, consignment: str, at: datetime) -> None:
    """Something of a consignment was seen: it is arriving, and judged only when it has been quiet for a while."""
    at_us = to_us(at)
    tx.raw.execute(
        "UPDATE consignment SET last_seen_real_us = ?1, "
        "first_seen_us = CASE WHEN first_seen_us < ?2 THEN first_seen_us ELSE ?2 END, "
        "last_seen_us = CASE WHEN last_seen_us > ?2 THEN last_seen_us ELSE ?2 END WHERE id = ?3",
        (to_us(tx.real_now), at_us, consignment),
    )
    tx.notify("consignment", consignment)


def unannounced(tx: Tx, origin: str, at: datetime) -> str:
    """A new consignment for what comes without a note."""
    consignment = new_id("con")
    tx.raw.execute("INSERT INTO consignment (id, origin, sent_us) VALUES (?, ?, ?)", (consignment, origin, to_us(at)))
    tx.record("consignment.unannounced", actor=INTAKE, subject=consignment, data={"origin": origin})
    return consignment


def sends_notes(tx: Tx, origin: str) -> bool:
    """True when despatch notes come from there: only then is a bag without one anything to ask about."""
    query = "SELECT 1 FROM consignment WHERE origin = ? AND announced_us IS NOT NULL LIMIT 1"
    return tx.raw.execute(query, (origin,)).fetchone() is not None


def _receiving(plant: Plant) -> Iterator[Portal]:
    for portal in plant.portals:
        if portal.kind is PortalKind.PASSAGE and portal.device is None and portal.outside == COLLECTION_PLACE:
            yield portal


def _check(tx: Tx, note: Note) -> None:
    if not note.id.strip() or len(note.id) > 80:
        raise Invalid("id", "A despatch note needs a number of its own, of at most 80 characters")
    if not 1 <= len(note.numbers) <= LONGEST_NOTE:
        raise Invalid("items", f"A despatch note names 1 to {LONGEST_NOTE} bags, not {len(note.numbers)}")
    if note.origin not in tx.plant.place_by_path:
        raise NotFound("origin", f"There is no place {note.origin}")


def _open_elsewhere(tx: Tx, numbers: Iterable[str]) -> set[str]:
    """Numbers that another note awaits, or that have been received."""
    query = (
        "SELECT 1 FROM consignment_item WHERE bag = ? "
        "AND (state = 'received' OR (state IN ('expected', 'missing') AND act IS NULL)) LIMIT 1"
    )
    return {number for number in numbers if tx.raw.execute(query, (number,)).fetchone() is not None}


def _came_unannounced(tx: Tx, numbers: Iterable[str]) -> dict[str, Item]:
    """Bags that are here though no note named them; one that goes back to its sender is not."""
    came = (item for number in numbers for item in items_about(tx, number) if item.state is ItemState.EXTRA)
    return {str(item.bag): item for item in came if item.act in {None, Act.ACCEPT}}


def _items(tx: Tx, where: str, value: str | int) -> list[Item]:
    rows: Sequence[tuple[int, str, str | None, str | None, str, str | None]] = tx.raw.execute(
        f"SELECT id, consignment, bag, epc, state, act FROM consignment_item WHERE {where} ORDER BY id",  # noqa: S608 - the conditions are constants of this file
        (value,),
    ).fetchall()
    return [
        Item(number, consignment, bag, epc, ItemState(state), None if act is None else Act(act))
        for number, consignment, bag, epc, state, act in rows
    ]
