"""The logger of each packed box, looked at every tick: inside its range, confirmed outside, or silent, and how long.

Confirmed is what the alarm book says of the logger; silent is when telemetry cannot say. Both are counted from when the
box was first known to be in range until it is opened at the hospital.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select

from wms.alarms.conditions import BOX_REFUSED, TEMPERATURE_HIGH, TEMPERATURE_LOW
from wms.alarms.machine import Condition
from wms.alarms.tables import alarm
from wms.orders.sentences import Sentence
from wms.outbound import boxes, packings
from wms.outbound.boxes import BoxFault, BoxRow, BoxState
from wms.outbound.permits import is_decided
from wms.outbound.shipments import OUTBOUND
from wms.store.metadata import to_us
from wms.store.tx import Tx

SETTLING: Final = timedelta(minutes=15)
"""Domain time that a packed box has to come into its range, or back into it, before something is done in the house."""
OTHER_BOXES: Final = 2
"""Boxes of one shipment with silent loggers after which it is not the box: people are called, and the box waits."""
_WATCHED: Final = boxes.CLOSED | {BoxState.IN_TRANSIT}
_WARM: Final = Sentence("its logger is outside its range", "温度记录超出范围")
_SILENT: Final = Sentence("its logger is silent", "温度记录仪无数据")


class Record(StrEnum):
    """What a logger says now."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    SILENT = "silent"


def watch(tx: Tx) -> None:
    """Note for every packed box what its logger says; one that does not come into its range must not leave."""
    for one in boxes.all_boxes(tx.conn, tx.plant):
        if one.state in _WATCHED and one.packed_at is not None:
            record = record_of(tx, one.id)
            _note(tx, one, record)
            if record is not Record.INSIDE and one.state in boxes.CLOSED:
                _judge(tx, one, record)


def record_of(tx: Tx, box: str) -> Record:
    """What the logger of a box says now."""
    if not tx.excursion_at(boxes.place_in(box)):
        return Record.INSIDE
    loggers = [probe.id for probe in tx.plant.probes_covering(boxes.place_in(box))]
    confirmed = select(alarm.c.id).where(
        alarm.c.source.in_(loggers),
        alarm.c.condition.in_([TEMPERATURE_HIGH, TEMPERATURE_LOW]),
        alarm.c.known == Condition.ACTIVE.value,
    )
    return Record.SILENT if tx.conn.execute(confirmed).first() is None else Record.OUTSIDE


def end_record(tx: Tx, box: str, at: datetime) -> None:
    """The box was opened at ``at``: what its logger says later is no matter of its bags."""
    one = boxes.one_box(tx.conn, tx.plant, box)
    outside_s, silent_s = one.outside_s, one.silent_s
    outside_s += 0.0 if one.outside_since is None else max(0.0, (at - one.outside_since).total_seconds())
    silent_s += 0.0 if one.silent_since is None else max(0.0, (at - one.silent_since).total_seconds())
    boxes.change(tx, box, outside_s=outside_s, silent_s=silent_s, outside_since_us=None, silent_since_us=None)


def _judge(tx: Tx, one: BoxRow, record: Record) -> None:
    """Warm: another box. Silent: another box while that may help, else people are called and the box waits."""
    if one.shipment is not None and is_decided(tx, one.shipment):
        return
    since = one.outside_since if record is Record.OUTSIDE else one.silent_since
    if tx.now < (since or one.packed_at or tx.now) + SETTLING:
        return
    tried = packings.boxes_blamed(tx, one.shipment or "", BoxFault.TEMPERATURE)
    if record is Record.OUTSIDE:
        boxes.refuse(tx, OUTBOUND, one.id, BoxFault.TEMPERATURE, _WARM)
    elif one.settled_at is None and len(tried) < OTHER_BOXES:
        boxes.refuse(tx, OUTBOUND, one.id, BoxFault.TEMPERATURE, _SILENT)
    elif one.state is not BoxState.REFUSED:
        boxes.call(tx, one, BOX_REFUSED, _SILENT)


def _note(tx: Tx, one: BoxRow, record: Record) -> None:
    if one.settled_at is None:
        if record is Record.INSIDE:
            boxes.change(tx, one.id, settled_us=to_us(tx.now))
            _calm(tx, one)
        return
    if record is not Record.OUTSIDE and one.outside_since is not None:
        spent = one.outside_s + (tx.now - one.outside_since).total_seconds()
        boxes.change(tx, one.id, outside_since_us=None, outside_s=spent)
    if record is not Record.SILENT and one.silent_since is not None:
        spent = one.silent_s + (tx.now - one.silent_since).total_seconds()
        boxes.change(tx, one.id, silent_since_us=None, silent_s=spent)
        _calm(tx, one)
    if record is Record.OUTSIDE and one.outside_since is None:
        boxes.change(tx, one.id, outside_since_us=to_us(tx.now))
    if record is Record.SILENT and one.silent_since is None:
        boxes.change(tx, one.id, silent_since_us=to_us(tx.now))


def _calm(tx: Tx, one: BoxRow) -> None:
    if one.state is not BoxState.REFUSED:
        boxes.calm(tx, one.id)
