"""The logger of each packed box, looked at every tick: how long it was outside its range since it first was inside."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from wms.alarms.conditions import BOX_REFUSED
from wms.orders.sentences import Sentence
from wms.outbound import boxes, packings
from wms.outbound.boxes import BoxFault, BoxRow, BoxState
from wms.outbound.permits import is_decided
from wms.outbound.shipments import OUTBOUND
from wms.store.metadata import to_us
from wms.store.tx import Tx

SETTLING: Final = timedelta(minutes=15)
"""Domain time that a packed box has to come into its range, or back into it, before it is refused in the house."""
OTHER_BOXES: Final = 2
"""Boxes of one shipment with silent loggers after which it is not the box: people are called, and the box waits."""
_WATCHED: Final = boxes.CLOSED | {BoxState.IN_TRANSIT, BoxState.AT_HOSPITAL}
_WARM: Final = Sentence("its logger is not inside its range, or silent", "温度记录超出范围或无数据")


def watch(tx: Tx) -> None:
    """Note for every packed box whether its logger is inside its range now; one that stays outside must not leave."""
    for one in boxes.all_boxes(tx.conn, tx.plant):
        if one.state not in _WATCHED or one.packed_at is None:
            continue
        outside = tx.excursion_at(boxes.place_in(one.id))
        _note(tx, one, outside=outside)
        since = one.outside_since or (None if one.settled_at else one.packed_at)
        stays_out = outside and since is not None and tx.now >= since + SETTLING
        if stays_out and one.state in boxes.CLOSED and not (one.shipment and is_decided(tx, one.shipment)):
            _judge(tx, one)


def _judge(tx: Tx, one: BoxRow) -> None:
    """Refuse a box that stays outside; when no logger of several boxes was ever heard, another box would not help."""
    tried = packings.boxes_blamed(tx, one.shipment or "", BoxFault.TEMPERATURE)
    if one.settled_at is None and len(tried) >= OTHER_BOXES:
        boxes.call(tx, one, BOX_REFUSED, _WARM)
    else:
        boxes.refuse(tx, OUTBOUND, one.id, BoxFault.TEMPERATURE, _WARM)


def _note(tx: Tx, one: BoxRow, *, outside: bool) -> None:
    if not outside and one.settled_at is None:
        boxes.change(tx, one.id, settled_us=to_us(tx.now))
        if one.state is not BoxState.REFUSED:
            boxes.calm(tx, one.id)
    elif outside and one.settled_at is not None and one.outside_since is None:
        boxes.change(tx, one.id, outside_since_us=to_us(tx.now))
    elif not outside and one.outside_since is not None:
        spent = one.outside_s + (tx.now - one.outside_since).total_seconds()
        boxes.change(tx, one.id, outside_since_us=None, outside_s=spent)
