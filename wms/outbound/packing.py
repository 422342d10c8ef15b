"""Packing: full lanes go to the packing station box by box; a box that is not right is unpacked, with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select

from blood.eligibility import BagStatus
from plant.model import Plant
from plc_bridge.messages import BoxPacked, BoxUnpacked, CommandAnswered, CommandOutcome, Outcome
from wms.alarms.book import News, clear, tell
from wms.alarms.conditions import BOX_CONTENT, PACK_FAILED
from wms.alarms.machine import Condition
from wms.bags.commands import move_to, observe, raise_finding
from wms.bags.projection import require
from wms.moves.model import DeviceState
from wms.orders import reservations
from wms.orders.lifecycle import ShipmentState
from wms.orders.sentences import Sentence
from wms.outbound import boxes, packings
from wms.outbound.box_choice import box_envelope, choose_boxes, class_for
from wms.outbound.boxes import BoxFault, BoxRow, BoxState
from wms.outbound.lanes import lane_for_unpacking, room_on
from wms.outbound.packings import Packing, PackingKind, PackingState
from wms.outbound.permits import is_decided
from wms.outbound.picks import PICKS_AHEAD, without_box
from wms.outbound.shipments import OUTBOUND, ActiveShipment, Gathered, enough, gathered
from wms.outbound.stations import packing_station, sorting_lanes, tag_of, tunnel_of
from wms.outbound.tables import hand_packed, shipment
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx
from wms.transport.flight import wants_air

RETRY_AFTER: Final = timedelta(minutes=2)
"""Domain time before a packing that failed is asked for again; it grows with every failure."""
CALL_AFTER: Final = 3
"""Failures in a row after which people are called."""
PATIENCE: Final = timedelta(minutes=30)
"""Domain time in which the station must have ended what it accepted; a full box takes five minutes (world.md 4)."""
UNREAD: Final = timedelta(minutes=15)
"""Domain time after which a closed box that nobody has checked is an alarm; the tunnel needs two minutes."""
_UNREAD: Final = Sentence("nobody has checked its content; scan every bag", "内容尚未核验，请逐袋扫描")
MAX_REFUSALS: Final = 3
"""Failed checks after which a box is unpacked and its bags go by hand: a tag is dead, or hidden in every packing."""


def follow(tx: Tx, one: ActiveShipment) -> None:
    """Have the next box of a shipment packed, once all that it waits for lies in its lane and the line is its own."""
    station = packing_station(tx.plant)
    if station is None or one.lane is None or one.state is not ShipmentState.GATHERING or not sorting_lanes(tx.plant):
        return
    if tx.hooks.device_state(station.id) is not DeviceState.RUNNING:
        return  # people pack meanwhile; a command that waits for a station that stands would keep the bags from them
    bags = gathered(tx, one.order)
    loose = [bag for bag in bags if bag.status is BagStatus.PICKED and bag.place == one.lane]
    if not loose or packings.open_ones(tx) or not is_complete(tx, one, bags) or not _rested(tx, one.id):
        return
    if boxes.holders_of_line(tx.conn, tx.plant) - {one.id}:
        return
    by_hand = set(tx.conn.execute(select(hand_packed.c.bag).where(hand_packed.c.shipment == one.id)).scalars())
    classed = [
        (bag.bag, kind)
        for bag in loose
        if bag.bag not in by_hand and (kind := class_for(tx.plant, tx.plant.components[bag.component])) is not None
    ]
    free = boxes.empty_boxes(tx.conn, tx.plant)
    tried = packings.faulty_boxes(tx, one.id)
    others = [box for box in free if box.id not in tried] or list(free)
    loads = choose_boxes(classed, others, wants_air=wants_air(tx, one.hospital, one.priority, len(bags)))
    if not loads:
        return
    tagged = [(bag, epc) for bag in loads[0].bags if (epc := tag_of(tx, bag)) is not None]
    boxes.put(tx, OUTBOUND, loads[0].box, BoxState.PACKING, place=station.place, shipment=one.id)
    packings.ask_to_pack(tx, station.id, one.id, loads[0].box, one.lane, tagged)


def is_complete(tx: Tx, one: ActiveShipment, bags: Sequence[Gathered]) -> bool:
    """True when nothing is on its way any more, and what is short is not waited for; a crowded lane must be cleared."""
    if one.lane is not None and (room := room_on(tx, one.lane)) is not None and room < PICKS_AHEAD:
        return True
    left_behind = without_box(tx, bags) if one.out_of_patience(tx.now) else frozenset()
    there = all(
        bag.status is BagStatus.PACKED
        or (bag.status is BagStatus.PICKED and bag.place == one.lane)
        or bag.bag in left_behind
        for bag in bags
    )
    return there and enough(tx, one)


def follow_boxes(tx: Tx) -> None:
    """Closed boxes that are not right: refused when a bag in them lost its order, unpacked when a check cannot help."""
    _call_for_overdue(tx)
    orders = {row.id: row.order_id for row in tx.conn.execute(select(shipment.c.id, shipment.c.order_id))}
    for one in boxes.all_boxes(tx.conn, tx.plant):
        if one.state not in boxes.CLOSED:
            continue
        if one.state is not BoxState.REFUSED and one.shipment is not None and is_decided(tx, one.shipment):
            continue  # it may stand in the lock; a refused one never does, and is emptied whoever has left meanwhile
        inside = boxes.contents(tx.conn, one.id)
        if not inside:
            boxes.empty(tx, OUTBOUND, one.id)
            continue
        strays = [bag for bag in inside if not _belongs(tx, bag, orders.get(one.shipment or ""))]
        if strays:
            boxes.refuse(tx, OUTBOUND, one.id, BoxFault.EVICTED, _evicted(strays), extra=strays)
        if one.state is BoxState.PACKED and one.since is not None and tx.now >= one.since + UNREAD and not strays:
            boxes.call(tx, one, BOX_CONTENT, _UNREAD)
        _unpack_if_needed(tx, boxes.one_box(tx.conn, tx.plant, one.id), inside, strays)


def packed(tx: Tx, actor: Actor, report: BoxPacked, at: datetime) -> None:
    """The station ended a packing: what it says lies in the box does; a box with a fault is refused.

    Raises NotFound for an unknown box or bag; then nothing of the report is applied.
    """
    boxes.require_box(tx.plant, report.box)
    for bag in report.bags:
        require(tx.raw, bag)
    asked = packings.find(tx, report.packing)
    fault = fault_of(tx.plant, report, asked)
    if not report.bags:
        boxes.empty(tx, actor, report.box)
    else:
        tunnel = tunnel_of(tx.plant)
        fresh = {**boxes.UNTROUBLED, "packed_us": to_us(at)}
        where = tx.plant.device_by_id[report.device].place if tunnel is None else tunnel.inside
        whose = None if asked is None else asked.shipment
        values = {"place": where, "shipment": whose, "weight_kg": report.weight_kg, **fresh}
        boxes.put(tx, actor, report.box, BoxState.PACKED, **values)
    for bag in report.bags:
        _into_box(tx, actor, bag, report, asked, at)
    if asked is not None:
        ended = PackingState.DONE if report.outcome is Outcome.DONE else PackingState.FAILED
        packings.end(tx, asked, ended, report.reason, None if fault is None else fault[0])
        _follow_failures(tx, asked)
    if fault is not None and report.bags:
        boxes.refuse(tx, actor, report.box, *fault)


def unpacked(tx: Tx, actor: Actor, report: BoxUnpacked, at: datetime) -> None:
    """The station emptied a box: its bags lie in a lane again. Raises NotFound for an unknown box or bag.

    A bag that was believed to be in the box and did not come out is a finding: nobody knows where it is.
    """
    boxes.require_box(tx.plant, report.box)
    for bag in report.bags:
        require(tx.raw, bag)
    believed = boxes.contents(tx.conn, report.box)
    for bag in report.bags:
        out_of_box(tx, actor, bag, report.lane, at, {"packing": report.packing, "box": report.box})
    for bag in set(believed) - set(report.bags):
        move_to(tx, actor, bag, None, at, data={"packing": report.packing, "box": report.box})
        raise_finding(tx, actor, bag, f"it was to be in box {report.box} and did not come out of it")
    boxes.empty(tx, actor, report.box)
    asked = packings.find(tx, report.packing)
    if asked is not None:
        packings.end(tx, asked, PackingState.DONE)
        _follow_failures(tx, asked)


def out_of_box(tx: Tx, actor: Actor, bag: str, place: str, at: datetime, data: dict[str, str]) -> None:
    """A bag was taken out of its box and lies at a place of the house: what was packed is picked again."""
    move_to(tx, actor, bag, place, at, data=data)
    if BagStatus(str(require(tx.raw, bag)["status"])) is BagStatus.PACKED:
        observe(tx, actor, bag, BagStatus.PICKED, "bag.unpacked", data=data)


def answered(tx: Tx, answer: CommandAnswered) -> None:
    """The bridge's answer to an order to the station: what it did not take is asked again a little later."""
    asked = packings.of_command(tx, answer.command)
    if asked is None or asked.state not in {PackingState.SENT, PackingState.ACCEPTED}:
        return
    if answer.outcome is CommandOutcome.ACCEPTED:
        packings.accept(tx, asked)
    elif answer.outcome in {CommandOutcome.EXPIRED, CommandOutcome.REFUSED}:
        packings.end(tx, asked, PackingState.FAILED, answer.detail)
        if asked.kind is PackingKind.PACK and not boxes.contents(tx.conn, asked.box):
            boxes.empty(tx, OUTBOUND, asked.box)
        _follow_failures(tx, asked)


