"""Scans at the hand terminal: the manual twin of each machine. Each answers what came of it and what to do next."""

from __future__ import annotations

from dashboards.auth import Floor
from dashboards.context import HouseOf, RepeatOf
from dashboards.declare import router
from dashboards.scanned import accepted, is_at, refused, scan
from dashboards.schemas import scans as schemas
from dashboards.schemas.scans import ScanOutcome
from wms.bags.projection import require
from wms.errors import Invalid
from wms.labelling.by_hand import label_by_hand
from wms.moves import by_hand
from wms.orders.reasons import in_both
from wms.orders.sentences import Sentence
from wms.outbound import by_hand as outbound
from wms.outbound import gate
from wms.outbound.by_hand import HandCheck
from wms.store.tx import Tx

routes = router("scans")


@routes.post("/scans/receive")
async def receive_by_scan(
    body: schemas.ReceiveScanRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> ScanOutcome:
    """A bag came in and the portal did not see it."""

    def receive(tx: Tx) -> ScanOutcome:
        bag = by_hand.receive_by_hand(tx, who.actor, tx.plant.identifiers.parse_din_scan(body.din_scan))
        return accepted(is_at(tx.plant, bag, by_hand.receiving_dock(tx)), bag)

    return await scan(house, who, repeat, receive)


@routes.post("/scans/move")
async def move_by_scan(body: schemas.MoveScanRequest, who: Floor, house: HouseOf, repeat: RepeatOf) -> ScanOutcome:
    """A person carried a bag somewhere; an open task that wanted just that is done with it."""

    def move(tx: Tx) -> ScanOutcome:
        bag = str(tx.plant.identifiers.parse_bag_scan(body.din_scan, body.product_scan))
        by_hand.move_by_hand(tx, who.actor, bag, body.to_place)
        return accepted(is_at(tx.plant, bag, body.to_place), bag)

    return await scan(house, who, repeat, move)


@routes.post("/scans/gate")
async def gate_by_scan(body: schemas.BagScan, who: Floor, house: HouseOf, repeat: RepeatOf) -> ScanOutcome:
    """A person stands at the gate in the diverter's place; a bag that may not pass is refused with every reason."""

    def judge(tx: Tx) -> ScanOutcome:
        bag = str(tx.plant.identifiers.parse_bag_scan(body.din_scan, body.product_scan))
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


@routes.post("/scans/put-away")
async def put_away_by_scan(
    body: schemas.PutAwayScanRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> ScanOutcome:
    """A person put a bag into a slot; a place that has no slots is refused."""

    def put_away(tx: Tx) -> ScanOutcome:
        bag = str(tx.plant.identifiers.parse_bag_scan(body.din_scan, body.product_scan))
        by_hand.move_by_hand(tx, who.actor, bag, body.to_place)
        if not tx.plant.place_of(body.to_place).slots:
            raise Invalid("place.no_slot", f"{body.to_place} is no slot of a shelf; scan the label of the slot")
        return accepted(is_at(tx.plant, bag, body.to_place), bag)

    return await scan(house, who, repeat, put_away)


@routes.post("/scans/pick")
async def pick_by_scan(body: schemas.BagScan, who: Floor, house: HouseOf, repeat: RepeatOf) -> ScanOutcome:
    """A person took a reserved bag from its shelf for the shipment that gathers."""

    def pick(tx: Tx) -> ScanOutcome:
        bag = str(tx.plant.identifiers.parse_bag_scan(body.din_scan, body.product_scan))
        then = outbound.pick(tx, who.actor, bag)
        return accepted(Sentence(f"{bag} is picked.", f"{bag} 已拣选。"), bag, then)

    return await scan(house, who, repeat, pick)


@routes.post("/scans/pack")
async def pack_by_scan(body: schemas.PackScanRequest, who: Floor, house: HouseOf, repeat: RepeatOf) -> ScanOutcome:
    """A person put a bag from its lane into a transport box."""

    def pack(tx: Tx) -> ScanOutcome:
        bag = str(tx.plant.identifiers.parse_bag_scan(body.din_scan, body.product_scan))
        then = outbound.pack(tx, who.actor, body.box, bag)
        return accepted(Sentence(f"{bag} is in box {body.box}.", f"{bag} 已放入运输箱 {body.box}。"), bag, then)

    return await scan(house, who, repeat, pack)


@routes.post("/scans/take-out")
async def take_out_by_scan(body: schemas.TakeOutRequest, who: Floor, house: HouseOf, repeat: RepeatOf) -> ScanOutcome:
    """A person took a bag out of a transport box again."""

    def take_out(tx: Tx) -> ScanOutcome:
        bag = str(tx.plant.identifiers.parse_bag_scan(body.din_scan, body.product_scan))
        then = outbound.take_out(tx, who.actor, body.box, bag)
        return accepted(Sentence(f"{bag} is out of box {body.box}.", f"{bag} 已从运输箱 {body.box} 取出。"), bag, then)

    return await scan(house, who, repeat, take_out)


@routes.post("/scans/pack/close")
async def close_box_by_scan(body: schemas.CloseBoxRequest, who: Floor, house: HouseOf, repeat: RepeatOf) -> ScanOutcome:
    """A person closed a box; one with the wrong coolant or a silent logger is refused and packed anew."""

    def close(tx: Tx) -> ScanOutcome:
        then = outbound.close(tx, who.actor, body.box, coolant_ok=body.coolant_ok, logger_started=body.logger_started)
        return accepted(Sentence(f"Box {body.box} is closed.", f"运输箱 {body.box} 已封箱。"), then=then)

    return await scan(house, who, repeat, close)


@routes.post("/scans/box-check")
async def check_box_by_scan(body: schemas.BoxCheckRequest, who: Floor, house: HouseOf, repeat: RepeatOf) -> ScanOutcome:
    """A person read every bag of a closed box in the tunnel's place: exactly its list, or the box is refused."""

    def check(tx: Tx) -> ScanOutcome:
        bags = [str(tx.plant.identifiers.parse_bag_scan(item.din_scan, item.product_scan)) for item in body.items]
        found = outbound.check(tx, who.actor, body.box, bags)
        if not found.missing and not found.extra:
            detail = Sentence(f"Box {body.box} holds exactly its list.", f"运输箱 {body.box} 与清单一致。")
            return accepted(detail, then=found.next)
        return refused("box_content", _not_its_list(body.box, found), then=found.next)

    return await scan(house, who, repeat, check)


@routes.post("/scans/let-go")
async def let_go_by_scan(body: schemas.LetGoRequest, who: Floor, house: HouseOf, repeat: RepeatOf) -> ScanOutcome:
    """A person read every bag of a shipment while it was carried out, in place of lock and portal."""

    def let_go(tx: Tx) -> ScanOutcome:
        bags = [str(tx.plant.identifiers.parse_bag_scan(item.din_scan, item.product_scan)) for item in body.items]
        then = outbound.let_go(tx, who.actor, body.shipment, bags)
        return accepted(Sentence("Everything of the shipment was read.", "发运单全部核对。"), then=then)

    return await scan(house, who, repeat, let_go)


def _not_its_list(box: str, found: HandCheck) -> Sentence:
    missing, extra = ", ".join(found.missing) or "-", ", ".join(found.extra) or "-"
    return Sentence(
        f"Box {box} is not its list. Missing: {missing}. Does not belong: {extra}.",
        f"运输箱 {box} 与清单不符。缺少：{missing}。不应在内：{extra}。",
    )
