"""Suspending the monitoring of a device or a place, with a checklist and an end; it ends by itself, aloud."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import RowMapping, insert, select, update

from runtime.ids import new_id
from wms.alarms import conditions, covering
from wms.alarms.machine import Condition
from wms.alarms.rows import WATCH
from wms.alarms.suspension import (
    MONITORING,
    StockMoved,
    Suspension,
    any_bag,
    areas_suspended,
    names,
    running,
    sources_in,
    suspension_of,
)
from wms.alarms.tables import alarm, suspension
from wms.errors import Invalid, NotFound, Refused
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

LONGEST: Final = timedelta(hours=8)
"""One shift, as for a shelf."""


class SuspensionRefused(Refused):
    """Monitoring cannot be suspended, or is not; the detail says why."""


@dataclass(frozen=True, slots=True)
class Checklist:
    """What was asked before: is the stock moved, what measures meanwhile, who looks meanwhile."""

    stock_moved: StockMoved
    second_probe: str | None
    watch: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """Monitoring that is back, as the event that the book raises; level 1 when something suspended still stands."""

    source: str
    condition: str
    place: str | None
    subject_en: str
    subject_zh: str
    level: int


def suspend(
    tx: Tx,
    actor: Actor,
    *,
    reason: str,
    minutes: int,
    checklist: Checklist,
    device: str | None = None,
    place: str | None = None,
) -> str:
    """Suspend the monitoring of a device, or of a place and all below it; returns the suspension's id.

    Its alarms are hidden, except those of another cause, and except a load probe outside its limits with blood still
    there. Raises Invalid, NotFound and SuspensionRefused (already suspended, or the checklist is not true).
    """
    if not reason.strip():
        raise Invalid("reason", "Say why: the next shift will ask")
    if not 0 < minutes <= LONGEST.total_seconds() / 60:
        raise Invalid("minutes", f"Monitoring can be suspended for 1 to {LONGEST.total_seconds() / 60:.0f} minutes")
    new = Suspension(
        id=new_id("sus"),
        device=device,
        place=place,
        reason=reason,
        from_at=tx.now,
        until=tx.now + timedelta(minutes=minutes),
        started_by=actor.id,
        stock_moved=checklist.stock_moved,
        second_probe=checklist.second_probe,
        watch=checklist.watch,
        ended_at=None,
        ended_by=None,
        comment=None,
    )
    _check_scope(tx, new)
    _check_list(tx, new)
    values = {
        name: getattr(new, name) for name in ("id", "device", "place", "reason", "started_by", "second_probe", "watch")
    }
    values |= {"from_us": to_us(new.from_at), "until_us": to_us(new.until), "stock_moved": new.stock_moved.value}
    tx.conn.execute(insert(suspension).values(values))
    data = {
        "device": device,
        "place": place,
        "reason": reason,
        "minutes": minutes,
        "stock_moved": new.stock_moved.value,
        "second_probe": new.second_probe,
        "watch": new.watch,
    }
    tx.record("monitoring.suspended", actor=actor, subject=new.id, data=data)
    tx.notify("suspension", new.id)
    covering.settle_suspended(tx, actor, "suspend")
    return new.id


def end(tx: Tx, actor: Actor, suspension_id: str, comment: str) -> None:
    """Monitoring is back before its time; what stands is an alarm again. Raises NotFound, SuspensionRefused."""
    row = tx.conn.execute(select(suspension).where(suspension.c.id == suspension_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("suspension_unknown", f"There is no suspension {suspension_id}")
    if row["ended_us"] is not None:
        raise SuspensionRefused("suspension_over", "Monitoring is back already")
    _end(tx, row, actor, comment)


def tick(tx: Tx) -> Iterable[Resumed]:
    """End what has run out; look again at what the others hide, for bags come and go."""
    rows = tx.conn.execute(select(suspension).where(suspension.c.ended_us.is_(None))).mappings().all()
    resumed = [_end(tx, row, WATCH, "") for row in rows if row["until_us"] <= to_us(tx.now)]
    if len(resumed) < len(rows):
        covering.settle_suspended(tx)
    return resumed


def _end(tx: Tx, row: RowMapping, actor: Actor, comment: str) -> Resumed:
    values = {"ended_us": to_us(tx.now), "ended_by": actor.id, "comment": comment or None}
    tx.conn.execute(update(suspension).where(suspension.c.id == row["id"]).values(values))
    tx.record("monitoring.resumed", actor=actor, subject=row["id"], data={"comment": comment})
    tx.notify("suspension", row["id"])
    covering.settle_suspended(tx)
    one = suspension_of(row)
    name_en, name_zh = names(tx.plant, one)
    return Resumed(
        source=one.device or one.place or "",
        condition=conditions.MONITORING_BACK,
        place=next(iter(areas_suspended(tx.plant, one)), None),
        subject_en=name_en,
        subject_zh=name_zh,
        level=int(_still_stands(tx, one)),
    )


def _still_stands(tx: Tx, one: Suspension) -> bool:
    scope = alarm.c.source.in_(sorted(sources_in(tx.plant, one))) & alarm.c.condition.in_(sorted(MONITORING))
    standing = select(alarm.c.id).where(scope, alarm.c.known == Condition.ACTIVE.value)
    return tx.conn.execute(standing.limit(1)).first() is not None


def _check_scope(tx: Tx, new: Suspension) -> None:
    if (new.device is None) == (new.place is None):
        raise Invalid("scope", "Name a device or a place, one of them")
    if new.device is not None and new.device not in tx.plant.device_by_id:
        raise NotFound("device.unknown", f"There is no device {new.device}")
    if new.place is not None and new.place not in {place.path for place in tx.plant.places}:
        raise NotFound("place.unknown", f"There is no place {new.place}")
    scope = sources_in(tx.plant, new)
    if not scope:
        raise SuspensionRefused("suspension_empty", "Nothing is monitored there")
    for other in running(tx.conn):
        if scope & sources_in(tx.plant, other):
            raise SuspensionRefused("suspension_running", f"Its monitoring is suspended already, by {other.started_by}")


def _check_list(tx: Tx, new: Suspension) -> None:
    """Each answer is looked at: stock that is said to be away is away, a second probe is not one of those suspended."""
    there = any_bag(tx.conn, areas_suspended(tx.plant, new))
    if there and new.stock_moved is not StockMoved.NO:
        raise SuspensionRefused("suspension_stock_there", "Bags still stand there: move them first, or say so")
    if there and not (new.watch or "").strip():
        raise SuspensionRefused("suspension_unwatched", "Bags stay there: name who watches them meanwhile")
    if new.second_probe in sources_in(tx.plant, new):
        raise SuspensionRefused("suspension_same_probe", f"{new.second_probe} is suspended itself: name another one")
