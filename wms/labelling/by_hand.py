"""The manual twin: a person printed and applied the label, and scans both of its codes back."""

from __future__ import annotations

from blood.eligibility import BagStatus
from blood.isbt128 import ScanError
from wms.bags.projection import require
from wms.errors import Conflict, Invalid, Refused
from wms.labelling.content import label_content
from wms.labelling.work import (
    LabelState,
    begin_label,
    end_label,
    label_agrees,
    open_label_of,
    other_reasons,
    require_label,
)
from wms.moves.model import MovePurpose
from wms.moves.tasks import cancel_move, open_task_of
from wms.store.tx import Actor, Tx


def label_by_hand(tx: Tx, actor: Actor, din_scan: str, product_scan: str) -> str:
    """Take the scan of a label that a person applied as its check; returns the bag, released when nothing else bars it.

    A label that was checked before is left as it is; a released bag gets a new one when its expiry was shortened.
    Raises Invalid for codes that are none, NotFound for a label of no bag, Conflict while the station labels it,
    Refused when the bag must not be labelled (its reasons are named).
    """
    try:
        bag = str(tx.plant.identifiers.parse_bag_scan(din_scan, product_scan))
    except ScanError as error:
        raise Invalid("label.scan", f"This is not the label of a bag: {error}") from error
    state = require(tx.raw, bag)
    if state["label_check"] == "passed":
        return bag
    if state["status"] not in {BagStatus.QUARANTINE.value, BagStatus.AVAILABLE.value}:
        raise Refused("label.status", f"Bag {bag} is {state['status']}; a bag in quarantine or in stock is labelled")
    reasons = other_reasons(tx, bag) if state["status"] == BagStatus.QUARANTINE.value else ()
    if reasons:
        words = "; ".join(f"{reason.code.value}: {reason.detail}" for reason in reasons)
        raise Refused("label.not_ready", f"Bag {bag} is not to be labelled yet. {words}")
    content = label_content(tx.plant, state)
    label = open_label_of(tx.raw, bag)
    if label is not None and label.state is LabelState.AT_STATION:
        raise Conflict("label.at_station", f"{label.device} is labelling {bag} now; wait for its report")
    _off_its_way(tx, actor, bag)
    opened = label or require_label(tx.raw, begin_label(tx, actor, bag, None))
    end_label(tx, actor, opened, LabelState.PASSED, f"by hand: {content.message}")
    label_agrees(tx, actor, bag, None)
    return bag


def _off_its_way(tx: Tx, actor: Actor, bag: str) -> None:
    task = open_task_of(tx.raw, bag)
    if task is not None and task.purpose is MovePurpose.LABEL:
        cancel_move(tx, actor, task.id, "labelled by hand")
