"""What may be decided about a bag that came back: its temperature, its looks, and the clock of its whole life.

A returned bag may go back into stock only when its temperature is known for the whole time that it was away: in its box
from the box's logger, at the hospital from what the hospital states. The out-of-control clock of its component decides
between stock, a rest in quarantine first, and never again (domain.md 2.3 and 2.7). Unknown is no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select

from blood.out_of_control import Exposure, ExposureVerdict
from wms.bags.clock import BagClock, clock_of
from wms.bags.projection import require
from wms.holds.commands import open_holds
from wms.outbound.receipt import TOLERATED_MIN
from wms.outbound.tables import shipment_bag
from wms.store.metadata import from_us
from wms.store.tx import Tx
from wms.transport.tables import hospital_return

RESTING: Final = "resting after a return"
"""Reason of the hold on a returned bag that rests before it may be decided about."""


class Verdict(StrEnum):
    """What quality decides."""

    RESTOCK = "restock"
    QUARANTINE = "quarantine"
    NONCONFORMING = "nonconforming"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may be decided about a returned bag now, and what speaks against stock.

    ``until``: when its rest ends, if it needs one; ``two_people``: whether one person may decide for more than
    non-conforming.
    """

    bag: str
    may: tuple[Verdict, ...]
    against: tuple[str, ...]
    two_people: bool
    until: datetime | None
    clock: Exposure


def proposal(tx: Tx, return_id: str, bag: str) -> Proposal:
    """Work out what may be decided about a bag of a return; non-conforming always may."""
    told = tx.conn.execute(select(hospital_return).where(hospital_return.c.id == return_id)).one()
    state = require(tx.raw, bag)
    vouched = frozenset({str(told.hospital)}) if told.temperature_ok else frozenset()
    clock = clock_of(tx.raw, tx.plant, state, tx.now, vouched=vouched)
    against = _against_stock(tx, bag, told.temperature_ok, told.visual_ok)
    said = clock.exposure
    may = [Verdict.NONCONFORMING]
    if not against and said.verdict is ExposureVerdict.OK:
        may.insert(0, Verdict.RESTOCK)
    elif not against and said.verdict is ExposureVerdict.QUARANTINE and said.until is not None:
        may.insert(0, Verdict.QUARANTINE)
    clocked = () if said.verdict is ExposureVerdict.OK else (f"out-of-control clock: {said.detail}",)
    return Proposal(bag, tuple(may), (*against, *clocked), _was_long_out(clock), said.until, said)


def minutes_outside_on_the_road(tx: Tx, bag: str) -> float | None:
    """What the logger of the box in which it was delivered had recorded at its receipt; None: nobody knows."""
    query = select(func.max(shipment_bag.c.minutes_outside), func.count(shipment_bag.c.bag)).where(
        shipment_bag.c.bag == bag, shipment_bag.c.minutes_outside.is_not(None)
    )
    worst, known = tx.conn.execute(query).one()
    unknown = select(func.count()).where(shipment_bag.c.bag == bag, shipment_bag.c.minutes_outside.is_(None))
    if not known or tx.conn.execute(unknown).scalar_one():
        return None
    return float(worst)


def _against_stock(tx: Tx, bag: str, temperature_ok: bool | None, visual_ok: bool | None) -> tuple[str, ...]:
    """Everything but the clock that speaks against stock: an unknown or broken record, its looks, holds, age."""
    state = require(tx.raw, bag)
    held = open_holds(tx.raw, bag, None if state["place"] is None else str(state["place"]))
    reasons = [hold for hold in held if hold != RESTING]
    if temperature_ok is None:
        reasons.append("the hospital said nothing about its temperature")
    elif not temperature_ok:
        reasons.append("the hospital could not keep its temperature")
    if not visual_ok:
        reasons.append("it did not look right, or nobody looked")
    minutes = minutes_outside_on_the_road(tx, bag)
    if minutes is None:
        reasons.append("no box logger knows how warm it was on the road")
    elif minutes >= TOLERATED_MIN:
        reasons.append(f"its box was outside its range for {minutes:.0f} min")
    if from_us(int(state["expires_us"] or 0)) <= tx.now:
        reasons.append("it has expired")
    return tuple(reasons)


def _was_long_out(clock: BagClock) -> bool:
    """True when some time out of control was longer than what is accepted as if nothing had been."""
    rule = clock.rule
    return rule is not None and any(event.minutes > rule.return_ok_min for event in clock.events)
