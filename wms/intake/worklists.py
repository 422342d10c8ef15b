"""The work lists of intake: what a person says about a number that is not as it should be, and what follows from it."""

from __future__ import annotations

from blood.eligibility import BagStatus
from blood.isbt128 import ScanError
from wms.bags.commands import change_fields, change_status
from wms.bags.projection import require
from wms.bags.tags import contradiction
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.intake.arrivals import receive_identified
from wms.intake.consignments import Item, item_of, receiving_dock, settle
from wms.intake.matching import ACTS, Act
from wms.store.metadata import from_us
from wms.store.tx import Actor, Tx


def resolve(
    tx: Tx, actor: Actor, consignment: str, item: int, act: Act, comment: str, *, din_scan: str | None = None
) -> None:
    """A person answers for one number of a consignment; who, when and why stay in the ledger.

    `din_scan` is the label of an unknown bag, for `identify`. Raises NotFound, Conflict when somebody has answered
    before, Invalid for an act that does not fit the number's state, a missing comment, or a label that is no bag's.
    """
    one = item_of(tx, consignment, item)
    if one.act is not None:
        raise Conflict("consignment.answered", f"Somebody has answered for this number before ({one.act.value})")
    if act not in ACTS[one.state]:
        fitting = ", ".join(ACTS[one.state]) or "nothing"
        raise Invalid("act", f"{act.value} does not fit a number that is {one.state.value}; {fitting} would")
    if not comment.strip():
        raise Invalid("comment", "Say what you found: the sender and the next shift will ask")
    if act is Act.IDENTIFY:
        _identify(tx, actor, one, din_scan, comment)
        return
    settle(tx, actor, one, act, comment)
    if act is Act.SEARCHED_LOST and one.bag is not None:
        _declare_missing(tx, actor, one.bag, consignment)


def _declare_missing(tx: Tx, actor: Actor, bag: str, consignment: str) -> None:
    """A bag that was sent, searched for and not found is MISSING until it turns up or two people give it up."""
    row = tx.raw.execute("SELECT status FROM bag WHERE id = ?", (bag,)).fetchone()
    if row is not None and row[0] == BagStatus.COLLECTED.value:
        data = {"consignment": consignment}
        change_status(tx, actor, bag, BagStatus.MISSING, "bag.missing", data=data)


def _identify(tx: Tx, actor: Actor, item: Item, din_scan: str | None, comment: str) -> None:
    """The label of an unknown bag names it; its tag is bound to it from now on."""
    bag = _bag_of_label(tx, din_scan)
    epc = str(item.epc)
    if (fault := contradiction(tx.plant.identifiers, bag, epc)) is not None:
        raise Refused("tag.of_another", f"This label is of {bag}, but {fault}. Send the bag back")
    (since_us,) = tx.raw.execute("SELECT since_us FROM consignment_item WHERE id = ?", (item.id,)).fetchone()
    before = require(tx.raw, bag)
    change_fields(tx, actor, bag, "tag.bound", data={"was": before["epc"]}, epc=epc)
    receive_identified(tx, actor, item, bag, receiving_dock(tx.plant), from_us(since_us), comment)


def _bag_of_label(tx: Tx, din_scan: str | None) -> str:
    if din_scan is None:
        raise Invalid("din_scan", "Scan the label of the bag to say which one it is")
    try:
        din = tx.plant.identifiers.parse_din_scan(din_scan)
    except ScanError as error:
        raise Invalid("din_scan", str(error)) from error
    rows = tx.raw.execute(
        "SELECT id FROM bag WHERE din = ? AND status IN (?, ?) ORDER BY id",
        (din, BagStatus.COLLECTED.value, BagStatus.MISSING.value),
    ).fetchall()
    if not rows:
        raise NotFound("din.unknown", f"No bag of donation {din} is on its way in; record its collection first")
    if len(rows) > 1:
        raise Refused(
            "din.several", f"Donation {din} has several bags on their way in; scan them one by one at the dock"
        )
    return str(rows[0][0])