def fault_of(plant: Plant, report: BoxPacked, asked: Packing | None) -> tuple[BoxFault, Sentence] | None:
    """Why a packed box must not leave, judged from what the station measured; None when all is well."""
    envelope = box_envelope(plant, plant.box_by_id[report.box].kind)
    if asked is None:
        return BoxFault.MACHINE, Sentence("it was packed though nobody asked for it", "无装箱指令却已装箱")
    if report.outcome is Outcome.FAILED:
        return BoxFault.MACHINE, Sentence(f"the station failed: {report.reason}", f"装箱站故障：{report.reason}")
    if report.coolant_c is None:
        return BoxFault.COOLANT, Sentence("nobody measured its coolant", "未测得冷媒温度")
    if envelope is None or not envelope.limits.contains(report.coolant_c):
        told = f"{report.coolant_c:g} °C"
        return BoxFault.COOLANT, Sentence(f"wrong coolant, at {told}", f"冷媒温度不符：{told}")
    if not report.logger_started:
        return BoxFault.LOGGER, Sentence("its logger was not started", "温度记录仪未启动")
    return None


def _into_box(tx: Tx, actor: Actor, bag: str, report: BoxPacked, asked: Packing | None, at: datetime) -> None:
    data = {"packing": report.packing, "box": report.box}
    move_to(tx, actor, bag, boxes.place_in(report.box), at, data=data)
    standing = reservations.standing_of(tx.conn, bag)
    if asked is None or bag not in asked.bags:
        raise_finding(tx, actor, bag, f"{report.device} put it into box {report.box}, for which it was not meant")
    elif standing is None:
        raise_finding(tx, actor, bag, f"it was packed into box {report.box} after its order had lost it")
    else:
        observe(tx, actor, bag, BagStatus.PACKED, "bag.packed", data=data)
        tx.notify("order", standing.order)


