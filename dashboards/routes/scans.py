"""Scans at the hand terminal: the manual twin of each machine. Each answers what came of it and what to do next."""

from __future__ import annotations

from blood.isbt128 import parse_bag_scan, parse_din_scan
from dashboards.auth import Floor
from dashboards.context import HouseOf, RepeatOf
from dashboards.declare import router
from dashboards.scanned import accepted, is_at, refused, scan
from dashboards.schemas import scans as schemas
from dashboards.schemas.scans import ScanOutcome
from wms.bags.projection import require
from wms.labelling.by_hand import label_by_hand
from wms.moves import by_hand
from wms.orders.reasons import in_both
from wms.orders.sentences import Sentence
from wms.outbound import gate
from wms.store.tx import Tx

routes = router("scans")


@routes.post("/scans/receive")
async def receive_by_scan(
    body: schemas.ReceiveScanRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> ScanOutcome:
    """A bag came in and the portal did not see it."""

    def receive(tx: Tx) -> ScanOutcome:
        bag = by_hand.receive_by_hand(tx, who.actor, parse_din_scan(body.din_scan))
        return accepted(is_at(tx.plant, bag, by_hand.receiving_dock(tx)), bag)

    return await scan(house, who, repeat, receive)


@routes.post("/scans/move")
async def move_by_scan(body: schemas.MoveScanRequest, who: Floor, house: HouseOf, repeat: RepeatOf) -> ScanOutcome:
    """A person carried a bag somewhere; an open task that wanted just that is done with it."""

    def move(tx: Tx) -> ScanOutcome:
        bag = str(parse_bag_scan(body.din_scan, body.product_scan))
        by_hand.move_by_hand(tx, who.actor, bag, body.to_place)
        return accepted(is_at(tx.plant, bag, body.to_place), bag)

    return await scan(house, who, repeat, move)


@routes.post("/scans/gate")
async def gate_by_scan(body: schemas.BagScan, who: Floor, house: HouseOf, repeat: RepeatOf) -> ScanOutcome:
    """A person stands at the gate in the diverter's place; a bag that may not pass is refused with every reason."""

    def judge(tx: Tx) -> ScanOutcome:
        bag = str(parse_bag_scan(body.din_scan, body.product_scan))
        line = require(tx.raw, bag)["order_line"]
        reasons = gate.reasons_against(tx, bag, None if line is None else str(line))
        if reasons:
            data = {"reasons": gate.in_words(reasons), "by": "hand"}
            tx.record("gate.refused", actor=who.actor, subject=bag, data=data)
            why = in_both(reasons)
            return refused(
                "gate_refused", Sentence(f"{bag} must not pass: {why.en}.", f"{bag} 不得通过：{why.zh}。"), bag
            )
        lane = gate.pass_by_hand(tx, who.actor, bag)
        return accepted(is_at(tx.plant, bag, lane), bag, Sentence("Lay it into that lane.", "请放入该分拣道。"))

    return await scan(house, who, repeat, judge)


@routes.post("/scans/label")
async def label_by_scan(body: schemas.BagScan, who: Floor, house: HouseOf, repeat: RepeatOf) -> ScanOutcome:
    """A person applied a printed label and read both of its codes back: that is the check of the label."""

    def check(tx: Tx) -> ScanOutcome:
        bag = label_by_hand(tx, who.actor, body.din_scan, body.product_scan)
        released = require(tx.raw, bag)["status"] == "AVAILABLE"
        then = Sentence("Put it away.", "请入库存放。") if released else None
        return accepted(Sentence(f"The label of {bag} is right.", f"{bag} 的标签核对无误。"), bag, then)

    return await scan(house, who, repeat, check)
