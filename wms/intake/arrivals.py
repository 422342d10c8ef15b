"""What comes in through a receiving portal, or is scanned there by a person, told to the consignment it belongs to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from blood.eligibility import BagStatus
from plant.model import Portal
from rfid.messages import Crossing, Direction
from wms.bags.commands import move_to
from wms.bags.projection import BagState, require
from wms.intake.collection import COLLECTION_PLACE
from wms.intake.consignments import (
    INTAKE,
    Item,
    add_item,
    hold_if_here,
    items_about,
    items_to_answer,
    seen,
    sends_notes,
    set_state,
    settle,
    unannounced,
)
from wms.intake.matching import AWAITED, HELD, Act, ItemState, arrived
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

TOGETHER: Final = timedelta(minutes=10)
"""What comes within this time of a consignment that is arriving belongs to it (domain)."""
_BEFORE_INTAKE: Final = frozenset({BagStatus.COLLECTED, BagStatus.MISSING})


def bag_came(
    tx: Tx, before: BagState, at: datetime, *, is_news: bool, origin: str = COLLECTION_PLACE
) -> ItemState | None:
    """A known bag came in; `before` is its row before that. Returns what it is, None where no notes are sent.

    It is received by the note that names it, also when that has been judged. A bag that no open note names is extra,
    one that had been received before is double: both are held until a person has answered. What is heard late, of a
    bag that is known to be further on (`is_news` is false), can only turn an awaited number into a received one.
    """
    bag = str(before["id"])
    known = items_about(tx, bag)
    awaited = next((one for one in known if one.state in AWAITED), None)
    if awaited is None and (not is_news or not (known or sends_notes(tx, origin))):
        return None
    item = awaited or _last_word(known)
    on_its_way = before["place"] == COLLECTION_PLACE  # whatever the laboratory has made of its status meanwhile
    came_before = is_news and not on_its_way and BagStatus(str(before["status"])) not in _BEFORE_INTAKE
    state = arrived(None if item is None else item.state, came_before=came_before)
    if item is not None and state in {item.state, ItemState.RECEIVED}:
        consignment = item.consignment
        if state is not item.state:
            set_state(tx, item, state)
    else:
        consignment = _arriving(tx, origin, at)
        add_item(tx, consignment, state, bag=bag, at=at)
    seen(tx, consignment, at)
    for held in {one.state for one in known if one.act is None and one.state in HELD} | ({state} & HELD):
        hold_if_here(tx, bag, held)
    return state


def tag_came(tx: Tx, portal: Portal, crossing: Crossing) -> None:
    """A tag came in that is bound to no bag: a question on the consignment it came with, asked once a tag."""
    if crossing.direction is Direction.OUT:
        return
    asked = [item for item in items_to_answer(tx, ItemState.UNKNOWN) if item.epc == crossing.epc]
    consignment = asked[0].consignment if asked else _arriving(tx, portal.outside, crossing.last_seen)
    if not asked:
        add_item(tx, consignment, ItemState.UNKNOWN, epc=crossing.epc, at=crossing.last_seen)
        data = {"portal": portal.id, "epc": crossing.epc, "at": crossing.last_seen.isoformat()}
        tx.record("consignment.unknown_tag", actor=INTAKE, subject=consignment, data=data)
    seen(tx, consignment, crossing.last_seen)


def adopt_known_tags(tx: Tx, dock: str) -> list[str]:
    """Receive bags whose tags were unknown when they came, for their collection was recorded later; returns them."""
    rows = tx.raw.execute(
        "SELECT item.id, bag.id, item.since_us FROM consignment_item AS item JOIN bag ON bag.epc = item.epc "
        "WHERE item.state = ? AND item.act IS NULL",
        (ItemState.UNKNOWN.value,),
    ).fetchall()
    unknown = {item.id: item for item in items_to_answer(tx, ItemState.UNKNOWN)} if rows else {}
    for number, bag, since_us in rows:
        came = from_us(since_us)
        receive_identified(tx, INTAKE, unknown[number], bag, dock, came, "its collection was recorded later")
    return [bag for _, bag, _ in rows]


def receive_identified(
    tx: Tx, actor: Actor, item: Item, bag: str, dock: str, at: datetime, comment: str
) -> ItemState | None:
    """An unknown tag turned out to be this bag: the question is answered, and the bag has come at `at`."""
    settle(tx, actor, item, Act.IDENTIFY, comment)
    tx.raw.execute("UPDATE consignment_item SET bag = ? WHERE id = ?", (bag, item.id))
    before = require(tx.raw, bag)
    if before["place"] == COLLECTION_PLACE:
        move_to(tx, actor, bag, dock, at, kind="bag.received", data={"consignment": item.consignment, "tag": item.epc})
    return bag_came(tx, before, at, is_news=True)


def _last_word(known: list[Item]) -> Item | None:
    """The newest item about a bag that is here; None when the bag is unknown here or had been sent back."""
    here = [item for item in known if item.state is not ItemState.UNKNOWN and item.act is not Act.KEEP_FIRST]
    return here[-1] if here and here[-1].act is not Act.SEND_BACK else None


def _arriving(tx: Tx, origin: str, at: datetime) -> str:
    """The consignment that is arriving now, else a new one without a note."""
    at_us, together_us = to_us(at), int(TOGETHER.total_seconds() * 1e6)
    row = tx.raw.execute(
        "SELECT id FROM consignment WHERE origin = ? AND closed_us IS NULL AND last_seen_us >= ? "
        "AND first_seen_us <= ? ORDER BY last_seen_us DESC, id LIMIT 1",
        (origin, at_us - together_us, at_us + together_us),
    ).fetchone()
    return unannounced(tx, origin, at) if row is None else str(row[0])