def _belongs(tx: Tx, bag: str, order: str | None) -> bool:
    standing = reservations.standing_of(tx.conn, bag)
    return standing is not None and standing.order == order and require(tx.raw, bag)["status"] == BagStatus.PACKED.value


def _evicted(strays: Sequence[str]) -> Sentence:
    names = ", ".join(strays)
    return Sentence(f"to be taken out: {names}", f"须取出：{names}")


def _unpack_if_needed(tx: Tx, one: BoxRow, inside: Sequence[str], strays: Sequence[str]) -> None:
    if one.state is not BoxState.REFUSED or one.fault is None:
        return
    hopeless = one.refusals >= MAX_REFUSALS
    if one.fault in boxes.MENDED_BY_CHECK and not hopeless and not strays:
        return
    station, lane = packing_station(tx.plant), lane_for_unpacking(tx, one.shipment)
    if station is None or lane is None or packings.open_ones(tx) or not _rested(tx, one.id, PackingKind.UNPACK):
        return
    if hopeless:
        for bag in inside:
            values = {"bag": bag, "shipment": one.shipment or "", "since_us": to_us(tx.now)}
            tx.conn.execute(delete(hand_packed).where(hand_packed.c.bag == bag))
            tx.conn.execute(insert(hand_packed).values(**values))
    if one.fault not in boxes.MENDED_BY_CHECK:
        packings.blame(tx, one.shipment or "", one.id, one.fault)
    packings.ask_to_unpack(tx, station.id, one.shipment or "", one.id, lane, inside)


def _rested(tx: Tx, subject: str, kind: PackingKind = PackingKind.PACK) -> bool:
    failures, last = packings.failures_in_row(tx, subject, kind)
    return last is None or tx.now >= last + RETRY_AFTER * failures


def _follow_failures(tx: Tx, asked: Packing) -> None:
    failures, _ = packings.failures_in_row(tx, asked.box, asked.kind)
    in_shipment, _ = packings.failures_in_row(tx, asked.shipment, asked.kind)
    if max(failures, in_shipment) >= CALL_AFTER:
        _call(tx, asked)
    elif failures == 0 or in_shipment == 0:
        clear(tx, asked.device, PACK_FAILED)


def _call_for_overdue(tx: Tx) -> None:
    for asked in packings.open_ones(tx):
        if tx.now >= asked.created_at + PATIENCE:
            _call(tx, asked)


def _call(tx: Tx, asked: Packing) -> None:
    name = asked.box.upper()
    tell(tx, News(source=asked.device, condition=PACK_FAILED, state=Condition.ACTIVE, at=tx.now,
                  place=tx.plant.device_by_id[asked.device].place, subject_en=name, subject_zh=name))  # fmt: skip
